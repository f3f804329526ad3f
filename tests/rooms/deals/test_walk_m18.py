"""M18 from the look at the thing to the books: valued, voted, sold, paid, handed over, gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sanzi.bank.port import Entry
from sanzi.deals import asset_errors
from sanzi.deals import disposal_errors as errors
from sanzi.deals.actions import assets, auctions
from sanzi.deals.models import Asset, Auction, Contract, Disposal
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.models import Voucher, VoucherLine
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, Decision
from sanzi.payments.actions import statements
from sanzi.payments.models import Bill
from worlds import deals, village, walks
from worlds import money as worlds_money
from worlds.assets import HOUSE
from worlds.money import Money
from worlds.publications import published
from worlds.village import AT
from worlds.walks import Walk

pytestmark = pytest.mark.django_db
OPENS = AT + timedelta(days=21)
SOLD = OPENS + timedelta(hours=3)


@pytest.fixture
def money() -> Money:
    """The village with its book and account, three firms, and a shed of 500 000 yuan."""
    made = worlds_money.build(payees=0)
    deals.works_office(made.world)
    for ext_id in ("C-1", "C-2", "C-3"):
        deals.party(ext_id)
    assets.register_asset(fields=HOUSE, by=made.actor("village_clerk", AT), at=AT)
    Decision.objects.create(
        ext_id="D-1", organisation=made.organisation, division_code=village.WILLOW,
        matter_code="M18", title="旧厂房处置", procedure="four_two",
        deciding_body="member_meeting", eligible_count=300, present_count=260, agree_count=210,
        against_count=50, abstain_count=0, file_digest="ab" * 32, status="passed",
        passed_at=AT - timedelta(days=5),
    )  # fmt: skip
    return made


def form(**changed: Any) -> dict[str, Any]:
    """The sale of the shed, valued in October."""
    people = ("village_clerk", "committee_member", "supervision_head")
    names = [village.Person.objects.get(appointments__role_code=one).ext_id for one in people]
    return {
        "asset": changed.get("asset") or Asset.objects.get().ext_id, "method": "sale",
        "why": "旧厂房空了三年",
        "checkers": [{"person": one} for one in names], "worth": "300000", "appraiser": "C-3",
        "appraised_date": "2026-10-20", "publicity_from": "2026-10-22", "floor": "300000",
        "decision_id": "D-1", **changed,
    }  # fmt: skip


def scrap(**changed: Any) -> dict[str, Any]:
    """An old pump that brings the price of its iron."""
    Asset.objects.update(book_value_fen=400_000, name="旧水泵", is_operating=False)
    return form(
        method="scrap", why="旧水泵坏了", worth="300", floor="300", appraiser="",
        appraised_date="", publicity_from="", decision_id="", **changed,
    )  # fmt: skip


def local(moment: datetime) -> str:
    """A moment as the form takes it."""
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


def start(money: Money) -> Walk:
    """Begin a disposal."""
    return walks.start(money.world, "M18", "coop_director")


def pay(money: Money, amount_fen: int, at: datetime) -> None:
    """Let the buyer's money come, under the reference of his bill."""
    bill = Bill.objects.get()
    entry = Entry(
        seq=1, booked_at=at, amount_fen=amount_fen, is_credit=True, bank_ref="BK1",
        party_name=bill.payer_name, memo=bill.reference,
    )  # fmt: skip
    statements.import_notices(account_id=money.account.pk, entries=[entry], at=at)


