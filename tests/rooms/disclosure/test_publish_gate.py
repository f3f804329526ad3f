"""The publish gate: what is wrong is refused to whoever hands it in, and held where nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.disclosure import due_queries
from sanzi.disclosure import queries as pages
from sanzi.disclosure.actions import holding, periodic, publishing, unjudged
from sanzi.disclosure.models import DueSheet, HeldSheet, Publication
from sanzi.matters import errors, gates
from sanzi.matters.actions import cases
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import dispatch, gateways
from sanzi.supervision import catalogue, queries
from sanzi.supervision.actions import nightly, release_hold
from sanzi.supervision.errors import CheckNotRun
from sanzi.supervision.models import Alert, Check
from worlds import money as money_world
from worlds import walks
from worlds.fake_bank import FakeBank
from worlds.village import WILLOW, World

pytestmark = pytest.mark.django_db
DECEMBER = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
TENTH = datetime(2026, 12, 10, 2, 0, tzinfo=UTC)
LATER = timedelta(hours=1)
SHEET = {"kind": "sheet", "title": "11月逐笔收支", "item": "F01", "period": "2026-11"}
SHORT = 5_000


@pytest.fixture
def world() -> Iterator[World]:
    """A village that paid 1,146.10 yuan in November."""
    money = money_world.build()
    gateways.use(FakeBank())
    money_world.released_order(money)
    dispatch.work(money_world.AT)
    yield money.world
    gateways.use(None)


@pytest.fixture
def severity(monkeypatch: pytest.MonkeyPatch):
    """Let the model of the gate be as strong as a test wants."""
    like = catalogue.models()["disclosure-ledger-mismatch"]

    def set_to(severity: str) -> None:
        model = replace(like, severity=severity)
        chosen = {gate: [model] if gate == "publish" else at(gate) for gate in catalogue.GATES}
        monkeypatch.setattr(catalogue, "at_gate", chosen.__getitem__)

    at = catalogue.at_gate
    return set_to


def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the books of the page forget fifty yuan."""
    real = pages.month

    def month(*words):
        found = real(*words)
        told = replace(found.figures, out_fen=found.figures.out_fen - SHORT)
        return replace(found, figures=told)

    monkeypatch.setattr(pages, "month", month)


def begun(world: World) -> walks.Walk:
    world.at = DECEMBER
    by = world.actor("village_clerk", DECEMBER)
    number = cases.start(matter_code="M36", organisation_ext_id="O-WILLOW-VC", by=by, at=DECEMBER)
    walk = walks.Walk(world, number, DECEMBER)
    walk.submit("village_clerk", SHEET)
    walk.approve("supervision_head")
    return walk


def months() -> list[Publication]:
    return list(Publication.objects.filter(period="2026-11", division_id=WILLOW))


def test_a_month_that_forgets_a_payment_is_refused_at_the_release_and_nothing_is_public(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begun(world)
    before = Event.objects.count()
    short(monkeypatch)

    with pytest.raises(errors.Blocked) as refused:
        walk.approve("village_secretary")

    assert refused.value.code == "matters.blocked"
    assert "公开的是1,096.10元，付款记录是1,146.10元，对不上" in str(refused.value.text)
    assert (months(), walk.open_step.step_key) == ([], "release")
    assert Event.objects.count() == before
    assert [(one.gate, one.block_count) for one in Check.objects.filter(gate="publish")] == [
        ("publish", 1)
    ]
    assert HeldSheet.objects.get().is_by_hand
    assert holding.try_again(DECEMBER) == 0, "who handed it in hands it in again"

    monkeypatch.undo()
    walk.approve("village_secretary")
    [one] = months()
    assert (one.total_fen, one.subject_id) == (114_610, walk.number)
    assert not HeldSheet.objects.exists()
    assert not Check.objects.filter(gate="publish").exists()


def test_a_hold_waits_for_the_town_and_then_the_same_page_is_public(
    world: World, monkeypatch: pytest.MonkeyPatch, severity
) -> None:
    walk = begun(world)
    severity("hold")
    short(monkeypatch)

    with pytest.raises(errors.Held):
        walk.approve("village_secretary")
    assert months() == []
    assert queries.unreleased(walk.number) == []
    [held] = queries.unreleased_pages(walk.number)
    with pytest.raises(errors.Held):
        walk.approve("village_secretary")
    assert queries.unreleased_pages(walk.number) == [held], "the same page, the same finding"

    release_hold(
        case_number=walk.number, model_code=held.model_code, finding_id=held.finding_id,
        reason="差的五十元下个月公布", by=world.actor("town_leader"), at=DECEMBER,
    )  # fmt: skip
    walk.approve("village_secretary")
    assert [one.ext_id for one in months()] == [held.finding_id]


def test_a_warning_is_public_and_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, severity
) -> None:
    walk = begun(world)
    severity("warn")
    short(monkeypatch)

    walk.approve("village_secretary")

    [one] = months()
    assert one.total_fen == 114_610 - SHORT
    check = gates.last(walk.number)
    assert check is not None
    assert [(one.severity, one.finding_id) for one in check.verdicts] == [("warn", one.ext_id)]


