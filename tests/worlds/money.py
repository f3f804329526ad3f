"""A village with a bank account, a book, a budget, and payees: what tests of payments need.

`payees(n)` invents n villagers with accounts; `approved_order` brings an order to its approval.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sanzi.ledger.actions.books import ensure_book
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Organisation, Person
from sanzi.payments.actions import orders, release
from sanzi.payments.actions.orders import OrderFields, PayeeLine
from sanzi.payments.models import BankAccount, BudgetLine, Payment, PaymentOrder
from worlds import village

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai, the hour at which the sandbox bank stands still."""
BANK_CODE = "402999900017"
DEBIT, DEBIT_NAME = "201000099990001", "云溪县青石镇柳湾村股份经济合作社"
OPENING_FEN = 500_000_000
CASE = "M10-20261118-0001"


@dataclass
class Money:
    """The world, and the villagers who are paid."""

    world: village.World
    organisation: Organisation
    account: BankAccount
    payees: list[Person] = field(default_factory=list)

    def actor(self, role: str, at: datetime = AT) -> Any:
        """Return the actor of a role at the time of these tests, second factor fresh."""
        return self.world.actor(role, at)


def card(number: int) -> str:
    """Return the n-th invented card number."""
    return f"622848{number:013d}"


def name_of(number: int) -> str:
    """Return the n-th invented name."""
    given = "一二三四五六七八九十"
    return "王" + given[number // 100 % 10] + given[number // 10 % 10] + given[number % 10]


def build(payees: int = 4) -> Money:
    """Build the village, its account and book, and its payees with registered accounts."""
    world = village.build()
    organisation = world.bodies["willow"]
    account = BankAccount.objects.create(
        ext_id="A-WILLOW",
        organisation=organisation,
        sealed_number=secrets.seal("account", DEBIT),
        number_index=secrets.index("account", DEBIT),
        tail=DEBIT[-4:],
        holder_name=DEBIT_NAME,
        kind="basic",
        bank_code=BANK_CODE,
        opened_date=date(2020, 1, 1),
    )
    BudgetLine.objects.create(
        ext_id="BL-1",
        organisation=organisation,
        year=2026,
        subject_code="51404",
        name="慰问",
        amount_fen=100_000_000,
    )
    ensure_book(org_ext_id=organisation.ext_id, first_period="2026-01", by=SYSTEM, at=AT)
    money = Money(world, organisation, account)
    money.payees = [_payee(number, organisation) for number in range(1, payees + 1)]
    return money


def _payee(number: int, organisation: Organisation) -> Person:
    phone = f"138{number:08d}"
    person = Person.objects.create(
        ext_id=f"V{number}",
        name=name_of(number),
        division_id=organisation.division_id,
        sealed_phone=secrets.seal("phone", phone),
        phone_index=secrets.index("phone", phone),
        is_member=True,
    )
    BankAccount.objects.create(
        ext_id=f"A-V{number}",
        person=person,
        sealed_number=secrets.seal("account", card(number)),
        number_index=secrets.index("account", card(number)),
        tail=card(number)[-4:],
        holder_name=person.name,
        kind="one_card",
        bank_code=BANK_CODE,
    )
    return person


def fields(money: Money, **changed: str) -> OrderFields:
    """Return the fields of an ordinary payment of this village."""
    said = {
        "organisation": money.organisation.ext_id,
        "purpose": "重阳节慰问金",
        "subject_code": "51404",
        "handler": money.world.people["committee_member"].ext_id,
        "budget_line": "BL-1",
        "source_kind": "aid",
        **changed,
    }
    return OrderFields(**said)


def lines(money: Money, amount_fen: int = 28_650) -> list[PayeeLine]:
    """Return one line for each payee, account typed out; the n-th gets n fen more."""
    return [
        PayeeLine(
            kind="person",
            ext_id=person.ext_id,
            payee_name=person.name,
            account=card(number),
            bank_code=BANK_CODE,
            amount_fen=amount_fen + number,
        )
        for number, person in enumerate(money.payees, start=1)
    ]


def approved_order(
    money: Money,
    case_number: str = CASE,
    said: list[PayeeLine] | None = None,
    at: datetime = AT,
    **changed: str,
) -> PaymentOrder:
    """Bring an order to its last approval, payees checked."""
    reporter, secretary = money.actor("cashier_reporter", at), money.actor("village_secretary", at)
    orders.save_draft(
        case_number=case_number,
        by=reporter,
        at=at,
        fields=fields(money, **changed),
        lines=said if said is not None else lines(money),
    )
    orders.submit(case_number=case_number, by=reporter, at=at)
    Payment.objects.filter(order__case_number=case_number).update(
        payee_check="MATCH", payee_checked_at=at
    )
    orders.approve(case_number=case_number, by=secretary, at=at)
    return PaymentOrder.objects.get(case_number=case_number)


def bank_accounts(money: Money) -> list[dict[str, Any]]:
    """Return what the sandbox bank must know of this village."""
    rows: list[dict[str, Any]] = [
        {
            "account": DEBIT,
            "name": DEBIT_NAME,
            "bank_code": BANK_CODE,
            "balance_fen": OPENING_FEN,
            "first_number": 282,
        }
    ]
    rows += [
        {"account": card(number), "name": person.name, "bank_code": BANK_CODE}
        for number, person in enumerate(money.payees, start=1)
    ]
    return rows


def released_order(
    money: Money,
    case_number: str = CASE,
    said: list[PayeeLine] | None = None,
    at: datetime = AT,
    **changed: str,
) -> PaymentOrder:
    """Bring an order to the worker: approved, instructed and released."""
    approved_order(money, case_number, said, at, **changed)
    go_out(money, case_number, at)
    return PaymentOrder.objects.get(case_number=case_number)


def go_out(money: Money, case_number: str = CASE, at: datetime = AT) -> None:
    """Let maker and checker release an approved order."""
    release.instruct(case_number=case_number, by=money.actor("agency_cashier", at), at=at)
    release.release(case_number=case_number, by=money.actor("agency_reviewer", at), at=at)
