"""Inbox notices in words: one sentence for each template, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from sanzi.interfaces.look.parts import ItemRow
from sanzi.interfaces.office.pages import moment
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.notices import outbox

SENTENCES = {
    "alert_opened": "新预警：{sentence}",
    "alert_asked": "要您说明：{sentence}",
    "alert_explained": "村里说明了：{sentence}",
    "alert_escalated": "逾期转到您这里：{sentence}",
    "alert_closed": "复核同意，已处置：{sentence}",
    "alert_sent_back": "复核退回：{sentence}",
    "alert_reopened": "重新打开：{sentence}",
    "model_review": "规则“{title}”要看一看：{why}",
    "parameter_proposed": "有人提了改参数，等您核准：{said}",
    "parameter_decided": "您提的参数改动{result}：{said}",
    "own_model_waits": "有人写了一条规则，等您审：{title}",
    "own_model_judged": "您写的规则{result}：{title}",
    "alert_due_soon": "快到期了，请抓紧办：{sentence}",
    "alert_taken_over": "按规定转纪委直接办了：{sentence}",
    "alert_triggered": "按规定直接转到您这里：{sentence}",
    "alert_late": "这条逾期了，已转上一级：{sentence}",
    "alert_to_verify": "请您复核：{sentence}",
    "alert_extended": "期限延长了：{sentence}",
    "alert_snoozed": "下一级先放一放：{sentence}",
    "alert_suspended": "先挂起：{sentence}",
    "alert_resumed": "接着办：{sentence}",
    "alert_handed_over": "移交给您，请一个工作日内收下：{sentence}",
    "alert_accepted": "纪委收下了：{sentence}",
    "alert_handed_back": "纪委退回：{sentence}",
    "alert_vanished": "再查已经没有了：{sentence}",
    "tell_in_person": "短信没送到，请当面告诉他：{said}",
    "index_objection": "{village}对指数的一项提了异议，请在{due}前答复。",
    "step_due_soon": "“{title}”快到期了，请抓紧办。",
    "step_overdue": "“{title}”已经逾期。",
}


def register() -> None:
    """Let channels outside say the same words and lead to the same page."""
    for template, words in SENTENCES.items():
        outbox.register_text(template, words, title=words.split("：", maxsplit=1)[0][:12])
    outbox.wire.page_of = _address


def _address(kind: str, subject_id: str, params: Mapping[str, str]) -> str:
    return settings.SANZI.public_url + _place(kind, subject_id, params)


def told(request: OfficeRequest, limit: int) -> list[ItemRow]:
    """Return the newest notices of this officer as rows."""
    if request.actor.user_id is None:
        return []
    return [
        ItemRow(
            title=outbox.wording(one.template, one.params),
            url=_place(one.subject_kind, one.subject_id, one.params),
            sub=moment(request, one.created_at),
            icon="mail",
        )
        for one in outbox.inbox(request.actor.user_id, limit=limit)
    ]


PAGES = {
    "case": "case",
    "alert": "alert",
    "alert_model": "alert_model",
    "own_model": "own_model",
    "index_score": "index_score",
    "inspection_finding": "inspection_finding",
    "inspection_task": "inspection_task",
    "parameter_change": "parameter_change",
    "village_due": "due_village",
    "publication": "publication",
}
"""The page of each kind of subject."""


def _place(kind: str, subject_id: str, params: Mapping[str, str]) -> str:
    if kind in PAGES:
        return reverse(f"office:{PAGES[kind]}", args=[subject_id])
    if params.get("case_number"):
        return reverse("office:payment", args=[params["case_number"]])
    return reverse("office:home")