def test_a_month_that_the_system_makes_is_held_with_an_alert_and_published_when_it_is_right(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(monkeypatch)

    assert publishing.publish_due_months(TENTH) == 0

    assert months() == []
    held = HeldSheet.objects.get(division_id=WILLOW)
    assert (held.item_code, held.period, held.is_by_hand) == ("F01", "2026-11", False)
    alert = Alert.objects.get(model_code="disclosure-ledger-mismatch")
    assert (alert.finding_id, alert.division_code) == (held.ext_id, WILLOW)
    assert alert.rows["disclosure"][0]["total_fen"] == 114_610 - SHORT
    office = world.actor("town_leader", TENTH)
    [row] = due_queries.of_village(by=office, code=WILLOW, at=TENTH)
    assert (row.state, row.title, row.due_at) == (due_queries.HELD, held.title, held.due_at)
    [place] = due_queries.villages(by=office, at=TENTH)
    assert {state: count for state, count in place.counts.items() if count} == {"held": 1}
    publishing.publish_due_months(TENTH + LATER)
    holding.try_again(TENTH + LATER)
    assert Alert.objects.filter(model_code="disclosure-ledger-mismatch").count() == 1
    assert HeldSheet.objects.get().ext_id == held.ext_id
    nightly.run(as_of=TENTH + LATER, by=SYSTEM)
    alert.refresh_from_db()
    assert alert.vanished_at is None, "no page, so the night sees nothing; it stands all the same"

    monkeypatch.undo()
    assert publishing.publish_due_months(TENTH + 2 * LATER) == 1
    assert [one.ext_id for one in months()] == [held.ext_id]
    assert not HeldSheet.objects.exists()
    nightly.run(as_of=TENTH + 3 * LATER, by=SYSTEM)
    alert.refresh_from_db()
    assert alert.vanished_at is not None


def test_what_is_due_and_held_stays_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    periodic.write_down(DECEMBER, DECEMBER.date())
    short(monkeypatch)
    publishing.publish_due_months(TENTH)

    periodic.find_published()

    due = DueSheet.objects.get(division_id=WILLOW, item_code="F01", period="2026-11")
    assert (due.publication, due.empty_at) == (None, None)


def test_a_settled_payment_stays_settled_when_its_page_is_held(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_):
        raise CheckNotRun(model="AL137")

    monkeypatch.setattr(gates.precheck, "weigh_row", broken)
    [standing] = Publication.objects.filter(subject_kind="case")
    number = standing.subject_id
    Publication.objects.all().delete()

    assert publishing.publish_payment(case_number=number, at=DECEMBER) is None

    assert not Publication.objects.exists()
    assert HeldSheet.objects.get().subject_id == number
    monkeypatch.undo()
    assert holding.try_again(DECEMBER) == 1
    assert Publication.objects.get().subject_id == number
    assert not HeldSheet.objects.exists()


def test_a_page_that_cannot_be_judged_is_told_after_an_hour_and_closed_once_judged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_):
        raise CheckNotRun(model="AL137")

    def told() -> list[int]:
        return sorted(
            Notice.objects.filter(template=unjudged.TEMPLATE).values_list("user_id", flat=True)
        )

    def logged() -> list[str]:
        kinds = ("disclosure.sheet.unjudged", "disclosure.sheet.judged")
        found = Event.objects.filter(kind__in=kinds).order_by("pk")
        return [one.rsplit(".", 1)[1] for one in found.values_list("kind", flat=True)]

    monkeypatch.setattr(gates.precheck, "weigh_row", broken)
    publishing.publish_due_months(TENTH)
    office = world.actor("town_agri_head", TENTH)
    [row] = due_queries.of_village(by=office, code=WILLOW, at=TENTH)
    assert row.state == due_queries.UNJUDGED
    soon = TENTH + LATER - timedelta(seconds=1)
    assert (unjudged.tell(soon), told()) == (0, [])
    assert due_queries.unjudged_for(by=office, at=soon) == []

    hour = TENTH + LATER
    publishing.publish_due_months(hour)
    assert unjudged.tell(hour) == 1
    assert told() == sorted(
        world.users[role].pk for role in due_queries.OFFICES if role in world.users
    )
    assert world.users["town_agri_head"].pk in told()
    assert (unjudged.tell(hour), len(told()), logged()) == (0, len(set(told())), ["unjudged"])
    assert due_queries.unjudged_for(by=office, at=hour) == [row]
    assert due_queries.unjudged_for(by=world.actor("village_clerk", hour), at=hour) == []

    monkeypatch.undo()
    short(monkeypatch)
    holding.try_again(hour)
    assert logged() == ["unjudged", "judged"], "the models spoke against it: that is an alert"
    [row] = due_queries.of_village(by=office, code=WILLOW, at=hour)
    assert (row.state, due_queries.unjudged_for(by=office, at=hour)) == (due_queries.HELD, [])
    monkeypatch.setattr(gates.precheck, "weigh_row", broken)
    holding.try_again(hour)
    assert unjudged.tell(hour + LATER) == 1, "unjudged once more is told once more"

    monkeypatch.undo()
    holding.try_again(hour + LATER)
    assert logged() == ["unjudged", "judged"] * 2
    assert len(months()) == 1
    assert due_queries.unjudged_for(by=office, at=hour + LATER) == []
