"""One village card: lines of one matter, proofs, decision, repayment. The list: `card_register`."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence.actions import files, invoices
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Note, Row
from sanzi.interfaces.office.pages import (
    day,
    may,
    moment,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.parts.notes import note_of, notes_of, waiting_holds
from sanzi.interfaces.office.parts.papers import papers_of
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.interfaces.office.views.card_register import standing_words
from sanzi.interfaces.office.views.payments import crumbs
from sanzi.kernel import money
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import card_settlements as actions
from sanzi.payments.queries import cards as queries
from sanzi.supervision import queries as supervision
from sanzi.supervision.actions import holds

PROOFS = (("invoice", "发票"), ("white_slip", "收条"), ("photo", "现场照片"), ("other", "其他"))


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a card with its lines; whoever may settle picks those of one matter."""
    card = queries.access_card(by=request.actor, ext_id=ext_id)
    if request.method == "POST":
        return _started(request, ext_id)
    found = queries.views([card], today(request))[0]
    lines = queries.lines_of(card, today(request))
    manages = queries.may_manage(by=request.actor, card=card)
    past = page_of(request, [one for one in lines if one.settlement or one.borne_reason])
    return show(
        request,
        "card",
        {
            "title": f"尾号{found.tail}的村务卡，欠{words.yuan(found.owed_fen)}元",
            "sub": f"{found.organisation}，{found.holder}，额度{words.yuan(found.limit_fen)}元，"
            f"{found.bill_day}日出账，{found.due_day}日还款，{standing_words(found)}",
            "links": _links(ext_id, manages=manages and not found.closed_date),
            "card": ext_id,
            "open_lines": [
                _shown(request, one) for one in lines if not one.settlement and not one.borne_reason
            ],
            "ledger": _ledger(request, list(past)),
            "page": past,
            "query": query_without_page(request),
            "subjects": queries.subject_choices(card, today(request)),
            "may_settle": may(request, "payments.card_settle"),
            "may_bear": manages,
        },
        current="payments",
        crumbs=crumbs(Link("村务卡", reverse("office:cards")), Link(found.tail, "")),
    )


def _links(ext_id: str, *, manages: bool) -> list[Link]:
    found = [Link("流水导出", reverse("office:card_lines", args=[ext_id]), "download")]
    if manages:
        found.insert(0, Link("管理这张卡", reverse("office:card_terms", args=[ext_id]), "edit"))
    return found


def _shown(request: OfficeRequest, one: queries.CardLineView) -> dict[str, object]:
    return {
        "ext_id": one.ext_id,
        "when": day(request, one.booked_at),
        "what": _what(one),
        "kind": one.kind_label,
        "amount": words.yuan(one.signed_fen),
        "due": day(request, one.due_date),
        "doubts": [doubt.text for doubt in one.doubts],
    }


def _ledger(request: OfficeRequest, lines: list[queries.CardLineView]) -> Ledger:
    return Ledger(
        caption="报过的流水",
        columns=[Column("哪天"), Column("商户"), Column("金额（元）", "money"), Column("结算")],
        rows=[
            Row(
                [
                    Cell(day(request, one.booked_at)),
                    Cell(one.merchant or one.kind_label, sub="；".join(d.text for d in one.doubts)),
                    Cell(words.yuan(one.signed_fen)),
                    Cell(
                        one.settlement_label,
                        url=reverse("office:card_settlement", args=[one.settlement]),
                    )
                    if one.settlement
                    else Cell(one.borne_words, tone="quiet"),
                ]
            )
            for one in lines
        ],
    )


def _started(request: OfficeRequest, card: str) -> HttpResponseBase:
    made: list[str] = []
    fields = actions.SettlementFields(
        card=card,
        lines=request.POST.getlist("line"),
        purpose=request.POST.get("purpose", ""),
        subject_code=request.POST.get("subject_code", ""),
    )
    answer = attempt(
        request,
        lambda: made.append(actions.start(fields=fields, by=request.actor, at=request.at)),
        done="选好了。现在拍发票，再交给镇里批。",
        to=reverse("office:card", args=[card]),
    )
    return redirect("office:card_settlement", made[0]) if made else answer


