"""Leads: sealed, out of the sight of whom they name, taken by another, with what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.inspection import errors, queries
from sanzi.inspection.actions import answering, leads, plans
from sanzi.inspection.actions.leads import Confirmed, Result, Told
from sanzi.inspection.models import Finding, Inspection, Lead, Outcome, Task
from sanzi.kernel.refusals import Refusal
from sanzi.matching import queries as matching
from sanzi.matching.models import Pair, PairRow, Run, RunState, Sending
from sanzi.notices.models import Notice
from sanzi.orgs import queries as orgs
from sanzi.orgs.errors import NotFound
from worlds import deals, inspections
from worlds.inspections import DAY, LATER
from worlds.village import AT, WILLOW, World

WORDS = "报账员三次把维修款打进自己的卡，书记签了字"
CASHIER = "P-willow-1"


def _hand(world: World, task: Task, role: str = "county_agri", **changed: Any) -> str:
    told = Told(**{"words": WORDS, "named": [CASHIER], **changed})
    return leads.hand(task=task.ext_id, told=told, by=world.actor(role), at=AT)


def test_a_lead_goes_sealed_to_the_townships_discipline_office(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task)

    made = _hand(world, task, finding=one.ext_id)

    row = Lead.objects.get(ext_id=made)
    assert (row.route_role, row.state, row.finding) == ("town_discipline_office", "handed", one)
    assert "报账员" not in row.sealed_lead
    lead, words, names = leads.read(ext_id=made, by=world.actor("town_discipline_office"), at=AT)
    assert (lead.pk, words, names) == (row.pk, WORDS, ["吴小芬"])
    assert queries.leads(world.actor("county_discipline")).get() == row


def test_neither_chain_nor_notice_tells_what_a_lead_says(world: World) -> None:
    _hand(world, inspections.drawn(world))

    told = Event.objects.filter(kind__startswith="inspection.lead")
    assert {one.chain for one in told} == {"inspection"}
    assert all("报账员" not in one.change and CASHIER not in one.change for one in told)


@pytest.mark.parametrize(
    "role",
    ["village_secretary", "cashier_reporter", "supervision_head", "town_leader", "town_agri_head",
     "county_agri", "county_finance", "stone_cashier"],
)  # fmt: skip
def test_nobody_else_sees_that_there_is_a_lead(world: World, role: str) -> None:
    made = _hand(world, inspections.drawn(world))

    assert not queries.leads(world.actor(role)).exists()
    with pytest.raises(NotFound):
        leads.read(ext_id=made, by=world.actor(role), at=AT)


def test_the_kin_of_whom_it_names_in_the_office_does_not_see_it(world: World) -> None:
    deals.kin(world.people["town_discipline_office"], world.people["cashier_reporter"])
    made = _hand(world, inspections.drawn(world))

    assert not queries.leads(world.actor("town_discipline_office")).exists()
    with pytest.raises(NotFound):
        leads.take(ext_id=made, by=world.actor("town_discipline_office"), at=AT)
    assert queries.leads(world.actor("county_discipline")).exists()
    assert Lead.objects.get().state == "handed"


def test_what_names_somebody_of_the_township_goes_to_the_county(world: World) -> None:
    _hand(world, inspections.drawn(world), named=[CASHIER, "P-agency-5"])  # the town's leader

    assert Lead.objects.get().route_role == "county_discipline"
    assert not queries.leads(world.actor("town_discipline_office")).exists()
    assert queries.leads(world.actor("county_discipline")).exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"words": "有问题"}, errors.WordsTooShort),
        ({"named": ["P-NONE"]}, errors.InspectionWrong),
        ({"named": ["P-county-2"]}, errors.LeadOwn),
        ({"finding": "JW-NONE"}, NotFound),
        ({"role": "town_agri_head"}, errors.NotYourTask),
        ({"role": "village_secretary"}, NotFound),
    ],
)
def test_a_lead_that_cannot_be_right_is_refused_and_nothing_is_kept(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    task = inspections.drawn(world)

    with pytest.raises(refusal):
        _hand(world, task, **changed)

    assert not Lead.objects.exists()
    assert not Event.objects.filter(kind="inspection.lead.handed").exists()


def test_a_finding_is_handed_over_once(world: World) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task)
    _hand(world, task, finding=one.ext_id)

    with pytest.raises(errors.LeadNotNow):
        _hand(world, task, finding=one.ext_id)

    assert Lead.objects.count() == 1


def test_a_lead_is_taken_once_and_what_came_of_it_is_told_under_seal(world: World) -> None:
    made, office = _hand(world, inspections.drawn(world)), world.actor("town_discipline_office")
    result = Result("warning", DAY, words="给予党内警告处分", document_ref="清纪〔2026〕3号")
    with pytest.raises(errors.LeadNotNow, match="还没有接收"):
        leads.conclude(ext_id=made, result=result, by=office, at=AT)
    leads.take(ext_id=made, by=office, at=AT)
    with pytest.raises(errors.LeadNotNow, match="已经有人接了"):
        leads.take(ext_id=made, by=world.actor("county_discipline"), at=AT)

    leads.conclude(ext_id=made, result=result, by=office, at=AT)

    row = Outcome.objects.get()
    assert (row.kind, row.words, row.document_ref) == ("warning", "", "清纪〔2026〕3号")
    assert "警告" not in row.sealed_lead
    assert Lead.objects.get().state == "concluded"


@pytest.mark.parametrize(
    "result",
    [
        Result("flogging", DAY, words="没有这一种"),
        Result("warning", DAY, words="这由纪委记"),
        Result("money_back", DAY, words="没有写金额"),
        Result("talk", DAY, 100, words="谈话没有金额"),
        Result("talk", DAY + timedelta(days=1), words="明天才谈话"),
    ],
)
def test_an_outcome_that_cannot_be_right_is_refused_and_nothing_is_kept(
    world: World, result: Result
) -> None:
    one = inspections.found(world, inspections.drawn(world))

    with pytest.raises(errors.OutcomeWrong):
        leads.note(ext_id=one.ext_id, result=result, by=world.actor("county_agri"), at=AT)

    assert not Outcome.objects.exists()


def test_what_came_of_a_finding_is_noted_with_its_sum(world: World) -> None:
    one = inspections.found(world, inspections.drawn(world))
    back = Result("money_back", DAY, 320_000, words="回单已核对")

    leads.note(ext_id=one.ext_id, result=back, by=world.actor("county_agri"), at=AT)
    with pytest.raises(errors.AmountWrong):
        leads.note(
            ext_id=one.ext_id, result=Result("money_back", DAY, -1, words="回单已核对"),
            by=world.actor("county_agri"), at=AT,
        )  # fmt: skip
    with pytest.raises(NotFound):
        leads.note(ext_id=one.ext_id, result=back, by=world.actor("village_secretary"), at=AT)

    assert Outcome.objects.get().amount_fen == 320_000


def test_a_discipline_office_may_write_why_there_is_no_lead_and_then_it_can_be_closed(
    world: World,
) -> None:
    task = inspections.drawn(world)
    one = inspections.found(world, task)
    reason = "核实是报账员代垫后报销，票据齐全，没有侵占"
    with pytest.raises(NotFound):
        leads.keep_here(ext_id=one.ext_id, reason=reason, by=world.actor("county_agri"), at=AT)
    with pytest.raises(errors.WordsTooShort):
        leads.keep_here(
            ext_id=one.ext_id, reason="不用", by=world.actor("county_discipline"), at=AT
        )
    assert Finding.objects.get().no_lead_reason == ""

    leads.keep_here(ext_id=one.ext_id, reason=reason, by=world.actor("county_discipline"), at=AT)

    inspections.looked_through(world, task)
    inspections.answered(world, one)
    answering.verify(
        ext_id=one.ext_id, is_accepted=True, words="票据看过了",
        by=world.actor("county_finance", LATER), at=LATER,
    )  # fmt: skip
    plans.close(
        ext_id=task.inspection.ext_id, summary="都改好了", at=LATER,
        by=world.actor("county_discipline", LATER),
    )  # fmt: skip
    assert Inspection.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("form", "fen", "is_needed"), [("C1", 499_999, False), ("C1", 500_000, True)]
)
def test_from_five_thousand_yuan_a_lead_or_a_reason_is_needed(
    world: World, form: str, fen: int, is_needed: bool
) -> None:
    one = inspections.found(world, inspections.drawn(world), form=form, amount_fen=fen)

    assert ("1个问题要移交纪委" in "".join(plans.not_yet(one.task.inspection))) is is_needed


def test_a_lead_that_the_township_lets_lie_goes_to_the_county_which_is_pressed(
    world: World,
) -> None:
    made = _hand(world, inspections.drawn(world))
    leads.take(ext_id=made, by=world.actor("town_discipline_office"), at=AT)
    row = Lead.objects.get(ext_id=made)
    assert row.due_at == orgs.calendar().add_workdays(AT, 10)
    assert leads.escalate_overdue(row.due_at) == 0
    late = row.due_at + timedelta(minutes=1)

    assert leads.escalate_overdue(late) == 1
    assert leads.escalate_overdue(late) == 0

    row.refresh_from_db()
    assert (row.route_role, row.state, row.taken_by) == ("county_discipline", "handed", None)
    assert (row.escalated_at, row.due_at) == (late, orgs.calendar().add_workdays(late, 10))
    assert not queries.leads(world.actor("town_discipline_office")).exists()
    assert queries.leads(world.actor("county_discipline")).get() == row
    assert [one.chain for one in Event.objects.filter(kind="inspection.lead.escalated")] == [
        "inspection"
    ]
    told = Notice.objects.get(template="inspection_lead_up")
    assert told.user_id == world.users["county_discipline"].pk
    later = row.due_at + timedelta(days=1)
    assert [leads.escalate_overdue(one) for one in (later, later)] == [1, 1]
    assert Notice.objects.filter(template="inspection_lead_late").count() == 1
    county = world.actor("county_discipline")
    leads.take(ext_id=made, by=county, at=later)
    result = Result("cleared", DAY, words="查了账和人，没有这回事")
    leads.conclude(ext_id=made, result=result, by=county, at=later)
    assert leads.escalate_overdue(later + timedelta(days=9)) == 0


def test_what_a_station_saw_on_the_spot_becomes_a_lead_once(db: None) -> None:
    from sanzi.voice.actions import stations
    from sanzi.voice.actions.stations import Seen, Shot
    from worlds import letters

    world = letters.build()
    letters.add_station(world)
    _, letter = letters.write(kind="urgent", accused=())
    member = world.actor("supervision_member")

    def seen(finding: str, colour: str) -> str:
        return stations.visit(
            ext_id=letter.ext_id, seen=Seen(finding, "桥栏杆断了两根，长约三米。"),
            shot=Shot("a.jpg", letters.picture(colour=colour)), by=member, at=AT,
        )  # fmt: skip

    nothing, real = seen("NOT_SEEN", "red"), seen("REAL", "blue")
    told = Told(WORDS, named=[CASHIER])
    before = Lead.objects.count(), Event.objects.count()
    with pytest.raises(errors.LeadNotNow):
        leads.hand_from_visit(visit=nothing, told=told, by=member, at=AT)
    for role in ("supervision_head", "village_secretary", "town_discipline_office"):
        with pytest.raises(NotFound):
            leads.hand_from_visit(visit=real, told=told, by=world.actor(role), at=AT)
    with pytest.raises(errors.WordsTooShort):
        leads.hand_from_visit(visit=real, told=Told("短"), by=member, at=AT)
    assert (Lead.objects.count(), Event.objects.count()) == before

    made = leads.hand_from_visit(visit=real, told=told, by=member, at=AT)

    row = Lead.objects.get(ext_id=made)
    assert (row.task, row.visit_id, row.route_role) == (None, real, "town_discipline_office")
    with pytest.raises(errors.LeadNotNow):
        leads.hand_from_visit(visit=real, told=told, by=member, at=AT)
    office = world.actor("town_discipline_office")
    assert leads.read(ext_id=made, by=office, at=AT)[1] == WORDS
    leads.take(ext_id=made, by=office, at=AT)
    leads.conclude(ext_id=made, result=Result("filed", DAY, words="已经立案调查"), by=office, at=AT)
    assert leads.results(Lead.objects.get(ext_id=made))[0].kind == "立案"


PROOF = Confirmed("written", "昆纪函〔2026〕8号")


def _pair() -> str:
    sending = Sending.objects.create(purpose="supplier", period="2025", made_at=AT, count=3)
    run = Run.objects.create(
        purpose="supplier", period="2025", other_code="320583", other_name="昆山市",
        state=RunState.MATCHED, sending=sending, digest="0" * 64, matched_at=AT, pair_count=1,
    )  # fmt: skip
    pair = Pair.objects.create(run=run, pair_id="P-0011223344556677")
    PairRow.objects.create(
        pair=pair, row_kind="counterparty", row_id="MASON", division_code=WILLOW,
        person_ext_id=CASHIER,
    )  # fmt: skip
    return matching.key_of(pair)


def test_a_pair_with_another_county_opens_one_sealed_lead(world: World) -> None:
    key, by = _pair(), world.actor("county_discipline")
    told = Told(WORDS)

    made = leads.hand_from_pair(pair=key, told=told, proof=PROOF, by=by, at=AT)

    row = Lead.objects.get()
    assert (row.ext_id, row.pair_key, row.route_role) == (made, key, "county_discipline")
    assert "昆山" not in row.sealed_lead
    assert CASHIER not in row.sealed_lead
    assert all("MASON" not in one.change for one in Event.objects.filter(chain="inspection"))
    _, words, names = leads.read(ext_id=made, by=by, at=AT)
    assert words.endswith(WORDS)
    assert "昆山市" in words
    assert "昆纪函〔2026〕8号" in words
    assert names == ["吴小芬"], "whom our own row names, and the officer did not"
    assert queries.leads_of_pairs(by, [key]) == {key: made}
    with pytest.raises(errors.LeadNotNow):
        leads.take(ext_id=made, by=by, at=AT)
    with pytest.raises(errors.LeadNotNow) as twice:
        leads.hand_from_pair(pair=key, told=told, proof=PROOF, by=by, at=AT)
    assert "已经立过" in twice.value.text
    assert Lead.objects.count() == 1


def test_a_lead_of_a_pair_that_cannot_be_right_is_refused(world: World) -> None:
    key, by = _pair(), world.actor("county_discipline")
    asked: list[tuple[str, Told, Confirmed, str, type[Exception]]] = [
        (key, Told("短"), PROOF, "county_discipline", Refusal),
        (key, Told(WORDS), Confirmed("phone", "11月3日"), "county_discipline", Refusal),
        (key, Told(WORDS), Confirmed("written", " "), "county_discipline", Refusal),
        (key, Told(WORDS), PROOF, "town_discipline_office", NotFound),
        (key + "0", Told(WORDS), PROOF, "county_discipline", NotFound),
        ("", Told(WORDS), PROOF, "county_discipline", NotFound),
    ]
    for pair, told, proof, role, error in asked:
        with pytest.raises(error):
            leads.hand_from_pair(pair=pair, told=told, proof=proof, by=world.actor(role), at=AT)
    PairRow.objects.update(person_ext_id=by.person_ext_id)
    with pytest.raises(errors.LeadOwn):
        leads.hand_from_pair(pair=key, told=Told(WORDS), proof=PROOF, by=by, at=AT)
    PairRow.objects.update(division_code="999901000000")
    with pytest.raises(errors.LeadNotNow):
        leads.hand_from_pair(pair=key, told=Told(WORDS), proof=PROOF, by=by, at=AT)
    assert not Lead.objects.exists()
