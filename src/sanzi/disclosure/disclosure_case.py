"""What cases of M36 do: a sheet from the books is checked and released, an inquiry is answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

from sanzi.disclosure import inquiry_rules, month_sheets, rules
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.errors import (
    NoSuchItem,
    NotUnsatisfied,
    NumberInText,
    StillShown,
    TooFewAskers,
)
from sanzi.disclosure.models import Inquiry, Publication
from sanzi.kernel import clock, ids
from sanzi.matters import catalogue, registry
from sanzi.matters.items import items
from sanzi.matters.models import CaseStep, StepState
from sanzi.orgs import electorates
from sanzi.orgs.models import Organisation

SHEET, INQUIRY = "sheet", "inquiry"
SHEET_STEPS: Final = frozenset({"check", "release", "comments"})
TOWN_STEPS: Final = frozenset({"town_answer", "town_agree"})
COUNTY_STEPS: Final = frozenset({"county_answer"})
OWN_STEPS: Final = frozenset({"accept", "answer", "agree"})
TEXTS: Final = ("title", "words", "question", "comments", "answer")
OFFERED_MAX: Final = 200


def register() -> None:
    """Register with cases; called once from `apps.ready`."""
    registry.check("disclosure.may_publish", _may_publish)
    registry.skips("disclosure.other_kind", _other_kind)
    registry.effect("disclosure.handed_in", _handed_in)
    registry.effect("disclosure.approved", _approved)
    registry.effect("disclosure.ended", _ended)
    registry.effect("disclosure.commented", _commented)
    registry.effect("disclosure.answered", _answered)
    registry.effect("disclosure.rated", _rated)
    registry.choices("public_items", _items)
    registry.choices("publications", _publications)
    registry.choices("unsatisfied_inquiries", _unsatisfied)
    registry.panel("M36", _panel)


def _items(_organisation: str, _division: str) -> list[tuple[str, str]]:
    return [(one.code, f"{one.code} {one.title}") for one in items().values()]


def _publications(_organisation: str, division_code: str) -> list[tuple[str, str]]:
    found = Publication.objects.filter(
        division_id=division_code, replaced_by__isnull=True, unpublished_at__isnull=True
    )
    return [(one.ext_id, one.title) for one in found.order_by("-published_at")[:OFFERED_MAX]]


def _unsatisfied(_organisation: str, division_code: str) -> list[tuple[str, str]]:
    found = Inquiry.objects.filter(division_code=division_code, is_satisfied=False)
    return [(one.ext_id, one.title) for one in found.order_by("-asked_at")[:OFFERED_MAX]]


def _other_kind(turn: registry.Turn) -> Collection[str]:
    """Return the steps of the other kind: a sheet is not answered, an inquiry not shown for days.

    What did not satisfy goes to the town at once, what nobody answered to the level above.
    """
    if turn.form["kind"] == SHEET:
        return OWN_STEPS | TOWN_STEPS | COUNTY_STEPS | {"rate"}
    inquiry = Inquiry.objects.filter(case_number=turn.number).first()
    first = Inquiry.Level.TOWN if turn.form.get("again") else Inquiry.Level.VILLAGE
    level = inquiry.level if inquiry else first
    if level == Inquiry.Level.VILLAGE:
        return SHEET_STEPS | TOWN_STEPS | COUNTY_STEPS
    below = OWN_STEPS - _accepted(turn.number)
    if level == Inquiry.Level.TOWN:
        return SHEET_STEPS | below | COUNTY_STEPS
    return SHEET_STEPS | below | TOWN_STEPS


def _accepted(number: str) -> frozenset[str]:
    """Return the step in which the supervision committee took an inquiry up, if it did."""
    done = CaseStep.objects.filter(case__number=number, step_key="accept", state=StepState.APPROVED)
    return frozenset({"accept"}) if done.exists() else frozenset()


def _may_publish(turn: registry.Turn) -> None:
    """Say early what can't be published or asked; an unfinished form is not judged."""
    require_no_numbers(turn.form)
    kind, item = turn.form.get("kind"), turn.form.get("item", "")
    if item and item not in items():
        raise NoSuchItem(item=item[:20], field="item")
    if kind == SHEET and item in month_sheets.FROM_BOOKS:
        _draft(turn)
    elif kind == INQUIRY and turn.form.get("askers") and "asker_count" in turn.form:
        _require_askers(turn)


def require_no_numbers(form: Mapping[str, Any]) -> None:
    """Refuse text that holds a phone, a resident id or an account. Raises: NumberInText."""
    labels = {
        one.key: one.label
        for fields in (
            catalogue.matters()["M36"].fields,
            *(step.fields for step in catalogue.matters()["M36"].steps),
        )
        for one in fields
    }
    for key in TEXTS:
        text = str(form.get(key, ""))
        if rules.scrubbed(text) != text:
            raise NumberInText(label=labels[key], field=key)


def _draft(turn: registry.Turn) -> tuple[dict[str, Any], int]:
    """Return what the books say of the month that is to be published, and the fen spent."""
    item, period = turn.form["item"], turn.form.get("period", "")
    return month_sheets.sheet(turn.division_code, item, period, clock.local_date(turn.at))


