"""Inspections: seen on the site, put right by who was named, verified by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from sanzi.audit.models import Event
from sanzi.evidence import errors as evidence_errors
from sanzi.evidence import queries as evidence
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.matters import shelf
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Counterparty, CounterpartyOwner
from sanzi.record.loaders import LoadContext, LoadCount, Rows
from sanzi.record.schema import load_tables
from sanzi.registers.works import errors as refusals
from sanzi.registers.works import inspection_queries as queries
from sanzi.registers.works import loading, rules
from sanzi.registers.works.actions import inspections
from sanzi.registers.works.actions.inspections import Seen, Shot
from sanzi.registers.works.models import Commitment, Inspection, Rectification, Risk, Works
from worlds import deals, walks, works
from worlds.village import AT, World

LATER = AT + timedelta(days=2)
FINE = Seen("路基压实，边沟通了")


@pytest.fixture
def world(db: None) -> World:
    made = works.build()
    works.under_way(made, AT)
    return made


def _inspect(world: World, role: str = "supervision_head", **more: Any) -> str:
    said = {"works": "GC-1", "seen": FINE, "shot": works.shot(1, AT), "at": AT, **more}
    return inspections.inspect(by=world.actor(role, said["at"]), **said)


def _rectify(world: World, risk: Risk, role: str = "committee_member", **more: Any) -> str:
    said = {"words": "凿掉重浇，厚度16厘米", "shot": works.shot(50, LATER), "at": LATER, **more}
    return inspections.rectify(risk=risk.ext_id, by=world.actor(role, LATER), **said)


def _verify(world: World, risk: Risk, role: str = "town_works_office", **more: Any) -> None:
    said = {"is_accepted": True, "words": "", "at": LATER, **more}
    inspections.verify(risk=risk.ext_id, by=world.actor(role, LATER), **said)


def _kinds(found: Works, at: datetime = AT) -> list[str]:
    return [one.kind for one in queries.tasks(found, at)]


@pytest.mark.parametrize(
    ("role", "office"),
    [
        ("supervision_head", "supervision_head"),
        ("supervision_member", "supervision_member"),
        ("town_works_office", "town_works_office"),
        ("town_discipline_office", "town_discipline_office"),
    ],
)
def test_those_who_supervise_write_down_what_they_saw_with_a_photo_of_place_and_time(
    world: World, role: str, office: str
) -> None:
    made = _inspect(world, role, seen=Seen("路基压实，边沟通了", place="三组桥头"))

    one = Inspection.objects.get(ext_id=made)
    assert (one.role_code, one.result, one.severity, one.place, one.stage) == (
        office, "fine", "", "三组桥头", "building",
    )  # fmt: skip
    assert (one.lat_micro, one.lng_micro) == works.HERE
    assert one.taken_at == AT - timedelta(minutes=1)
    assert one.works.qr_updated_at == AT
    hung = evidence.access_hung(by=world.actor("village_clerk"), ext_id=one.photo_ext_id)
    assert (hung.kind, hung.digest) == ("inspection", one.file_hash)
    assert Event.objects.filter(kind="works.inspection.made").count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"shot": None}, refusals.PhotoNeeded),
        ({"shot": works.shot(2, AT - timedelta(days=3))}, refusals.PhotoNeeded),
        ({"shot": works.shot(2, AT, (29_316_000, 120_074_000))}, refusals.PhotoNeeded),
        ({"shot": Shot("现场.jpg", b"no photo")}, evidence_errors.KindNotTaken),
        ({"seen": Seen("好")}, refusals.WorksWrong),
        ({"seen": Seen("有问题", findings=(works.finding(AT),) * 7)}, refusals.WorksWrong),
        ({"works": "GC-NONE"}, NotFound),
    ],
)
def test_an_inspection_that_cannot_be_right_is_refused_and_nothing_is_kept(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _inspect(world, **changed)

    _nothing_is_kept()


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "weather"},
        {"level": "deadly"},
        {"words": "坏"},
        {"person": "P-NONE"},
        {"person": "P-willow-1"},  # the cashier puts nothing right
        {"due_date": clock.local_date(AT) - timedelta(days=1)},
        {"due_date": clock.local_date(AT) + timedelta(days=16)},
    ],
)
def test_a_finding_names_a_kind_a_level_an_officer_and_a_day_within_its_limit(
    world: World, changed: dict[str, Any]
) -> None:
    with pytest.raises(refusals.WorksWrong):
        works.found(world, AT, **changed)

    _nothing_is_kept()


def _nothing_is_kept() -> None:
    assert not Inspection.objects.exists()
    assert not Risk.objects.exists()
    assert not Event.objects.filter(kind__startswith="works.inspection").exists()
    assert Works.objects.get().qr_updated_at is None
    assert evidence.attachments("works", "GC-1") == []


@pytest.mark.parametrize("role", ["village_clerk", "committee_member", "town_leader"])
def test_those_who_do_not_supervise_inspect_nothing(world: World, role: str) -> None:
    with pytest.raises(NotFound):
        _inspect(world, role)

    _nothing_is_kept()


def test_before_the_contract_there_is_nothing_to_inspect(world: World) -> None:
    Works.objects.update(status="awarded")

    with pytest.raises(refusals.WorksNotNow, match="检查"):
        _inspect(world)

    _nothing_is_kept()


@pytest.mark.parametrize("tie", ["owner", "kin"])
def test_who_has_a_share_in_the_builder_or_kin_there_does_not_supervise_it(
    world: World, tie: str
) -> None:
    owner = world.people["supervision_head" if tie == "owner" else "village_clerk"]
    CounterpartyOwner.objects.create(
        counterparty=Counterparty.objects.get(ext_id="C-1"), person=owner, share_percent=60,
        kind="shareholder",
    )  # fmt: skip
    if tie == "kin":
        deals.kin(owner, world.people["supervision_head"])

    with pytest.raises(refusals.TooNear, match="检查"):
        _inspect(world)

    _nothing_is_kept()


def test_a_photo_serves_once_in_diary_inspections_and_rectification(world: World) -> None:
    _inspect(world)

    with pytest.raises(refusals.PhotoNeeded, match="用过"):
        _inspect(world, "town_works_office")

    assert Inspection.objects.count() == 1


def test_a_finding_is_answered_by_who_was_named_and_verified_by_another(world: World) -> None:
    risk = works.found(world, AT)
    assert (risk.inspection.result, risk.inspection.severity) == ("found", "medium")

    _rectify(world, risk)
    risk.refresh_from_db()
    assert risk.state == "answered"
    _verify(world, risk, "town_discipline_office", words="量过了，够厚")

    risk.refresh_from_db()
    done = Rectification.objects.get()
    assert (risk.state, risk.closed_at) == ("closed", LATER)
    assert (done.person, done.verified_by) == (
        world.people["committee_member"], world.people["town_discipline_office"],
    )  # fmt: skip
    assert (done.is_accepted, done.verifier_role) == (True, "town_discipline_office")
    told = Event.objects.filter(kind__startswith="works.risk").order_by("pk")
    assert [one.kind for one in told] == ["works.risk.rectified", "works.risk.verified"]
    assert queries.shares(list(Risk.objects.all()), clock.local_date(LATER)) == (1, 1)


def test_what_is_not_put_right_is_open_again_and_answered_once_more(world: World) -> None:
    risk = works.found(world, AT)
    _rectify(world, risk)
    _verify(world, risk, is_accepted=False, words="还差2厘米，要重做")
    risk.refresh_from_db()
    assert (risk.state, risk.closed_at) == ("open", None)

    _rectify(world, risk, shot=works.shot(90, LATER))
    _verify(world, risk)

    said = list(Rectification.objects.order_by("pk").values_list("is_accepted", "verdict"))
    assert said == [(False, "还差2厘米，要重做"), (True, "")]


def test_nobody_else_answers_while_the_one_who_was_named_is_in_office(world: World) -> None:
    risk = works.found(world, AT)
    with pytest.raises(refusals.RectifyNotYours, match="高大林"):
        _rectify(world, risk, "village_clerk")
    assert not Rectification.objects.exists()
    assert Risk.objects.get().state == "open"

    Appointment.objects.filter(person=risk.person).update(end_date=date(2026, 11, 12))
    _rectify(world, risk, "village_clerk")

    assert Rectification.objects.get().person == world.people["village_clerk"]


def _both(world: World, role: str) -> None:
    """Let somebody hold a second post, in which he also verifies."""
    Appointment.objects.create(
        ext_id="A-BOTH", person=world.people[role], organisation=world.bodies["agency"],
        role_code="town_works_office", start_date=date(2024, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "why"), [("village_clerk", "整改的"), ("committee_member", "该您")]
)
def test_nobody_verifies_what_he_put_right_or_had_to(world: World, role: str, why: str) -> None:
    risk = works.found(world, AT)
    Appointment.objects.filter(person=risk.person).update(end_date=date(2026, 11, 12))
    _rectify(world, risk, "village_clerk")
    Appointment.objects.filter(person=risk.person).update(end_date=None)
    _both(world, role)

    with pytest.raises(refusals.VerifyOwn, match=why):
        _verify(world, risk, role)

    risk.refresh_from_db()
    assert risk.state == "answered"
    assert Rectification.objects.get().verified_at is None


@pytest.mark.parametrize(
    ("do", "refusal"),
    [
        (_verify, refusals.RiskNotNow),
        (lambda world, risk: _verify(world, risk, "village_clerk"), NotFound),
        (lambda world, risk: _rectify(world, risk, "supervision_head"), NotFound),
        (lambda world, risk: _rectify(world, risk, shot=None), refusals.PhotoNeeded),
        (lambda world, risk: _rectify(world, risk, words="好"), refusals.WorksWrong),
        (
            lambda world, risk: _rectify(world, risk, shot=works.shot(1, AT)),
            refusals.PhotoNeeded,
        ),
    ],
)
def test_an_answer_or_a_verdict_that_cannot_be_is_refused(
    world: World, do: Callable[[World, Risk], object], refusal: type[Refusal]
) -> None:
    risk = works.found(world, AT)

    with pytest.raises(refusal):
        do(world, risk)

    assert Risk.objects.get().state == "open"
    assert not Rectification.objects.exists()
    assert not Event.objects.filter(kind__startswith="works.risk").exists()


def test_a_verdict_against_says_why_and_an_answer_is_given_once(world: World) -> None:
    risk = works.found(world, AT)
    _rectify(world, risk)
    with pytest.raises(refusals.WorksWrong, match="至少4个字"):
        _verify(world, risk, is_accepted=False)
    with pytest.raises(refusals.RiskNotNow, match="等核对"):
        _rectify(world, risk, shot=works.shot(91, LATER))

    assert Rectification.objects.get().verified_at is None
    assert Risk.objects.get().state == "answered"


def test_the_table_itself_refuses_a_verdict_by_who_put_it_right(world: World) -> None:
    risk = works.found(world, AT)
    _rectify(world, risk)
    person = world.people["committee_member"]

    with pytest.raises(IntegrityError), transaction.atomic():
        Rectification.objects.update(verified_by=person, verified_at=LATER, is_accepted=True)


def test_a_stranger_finds_no_finding(world: World) -> None:
    risk = works.found(world, AT)

    with pytest.raises(NotFound):
        queries.access_risk(by=world.actor("stone_cashier"), ext_id=risk.ext_id)
    assert queries.access_risk(by=world.actor("town_leader"), ext_id=risk.ext_id) == risk


def test_tasks_follow_from_the_site_and_are_never_typed(world: World) -> None:
    found = Works.objects.get()
    diary, inspect = queries.tasks(found, AT)
    assert (diary.kind, diary.who, diary.due_date) == ("diary", "村文书", date(2026, 11, 16))
    assert (inspect.kind, inspect.due_date, inspect.is_late) == (
        "inspect", date(2026, 11, 22), False,
    )  # fmt: skip
    [late, _] = queries.tasks(found, AT + timedelta(days=5))
    assert (late.kind, late.is_late) == ("diary", True)

    risk = works.found(world, AT)
    assert [one.words for one in queries.tasks(found, AT) if one.kind == "inspect"] == [
        "到工地检查，第2次"
    ]
    [todo] = [one for one in queries.tasks(found, AT) if one.risk]
    assert (todo.kind, todo.names, todo.due_date) == ("rectify", ("高大林",), date(2026, 11, 17))
    assert "高大林" not in todo.words + todo.who
    _rectify(world, risk)
    [todo] = [one for one in queries.tasks(found, LATER) if one.risk]
    assert (todo.kind, todo.who, todo.due_date) == ("verify", "村监会主任", date(2026, 11, 19))
    _verify(world, risk)
    _inspect(world, shot=works.shot(70, LATER), at=LATER)
    assert _kinds(found, LATER) == ["diary"]
    Works.objects.update(status="accepted")
    assert _kinds(Works.objects.get(), LATER) == []


def test_tasks_name_the_step_of_the_case_the_promises_and_the_changes_that_wait(
    world: World,
) -> None:
    walk = walks.start(world, "M05", "committee_member")
    form = {
        "name": "后塘路绿化", "kind": "greening", "place": "一组", "need": "两边没有树，村民提过",
        "estimate": "4000", "planned_end": "2027-03-01",
    }  # fmt: skip
    walk.submit("committee_member", form, ("before_photo",))
    asked = Works.objects.get(case_number=walk.number)

    [step] = queries.tasks(asked, AT)
    assert (step.kind, step.words, step.who, step.names) == (
        "step", "受理", "村党组织书记", ("陈国平",),
    )  # fmt: skip
    Works.objects.filter(pk=asked.pk).update(status="awarded", case_number="K-9")
    asked.refresh_from_db()
    Commitment.objects.create(
        works=asked, person=world.people["village_clerk"], kind="commitment", signed_at=AT
    )
    [promise] = queries.tasks(asked, AT)
    assert promise.words == "签不入股、不让亲属参与的承诺，还差6位"
    asked.variations.create(
        ext_id="BG-1", amount_fen=1, reason_code="design", reason="设计改了", submitted_at=AT,
        needs_role="town_works_office",
    )  # fmt: skip
    assert queries.tasks(asked, AT)[0].who == "镇工程办"


@pytest.mark.parametrize(
    ("done", "expected"), [(0, date(2026, 1, 11)), (1, date(2026, 1, 21)), (2, None), (3, None)]
)
def test_the_two_inspections_of_the_village_are_spread_over_the_building(
    done: int, expected: date | None
) -> None:
    found = rules.supervision_due(date(2026, 1, 1), date(2026, 1, 21), done=done, needed=2)

    assert found == expected


def test_a_share_counts_what_is_due_or_done_and_only_what_was_in_time(world: World) -> None:
    day = date(2026, 1, 10)
    rows = [
        (day, day), (day, date(2026, 1, 11)), (day, None), (date(2026, 2, 1), None),
        (date(2026, 2, 1), day),
    ]  # fmt: skip

    assert rules.on_time(rows, date(2026, 1, 20)) == (2, 4)
    assert rules.on_time([], day) == (0, 0)
    assert rules.worst(["low", "high", "medium"]) == "high"
    assert rules.worst([]) == ""


def test_the_list_of_kinds_and_the_record_know_the_same_kinds() -> None:
    [column] = [one for one in load_tables()["works_risk"].columns if one.name == "kind"]

    assert set(column.enum or ()) == set(rules.inspection_rules(date(2026, 1, 1)).kinds)
    assert set(rules.inspection_rules(date(2019, 1, 1)).days_max) == set(rules.LEVELS)


def test_the_shelf_shows_inspections_findings_and_what_waits(world: World) -> None:
    risk = works.found(world, AT)
    _rectify(world, risk)
    by = world.actor("town_leader")

    project = shelf.item(by=by, key="works", ext_id="GC-1")
    parts = {part.key: rows for part, rows in project.parts}
    assert parts["inspections"][0][1:3] == ("村监会主任", "发现问题")
    assert parts["risks"][0][:3] == ("质量不合格", "较重", "路面厚度不到15厘米")
    assert "核对整改：路面厚度不到15厘米" in {row[0] for row in parts["tasks"]}
    [one] = shelf.rows(by=by, key="works-risks", wanted=shelf.Wanted(state="answered"))
    whole = shelf.item(by=by, key="works-risks", ext_id=one.ext_id)
    assert whole.parts[0][1][0][1:3] == ("高大林", "凿掉重浇，厚度16厘米")
    assert shelf.rows(by=by, key="works-inspections").count() == 1
    assert shelf.rows(by=world.actor("stone_cashier"), key="works-risks").count() == 0


CONTEXT = LoadContext(by="tester", at=AT)
SEEN = {
    "inspection_id": "JC-9", "works_id": "GC-1", "role_code": "supervision_head",
    "inspector_person_id": "P-willow-3", "inspected_at": AT, "stage": "building",
    "result": "found", "severity": "high", "place": "三组后塘", "words": "边坡没有围挡",
    "file_hash": "e" * 64, "taken_at": AT, "lat_micro": 29306000, "lng_micro": 120074000,
}  # fmt: skip
RISK = {
    "risk_id": "WT-9", "works_id": "GC-1", "inspection_id": "JC-9", "kind": "safety",
    "level": "high", "words": "边坡没有围挡", "responsible_person_id": "P-willow-2",
    "due_date": date(2026, 11, 15), "status": "open", "closed_at": None,
}  # fmt: skip
FIXED = {
    "rectification_id": "ZG-9", "works_id": "GC-1", "risk_id": "WT-9",
    "done_person_id": "P-willow-2", "done_at": AT, "words": "围挡装好了", "file_hash": "f" * 64,
    "taken_at": None, "verifier_person_id": "P-willow-3", "verifier_role": "supervision_head",
    "verified_at": AT, "is_accepted": True, "verdict": "看过了",
}  # fmt: skip


def _goes_round(
    load: Callable[[Rows, LoadContext], LoadCount], table: str, row: dict[str, Any]
) -> None:
    assert load(iter([row]), CONTEXT) == LoadCount(added=1)
    assert load(iter([row]), CONTEXT) == LoadCount(unchanged=1)
    [found] = deals.record_rows(table)
    for name, value in row.items():
        is_day = isinstance(value, date | datetime)
        told = found[name]
        same = str(told).startswith(value.strftime("%Y-%m-%d")) if is_day else told == value
        assert same, (table, name, told)


def test_the_tables_of_inspections_come_and_go_as_they_are(world: World) -> None:
    _goes_round(loading.load_inspections, "works_inspection", SEEN)
    _goes_round(loading.load_risks, "works_risk", RISK)
    _goes_round(loading.load_rectifications, "works_rectification", FIXED)

    closed = {**RISK, "status": "closed", "closed_at": AT}
    assert loading.load_risks(iter([closed]), CONTEXT) == LoadCount(changed=1)
