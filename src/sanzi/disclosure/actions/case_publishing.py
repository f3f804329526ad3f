"""Cases publish themselves: at the moments and steps that their matter file names."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from sanzi.audit import actions as audit
from sanzi.disclosure import case_sheets, rules
from sanzi.disclosure.actions.publishing import Sheet, publish_or_hold
from sanzi.disclosure.models import Publication
from sanzi.kernel import clock
from sanzi.matters import editions
from sanzi.matters.catalogue import Disclosed, Matter
from sanzi.matters.hooks import CaseNews
from sanzi.matters.items import calendar_on, items
from sanzi.matters.models import Case, CaseStep, StepState
from sanzi.orgs.actors import SYSTEM, Actor

STAGES = {"submitted": "提出来了", "approved": "批了", "finished": "办结了"}
STOPPED = "不办了"
CORRECTED = "内容有更正"
YEAR_DAYS = 365


def hear(news: CaseNews) -> None:
    """Publish what a case publishes at this moment, inside the transaction of the case."""
    case = Case.objects.select_related("organisation").get(number=news.number)
    matter = editions.of(case)
    if matter is None or not matter.disclosure:
        return
    if news.moment == "ended":
        _stop(news)
        return
    moment = news.step_key or news.moment
    if case.household_id is not None:
        moment = _at_the_door(moment, matter)
    wanted = [one for one in matter.disclosure if moment in one.at]
    if not wanted:
        return
    stage = STAGES.get(moment) or next(
        step.done_word if news.moment == "step" else step.word
        for step in matter.steps
        if step.key == moment
    )
    for one in wanted:
        if case.amount_fen >= (one.from_fen or 0):
            publish_case(case, matter, one, stage=stage, by=news.by, at=news.at)


def _at_the_door(moment: str, matter: Matter) -> str:
    """Return the moment that counts for a case of a villager's: submitted is when it is taken.

    What anybody writes at the public door is not published before the office has read it.
    """
    if moment == "submitted":
        return ""
    taken = {step.key for step in matter.steps if step.kind == "starter"}
    return "submitted" if moment in taken else moment


def publish_case(
    case: Case, matter: Matter, one: Disclosed, *, stage: str, by: Actor, at: datetime
) -> Publication | None:
    """Publish one item of a case; what was published of it before is replaced.

    What the gate keeps back does not keep the case: None, with an alert.
    """
    found = case_sheets.sheet(case, matter, one, stage=stage)
    previous = _standing(case.number).filter(item_code=one.item).first()
    sheet = Sheet(
        division_code=case.division_code,
        org_ext_id=case.organisation.ext_id,
        item_code=one.item,
        title=found.title,
        body=found.body,
        total_fen=case.amount_fen or None,
        subject=("case", case.number),
        due_at=rules.due(_since(case, one, at), one.within_days),
    )
    reason = ""
    if previous is not None:
        reason = CORRECTED if previous.body.get("stage") == stage else f"办到“{stage}”"
    return publish_or_hold(sheet=sheet, by=by, at=at, replaces=previous, reason=reason)


def _since(case: Case, one: Disclosed, at: datetime) -> datetime:
    """Return the time from which the days count: the step it names, else this moment."""
    if one.since == "submitted":
        return case.submitted_at or at
    if not one.since:
        return at
    done = CaseStep.objects.filter(case=case, step_key=one.since, state=StepState.APPROVED)
    return done.order_by("-acted_at").values_list("acted_at", flat=True).first() or at


def _standing(number: str) -> QuerySet[Publication]:
    return Publication.objects.filter(
        subject_kind="case", subject_id=number, replaced_by__isnull=True
    )


def _stop(news: CaseNews) -> None:
    """Say of everything a case published that nothing comes of it."""
    withdrawn = ~Q(withdrawn_reason="")
    for one in _standing(news.number).exclude(withdrawn | Q(body__stage=STOPPED)):
        sheet = Sheet(
            division_code=one.division_id,
            org_ext_id=one.org_ext_id,
            item_code=one.item_code,
            title=one.title,
            body={**one.body, "stage": STOPPED},
            total_fen=one.total_fen,
            period=one.period,
            subject=(one.subject_kind, one.subject_id),
            due_at=one.due_at,
        )
        publish_or_hold(sheet=sheet, by=news.by, at=news.at, replaces=one, reason=STOPPED)


def web_since(at: datetime) -> datetime:
    """Return since when what was published may still be on the web."""
    return at - timedelta(days=YEAR_DAYS * calendar_on(clock.local_date(at)).web_years)


def take_down_due(at: datetime) -> int:
    """Take off the web what names persons after its days, the rest after years; return how many.

    The row stays in the archive, with its digest in the public log.
    """
    count = 0
    codes = {one.code for one in items().values() if one.leaves}
    shown = Publication.objects.filter(unpublished_at__isnull=True)
    over = Q(item_code__in=codes) | Q(published_at__lte=web_since(at))
    for one in shown.filter(over).order_by("pk"):
        is_over = one.published_at <= web_since(at)
        if not is_over and one.published_at + timedelta(days=one.min_days) > at:
            continue
        with transaction.atomic():
            one.unpublished_at, one.page_settled_at = at, None
            one.save(update_fields=["unpublished_at", "page_settled_at"])
            audit.write(
                chain=one.org_ext_id,
                kind="disclosure.sheet.taken_down",
                by=SYSTEM,
                at=at,
                subject=("publication", one.ext_id),
                after={"item": one.item_code},
            )
        count += 1
    return count
