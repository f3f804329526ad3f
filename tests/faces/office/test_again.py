"""A repeated application starts from the last of its power: what is taken, what never is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sanzi.audit.models import Event
from sanzi.evidence.models import Attachment
from sanzi.matters.actions import cases
from sanzi.matters.errors import NothingToRepeat, NotYours
from sanzi.matters.models import Case, CaseState
from sanzi.orgs import secrets
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.payments.models import BankAccount, BudgetLine, Payment
from worlds import cases as worlds_cases
from worlds import money as worlds_money
from worlds import village
from worlds.cases import AT, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    Officer = Callable[[str], Client]

pytestmark = pytest.mark.django_db
PURCHASE = {
    "title": "太阳能路灯6盏", "category_code": "lamp", "quantity": "6", "unit": "盏",
    "estimate": "9600", "method": "inquiry", "need": "后塘路没有灯", "kin_statement": "no",
}  # fmt: skip


def old(desk: Desk, code: str, role: str, form: dict[str, Any], **changed: Any) -> str:
    """Return a case that ended well a month ago."""
    by = desk.actor(role)
    number = cases.start(matter_code=code, organisation_ext_id="O-WILLOW", by=by, at=AT)
    cases.save(number=number, by=by, at=AT, form=form)
    told = {"state": CaseState.DONE, "created_at": AT - timedelta(days=30), **changed}
    Case.objects.filter(number=number).update(**told)
    return number


def fresh(desk: Desk, code: str, role: str) -> str:
    return cases.start(matter_code=code, organisation_ext_id="O-WILLOW", by=desk.actor(role), at=AT)


def repeated(desk: Desk, number: str, role: str, source: str = "") -> cases.Repeated:
    return cases.repeat(number=number, by=desk.actor(role), at=AT, source=source)


def paid(desk: Desk) -> str:
    number = desk.submitted()
    Case.objects.filter(number=number).update(
        state=CaseState.SETTLED, created_at=AT - timedelta(days=30)
    )
    return number


def test_a_purchase_is_filled_from_the_last_and_the_old_one_stays(desk: Desk) -> None:
    decision = worlds_cases.decision(desk, matter_code="M08")
    source = old(desk, "M08", "committee_member", {**PURCHASE, "decision_id": decision.ext_id})
    before = Case.objects.values().get(number=source)
    number = fresh(desk, "M08", "committee_member")
    found = repeated(desk, number, "committee_member")

    form = Case.objects.get(number=number).form
    assert {key: form[key] for key in PURCHASE} == PURCHASE
    assert "decision_id" not in form
    assert found.source == source
    assert found.amounts == ("估价（元）",) or any("元" in one for one in found.amounts)
    assert any("决议" in one for one in found.left_out)
    assert Case.objects.values().get(number=source) == before
    event = Event.objects.get(kind="matters.case.repeated")
    assert number in str(event.subject_id)


def test_what_was_typed_already_is_not_overwritten(desk: Desk) -> None:
    old(desk, "M08", "committee_member", PURCHASE)
    number = fresh(desk, "M08", "committee_member")
    by = desk.actor("committee_member")
    cases.save(number=number, by=by, at=AT, form={"title": "抽水机2台"})
    repeated(desk, number, "committee_member")

    assert Case.objects.get(number=number).form["title"] == "抽水机2台"
    assert Case.objects.get(number=number).form["need"] == "后塘路没有灯"


def test_past_days_and_what_is_offered_no_more_are_left_out(desk: Desk) -> None:
    BudgetLine.objects.create(
        ext_id="BL-2", organisation=desk.money.organisation, year=2026, subject_code="51404",
        name="亮化", amount_fen=100,
    )  # fmt: skip
    old(desk, "M08", "committee_member", {**PURCHASE, "budget_line_id": "BL-2"})
    BudgetLine.objects.filter(ext_id="BL-2").update(year=2025)
    number = fresh(desk, "M08", "committee_member")
    repeated(desk, number, "committee_member")
    assert "budget_line_id" not in Case.objects.get(number=number).form

    for planned, taken in (("2026-10-01", None), ("2027-03-01", "2027-03-01")):
        old(desk, "M05", "committee_member", {"name": "修渠", "planned_end": planned})
        later = fresh(desk, "M05", "committee_member")
        repeated(desk, later, "committee_member")
        assert Case.objects.get(number=later).form.get("planned_end") == taken


def test_whom_the_last_case_was_about_is_nobodys_business_now(desk: Desk) -> None:
    person = desk.money.payees[0]
    form = {
        "title": "申请临时救助", "kind": "temporary", "applicant": person.ext_id,
        "kin_of_staff": "yes",
    }  # fmt: skip
    source = old(desk, "M26", "village_clerk", {"applicant": person.ext_id})
    Case.objects.filter(number=source).update(form=form)
    number = fresh(desk, "M26", "village_clerk")
    repeated(desk, number, "village_clerk")
    kept = Case.objects.get(number=number).form

    assert not {"applicant", "title", "kin_of_staff"} & set(kept)


def test_payees_come_without_their_old_accounts(desk: Desk) -> None:
    source = paid(desk)
    gone = desk.money.payees[0]
    Person.objects.filter(pk=gone.pk).update(death_date=AT.date())
    before = list(Payment.objects.order_by("pk").values())
    files = Attachment.objects.count()
    number = fresh(desk, "M10", "cashier_reporter")
    found = repeated(desk, number, "cashier_reporter")

    lines = Case.objects.get(number=number).form["lines"]
    assert [one["payee_id"] for one in lines] == [one.ext_id for one in desk.money.payees[1:]]
    assert {one["amount"] for one in lines} == {"286.50"}
    assert not any("sealed_account" in one or "account_tail" in one for one in lines)
    assert gone.name in found.left_out
    assert "付给谁" in found.amounts
    then = Payment.objects.filter(order__case_number=source)
    assert list(then.order_by("pk").values()) == before
    assert Attachment.objects.count() == files
    form = Case.objects.get(number=number).form
    assert (form["purpose"], form["source_id"]) == ("重阳节慰问金", "S-1")


def test_the_account_of_today_is_paid_and_not_the_old_number(desk: Desk) -> None:
    paid(desk)
    payee = desk.money.payees[1]
    new = worlds_money.card(77)
    BankAccount.objects.filter(person=payee).update(
        sealed_number=secrets.seal("account", new), tail=new[-4:],
        number_index=secrets.index("account", new),
    )  # fmt: skip
    number = fresh(desk, "M10", "cashier_reporter")
    repeated(desk, number, "cashier_reporter")

    one = Payment.objects.get(order__case_number=number, payee_person=payee)
    assert one.account_index == secrets.index("account", new)


@pytest.mark.parametrize("reason", ["other village", "other power", "rejected", "none"])
def test_what_is_not_a_case_of_this_body_that_ended_well_is_not_there(
    desk: Desk, reason: str
) -> None:
    number = fresh(desk, "M08", "committee_member")
    source = ""
    if reason != "none":
        source = old(desk, "M08", "committee_member", PURCHASE)
        stone = desk.world.bodies["stone"]
        changed: dict[str, Any] = {
            "other village": {"organisation": stone, "division_code": village.STONE},
            "other power": {"matter_code": "M09"},
            "rejected": {"state": CaseState.REJECTED},
        }[reason]
        Case.objects.filter(number=source).update(**changed)
    before = Case.objects.values().get(number=number)
    events = Event.objects.count()

    with pytest.raises(NotFound):
        repeated(desk, number, "committee_member", source)

    assert Case.objects.values().get(number=number) == before
    assert Event.objects.count() == events


def test_only_the_starter_fills_his_draft_and_an_empty_one_gives_nothing(desk: Desk) -> None:
    source = old(desk, "M08", "committee_member", PURCHASE)
    number = fresh(desk, "M08", "committee_member")
    with pytest.raises(NotFound):
        repeated(desk, number, "stone_cashier")
    with pytest.raises(NotYours):
        repeated(desk, number, "village_secretary")
    Case.objects.filter(number=source).update(form={})
    with pytest.raises(NothingToRepeat):
        repeated(desk, number, "committee_member")
    assert Case.objects.get(number=number).form == {}


def test_the_list_of_powers_and_the_form_offer_the_last_one(desk: Desk, officer: Officer) -> None:
    clerk = officer("committee_member")
    assert "照上次填" not in clerk.get("/office/start/?text=M08").content.decode()
    source = old(desk, "M08", "committee_member", PURCHASE)

    assert 'name="again"' in clerk.get("/office/start/?text=M08").content.decode()
    begun = clerk.post("/office/start/", {"matter": "M08", "body": "O-WILLOW"})
    page = clerk.get(begun["Location"]).content.decode()
    assert "照上次填" in page
    assert source in page

    number = begun["Location"].split("/")[3]
    filled = clerk.post(f"/office/cases/{number}/repeat/", follow=True).content.decode()
    assert "太阳能路灯6盏" in filled
    assert "金额是照上次抄来的，请核对" in filled
    assert f"照{source}填好了" in filled
    assert 'value="9600"' in filled
    again = clerk.post("/office/start/", {"matter": "M08", "body": "O-WILLOW", "again": "1"})
    assert again["Location"].endswith("?copied=1")
    assert clerk.post(f"/office/cases/{number}/repeat/", {"like": "999-1"}).status_code == 404
