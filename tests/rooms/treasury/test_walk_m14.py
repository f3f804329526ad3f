"""M14 from the wish to the last proof: the case, the cap, the record, the payment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry
from sanzi.payments.models import Payment
from sanzi.registers.treasury import errors
from sanzi.registers.treasury.models import Advance
from worlds import deals, money, treasury, walks
from worlds.publications import published
from worlds.treasury import AT, Treasury
from worlds.walks import Walk

pytestmark = pytest.mark.django_db

BACK = "2026-11-18"


@pytest.fixture
def made() -> Treasury:
    return treasury.build()


def form(made: Treasury, **changed: str) -> dict[str, str]:
    member = made.world.people["committee_member"].ext_id
    return {
        "purpose": "送老人去市里体检", "kind": "reserve", "person": member, "amount": "3000",
        "back_date": BACK, **changed,
    }  # fmt: skip


def start(made: Treasury, **changed: str) -> Walk:
    walk = walks.start(made.world, "M14", "cashier_reporter")
    walk.submit("cashier_reporter", form(made, **changed))
    return walk


def paid(made: Treasury, **changed: str) -> Walk:
    """Bring an advance to the hands of him who asked, without the bank."""
    walk = start(made, **changed)
    walk.approve("village_secretary", "agency_accountant")
    order = money.approved_order(made.money, f"K-{walk.number}"[:24])
    order.source_id = walk.number
    order.save(update_fields=["source_id"])
    Payment.objects.filter(order=order).update(status="SETTLED", paid_at=AT)
    return walk


def clear(walk: Walk, *, is_last: bool = True, **entry: str) -> None:
    walk.record("agency_accountant", entry, ("invoice",), is_last=is_last)


def test_reserve_money_is_given_and_cleared_within_three_work_days(made: Treasury) -> None:
    walk = paid(made)
    begun = registry.prefill_of("other", walk.number)
    assert begun is not None
    assert [one["amount"] for one in begun.lines] == ["3,000.00"]
    walk.at += timedelta(days=8)

    clear(walk, is_last=False, proved="2600")
    with pytest.raises(errors.AdvanceOut, match=r"还有399\.00元在外"):
        clear(walk, returned="1")
    assert Advance.objects.get().cleared_fen == 260_000
    clear(walk, returned="400")

    assert walk.case.state == "DONE"
    row = deals.record_rows("advance")[0]
    assert (row["kind"], row["amount_fen"], row["cleared_fen"], row["status"]) == (
        "reserve", 300_000, 300_000, "cleared",
    )  # fmt: skip
    assert (row["due_date"], row["case_id"]) == (date(2026, 11, 23), walk.number)
    assert row["issued_at"] is not None
    assert published(walk.number)["F01"].tables["备用金和借款"][0][-1] == "0.00"
    assert made.world.people["committee_member"].name not in published(walk.number)["F01"].text


def test_a_prepayment_goes_under_its_contract(made: Treasury) -> None:
    signed = treasury.contract(made, "procurement", 2_000_000)
    said = {"kind": "prepay", "person": "", "firm": "C-1", "amount": "20000"}
    with pytest.raises(Refusal):
        start(made, **said)
    assert not Advance.objects.exists()

    walk = start(made, **said, contract=signed)

    assert Advance.objects.get().due_date == date(2026, 11, 18)
    assert walk.case.tier == "T1"


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"amount": "5000.01"}, errors.ReserveFull, "最多5,000"),
        ({"kind": "borrow"}, errors.CadreLoan, "不能向集体借款"),
        ({"person": "V1"}, errors.TreasuryWrong, "要是本村在任的人"),
        ({"back_date": "2026-11-11"}, errors.TreasuryWrong, "要在今天起90天以内"),
        ({"back_date": "2027-02-11"}, errors.TreasuryWrong, "要在今天起90天以内"),
        ({"amount": "0"}, errors.TreasuryWrong, "要大于0"),
    ],
)
def test_what_breaks_the_cap_or_goes_to_a_cadre_is_not_handed_in(
    made: Treasury, changed: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        start(made, **changed)

    assert not Advance.objects.exists()


def test_kin_of_a_cadre_borrow_nothing_but_others_may(made: Treasury) -> None:
    from sanzi.orgs.models import Person

    near = Person.objects.get(ext_id="V1")
    deals.kin(made.world.people["village_secretary"], near)
    with pytest.raises(errors.CadreLoan):
        start(made, kind="borrow", person="V1")
    assert not Advance.objects.exists()

    start(made, kind="borrow", person="V2")

    assert Advance.objects.get().person == Person.objects.get(ext_id="V2")


def test_what_is_out_counts_against_the_cap(made: Treasury) -> None:
    start(made)

    with pytest.raises(errors.ReserveFull, match=r"在外3,000\.00元，再借2,000\.01元"):
        start(made, amount="2000.01")

    assert Advance.objects.count() == 1


def test_who_is_late_gets_no_other(made: Treasury) -> None:
    walk = paid(made, amount="100")
    walk.at += timedelta(days=1)
    clear(walk, is_last=False, proved="1")
    later = walks.start(made.world, "M14", "cashier_reporter")
    later.at = AT + timedelta(days=12)

    with pytest.raises(errors.AdvanceOverdue, match=r"还有99\.00元到2026-11-23"):
        later.submit("cashier_reporter", form(made, amount="100", back_date="2026-12-01"))

    assert Advance.objects.count() == 1


@pytest.mark.parametrize(
    ("entry", "refusal"),
    [
        ({"proved": "3000.01"}, errors.ClearedTooMuch),
        ({"proved": "2000", "returned": "1000.01"}, errors.ClearedTooMuch),
        ({}, errors.TreasuryWrong),
    ],
)
def test_a_wrong_clearing_changes_nothing(
    made: Treasury, entry: dict[str, Any], refusal: type[Refusal]
) -> None:
    walk = paid(made)

    with pytest.raises(refusal):
        clear(walk, **entry)

    assert Advance.objects.get().cleared_fen == 0


def test_nothing_is_cleared_before_it_is_paid_and_no_more_is_paid_than_approved(
    made: Treasury,
) -> None:
    walk = start(made)
    walk.approve("village_secretary", "agency_accountant")

    with pytest.raises(errors.NotNow, match="钱还没付出去"):
        clear(walk, proved="3000")
    registry.require_payable("other", walk.number, 300_000, "K-1")
    with pytest.raises(errors.Overpaid):
        registry.require_payable("other", walk.number, 300_001, "K-1")

    assert Advance.objects.get().state == "approved"
