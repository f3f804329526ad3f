"""What came of an alert is public within five work days, where its matter is public itself.

The sheet says which rule, which matter, what it was and what was put right: no name, no word that
somebody typed. What belongs to the discipline offices never appears: closed rules, what was handed
over, and what went there because evidence was removed or somebody was threatened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from sanzi.disclosure.actions.publishing import Sheet, publish_or_hold
from sanzi.disclosure.models import HeldSheet, Publication
from sanzi.kernel import clock
from sanzi.kernel.money import format_yuan
from sanzi.matters.items import items
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Division
from sanzi.orgs.roles import title as role_title
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


def publish_due(at: datetime) -> int:
    """Publish the results of alerts that were disposed of lately; return how many. Repeatable."""
    count = 0
    for alert in _public_results(at).order_by("disposed_at", "pk")[:AT_ONCE]:
        if not _is_sealed(alert):
            count += _publish(alert, at)
    return count


def _public_results(at: datetime) -> QuerySet[Alert]:
    """Return the alerts with a result to be told, whose matter stands on the village's page."""
    matter = Publication.objects.filter(
        subject_kind="case", subject_id=OuterRef("case_number"),
        division_id=OuterRef("division_code"), replaced_by__isnull=True,
        unpublished_at__isnull=True,
    )  # fmt: skip
    return Alert.objects.filter(
        known.is_open(),
        Exists(matter),
        state=AlertState.DISPOSED,
        conclusion__in=RESULTS,
        disposed_at__gte=at - LOOK_BACK,
    ).exclude(case_number="")


def _is_sealed(alert: Alert) -> bool:
    """Return whether something of the alert is for the discipline offices alone."""
    for one in Disposal.objects.filter(alert=alert, action__in=("triggered", "fed_back")):
        told = {*one.data.get("triggers", ()), *one.data.get("circumstances", ())}
        if told & trigger_rules.QUIET or "case" in one.data.get("rectifications", ()):
            return True
    return False


def _publish(alert: Alert, at: datetime) -> bool:
    village = Division.objects.filter(code=alert.division_code, level="village").first()
    disposed_at = alert.disposed_at
    if village is None or disposed_at is None:
        return False
    body = _body(alert, disposed_at, village.name)
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


def _body(alert: Alert, disposed_at: datetime, village: str) -> dict[str, Any]:
    matter = Publication.objects.filter(
        subject_kind="case", subject_id=alert.case_number, replaced_by__isnull=True
    ).order_by("-published_at", "-pk")[0]
    facts = [
        ["查的是什么", _rule(alert)],
        ["哪一件事", matter.title],
        ["哪天查到的", clock.day_said(clock.local_date(alert.opened_at))],
        ["结果", RESULTS[alert.conclusion]],
        ["谁办的", role_title(alert.route_role)],
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
