"""What cases refuse, each with nothing changed, and who stands aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.kernel.refusals import Refusal
from sanzi.matters import errors
from sanzi.matters.actions import cases
from sanzi.matters.actions.cases import Opinion
from sanzi.matters.models import Case, CaseStep, NumberHead
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound, SecondFactorNeeded
from sanzi.orgs.models import Appointment, Kinship, Organisation, Person, User
from sanzi.payments.models import Payment, PaymentOrder
from worlds import cases as worlds_cases
from worlds import village
from worlds.cases import AT, Desk, decision

pytestmark = pytest.mark.django_db


def _all() -> Any:
    tables = (Case, CaseStep, NumberHead, PaymentOrder, Payment, Event)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def refused(kind: type[Refusal], act: Callable[[], Any]) -> Refusal:
    """Return the refusal, after asserting that nothing changed."""
    before = _all()
    with pytest.raises(kind) as caught:
        act()
    assert _all() == before
    return caught.value


def submit(desk: Desk, number: str) -> Any:
    return cases.submit(number=number, by=desk.actor("cashier_reporter"), at=AT)


def save(desk: Desk, number: str, **said: Any) -> Any:
    return cases.save(
        number=number, by=desk.actor("cashier_reporter"), at=AT,
        form=said.get("form", {}), lines=said.get("lines"),
    )  # fmt: skip


def test_only_the_reporter_starts(desk: Desk) -> None:
    for role in ("committee_member", "village_secretary", "supervision_head"):
        refused(
            errors.MayNotStart,
            lambda role=role: cases.start(
                matter_code="M10", organisation_ext_id="O-WILLOW", by=desk.actor(role), at=AT
            ),
        )


def test_another_village_is_not_there(desk: Desk) -> None:
    refused(
        NotFound,
        lambda: cases.start(
            matter_code="M10", organisation_ext_id="O-STONE",
            by=desk.actor("cashier_reporter"), at=AT,
        ),
    )  # fmt: skip


def test_a_power_without_a_file_says_so(desk: Desk) -> None:
    refusal = refused(
        errors.NoSuchMatter,
        lambda: cases.start(
            matter_code="M99", organisation_ext_id="O-WILLOW",
            by=desk.actor("cashier_reporter"), at=AT,
        ),
    )  # fmt: skip
    assert refusal.text == "“M99”还不能在网上办。"


def test_a_partial_form_is_kept_as_typed(desk: Desk) -> None:
    number = desk.start()

    saved = save(desk, number, form={"purpose": "重阳节"})

    assert Case.objects.get(number=number).form == {"purpose": "重阳节"}
    assert ("lines", "还没填付给谁") in [(one.key, one.text) for one in saved.problems]
    assert "budget_line_id" in [one.key for one in saved.problems]


def test_an_account_number_is_nowhere_in_plain(desk: Desk) -> None:
    number = desk.submitted()

    text = str(list(Case.objects.filter(number=number).values()))
    assert "6228480000000000001" not in text
    assert "lines" not in Case.objects.get(number=number).form
    desk.act(number, "committee_member", "return", reason_code="payee_wrong")
    back = Case.objects.get(number=number).form["lines"]
    assert [one["account_tail"] for one in back] == ["0001", "0002", "0003", "0004"]
    assert "6228480000000000001" not in str(back)


def test_an_account_shown_as_stars_stays_the_same(desk: Desk) -> None:
    number = desk.start()
    desk.fill(number)
    lines = [{**line, "account": "****0001"} for line in desk.lines()][:1]

    save(desk, number, lines=lines)

    assert Payment.objects.get().account_tail == "0001"


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ({"nonsense": "1"}, errors.BadField),
        ({"method": "cash"}, errors.BadField),
        ({"purpose": "长" * 61}, errors.BadField),
        ({"note": 7}, errors.BadField),
    ],
)
def test_a_wrong_field_is_refused(desk: Desk, form: dict[str, Any], kind: type[Refusal]) -> None:
    number = desk.start()
    refused(kind, lambda: save(desk, number, form=form))


def test_a_wrong_account_names_its_line(desk: Desk) -> None:
    number = desk.start()
    lines = desk.lines()
    lines[2]["account"] = "12ab"

    refusal = refused(errors.BadPayeeLine, lambda: save(desk, number, lines=lines))

    assert refusal.data["line"] == 3


@pytest.mark.parametrize("amount", ["-5", "1.234", "9999999999999", "abc", "0"])
def test_a_wrong_amount_is_a_problem_and_no_order(desk: Desk, amount: str) -> None:
    number = desk.start()

    saved = save(desk, number, form=desk.form(), lines=[{**desk.lines()[0], "amount": amount}])

    assert any(one.text.startswith(("金额", "第1行")) for one in saved.problems)
    refused(Refusal, lambda: submit(desk, number))


def test_somebody_else_does_not_change_a_draft(desk: Desk) -> None:
    number = desk.start()
    for role, kind in (("village_secretary", errors.NotYours), ("stone_cashier", NotFound)):
        refused(
            kind,
            lambda role=role: cases.save(
                number=number, by=desk.actor(role), at=AT, form={"purpose": "x"}
            ),
        )


def test_an_incomplete_form_is_not_taken(desk: Desk) -> None:
    number = desk.start()
    desk.fill(number, budget_line_id="")

    refusal = refused(errors.FormIncomplete, lambda: submit(desk, number))

    assert refusal.text == "还差1处没填：预算项目。"


def test_missing_papers_are_named(desk: Desk) -> None:
    number = desk.start()
    desk.fill(number, proof_kind="e_invoice")

    refusal = refused(errors.PapersMissing, lambda: submit(desk, number))

    assert refusal.text == "还缺凭据：发票原件。"


def test_unchecked_payees_are_not_taken(desk: Desk) -> None:
    number = desk.start()
    desk.fill(number)
    Payment.objects.update(payee_check="")
    refused(errors.PayeesUnchecked, lambda: submit(desk, number))


def test_a_payee_under_another_name_names_the_line(desk: Desk) -> None:
    number = desk.start()
    desk.fill(number)
    Payment.objects.filter(line_no=2).update(payee_check="NO_MATCH")

    refusal = refused(errors.PayeeMismatch, lambda: submit(desk, number))

    assert refusal.data["line"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {"status": "proposed"},
        {"amount_fen": 19_999_999},
        {"agree_count": None},
        {"file_digest": ""},
        {"division_code": village.STONE},
    ],
)
def test_tier_three_needs_a_real_decision(desk: Desk, wrong: dict[str, Any] | None) -> None:
    if wrong is not None:
        decision(desk, **wrong)
    number = desk.start()
    desk.fill(number, desk.lines("50000"), decision_id="D-1")
    refused(errors.DecisionNeeded, lambda: submit(desk, number))


def test_a_red_line_blocks_the_submission(desk: Desk, gate: Any) -> None:
    number = desk.start()
    desk.fill(number)
    gate.block = "这笔钱不能付给报账员本人。"

    refusal = refused(errors.Blocked, lambda: submit(desk, number))

    assert refusal.text == "这笔钱不能付给报账员本人。"


def test_a_hold_lets_the_case_in_and_stops_the_approval(desk: Desk, gate: Any) -> None:
    gate.hold = "超预算2,640元"
    number = desk.submitted()
    assert Case.objects.get(number=number).state == "SUBMITTED"

    refused(errors.Held, lambda: desk.act(number, "committee_member"))

    assert desk.act(number, "committee_member", "return", reason_code="not_needed").state == (
        "RETURNED"
    )


def test_other_content_than_seen_is_refused(desk: Desk) -> None:
    number = desk.submitted()
    refused(
        errors.ContentChanged,
        lambda: desk.act(number, "committee_member", seen_digest="0" * 64),
    )


def test_a_payee_altered_by_sql_stops_the_last_approval(desk: Desk) -> None:
    number = desk.submitted()
    desk.walk(number, 6)
    Payment.objects.filter(line_no=1).update(payee_name="别人")
    refused(errors.ContentChanged, lambda: desk.act(number, "village_secretary"))


def test_money_asks_for_the_second_factor(desk: Desk) -> None:
    number = desk.submitted()
    desk.walk(number, 7)
    by = desk.actor("agency_cashier")
    stale = Actor(**{**by.__dict__, "second_factor_at": None})
    seen = Case.objects.get(number=number).content_digest
    refused(
        SecondFactorNeeded,
        lambda: cases.act(number=number, by=stale, at=AT, opinion=Opinion("approve", seen)),
    )


def test_a_withdrawn_case_is_over(desk: Desk) -> None:
    number = desk.submitted()
    cases.withdraw(number=number, by=desk.actor("cashier_reporter"), at=AT)

    assert Case.objects.get(number=number).state == "WITHDRAWN"
    refused(errors.NoOpenStep, lambda: desk.act(number, "committee_member"))
    refused(
        errors.NotNow,
        lambda: cases.withdraw(number=number, by=desk.actor("cashier_reporter"), at=AT),
    )


# --- who stands aside ----------------------------------------------------------------------


def _second(desk: Desk, role: str, name: str, body: str = "willow") -> Person:
    organisation: Organisation = desk.world.bodies[body]
    person = Person.objects.create(
        ext_id=f"P2-{role}", name=name, division_id=organisation.division_id
    )
    Appointment.objects.create(
        ext_id=f"A2-{role}", person=person, organisation=organisation, role_code=role,
        start_date=date(2024, 1, 1),
    )  # fmt: skip
    desk.world.users[f"second_{role}"] = User.objects.create(
        username=f"second-{role}", person=person
    )
    return person


def _kin(one: Person, other: Person, *, is_statutory: bool = True) -> None:
    Kinship.objects.create(
        person=one, relative=other, relation="sibling", is_statutory_kin=is_statutory,
        is_extended_kin=True, source="declared",
    )  # fmt: skip


def test_the_handler_does_not_review_and_the_town_takes_over(desk: Desk) -> None:
    member = desk.world.people["committee_member"]
    number = desk.submitted(handler_person_id=member.ext_id)

    row = CaseStep.objects.get(case__number=number, state="OPEN")

    assert (row.step_no, row.role_code, row.division_code) == (3, "town_agri_head", village.TOWN)
    refused(errors.NoOpenStep, lambda: desk.act(number, "committee_member"))
    assert desk.act(number, "town_agri_head").state == "SUBMITTED"


def test_another_holder_of_the_same_role_comes_before_the_next_in_line(desk: Desk) -> None:
    second = _second(desk, "committee_member", "沈委员")
    member = desk.world.people["committee_member"]
    number = desk.submitted(handler_person_id=member.ext_id)

    assert CaseStep.objects.get(case__number=number, state="OPEN").role_code == "committee_member"
    refusal = refused(errors.StandsAside, lambda: desk.act(number, "committee_member"))
    assert refusal.text == "您是经办人，这一件不能由您审批。"
    desk.act(number, "second_committee_member")
    assert CaseStep.objects.get(case__number=number, step_no=3).actor == second


def test_kin_of_a_payee_stand_aside(desk: Desk) -> None:
    _kin(desk.money.payees[1], desk.world.people["village_secretary"])
    number = desk.submitted()
    desk.walk(number, 6)

    row = CaseStep.objects.get(case__number=number, state="OPEN")

    assert (row.step_no, row.role_code) == (7, "town_agri_head")


def test_kin_found_after_the_submission_stand_aside_too(desk: Desk) -> None:
    number = desk.submitted()
    _kin(desk.world.people["committee_member"], desk.money.payees[0])

    refused(errors.StandsAside, lambda: desk.act(number, "committee_member"))

    done = cases.pass_on(number=number, by=desk.actor("committee_member"), at=AT)
    assert done.next_role == "镇农经负责人、何农经"
    assert CaseStep.objects.get(case__number=number, state="OPEN").role_code == "town_agri_head"


def test_kin_beyond_the_statutory_degree_may_act(desk: Desk) -> None:
    _kin(desk.world.people["committee_member"], desk.money.payees[0], is_statutory=False)
    number = desk.submitted()
    assert desk.act(number, "committee_member").state == "SUBMITTED"


def test_nobody_left_is_said_at_the_submission(desk: Desk) -> None:
    _kin(desk.world.people["agency_reviewer"], desk.handler)
    number = desk.start()
    desk.fill(number)

    refusal = refused(errors.NobodyLeft, lambda: submit(desk, number))

    assert "复核付款" in refusal.text


def test_one_person_does_not_do_two_steps(desk: Desk) -> None:
    Appointment.objects.create(
        ext_id="A2-both", person=desk.world.people["committee_member"],
        organisation=desk.world.bodies["willow"], role_code="village_secretary",
        start_date=date(2024, 1, 1),
    )  # fmt: skip
    number = desk.submitted()
    desk.walk(number, 6)
    refusal = refused(errors.DidAnotherStep, lambda: desk.act(number, "committee_member"))
    assert refusal.text == "“审核事实”这一步是您办的，“审批”要换一个人。"


def test_a_secretary_with_all_posts_adds_an_outside_step(desk: Desk) -> None:
    Appointment.objects.create(
        ext_id="A2-coop", person=desk.world.people["village_secretary"],
        organisation=desk.world.bodies["willow"], role_code="coop_director",
        start_date=date(2024, 1, 1),
    )  # fmt: skip
    number = desk.submitted("2500")
    desk.walk(number, 8)

    row = CaseStep.objects.get(case__number=number, state="OPEN")

    assert (Case.objects.get(number=number).tier, row.role_code) == ("T1", "town_leader")


def test_the_same_person_never_makes_and_releases(desk: Desk) -> None:
    Appointment.objects.create(
        ext_id="A2-rev", person=desk.world.people["agency_cashier"],
        organisation=desk.world.bodies["agency"], role_code="agency_reviewer",
        start_date=date(2024, 1, 1),
    )  # fmt: skip
    number = desk.submitted()
    desk.walk(number, 11)
    refused(errors.DidAnotherStep, lambda: desk.act(number, "agency_cashier"))
    assert worlds_cases.ROLE_OF[12] == "agency_reviewer"
