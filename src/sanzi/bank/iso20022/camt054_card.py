"""camt.054 of a village card: what was spent where, read into plain values.

What ISO 20022 has no element for stands in remittance lines `NAME=value`. Anything that does not
hold together raises NotXml.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from lxml import etree

from sanzi.bank.iso20022 import camt
from sanzi.bank.iso20022.xml import NotXml, Schemas, all_at
from sanzi.bank.port import CardEntry

KINDS: Final = ("PURCHASE", "CASH", "REFUND", "FEE")


def read(raw: bytes, schemas: Schemas) -> tuple[str, tuple[CardEntry, ...]]:
    """Read the lines of one card: its number and what is new, in the bank's order."""
    named, entries = camt.read_notices(raw, schemas)
    items = all_at(schemas.read(raw, "camt.054.001"), "Ntfctn/Ntry")
    if len(items) != len(entries):
        text = "entries outside of a notice"
        raise NotXml(text)
    lines = []
    for item, entry in zip(items, entries, strict=True):
        notes = _notes(item)
        kind, mcc = notes.get("KIND", ""), notes.get("MCC", "")
        if kind not in KINDS or entry.is_credit != (kind == "REFUND"):
            text = f"entry {entry.seq} is no line of a card"
            raise NotXml(text)
        if not (len(mcc) == 4 and mcc.isascii() and mcc.isdigit()):
            text = f"entry {entry.seq} has no merchant category"
            raise NotXml(text)
        lines.append(
            CardEntry(
                seq=entry.seq,
                bank_ref=entry.bank_ref,
                booked_at=entry.booked_at,
                kind=kind,
                amount_fen=entry.amount_fen,
                merchant=entry.party_name,
                mcc=mcc,
                due_date=date.fromisoformat(notes["DUE"]) if notes.get("DUE") else None,
                memo=notes.get("TEXT", ""),
            )
        )
    return named, tuple(lines)


def _notes(item: etree._Element) -> dict[str, str]:
    """Return the remittance lines of an entry by name."""
    told = [one.text or "" for one in all_at(item, "NtryDtls/TxDtls/RmtInf/Ustrd")]
    return {name: value for name, _, value in (one.partition("=") for one in told) if value}
