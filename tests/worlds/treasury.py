"""A village with money to place, owe and advance: accounts, banks, a book, a decision, lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sanzi.matters.models import Decision
from sanzi.orgs import secrets
from sanzi.payments.models import BankAccount, BankTransaction, DayBalance
from worlds import deals, money, village
from worlds.money import BANK_CODE, Money
from worlds.village import WILLOW

AT = village.AT
BANKS = ("C-1", "C-2", "C-3")


@dataclass
class Treasury:
    """The village and its accounts."""

    money: Money
    term: BankAccount

    @property
    def world(self) -> village.World:
        """The people and bodies."""
        return self.money.world


def build() -> Treasury:
    """Build the village: three million on the basic account, a term account, three banks."""
    made = money.build(payees=2)
    deals.works_office(made.world)
    for number, name in enumerate(("农商银行", "工商银行", "建设银行"), start=1):
        deals.party(f"C-{number}", f"云川{name}清河支行")
    DayBalance.objects.create(
        account=made.account, balance_date=date(2026, 11, 11), balance_fen=300_000_000
    )
    term = account(made, "A-TERM", "term")
    decide(made, "D-1", 500_000_000)
    return Treasury(made, term)


def account(made: Money, ext_id: str, kind: str, **more: Any) -> BankAccount:
    """Add an account of the collective."""
    number = f"20100009999{BankAccount.objects.count():04d}"
    return BankAccount.objects.create(
        **{
            "ext_id": ext_id, "organisation": made.organisation, "kind": kind,
            "sealed_number": secrets.seal("account", number),
            "number_index": secrets.index("account", number), "tail": number[-4:],
            "holder_name": made.organisation.name, "bank_code": BANK_CODE,
            "opened_date": date(2026, 1, 1), **more,
        }
    )  # fmt: skip


def decide(made: Money, ext_id: str, amount_fen: int, **more: Any) -> Decision:
    """Let the village pass a decision, with votes and minutes."""
    return Decision.objects.create(
        **{
            "ext_id": ext_id, "organisation": made.organisation, "division_code": WILLOW,
            "title": "资金事项", "procedure": "four_two", "deciding_body": "member_meeting",
            "amount_fen": amount_fen, "agree_count": 180, "file_digest": "ab" * 32,
            "passed_at": datetime(2026, 11, 1, tzinfo=UTC), **more,
        }
    )  # fmt: skip


def line(treasury: Treasury, ext_id: str, fen: int, at: datetime, **more: Any) -> BankTransaction:
    """Let the bank tell that money came in."""
    return BankTransaction.objects.create(
        **{
            "ext_id": ext_id, "account": treasury.money.account, "booked_at": at,
            "direction": "in", "amount_fen": fen, "channel": "interest",
            "peer_name": "云川农商银行清河支行", "bank_ref": ext_id, **more,
        }
    )  # fmt: skip


def compete(treasury: Treasury, tender: str, at: datetime) -> datetime:
    """Let three banks bid 1.35, 1.55 and 1.20 percent, and two open; return when."""
    from sanzi.deals.actions import bids, tenders

    world = treasury.world
    for firm, rate in zip(BANKS, (135, 155, 120), strict=True):
        code = bids.issue_ticket(
            tender=tender, counterparty=firm, by=world.actor("village_clerk", at), at=at
        )
        said = bids.BidFields(
            price_fen=rate, contact_phone=f"177{firm[-1] * 8}", ip=f"10.0.0.{firm[-1]}"
        )
        bids.submit(tender=tender, code=code, fields=said, at=at + timedelta(days=1))
    opening = at + timedelta(days=11, minutes=5)
    tenders.attend(tender=tender, by=world.actor("supervision_head", opening), at=opening)
    tenders.open_bids(tender=tender, by=world.actor("town_discipline_office", opening), at=opening)
    return opening


def earned(treasury: Treasury, fen: int, year: int = 2025) -> None:
    """Let the book of the collective have earned this much from business in a year."""
    from sanzi.ledger.models import Book, Voucher, VoucherLine

    book = Book.objects.get(organisation=treasury.money.organisation)
    voucher = Voucher.objects.create(
        ext_id=f"V-{year}", book=book, period=f"{year}-12", word="记", number=1,
        date=date(year, 12, 1), summary="厂房租金", origin="MANUAL", source_kind="manual",
        source_id=f"V-{year}", line_count=2, total_fen=fen, maker_name="沈月琴",
        reviewer_name="许复核", posted_by_name="许复核", posted_at=AT, previous_hash="0" * 64,
        hash="1" * 64,
    )  # fmt: skip
    for number, code, debit, credit in ((1, "10201", fen, 0), (2, "50101", 0, fen)):
        VoucherLine.objects.create(
            voucher=voucher, line_no=number, summary="厂房租金", account_code=code,
            debit_fen=debit, credit_fen=credit,
        )  # fmt: skip


def contract(treasury: Treasury, kind: str, fen: int, **more: Any) -> str:
    """Register a contract of the collective with the first bank, or with `counterparty`."""
    said = {
        "kind": kind, "title": "资金合同", "amount_fen": fen, "sign_date": date(2026, 11, 12),
        "start_date": date(2026, 11, 12), "end_date": date(2028, 11, 12), **more,
    }  # fmt: skip
    return deals.contract(treasury.world, **said)