def sold(money: Money, **changed: Any) -> Walk:
    """A disposal whose auction was won by C-2 for 320 000 yuan, with its contract and bill."""
    walk = start(money)
    walk.submit("coop_director", form(**changed), papers=("photo", "report", "notice"))
    walk.approve("supervision_head", "village_secretary", "town_agri_head")
    hours = {"opens_at": local(OPENS), "closes_at": local(OPENS + timedelta(hours=2))}
    walk.record(
        "village_clerk",
        {**hours, "step": "5000", "bid_deposit": "60000", "platform_level": "county"},
        papers=("notice",),
    )
    clerk, auction = money.actor("village_clerk", AT), Auction.objects.get().ext_id
    for place, firm in enumerate(("C-1", "C-2"), start=1):
        auctions.register_bidder(
            auction=auction, counterparty=firm, deposit_ref="收", by=clerk, at=AT
        )
        at = OPENS + timedelta(minutes=place)
        auctions.place_bid(
            auction=auction, number=place, price_fen=30_000_000 + 1_000_000 * place,
            by=money.actor("village_clerk", at), at=at,
        )  # fmt: skip
    walk.at = SOLD
    auctions.close(auction=auction, by=money.actor("village_clerk", SOLD), at=SOLD)
    walk.record("village_clerk", {})
    walk.record("village_clerk", {"sign_date": local(SOLD)[:10]}, papers=("contract",))
    return walk


def test_a_shed_is_sold_paid_handed_over_and_taken_off_the_books(money: Money) -> None:
    walk = sold(money)
    made = Disposal.objects.get()
    assert (made.buyer.ext_id if made.buyer else "", made.price_fen) == ("C-2", 32_000_000)
    assert Contract.objects.get().ext_id == made.contract_ext_id
    deliver = {"executed_at": local(SOLD)}
    with pytest.raises(errors.NotPaidYet, match=r"到账0\.00元"):
        walk.record("committee_member", deliver, papers=("photo",))
    pay(money, 32_000_000, SOLD)
    walk.record("committee_member", deliver, papers=("photo",))
    walk.record("agency_reviewer", {})

    assert walk.case.state == "DONE"
    assert Asset.objects.get().status == "disposed"
    (row,) = deals.record_rows("asset_disposal")
    voucher = Voucher.objects.get(source_kind="disposal")
    assert (row["received_fen"], row["written_off_voucher_id"]) == (32_000_000, voucher.ext_id)
    assert (row["appraisal_publicity_days"], row["decision_id"]) == (21, "D-1")
    lines = VoucherLine.objects.filter(voucher=voucher).order_by("pk")
    assert [(one.account_code, one.debit_fen, one.credit_fen) for one in lines] == [
        ("154", 38_000_000, 0), ("1510101", 0, 38_000_000),
    ]  # fmt: skip
    shown = published(walk.number)["A04"]
    (told,) = next(iter(shown.tables.values()))
    assert told == [
        "标准厂房",
        "300,000.00",
        "21",
        "清河C-2建设有限公司",
        "320,000.00",
        "320,000.00",
    ]
    held = Asset.objects.get()
    assert shown.facts["处置哪一件"] == f"{held.number} {held.name}"


def test_two_sheds_go_in_one_case_each_with_its_share_and_its_voucher(money: Money) -> None:
    other = store(money)
    walk = sold(money, asset=first_asset(), more=[{"asset": other, "worth": "100000"}])

    auction = Auction.objects.get()
    assert (auction.title, auction.floor_fen) == ("标准厂房等2件转让", 30_000_000)
    rows = Disposal.objects.order_by("pk")
    assert [(one.appraised_fen, one.floor_fen, one.price_fen) for one in rows] == [
        (20_000_000, 20_000_000, 21_333_334), (10_000_000, 10_000_000, 10_666_666),
    ]  # fmt: skip
    assert (Contract.objects.get().amount_fen, Bill.objects.get().amount_fen) == (
        32_000_000, 32_000_000,
    )  # fmt: skip
    with pytest.raises(errors.NotPaidYet, match=r"价款320,000\.00元，到账0\.00元"):
        walk.record("committee_member", {"executed_at": local(SOLD)}, papers=("photo",))
    pay(money, 32_000_000, SOLD)
    walk.record("committee_member", {"executed_at": local(SOLD)})
    walk.record("agency_reviewer", {})

    assert walk.case.state == "DONE"
    assert set(Asset.objects.values_list("status", flat=True)) == {"disposed"}
    rows_told = deals.record_rows("asset_disposal")
    shares = {(row["price_fen"], row["received_fen"]) for row in rows_told}
    assert shares == {(21_333_334, 21_333_334), (10_666_666, 10_666_666)}
    cost = VoucherLine.objects.filter(account_code="1510101").order_by("pk")
    assert [one.credit_fen for one in cost] == [38_000_000, 10_000_000]
    assert Voucher.objects.filter(source_kind="disposal").count() == 2
    (table,) = published(walk.number)["A04"].tables.values()
    assert [row[0] for row in table] == ["标准厂房", "旧仓库"]


