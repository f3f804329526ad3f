"""Loaders of village cards, their settlements and their lines. Lines are never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from sanzi.orgs import secrets
from sanzi.orgs.models import Organisation, Person, User
from sanzi.payments.models import BankAccount, CardLine, CardSettlement, VillageCard
from sanzi.record.bulk import Values
from sanzi.record.errors import RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader
from sanzi.record.loaders import register as register_loader
from sanzi.record.merging import add, merge

Row = Mapping[str, Any]
Rows = Iterable[dict[str, Any]]

COMPARED = (
    "organisation_id", "division_code", "holder_id", "number_index", "tail", "bank_code",
    "repaid_from_id", "limit_fen", "bill_day", "due_day", "issued_date", "closed_date",
    "suspended_at", "resumed_at", "suspended_reason",
)  # fmt: skip


def load_cards(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `card` rows. A number is on one card, a holder has one open card of a body.

    Raises RowProblem where that would not be so.
    """
    organisations, people = _keys(Organisation), _keys(Person)
    divisions = dict(Organisation.objects.values_list("pk", "division_id"))
    accounts = _keys(BankAccount)

    def made(row: Row) -> Values:
        body = organisations[row["org_id"]]
        number = row["card_no"]
        return {
            "ext_id": row["card_id"],
            "organisation_id": body,
            "division_code": _text(row, "village_id") or divisions[body],
            "holder_id": people[row["holder_person_id"]],
            "sealed_number": partial(secrets.seal, "account", number),
            "number_index": secrets.index("account", number),
            "tail": secrets.normalise(number)[-4:],
            "bank_code": row["bank_code"],
            "repaid_from_id": accounts[row["repaid_account_id"]],
            "limit_fen": row["limit_fen"],
            "bill_day": row["bill_day"],
            "due_day": row["due_day"],
            "issued_date": row["issued_date"],
            "closed_date": row.get("closed_date"),
            "suspended_at": row.get("suspended_at"),
            "resumed_at": row.get("resumed_at"),
            "suspended_reason": _text(row, "suspended_reason")[:200],
        }

    fitting = _fitting(made(row) for row in rows)
    return merge(VillageCard, fitting, key="ext_id", compare=COMPARED, carry=("sealed_number",))


def _fitting(cards: Iterable[Values]) -> Iterator[Values]:
    """Hand the cards on, each judged against those in the tables and before it."""
    numbers: dict[str, str] = {}
    holders: dict[tuple[int, int], str] = {}
    for one in VillageCard.objects.all():
        numbers[one.number_index] = one.ext_id
        if one.closed_date is None:
            holders[one.organisation_id, one.holder_id] = one.ext_id
    for place, card in enumerate(cards, start=2):
        if numbers.setdefault(card["number_index"], card["ext_id"]) != card["ext_id"]:
            tail = f"尾号{card['tail']}"
            raise _problem(place, "card_no", tail, "一个卡号只登记在一张村务卡上")
        owner = (card["organisation_id"], card["holder_id"])
        if holders.get(owner) == card["ext_id"] and card["closed_date"]:
            del holders[owner]
        elif (
            card["closed_date"] is None
            and holders.setdefault(owner, card["ext_id"]) != card["ext_id"]
        ):
            expected = "一个人在一个单位只有一张在用的村务卡"
            raise _problem(place, "holder_person_id", str(card["ext_id"]), expected)
        if card["resumed_at"] and (
            card["suspended_at"] is None or card["resumed_at"] < card["suspended_at"]
        ):
            expected = "恢复的时间要在停用以后"
            raise _problem(place, "resumed_at", str(card["resumed_at"]), expected)
        yield card


def load_settlements(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `card_settlement` rows."""
    cards = {one.ext_id: one for one in VillageCard.objects.all()}
    users = dict(User.objects.values_list("person__ext_id", "pk"))

    def made(row: Row) -> Values:
        card = cards[row["card_id"]]
        return {
            "ext_id": row["settlement_id"],
            "card_id": card.pk,
            "division_code": _text(row, "village_id") or card.division_code,
            "purpose": row["purpose"][:60],
            "subject_code": row["subject_code"][:16],
            "net_fen": row["net_fen"],
            "slip_fen": row["slip_fen"],
            "state": row["state"].upper(),
            "started_by_id": users.get(_text(row, "started_by_person_id"), 0),
            "started_at": row["started_at"],
            "asked_at": row.get("asked_at"),
            "decided_by_id": users.get(_text(row, "decided_by_person_id")),
            "decided_at": row.get("decided_at"),
            "opinion": _text(row, "opinion")[:200],
            "repaid_at": row.get("repaid_at"),
        }

    return add(CardSettlement, rows, column="settlement_id", made=made)


def load_lines(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add `card_line` rows.

    Raises RowProblem for a line of another card than its settlement's, one that both the village
    and its holder bear, and a bank's number that the card has already.
    """
    cards = _keys(VillageCard)
    settlements = {
        ext_id: (key, card)
        for ext_id, key, card in CardSettlement.objects.values_list("ext_id", "pk", "card_id")
    }
    refs = {
        (card, ref): ext_id
        for card, ref, ext_id in CardLine.objects.values_list("card_id", "bank_ref", "ext_id")
    }

    def made(row: Row) -> Values:
        owner = settlements.get(_text(row, "settlement_id"))
        return {
            "ext_id": row["card_line_id"],
            "card_id": cards[row["card_id"]],
            "bank_ref": row["bank_ref"][:40],
            "booked_at": row["booked_at"],
            "kind": row["kind"].upper(),
            "amount_fen": row["amount_fen"],
            "merchant": _text(row, "merchant_name")[:120],
            "mcc": _text(row, "mcc"),
            "memo": _text(row, "memo")[:140],
            "due_date": row["bill_due_date"],
            "is_suspended": row["is_suspended"],
            "settlement_id": owner[0] if owner else None,
            "borne_at": row.get("borne_at"),
            "borne_by_id": None,
            "borne_reason": _text(row, "borne_reason")[:200],
        }

    def judged() -> Iterator[dict[str, Any]]:
        for place, row in enumerate(rows, start=2):
            card = cards[row["card_id"]]
            owner = settlements.get(_text(row, "settlement_id"))
            if owner and owner[1] != card:
                expected = "结算和流水要是同一张卡的"
                raise _problem(place, "settlement_id", row["settlement_id"], expected)
            if owner and row.get("borne_at"):
                expected = "已经报了的一笔，不能又由持卡人自己还"
                raise _problem(place, "borne_at", str(row["borne_at"]), expected)
            mine = row["card_line_id"]
            if refs.setdefault((card, row["bank_ref"]), mine) != mine:
                expected = "一张卡上每个银行流水号只有一笔"
                raise _problem(place, "bank_ref", row["bank_ref"], expected)
            yield row

    return add(CardLine, judged(), column="card_line_id", made=made)


def _problem(place: int, column: str, value: str, expected: str) -> RowProblem:
    return RowProblem(row=place, column=column, value=value, expected=expected)


def _keys(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("ext_id", "pk"))


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "")


def register() -> None:
    """Tell the import which tables of cards this room takes."""
    for table, load in (
        ("card", load_cards),
        ("card_settlement", load_settlements),
        ("card_line", load_lines),
    ):
        register_loader(Loader(table, ORDER[table], load))
