"""Who may write down what he began, who never may, and what counts after a case came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sanzi.evidence.actions import files
from sanzi.matters import catalogue, errors, registry, rules
from sanzi.matters.actions import cases, delegations, entries, standing
from sanzi.matters.actions.delegations import Terms
from sanzi.matters.models import Case, CaseEntry, CaseStep
from sanzi.orgs.models import Appointment, Person
from worlds import cases as worlds_cases
from worlds import deals, village
from worlds import posts as worlds_posts
from worlds.cases import AT, Desk
from worlds.village import World

pytestmark = pytest.mark.django_db
FORM = {
    "post_title": "保洁员", "pay": "9600", "start": "2026-12-01", "has_kin": "no",
    "panel": [{"name": "高大林", "score": "92.5"}],
}  # fmt: skip
WRITTEN = {"said": "到他家看过"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """A power whose visit may be written down by who began the case; the clerk makes it too."""
    text = (Path(__file__).parent / "try-power.yaml").read_text(encoding="utf-8")
    file = tmp_path / "try-power.yaml"
    visit = "    looks_at: 走访谁、说了什么\n"
    file.write_text(text.replace(visit, f"{visit}    may_repeat: [apply]\n"), encoding="utf-8")
    known = {**catalogue.matters(), "M29": catalogue.load(file)}
    monkeypatch.setattr(catalogue, "matters", lambda: known)
    for name in ("saved", "approved", "finished", "ended", "visited"):
        registry.effect(f"trial.{name}", lambda _turn: None)
    registry.check("trial.check", lambda _turn: None)
    made = village.build()
    Appointment.objects.filter(role_code="committee_member").update(
        person=made.people["village_clerk"]
    )
    return made


def approved(world: World, hired: str = "", pay: str = "9600") -> str:
    by = world.actor("village_clerk", AT)
    number = cases.start(matter_code="M29", organisation_ext_id="O-WILLOW", by=by, at=AT)
    cases.save(number=number, by=by, at=AT, form={**FORM, "hired": hired, "pay": pay})
    hang(world, ("case", number), "notice", 1)
    cases.submit(number=number, by=by, at=AT)
    opinion = cases.Opinion("approve", Case.objects.get(number=number).content_digest)
    secretary = world.actor("village_secretary", AT)
    cases.act(number=number, by=secretary, at=AT, opinion=opinion)
    return number


def hang(world: World, subject: tuple[str, str], kind: str, mark: int) -> None:
    files.store(
        by=world.actor("village_clerk", AT), at=AT, subject_kind=subject[0], subject_id=subject[1],
        upload=files.Upload("照.jpg", kind, worlds_cases.photo(mark)),
    )  # fmt: skip


def write(world: World, number: str, mark: int = 2) -> Any:
    by = world.actor("village_clerk", AT)
    hang(world, entries.step_subject(number, 3), "photo", mark)
    return cases.record(number=number, by=by, at=AT, form=WRITTEN)


def test_who_began_the_case_writes_down_what_he_did_to_the_end(world: World) -> None:
    number = approved(world)

    assert write(world, number).state == "DONE"
    assert CaseEntry.objects.get().actor == world.people["village_clerk"]


def test_who_gains_never_writes_it_down_though_he_began_it(world: World) -> None:
    clerk = world.people["village_clerk"]
    with pytest.raises(errors.NobodyLeft):
        approved(world, hired=clerk.ext_id)
    number = approved(world)
    Case.objects.filter(number=number).update(parties={"handler": clerk.pk, "payees": [clerk.pk]})

    with pytest.raises(errors.StandsAside, match="收款人"):
        cases.record(
            number=number, by=world.actor("village_clerk", AT), at=AT, form=WRITTEN
        )  # fmt: skip

    assert not CaseEntry.objects.exists()


def test_kin_of_who_gains_write_down_what_others_approved(world: World) -> None:
    brother = village.villager(world, "周小弟")
    deals.kin(world.people["village_clerk"], brother)

    number = approved(world, hired=brother.ext_id)

    assert write(world, number).state == "DONE"


def test_kin_of_who_gains_do_not_write_it_down_where_nobody_approves(world: World) -> None:
    matter = catalogue.matters()["M29"]
    visit = next(one for one in matter.steps if one.key == "visit")
    brother = village.villager(world, "周小弟")
    case = Case(
        matter_code="M29", tier="T9", started_by=world.people["village_clerk"],
        parties={"handler": None, "payees": [brother.pk]},
    )  # fmt: skip
    open_one = standing.parties(case, matter, visit)
    assert rules.stands_aside(9, {brother.pk}, open_one) == "收款人或经办人的近亲属"
    case.tier = "T0"
    assert rules.stands_aside(9, {brother.pk}, standing.parties(case, matter, visit)) == ""


@pytest.mark.parametrize("key", ["approve", "look"])
def test_no_file_opens_a_step_that_approves_to_party_or_kin(world: World, key: str) -> None:
    matter = catalogue.matters()["M29"]
    step = next(one for one in matter.steps if one.key == key)
    step = replace(step, may_repeat=("apply",))
    clerk, gaining = world.people["village_clerk"], world.people["village_secretary"]
    case = Case(
        matter_code="M29", tier="T1", started_by=clerk,
        parties={"handler": clerk.pk, "payees": [gaining.pk]},
    )  # fmt: skip
    whose = standing.parties(case, matter, step)

    assert rules.stands_aside(clerk.pk, set(), whose) == "经手提交的人"
    assert rules.stands_aside(gaining.pk, set(), whose) == "收款人"
    assert rules.stands_aside(9, {gaining.pk}, whose) == "收款人或经办人的近亲属"


def test_a_case_handed_in_again_begins_anew(desk: Desk) -> None:
    number = desk.submitted()
    desk.walk(number, 4)
    desk.act(number, "agency_cashier", "return", reason_code="amount_wrong")
    cases.submit(number=number, by=desk.actor("cashier_reporter"), at=AT)
    member = desk.world.people["committee_member"]
    Appointment.objects.filter(role_code="supervision_head").update(person=member)
    Appointment.objects.filter(role_code="committee_member").update(
        person=desk.world.people["supervision_head"]
    )

    desk.act(number, "supervision_head")
    desk.act(number, "committee_member")

    rows = CaseStep.objects.filter(case__number=number, step_no__in=(3, 4)).order_by("pk")
    assert [(one.round, one.step_no, one.state) for one in rows] == [
        (1, 3, "APPROVED"), (1, 4, "APPROVED"), (2, 3, "APPROVED"), (2, 4, "APPROVED"),
    ]  # fmt: skip
    Appointment.objects.filter(role_code="agency_cashier").update(person=member)
    with pytest.raises(errors.DidAnotherStep):
        desk.act(number, "committee_member")


def test_for_whom_somebody_stood_in_did_the_step_too(desk: Desk) -> None:
    member = desk.world.people["committee_member"]
    today = date(2026, 11, 18)
    terms = Terms(
        to_person_ext_id=desk.world.people["village_clerk"].ext_id,
        organisation_ext_id="O-WILLOW", role_code="committee_member", start_date=today,
        end_date=today + timedelta(days=9), limit_fen=200_000, reason="外出学习",
    )  # fmt: skip
    delegations.give(by=desk.actor("committee_member"), at=AT, terms=terms)
    number = desk.submitted()
    desk.act(number, "village_clerk")
    Appointment.objects.filter(role_code="supervision_head").update(person=member)

    with pytest.raises(errors.DidAnotherStep):
        desk.act(number, "committee_member")

    assert CaseStep.objects.get(case__number=number, step_no=4).state == "OPEN"


def test_a_step_that_is_written_down_is_passed_on_only_from_those_who_may_not(
    world: World,
) -> None:
    number = approved(world)
    by = world.actor("village_clerk", AT)
    assert cases.pass_on(number=number, by=by, at=AT).next_step == "visit"
    row = CaseStep.objects.get(case__number=number, state="OPEN")
    assert row.role_code == "committee_member"

    clerk = Person.objects.get(pk=world.people["village_clerk"].pk)
    Case.objects.filter(number=number).update(parties={"handler": None, "payees": [clerk.pk]})
    with pytest.raises(errors.NobodyLeft):
        cases.pass_on(number=number, by=by, at=AT)

    row.refresh_from_db()
    assert (row.role_code, row.state) == ("committee_member", "OPEN")


def test_what_was_passed_on_stays_with_who_has_it_while_he_may(desk: Desk) -> None:
    number = desk.submitted()
    deals.kin(desk.world.people["committee_member"], desk.money.payees[0])
    cases.pass_on(number=number, by=desk.actor("committee_member"), at=AT)
    worlds_posts.appoint(desk.world, "committee_member", "新委员")

    cases.pass_on(number=number, by=desk.actor("cashier_reporter"), at=AT)

    row = CaseStep.objects.get(case__number=number, state="OPEN")
    assert row.role_code == "town_agri_head"
    desk.act(number, "town_agri_head")