def _require_askers(turn: registry.Turn) -> None:
    askers, count = turn.form["askers"], turn.form["asker_count"]
    today = clock.local_date(turn.at)
    voters = electorates.adults(turn.division_code, today, members_only=False).count
    least = inquiry_rules.on(today).least(askers, voters)
    if count < least:
        said = Inquiry.Askers(askers).label
        raise TooFewAskers(askers=said, least=least, count=count, field="asker_count")
    earlier = turn.form.get("again")
    if earlier and _earlier(turn) is None:
        raise NotUnsatisfied(field="again")


def _earlier(turn: registry.Turn) -> Inquiry | None:
    return Inquiry.objects.filter(
        ext_id=turn.form.get("again", ""), division_code=turn.division_code, is_satisfied=False
    ).first()


def _handed_in(turn: registry.Turn) -> None:
    """Write an inquiry down; the days of its answer run from when it was received."""
    if turn.form["kind"] != INQUIRY or Inquiry.objects.filter(case_number=turn.number).exists():
        return
    askers, earlier = turn.form["askers"], _earlier(turn)
    asked_at = min(turn.form.get("asked_at", turn.at), turn.at)
    days = inquiry_rules.on(clock.local_date(asked_at)).days(askers, is_again=bool(earlier))
    about = turn.form.get("about", "")
    Inquiry.objects.create(
        ext_id=ids.new_id("Q", turn.at),
        organisation=Organisation.objects.get(ext_id=turn.organisation),
        division_code=turn.division_code,
        case_number=turn.number,
        title=turn.title[:60],
        askers=askers,
        asker_count=turn.form["asker_count"],
        subject_kind="publication" if about else "",
        subject_id=about,
        again=earlier,
        level=Inquiry.Level.TOWN if earlier else Inquiry.Level.VILLAGE,
        asked_at=asked_at,
        due_at=rules.due(asked_at, days),
    )


def _approved(turn: registry.Turn) -> None:
    """Publish a released sheet: as the books say it at this moment, or its own words."""
    if turn.form["kind"] != SHEET:
        return
    item, period = turn.form["item"], turn.form.get("period", "")
    body: dict[str, Any] = {"facts": [], "tables": []}
    total = None
    due_at = None
    if item in month_sheets.FROM_BOOKS:
        body, total = _draft(turn)
        due_at = publishing.month_due(period)
    if turn.form.get("words"):
        body["facts"].append(["说明", turn.form["words"]])
    organisation = Organisation.objects.get(ext_id=turn.organisation)
    standing = Publication.objects.filter(
        division_id=turn.division_code, item_code=item, period=period, subject_kind="case",
        replaced_by__isnull=True,
    )  # fmt: skip
    previous = standing.order_by("-published_at").first() if period else None
    publishing.publish(
        sheet=publishing.Sheet(
            division_code=turn.division_code,
            org_ext_id=turn.organisation,
            item_code=item,
            title=turn.title,
            body={
                "kind": items()[item].title, "stage": "公布了", "matter": "三务公开",
                "organisation": organisation.name, **body,
            },
            total_fen=total,
            period=period,
            subject=("case", turn.number),
            due_at=due_at,
        ),
        by=turn.by,
        at=turn.at,
        replaces=previous,
        reason="内容有更正" if previous else "",
    )  # fmt: skip


def _ended(turn: registry.Turn) -> None:
    Inquiry.objects.filter(case_number=turn.number).update(status=Inquiry.Status.ENDED)


def _commented(turn: registry.Turn) -> None:
    """End a sheet when its days have run. Raises: StillShown, NumberInText."""
    require_no_numbers(turn.entry)
    shown = Publication.objects.filter(subject_kind="case", subject_id=turn.number).latest("pk")
    last = clock.local_date(shown.published_at + timedelta(days=shown.min_days))
    if clock.local_date(turn.at) < last:
        raise StillShown(days=shown.min_days, day=clock.day_said(last))


def _answered(turn: registry.Turn) -> None:
    """Keep when an inquiry was answered. Raises: NumberInText."""
    require_no_numbers(turn.entry)
    Inquiry.objects.filter(case_number=turn.number).update(
        answered_at=turn.at, status=Inquiry.Status.ANSWERED
    )


def _rated(turn: registry.Turn) -> None:
    """Keep how many the answer satisfied; more of the others let the town answer next."""
    yes, no = turn.entry["satisfied"], turn.entry["unsatisfied"]
    Inquiry.objects.filter(case_number=turn.number).update(
        satisfied_count=yes,
        unsatisfied_count=no,
        is_satisfied=yes >= no,
        status=Inquiry.Status.CLOSED,
    )


def _panel(number: str) -> registry.Panel | None:
    """Show whoever checks and releases a sheet what will be published."""
    shown = Publication.objects.filter(subject_kind="case", subject_id=number).order_by("-pk")
    found = shown.first()
    inquiry = Inquiry.objects.filter(case_number=number).first()
    if found is None and inquiry is None:
        return None
    return registry.Panel("office/panels/disclosure.html", {"sheet": found, "inquiry": inquiry})