@officer
def settlement(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a settlement: its lines, proofs, where it stands, and what this officer may do."""
    found = queries.settlement(by=request.actor, ext_id=ext_id, today=today(request))
    is_paying = bool(found.order_state) and found.state in ("APPROVED", "REPAID")
    return show(
        request,
        "card_settlement",
        {
            "found": found,
            "title": f"{found.purpose}：{found.state_label}",
            "sub": f"{found.organisation}，持卡人{found.holder}，尾号{found.tail}",
            "facts": [
                Fact("科目", found.subject),
                Fact("发票", f"{words.yuan(found.invoice_fen)}元"),
                *([Fact("收条", f"{words.yuan(found.slip_fen)}元")] if found.slip_fen else []),
                *(
                    [Fact("还款", found.order_label, reverse("office:payment", args=[ext_id]))]
                    if is_paying
                    else []
                ),
                *([Fact("意见", found.opinion)] if found.opinion else []),
                *([Fact("还清", moment(request, found.repaid_at))] if found.repaid_at else []),
                Fact("要还", f"{words.yuan(found.net_fen)}元", is_sum=True),
            ],
            "ledger": _ledger(request, list(found.lines)),
            **_checked(request, found),
            "pieces": papers_of(actions.SUBJECT, [ext_id]),
            "proofs": PROOFS,
        },
        current="payments",
        crumbs=crumbs(
            Link("村务卡", reverse("office:cards")),
            Link(found.tail, reverse("office:card", args=[found.card])),
            Link("结算", ""),
        ),
    )


def _checked(request: OfficeRequest, found: queries.SettlementView) -> dict[str, object]:
    """Return what is to be looked at: doubts on the lines, what the models said, what they hold."""
    verdicts = supervision.verdicts(found.ext_id)
    holds = waiting_holds(verdicts)
    doubts = [
        Note("warn", f"{doubt.text}。", lead=f"{day(request, one.booked_at)}，{_what(one)}：")
        for one in found.lines
        for doubt in one.doubts
    ]
    return {
        "notes": [*doubts, *notes_of([one for one in verdicts if one not in holds])],
        "holds": [(one, note_of(one)) for one in holds],
        "may_let_go": may(request, "supervision.release_hold"),
    }


def _what(one: queries.CardLineView) -> str:
    return one.merchant or one.memo or one.kind_label


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Do one step of a settlement: hang proofs, hand in, give up, decide, pay."""
    queries.settlement(by=request.actor, ext_id=ext_id, today=today(request))
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise NotFound
    run, done = step
    return attempt(
        request,
        lambda: run(request, ext_id),
        done=done,
        to=reverse("office:card_settlement", args=[ext_id]),
    )


def _prove(request: OfficeRequest, ext_id: str) -> None:
    kind = request.POST.get("kind", "")
    if kind not in dict(PROOFS):
        raise NotFound
    for upload in request.FILES.getlist("file"):
        stored = files.store(
            by=request.actor,
            at=request.at,
            upload=files.Upload(upload.name or "", kind, cast("BinaryIO", upload)),
            subject_kind=actions.SUBJECT,
            subject_id=ext_id,
        )
        for told in stored.invoices:
            invoices.record_invoice(
                by=request.actor,
                at=request.at,
                case_number=ext_id,
                fields=told,
                file_digest=stored.digest,
                subject_kind=actions.SUBJECT,
            )


def _ask(request: OfficeRequest, ext_id: str) -> None:
    typed = request.POST.get("slip", "").strip()
    slip_fen = money.parse_yuan(typed) if typed else 0
    actions.ask(ext_id=ext_id, by=request.actor, at=request.at, slip_fen=slip_fen)


def _drop(request: OfficeRequest, ext_id: str) -> None:
    actions.drop(ext_id=ext_id, by=request.actor, at=request.at)


def _approve(request: OfficeRequest, ext_id: str) -> None:
    take_second_factor(request)
    said = request.POST.get("opinion", "")
    actions.approve(ext_id=ext_id, by=request.actor, at=request.at, opinion=said)


def _refuse(request: OfficeRequest, ext_id: str) -> None:
    said = request.POST.get("opinion", "")
    actions.refuse(ext_id=ext_id, by=request.actor, at=request.at, opinion=said)


def _instruct(request: OfficeRequest, ext_id: str) -> None:
    take_second_factor(request)
    actions.instruct(ext_id=ext_id, by=request.actor, at=request.at)


def _again(request: OfficeRequest, ext_id: str) -> None:
    take_second_factor(request)
    actions.repay_again(ext_id=ext_id, by=request.actor, at=request.at)


def _let_go(request: OfficeRequest, ext_id: str) -> None:
    holds.release_hold(
        case_number=ext_id,
        model_code=request.POST.get("model", ""),
        finding_id=request.POST.get("finding", ""),
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=request.at,
    )


def _repay(request: OfficeRequest, ext_id: str) -> None:
    take_second_factor(request)
    said = request.POST.get("opinion", "")
    actions.repay(ext_id=ext_id, by=request.actor, at=request.at, reason=said)


STEPS: dict[str, tuple[Callable[[OfficeRequest, str], None], str]] = {
    "prove": (_prove, "凭据收下了。"),
    "ask": (_ask, "交给镇农经负责人批了。"),
    "drop": (_drop, "撤掉了，几笔流水可以重新选。"),
    "approve": (_approve, "批了。代理出纳做指令，审核复核以后还到卡上。"),
    "refuse": (_refuse, "退回了，几笔流水可以重新报。"),
    "instruct": (_instruct, "付款指令做好了，等审核复核。"),
    "again": (_again, "可以再还一次了。代理出纳做指令，审核复核以后还到卡上。"),
    "let_go": (_let_go, "已放行，理由会公开。办这一步的人可以接着办了。"),
    "repay": (_repay, "交给银行了，到账以后自动记账。"),
}