def store(money: Money) -> str:
    """Enter a second shed; return its id."""
    said = replace(HOUSE, name="旧仓库", place="柳湾村工业路9号", book_value_fen=10_000_000)
    by = money.actor("village_clerk", AT)
    assets.register_asset(fields=said, by=by, at=AT)
    return Asset.objects.get(name="旧仓库").ext_id


def first_asset() -> str:
    return Asset.objects.order_by("pk")[0].ext_id


@pytest.mark.parametrize(
    ("worth", "category", "refusal"),
    [
        ("300000", "fixed", errors.DisposalWrong),
        ("0", "fixed", Refusal),
        ("100000", "biological", errors.DisposalWrong),
        ("same", "fixed", errors.DisposalWrong),
        ("leased", "fixed", errors.DisposalTaken),
    ],
)
def test_things_that_do_not_go_together_are_not_handed_in(
    money: Money, worth: str, category: str, refusal: type[Refusal]
) -> None:
    other = store(money)
    Asset.objects.filter(ext_id=other).update(
        category=category, status="leased" if worth == "leased" else "idle"
    )
    also = {"asset": first_asset() if worth == "same" else other, "worth": "100000"}
    if worth not in ("same", "leased"):
        also["worth"] = worth
    walk = start(money)
    with pytest.raises(refusal):
        walk.submit(
            "coop_director", form(asset=first_asset(), more=[also]),
            papers=("photo", "report", "notice"),
        )  # fmt: skip

    assert walk.case.state == "DRAFT"
    assert not Disposal.objects.exists()


def test_a_case_that_comes_back_is_asked_again_with_what_it_names_now(money: Money) -> None:
    other = store(money)
    walk = start(money)
    filled = form(asset=first_asset(), more=[{"asset": other, "worth": "100000"}])
    walk.submit("coop_director", filled, papers=("photo", "report", "notice"))
    known = Disposal.objects.order_by("pk")[0].ext_id
    seen = walk.case.content_digest
    cases.act(
        number=walk.number, by=money.actor("supervision_head", AT), at=AT,
        opinion=cases.Opinion("return", seen, reason_code="still_useful"),
    )  # fmt: skip
    walk.submit("coop_director", {"more": []})

    made = Disposal.objects.get()
    assert (made.ext_id, made.asset.ext_id, made.floor_fen) == (known, first_asset(), 30_000_000)


