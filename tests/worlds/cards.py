"""A village card with lines, and settlements brought to any step: what tests of cards need."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sanzi.bank.port import CardEntry, KnownCard
from sanzi.evidence.actions import files, invoices
from sanzi.evidence.actions.files import Upload
from sanzi.evidence.invoices import InvoiceFields
from sanzi.payments.actions import card_settlements, cards
from sanzi.payments.actions.card_settlements import SettlementFields
from sanzi.payments.actions.cards import CardFields
from sanzi.payments.models import CardLine
from worlds.cases import photo
from worlds.fake_bank import FakeBank
from worlds.money import AT, BANK_CODE, Money

NUMBER = "6228480000000008888"
DAY = timedelta(days=1)


def entry(seq: int, fen: int, at: datetime = AT - 8 * DAY, **said: Any) -> CardEntry:
    """Return a line of the card: the n-th, at a stationer's, due on the 25th."""
    told = CardEntry(
        seq=seq,
        bank_ref=f"CD{seq:012d}",
        booked_at=at,
        kind="PURCHASE",
        amount_fen=fen,
        merchant="青石文具店",
        mcc="5943",
        due_date=date(2026, 12, 25),
    )
    return replace(told, **said)


def holder_of(money: Money) -> Any:
    """Return the member of the committee who holds the card."""
    return money.world.people["committee_member"]


def fields(money: Money, **changed: Any) -> CardFields:
    """Return a card of the committee member, 5,000 yuan."""
    return replace(
        CardFields(
            organisation=money.organisation.ext_id,
            holder=holder_of(money).ext_id,
            number=NUMBER,
            bank_code=BANK_CODE,
            limit_fen=500_000,
            bill_day=5,
            due_day=25,
        ),
        **changed,
    )


def known(money: Money) -> KnownCard:
    """Return the card as the bank has it."""
    return KnownCard(NUMBER, holder_of(money).name, 1_000_000, 0, 5, 25)


def card(money: Money, bank: FakeBank, *lines: CardEntry) -> str:
    """Register the card, and let the bank tell these lines."""
    bank.known_cards = (known(money),)
    made = cards.register_card(fields=fields(money), by=money.actor("town_agri_head"), at=AT)
    bank.on_cards[NUMBER] = lines or (entry(1, 26_000), entry(2, 14_000))
    cards.work(AT)
    return made


def start(money: Money, card_id: str, *seqs: int, **changed: Any) -> str:
    """Take lines of the card, all when none is named, into a settlement."""
    rows = CardLine.objects.filter(card__ext_id=card_id)
    if seqs:
        rows = rows.filter(bank_ref__in=[f"CD{seq:012d}" for seq in seqs])
    said = {
        "card": card_id,
        "lines": list(rows.order_by("pk").values_list("ext_id", flat=True)),
        "purpose": "便民服务点办公用纸",
        "subject_code": "51401",
        **changed,
    }
    return card_settlements.start(
        fields=SettlementFields(**said), by=money.actor("cashier_reporter"), at=AT
    )


def prove(money: Money, settlement: str, fen: int, kind: str = "invoice", mark: int = 7) -> None:
    """Hang a picture on the settlement and write down an invoice of this sum (0: none)."""
    by = money.actor("cashier_reporter")
    upload = Upload("发票.jpg", kind, photo(mark))
    stored = files.store(
        by=by, at=AT, upload=upload, subject_kind="card_settlement", subject_id=settlement
    )
    if fen:
        said = InvoiceFields(
            number=f"2633200000{fen:010d}",
            issue_date=date(2026, 11, 10),
            seller_name="青石文具店",
            amount_fen=fen,
            item_text="*纸制品*复印纸",
        )
        invoices.record_invoice(
            by=by,
            at=AT,
            case_number=settlement,
            fields=said,
            file_digest=stored.digest,
            subject_kind="card_settlement",
        )


def asked(money: Money, bank: FakeBank) -> str:
    """Return a settlement of two lines, 400 yuan, handed in with its invoice."""
    settlement = start(money, card(money, bank))
    prove(money, settlement, 40_000)
    card_settlements.ask(ext_id=settlement, by=money.actor("cashier_reporter"), at=AT)
    return settlement


def approve(money: Money, settlement: str, role: str = "town_agri_head") -> None:
    """Approve a settlement."""
    card_settlements.approve(ext_id=settlement, by=money.actor(role), at=AT)


def pay(money: Money, settlement: str) -> None:
    """Let maker and checker hand the repayment to the bank's worker."""
    card_settlements.instruct(ext_id=settlement, by=money.actor("agency_cashier"), at=AT)
    card_settlements.repay(ext_id=settlement, by=money.actor("agency_reviewer"), at=AT)
