"""What only figures show: months that stand out, sums that nobody counted, favours in a ring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.matters.models import Case
from sanzi.orgs.models import Organisation, Person
from sanzi.payments.actions import dispatch
from sanzi.payments.models import Payment
from sanzi.registers.procurement import actions as purchases
from worlds import counter, deals, neighbours, village
from worlds.cases import AT
from worlds.counter import Bill, Counter
from worlds.fake_bank import FakeBank
from worlds.village import WILLOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "stat-benford", "stat-month-peers", "stat-month-season", "stat-price-peers", "stat-ring",
    "stat-shared-account", "stat-shared-phone",
}  # fmt: skip
DAY = timedelta(days=1)
PEOPLE = 1_200


def day(year: int, month: int, number: int = 10) -> datetime:
    """Return ten in the morning of a day."""
    return datetime(year, month, number, 2, tzinfo=UTC)


def willow(world: World) -> neighbours.Neighbour:
    """Let the small world's first village pay."""
    Organisation.objects.filter(ext_id="O-WILLOW").update(population=PEOPLE)
    return neighbours.paying(world, world.bodies["willow"])


def test_a_month_that_stands_out_among_its_years_and_its_neighbours_is_found(
    bank: FakeBank,
) -> None:
    world, codes = village.build(), ("stat-month-peers", "stat-month-season")
    here, worker = willow(world), village.villager(world, "王保洁")
    months = [(2026, 12), (2027, 1), (2027, 2), (2027, 3), (2027, 4)]
    for place, month in enumerate(months):
        near = neighbours.beside(world, place, PEOPLE + 20 * place)
        sweeper = village.villager(world, f"邻{place}工", near.body.division_id)
        near.pay((sweeper, f"{900 + place}"), at=day(*month, 11))
        here.pay((worker, f"{800 + place}"), at=day(*month))
    here.pay((worker, "81000"), at=day(2028, 2), kind="subsidy")
    assert nights.found(day(2028, 3), *codes) == set()

    here.pay((worker, "82000"), at=day(2028, 2, 20))

    assert nights.found(day(2028, 3), *codes) == {(code, WILLOW) for code in codes}


def test_two_hundred_sums_that_begin_with_five_and_six_are_found(bank: FakeBank) -> None:
    world, code = village.build(), "stat-benford"
    here, people = willow(world), [village.villager(world, f"户{n}") for n in range(200)]
    natural = [(one, f"{10 ** (2 + n / 200):.2f}") for n, one in enumerate(people)]
    here.pay(*natural, at=day(2026, 12))
    assert nights.found(day(2027, 1), code) == set()

    made_up = [(one, f"{500 + n}") for n, one in enumerate(people)]
    here.pay(*made_up, at=day(2027, 2))

    assert nights.found(day(2027, 3), code) == set()
    assert nights.found(day(2027, 4), code) == {(code, "O-WILLOW")}


def test_handlers_of_two_villages_who_pay_each_other_or_kin_are_found(
    bank: FakeBank, tmp_path: Path
) -> None:
    world, code = village.build(), "stat-ring"
    here, near = willow(world), neighbours.beside(world, 1, PEOPLE)
    brother, stranger = village.villager(world, "柳大弟"), village.villager(world, "路人甲")
    lists.come(tmp_path, AT, kin=[(here.handler, brother, "sibling")])
    here.pay((near.handler, "5200"), at=day(2026, 12, 1))
    near.pay((stranger, "5300"), at=day(2026, 12, 2))
    near.pay((brother, "4900"), at=day(2026, 12, 3))
    assert nights.found(day(2026, 12, 9), code) == set()

    last = near.pay((brother, "100"), at=day(2026, 12, 4))

    closing = Payment.objects.get(order__case_number=last).ext_id
    assert nights.found(day(2026, 12, 9), code) == {(code, closing)}


def paid(made: Counter, bill: Bill, at: datetime) -> str:
    """Bring a bill from the counter to the bank, which pays at a moment; return the payment."""
    made.said(bill)
    number = Case.objects.latest("pk").number
    made.desk.walk(number, until=12)
    dispatch.work(at)
    found = Payment.objects.get(order__case_number=number)
    assert found.status == "SETTLED"
    return found.ext_id


def test_shops_that_share_an_account_or_an_address_and_nothing_else_are_found(
    bank: FakeBank,
) -> None:
    made, codes = counter.build(["五金"]), ("stat-shared-account", "stat-shared-phone")
    owner = Person.objects.get(ext_id="V2")
    for number, (name, person) in enumerate((("文具", owner), ("百货", owner), ("电器", None)), 2):
        deals.party(
            f"C-{number}", f"清河{name}店", person, uscc=f"91330000MA{number:08d}",
            address_norm="清河镇甲路1号",
        )  # fmt: skip
    for firm, yuan in (("C-2", 1_120), ("C-3", 1_130)):
        paid(made, Bill(firm, yuan=yuan, account=72), AT)
    assert nights.found(AT + 3 * DAY, *codes) == set()

    account = paid(made, Bill("C-1", yuan=1_140, account=72), AT + DAY)
    address = paid(made, Bill("C-4", yuan=1_150), AT + DAY)

    found = nights.found(AT + 3 * DAY, *codes)
    assert found == set(zip(codes, (account, address), strict=True))


def bought(world: World, number: int, organisation: str, yuan: int) -> str:
    """Buy ten lamps by inquiry; return the purchase."""
    by = world.actor("stone_cashier" if organisation == "O-STONE" else "committee_member")
    case, at = f"K-{number}", village.AT + number * DAY
    wish = purchases.Wish("lamp", "路灯10盏", 10_000, "盏", yuan * 100 + 5_000, "inquiry")
    made = purchases.request(wish=wish, organisation=organisation, case_number=case, by=by, at=at)
    purchases.approve(case_number=case, by=by, at=at)
    quotes = [
        purchases.QuoteFields(firm, yuan * 100 + more, at)
        for firm, more in (("C-1", 0), ("C-2", 4_000))
    ]
    choice = purchases.Choice(quotes=quotes, chosen="C-1")
    purchases.order(case_number=case, choice=choice, ordered_at=at, by=by, at=at)
    return made


def test_lamps_that_cost_far_more_than_in_other_villages_are_found() -> None:
    world, code = village.build(), "stat-price-peers"
    for firm in ("C-1", "C-2"):
        deals.party(firm)
    for number in range(8):
        bought(world, number, "O-STONE", 900 + 10 * number)
    bought(world, 8, "O-WILLOW", 2_300)
    later = village.AT + 20 * DAY
    assert nights.found(later, code) == set()

    dear = bought(world, 9, "O-WILLOW", 2_400)

    assert nights.found(later, code) == {(code, dear)}
