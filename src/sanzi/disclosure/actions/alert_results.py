"""What came of an alert is public within five work days, where its matter is public itself.

The sheet says which rule, which matter, what it was and what was put right: no name, no word that
somebody typed. What belongs to the discipline offices never appears: closed rules, what was handed
over, and what went there because evidence was removed or somebody was threatened. An alert that is
opened again takes its result back in public, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from sanzi.disclosure.actions.publishing import MONTHLY_DETAIL, Sheet, publish_or_hold
from sanzi.disclosure.models import HeldSheet, Publication
from sanzi.kernel import clock
from sanzi.kernel.money import format_yuan
from sanzi.matters.items import items
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Division
from sanzi.orgs.roles import title as role_title
from sanzi.payments.models import Payment
from sanzi.supervision import known, loop_rules, trigger_rules
from sanzi.supervision.models import Alert, AlertState, Disposal

ITEM: Final = "G05"
SUBJECT: Final = "alert"
LOOK_BACK: Final = timedelta(days=60)
AT_ONCE: Final = 500
RESULTS: Final = {"confirmed": "属实，已经整改", "explained": "查过了，合规"}
SHOWN: Final = (
    "money_recovered", "money_stopped", "document_fixed", "procedure_redone", "rule_changed",
)  # fmt: skip
"""What was put right, as far as it names nobody."""
AGAIN: Final = "重新办过，结果有变"
OPEN_AGAIN: Final = "重新打开，还在查"
TAKEN_BACK: Final = {"false_positive": "查过了，是误报", "data_error": "数据有误，已经改正"}
"""Told only where another result stood; what goes to other offices is told as open."""


def publish_due(at: datetime) -> int:
    """Publish the results of alerts that were disposed of lately; return how many. Repeatable."""
    count = 0
    for alert in _results(at).order_by("disposed_at", "pk").iterator(AT_ONCE):
        matter = _matter(alert)
        if matter and not _is_sealed(alert):
            count += _publish(alert, matter, at)
    for standing in _standing().order_by("published_at", "pk"):
        count += _take_back(standing, at)
    return count


def _standing() -> QuerySet[Publication]:
    """Return the results that stand though their alert has none of that kind any more."""
    told = Alert.objects.filter(state=AlertState.DISPOSED, conclusion__in=RESULTS)
    return Publication.objects.filter(
        subject_kind=SUBJECT, replaced_by__isnull=True, unpublished_at__isnull=True
    ).exclude(subject_id__in=told.values("ext_id"))


def _take_back(standing: Publication, at: datetime) -> bool:
    alert = Alert.objects.get(ext_id=standing.subject_id)
    is_done = alert.state == AlertState.DISPOSED
    result = TAKEN_BACK.get(alert.conclusion, OPEN_AGAIN) if is_done else OPEN_AGAIN
    body = {
        **standing.body,
        "stage": "办结了" if result != OPEN_AGAIN else "重新在查",
        "facts": [*_found(standing), ["结果", result]],
    }
    if standing.body == body:
        return False
    if HeldSheet.objects.filter(subject_kind=SUBJECT, subject_id=alert.ext_id).exists():
        return False  # the gate keeps it; it is tried again there
    sheet = Sheet(
        division_code=standing.division_id,
        org_ext_id=alert.org_ext_id,
        item_code=ITEM,
        title=f"预警{'办结' if result != OPEN_AGAIN else '重新在查'}：{_rule(alert)}",
        body=body,
        subject=(SUBJECT, alert.ext_id),
        due_at=_due(alert.disposed_at) if alert.disposed_at else None,
    )
    made = publish_or_hold(sheet=sheet, by=SYSTEM, at=at, replaces=standing, reason=AGAIN)
    return made is not None


def _found(standing: Publication) -> list[list[str]]:
    """Return what a sheet tells of the finding itself: all lines before its result."""
    titles = [title for title, _ in standing.body["facts"]]
    found: list[list[str]] = standing.body["facts"][: titles.index("结果")]
    return found


def _results(at: datetime) -> QuerySet[Alert]:
    """Return the alerts of these days that have a result to be told."""
    return Alert.objects.filter(
        known.is_open(),
        state=AlertState.DISPOSED,
        conclusion__in=RESULTS,
        disposed_at__gte=at - LOOK_BACK,
    ).exclude(case_number="")


def _matter(alert: Alert) -> str:
    """Return what the village's page calls the matter of an alert, "" when it is not public.

    A case has a page of its own; a payment stands in the line by line detail of its month.
    """
    standing = Publication.objects.filter(
        division_id=alert.division_code, replaced_by__isnull=True, unpublished_at__isnull=True
    )
    own = standing.filter(subject_kind="case", subject_id=alert.case_number)
    title = own.order_by("-published_at", "-pk").values_list("title", flat=True).first()
    if title:
        return title
    paid = Payment.objects.filter(order__case_number=alert.case_number, paid_at__isnull=False)
    paid_at = paid.order_by("paid_at").values_list("paid_at", flat=True).first()
    if paid_at is None:
        return ""
    day = clock.local_date(paid_at)
    detail = standing.filter(item_code=MONTHLY_DETAIL, period=f"{day:%Y-%m}")
    return f"{clock.date_said(day)}的一笔付款" if detail.exists() else ""


def _is_sealed(alert: Alert) -> bool:
    """Return whether something of the alert is for the discipline offices alone."""
    for one in Disposal.objects.filter(alert=alert, action__in=("triggered", "fed_back")):
        told = {*one.data.get("triggers", ()), *one.data.get("circumstances", ())}
        if told & trigger_rules.QUIET or "case" in one.data.get("rectifications", ()):
            return True
    return False


def _publish(alert: Alert, matter: str, at: datetime) -> bool:
    village = Division.objects.filter(code=alert.division_code, level="village").first()
    disposed_at = alert.disposed_at
    if village is None or disposed_at is None:
        return False
    body = _body(alert, matter, disposed_at, village.name)
    told = Publication.objects.filter(subject_kind=SUBJECT, subject_id=alert.ext_id)
    standing = told.filter(replaced_by__isnull=True).first()
    if standing is not None and standing.body == body:
        return False
    if HeldSheet.objects.filter(subject_kind=SUBJECT, subject_id=alert.ext_id).exists():
        return False  # the gate keeps it; it is tried again there
    sheet = Sheet(
        division_code=alert.division_code,
        org_ext_id=alert.org_ext_id,
        item_code=ITEM,
        title=f"预警办结：{_rule(alert)}",
        body=body,
        total_fen=alert.money_back_fen or None,
        subject=(SUBJECT, alert.ext_id),
        due_at=_due(disposed_at),
    )
    reason = AGAIN if standing is not None else ""
    made = publish_or_hold(sheet=sheet, by=SYSTEM, at=at, replaces=standing, reason=reason)
    return made is not None


def _due(disposed_at: datetime) -> datetime:
    return orgs.calendar().add_workdays(disposed_at, items()[ITEM].within_days or 0)


def _rule(alert: Alert) -> str:
    return known.model_of(alert.model_code, alert.model_version).title


def _body(alert: Alert, matter: str, disposed_at: datetime, village: str) -> dict[str, Any]:
    facts = [
        ["查的是什么", _rule(alert)],
        ["哪一件事", matter],
        ["哪天查到的", clock.day_said(clock.local_date(alert.opened_at))],
        ["结果", RESULTS[alert.conclusion]],
        ["谁处置的", role_title(alert.route_role)],
        ["哪天办结", clock.day_said(clock.local_date(disposed_at))],
    ]
    done = _put_right(alert)
    if done:
        facts.append(["怎么改的", "、".join(done)])
    if alert.money_back_fen:
        facts.append(["退回集体", f"{format_yuan(alert.money_back_fen)}元"])
    if alert.money_stopped_fen:
        facts.append(["没有付出去", f"{format_yuan(alert.money_stopped_fen)}元"])
    return {
        "kind": items()[ITEM].title,
        "stage": "办结了",
        "matter": MADE_FROM,
        "organisation": village,
        "facts": facts,
        "tables": [],
    }


MADE_FROM: Final = "系统按预警处置记录做的，不写人名"


def _put_right(alert: Alert) -> list[str]:
    """Return in words what was put right, each once, as the last feedback told."""
    if alert.conclusion != "confirmed":
        return []
    last = Disposal.objects.filter(alert=alert, action="fed_back").order_by("-at", "-pk").first()
    told = last.data.get("rectifications", ()) if last else ()
    return [loop_rules.RECTIFICATIONS[one] for one in SHOWN if one in told]