def test_scrap_goes_by_two_quotes_and_its_card_is_closed(money: Money) -> None:
    walk = start(money)
    walk.submit("coop_director", scrap(), papers=("photo",))
    walk.approve("supervision_head", "village_secretary")
    one = {"firm": "C-1", "price": "320"}
    with pytest.raises(errors.SaleWrong, match="不到2家报价"):
        walk.record("village_clerk", {"quotes": [one]})
    low = [{"firm": "C-1", "price": "200"}, {"firm": "C-2", "price": "299.99"}]
    with pytest.raises(errors.SaleWrong, match="不到底价"):
        walk.record("village_clerk", {"quotes": low})
    walk.record("village_clerk", {"quotes": [one, {"firm": "C-2", "price": "350"}]})
    walk.record("village_clerk", {"sign_date": local(AT)[:10]})
    pay(money, 35_000, AT)
    walk.record("committee_member", {"executed_at": local(AT)}, papers=("photo",))
    walk.record("agency_reviewer", {})

    made = Disposal.objects.get()
    assert (made.price_fen, made.received_fen, made.status) == (35_000, 35_000, "written_off")
    assert Asset.objects.get().status == "scrapped"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"appraised_date": "2025-11-11"}, errors.NoAppraisal),
        ({"appraised_date": "2026-11-13"}, errors.NoAppraisal),
        ({"publicity_from": "2026-10-29"}, errors.PublicityTooShort),
        ({"publicity_from": "2026-10-19"}, errors.PublicityTooShort),
        ({"checkers": [{"person": "P-willow-2"}]}, errors.CheckersMissing),
        ({"floor": "299999.99"}, errors.DisposalWrong),
        ({"appraiser": "C-9"}, Refusal),
        ({"asset": "AS-NONE"}, errors.DisposalWrong),
        ({"worth": "100", "floor": "100", "appraiser": ""}, errors.NoAppraisal),
        ({"worth": "100", "floor": "100", "decision_id": ""}, errors.DisposalWrong),
    ],
)
def test_a_wish_that_does_not_hold_is_not_handed_in(
    money: Money, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    walk = start(money)
    with pytest.raises(refusal):
        walk.submit("coop_director", form(**changed), papers=("photo", "report", "notice"))

    assert walk.case.state == "DRAFT"
    assert not Disposal.objects.exists()


def test_less_than_two_thirds_of_all_do_not_sell(money: Money) -> None:
    Decision.objects.update(agree_count=199)
    walk = start(money)
    with pytest.raises(errors.VoteTooFew, match="199人同意"):
        walk.submit("coop_director", form(), papers=("photo", "report", "notice"))

    assert not Disposal.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"organisation_id": "stone"}, errors.DisposalNotOurs),
        ({"status": "leased"}, errors.DisposalTaken),
        ({"status": "scrapped"}, asset_errors.AssetGone),
    ],
)
def test_what_is_not_ours_or_let_or_gone_is_not_sold(
    money: Money, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    if "organisation_id" in changed:
        changed = {"organisation_id": money.world.bodies["stone"].pk}
    filled = form()
    Asset.objects.update(**changed)
    walk = start(money)
    with pytest.raises(refusal):
        walk.submit("coop_director", filled, papers=("photo", "report", "notice"))

    assert Case.objects.get().state == "DRAFT"
    assert not Disposal.objects.exists()


def test_a_thing_is_disposed_of_once_and_free_again_when_the_case_is_given_up(
    money: Money,
) -> None:
    first = start(money)
    first.submit("coop_director", form(), papers=("photo", "report", "notice"))
    again = start(money)
    with pytest.raises(errors.DisposalTaken, match="已经在办处置"):
        again.submit("coop_director", form(), papers=("photo", "report", "notice"))
    cases.withdraw(number=first.number, by=money.actor("coop_director", AT), at=AT)
    again.submit("coop_director", form(), papers=("report",))

    assert sorted(Disposal.objects.values_list("status", flat=True)) == ["asked", "ended"]
    assert Disposal.objects.first().appraised_date == date(2026, 10, 20)  # type: ignore[union-attr]


def test_scrap_is_not_sold_to_kin_of_an_officer(money: Money) -> None:
    owner = village.villager(money.world, "陈小平")
    deals.kin(money.world.people["village_secretary"], owner, is_statutory=False)
    deals.party("C-KIN", owner=owner)
    walk = start(money)
    walk.submit("coop_director", scrap(), papers=("photo",))
    walk.approve("supervision_head", "village_secretary")
    quotes = [{"firm": "C-KIN", "price": "400"}, {"firm": "C-2", "price": "350"}]
    with pytest.raises(errors.BuyerIsKin):
        walk.record("village_clerk", {"quotes": quotes})

    assert Disposal.objects.get().status == "approved"
