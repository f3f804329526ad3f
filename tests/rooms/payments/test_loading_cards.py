"""Village cards come back from a package as they went out, and wrong rows are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import card_terms, dispatch, loading_cards
from sanzi.payments.models import CardLine, CardSettlement, VillageCard
from sanzi.record import exporting, packages
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import LoadContext, LoadCount
from worlds import cards as world
from worlds.cards import NUMBER, entry
from worlds.fake_bank import FakeBank
from worlds.money import AT, BANK_CODE, Money

pytestmark = pytest.mark.django_db

CARD = {
    "card_id": "VK-1", "card_no": NUMBER, "org_id": "O-WILLOW", "holder_person_id": "P-willow-2",
    "bank_code": BANK_CODE, "repaid_account_id": "A-WILLOW", "limit_fen": 500_000, "bill_day": 5,
    "due_day": 25, "issued_date": AT.date(),
}  # fmt: skip
SETTLEMENT = {
    "settlement_id": "CS-1", "card_id": "VK-1", "org_id": "O-WILLOW", "purpose": "办公用纸",
    "subject_code": "51401", "net_fen": 26_000, "slip_fen": 0, "state": "draft",
    "started_at": AT,
}  # fmt: skip
LINE = {
    "card_line_id": "VL-1", "card_id": "VK-1", "org_id": "O-WILLOW", "bank_ref": "CD1",
    "booked_at": AT, "kind": "purchase", "amount_fen": 26_000, "settlement_id": "CS-1",
    "bill_due_date": AT.date(), "is_suspended": False,
}  # fmt: skip
TABLES = (
    (VillageCard, loading_cards.load_cards, CARD),
    (CardSettlement, loading_cards.load_settlements, SETTLEMENT),
    (CardLine, loading_cards.load_lines, LINE),
)
NOT_CARRIED = {"id", "sealed_number", "last_line_seq", "borne_by_id", "card_id", "settlement_id"}


def context() -> LoadContext:
    return LoadContext(by=SYSTEM, at=AT)


def kept(model: Any) -> list[dict[str, Any]]:
    rows = model.objects.order_by("ext_id").values()
    return [{key: row[key] for key in row if key not in NOT_CARRIED} for row in rows]


def a_year(money: Money, bank: FakeBank) -> None:
    """Make a card with a repaid settlement, a private line, and one spent while suspended."""
    settlement = world.asked(money, bank)
    world.approve(money, settlement)
    world.pay(money, settlement)
    dispatch.work(AT)
    card = VillageCard.objects.get()
    head = money.actor("town_agri_head")
    bank.on_cards[NUMBER] += (entry(3, 50_000, kind="CASH", mcc="6011"),)
    world.cards.work(AT)
    cash = CardLine.objects.get(kind="CASH")
    card_terms.bear_line(ext_id=cash.ext_id, reason="本人认了，已还", by=head, at=AT)
    card_terms.suspend(ext_id=card.ext_id, reason="持卡人住院了", by=head, at=AT)


def exported(folder: Path) -> packages.Package:
    exporting.write(folder, "cards", exporting.plain(secrets.reveal), scrub=False, told={})
    return packages.open_package(folder)


def test_cards_lines_and_settlements_come_back_as_they_went_out(money, bank, tmp_path) -> None:
    a_year(money, bank)
    before = [kept(model) for model, _, _ in TABLES]
    package = exported(tmp_path)
    CardLine.objects.all().delete()
    CardSettlement.objects.all().delete()
    VillageCard.objects.all().delete()

    for table, load in (
        ("card", loading_cards.load_cards),
        ("card_settlement", loading_cards.load_settlements),
        ("card_line", loading_cards.load_lines),
    ):
        first = load(package.rows(table), context())
        again = load(package.rows(table), context())
        assert (first.added, again.added, again.changed) == (first.total, 0, 0)

    assert [kept(model) for model, _, _ in TABLES] == before
    assert secrets.reveal("account", VillageCard.objects.get().sealed_number) == NUMBER


def test_a_payment_may_name_a_settlement_instead_of_a_case(money, bank, tmp_path) -> None:
    a_year(money, bank)

    package = exported(tmp_path)

    told = [
        (one.column, one.value) for one in package.check() if one.column in ("case_id", "source_id")
    ]
    assert told == []


def load_all(**changed: dict[str, Any]) -> list[LoadCount]:
    rows = {"card": [CARD], "settlement": [SETTLEMENT], "line": [LINE]}
    for name, change in changed.items():
        kind = name.rstrip("_")
        rows[kind] = [*rows[kind], {**rows[kind][0], **change}] if name.endswith("_") else [
            {**rows[kind][0], **change}
        ]  # fmt: skip
    return [
        loading_cards.load_cards(rows["card"], context()),
        loading_cards.load_settlements(rows["settlement"], context()),
        loading_cards.load_lines(rows["line"], context()),
    ]


def test_a_package_made_by_hand_is_loaded(money: Money) -> None:
    assert [one.added for one in load_all()] == [1, 1, 1]
    changed = loading_cards.load_cards([{**CARD, "limit_fen": 800_000}], context())
    assert (changed.changed, VillageCard.objects.get().limit_fen) == (1, 800_000)


@pytest.mark.parametrize(
    ("changed", "row", "column"),
    [
        ({"card_": {"card_id": "VK-2"}}, 3, "card_no"),
        ({"card_": {"card_id": "VK-2", "card_no": "6228480000000001111"}}, 3, "holder_person_id"),
        ({"card": {"resumed_at": AT}}, 2, "resumed_at"),
        ({"line_": {"card_line_id": "VL-2"}}, 3, "bank_ref"),
        ({"line": {"borne_at": AT}}, 2, "borne_at"),
    ],
)
def test_a_row_that_does_not_fit_is_named(money: Money, changed, row: int, column: str) -> None:
    with pytest.raises(RowProblem) as problem:
        load_all(**changed)

    assert (problem.value.row, problem.value.column) == (row, column)


def test_a_line_of_another_card_than_its_settlements_is_named(money: Money) -> None:
    other = {
        **CARD, "card_id": "VK-2", "card_no": "6228480000000001111", "holder_person_id": "V1",
    }  # fmt: skip
    loading_cards.load_cards([CARD, other], context())
    loading_cards.load_settlements([SETTLEMENT], context())

    with pytest.raises(RowProblem) as problem:
        loading_cards.load_lines([{**LINE, "card_id": "VK-2"}], context())

    assert (problem.value.column, CardLine.objects.count()) == ("settlement_id", 0)
