"""What the demo finds ready of the first village's card: one matter repaid, one that waits.

Spent at the sandbox bank, settled the way the officers would, through the rooms' actions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sanzi.evidence.actions import files, invoices
from sanzi.interfaces.cli import scene
from sanzi.kernel import clock, money
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.payments.actions import card_settlements, cards
from sanzi.payments.queries import cards as queries

Spend = Callable[..., None]
OFFICE, MEETING = "5130102", "5130105"
REPAID = ("便民服务点打印纸", OFFICE, "青石文具店", "5943", "156.00", "*纸制品*打印纸")
WAITING = ("村民代表会议用水", MEETING, "青石便民超市", "5411", "89.50", "*饮用水*瓶装水")
NO_ANSWER = "查验系统还没有回话，对过发票原件"
"""Kept only where the sandbox's tax office is slow while the demo is being made."""
NUMBERS = ("26997000000000015601", "26997000000000008951")


def leave_settlements(village: str, at: datetime, spend: Spend) -> None:
    """Spend twice with the village's card; settle both, and send one to be repaid.

    `spend` puts a line on a card at the bank: its number and the fields of the line.
    """
    head = scene.officer("town_agri_head", village, at)
    only = queries.CardFilter(division_code=village)
    card = queries.access_cards(by=head, only=only).first()
    if card is None:
        return
    number = secrets.reveal("account", card.sealed_number)
    for _, _, merchant, mcc, yuan, _ in (REPAID, WAITING):
        fen = money.parse_yuan(yuan)
        spend(card=number, kind="PURCHASE", amount_fen=fen, merchant=merchant, mcc=mcc)
    cards.work(at)
    for invoice, matter in zip(NUMBERS, (REPAID, WAITING), strict=True):
        settlement = _asked(card.ext_id, matter, invoice, village, at)
        if matter is REPAID:
            _repay(settlement, village, head, at)


def _asked(card: str, matter: tuple[str, ...], invoice: str, village: str, at: datetime) -> str:
    purpose, subject, merchant, _, yuan, item = matter
    cashier = scene.officer("cashier_reporter", village, at)
    found = queries.access_card(by=cashier, ext_id=card)
    line = next(
        one
        for one in queries.lines_of(found, clock.local_date(at))
        if one.merchant == merchant and one.signed_fen == money.parse_yuan(yuan)
    )
    fields = card_settlements.SettlementFields(card, [line.ext_id], purpose, subject)
    settlement = card_settlements.start(fields=fields, by=cashier, at=at)
    buyer = found.organisation.name
    bill = scene.invoice_xml(scene.Bill(invoice, buyer, merchant, yuan, item), clock.local_date(at))
    paper = files.store(
        by=cashier,
        at=at,
        upload=files.Upload("发票.xml", "invoice", bill),
        subject_kind=card_settlements.SUBJECT,
        subject_id=settlement,
    )
    for told in paper.invoices:
        invoices.record_invoice(
            by=cashier,
            at=at,
            case_number=settlement,
            fields=told,
            file_digest=paper.digest,
            subject_kind=card_settlements.SUBJECT,
        )
    card_settlements.ask(ext_id=settlement, by=cashier, at=at)
    return settlement


def _repay(settlement: str, village: str, head: Actor, at: datetime) -> None:
    card_settlements.approve(ext_id=settlement, by=head, at=at, opinion="同意")
    maker = scene.officer("agency_cashier", village, at)
    card_settlements.instruct(ext_id=settlement, by=maker, at=at)
    checker = scene.officer("agency_reviewer", village, at)
    card_settlements.repay(ext_id=settlement, by=checker, at=at, reason=NO_ANSWER)
