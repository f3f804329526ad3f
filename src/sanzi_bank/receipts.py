"""E-receipts (电子回单) of booked entries: a page for people, data for programs, signed.

The data hold the digest of the page, so one signature over the data covers both. A receipt is
made when it is first asked for, and is the same bytes for ever.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from cryptography.hazmat.primitives.hashes import SM3, Hash
from lxml import etree

from sanzi_bank.store import get_setting, iso_time, local_time, now_ms

SPACE = "urn:sanzi-bank:receipt:1"
KINDS = {
    "PAYMENT": "付款", "RECEIPT": "收款", "CREDIT": "收款", "RETURN": "退汇", "INTEREST": "结息",
    "FEE": "手续费", "SMS_FEE": "短信服务费",
}  # fmt: skip
PAGE = """
#let data = json(bytes(sys.inputs.data))
#set page(width: 210mm, height: 99mm, margin: 10mm)
#set text(font: "Noto Sans SC", size: 9.5pt, lang: "zh")
#align(center, text(size: 14pt, data.title))
#align(right, text(size: 8.5pt, "回单编号 " + data.number))
#table(
  columns: (22mm, 1fr, 22mm, 1fr), inset: 5pt, stroke: 0.4pt,
  ..data.cells.map(cell => [#cell]),
)
#text(size: 8pt, data.foot)
"""


@dataclass(frozen=True)
class Receipt:
    """The page, and the data whose bytes the bank signs."""

    pdf: bytes
    xml: bytes


def account_of(db: sqlite3.Connection, bank_ref: str) -> str:
    """The account that an entry is booked on; an empty string if there is no such entry."""
    row = db.execute("SELECT account FROM entry WHERE bank_ref = ?", (bank_ref,)).fetchone()
    return str(row["account"]) if row else ""


def receipt(db: sqlite3.Connection, bank_ref: str) -> Receipt | None:
    """The receipt of an entry, or None if there is no such entry or it is not ready yet.

    The setting `receipt_minutes` says how long after the booking a receipt is ready.
    """
    kept = db.execute("SELECT * FROM receipt WHERE bank_ref = ?", (bank_ref,)).fetchone()
    if kept is not None:
        return Receipt(kept["pdf"], kept["xml"])
    row = db.execute(
        """SELECT entry.*, account.name AS own_name, account.bank_code FROM entry
           JOIN account USING (account) WHERE bank_ref = ?""",
        (bank_ref,),
    ).fetchone()
    wait_ms = int(float(get_setting(db, "receipt_minutes", "0") or 0) * 60_000)
    if row is None or row["booked_at"] + wait_ms > now_ms(db):
        return None
    pdf = _page(row)
    made = Receipt(pdf, _data(row, pdf))
    db.execute("INSERT INTO receipt VALUES (?, ?, ?)", (bank_ref, made.pdf, made.xml))
    return made


def _sides(row: sqlite3.Row) -> tuple[str, str, str, str]:
    """Payer's name and account, then payee's."""
    own, other = (row["own_name"], row["account"]), (row["party_name"], row["party_account"])
    payer, payee = (own, other) if row["amount_fen"] < 0 else (other, own)
    return *payer, *payee


def _yuan(row: sqlite3.Row) -> str:
    fen = abs(row["amount_fen"])
    return f"{fen // 100}.{fen % 100:02d}"


def _page(row: sqlite3.Row) -> bytes:
    payer, payer_account, payee, payee_account = _sides(row)
    booked = local_time(row["booked_at"]).strftime("%Y-%m-%d %H:%M:%S")
    data = {
        "title": "银行电子回单",
        "number": row["bank_ref"],
        "cells": [
            "付款人", payer, "收款人", payee,
            "付款账号", payer_account, "收款账号", payee_account,
            "金额（元）", _yuan(row), "记账时间", booked,
            "业务种类", KINDS[row["kind"]], "业务编号", row["e2e_id"],
            "用途", row["remittance"], "交易流水", row["bank_ref"],
        ],
        "foot": "沙箱银行，练习用，不是真的回单。",
    }  # fmt: skip
    made = typst.compile(
        PAGE.encode(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=datetime.fromtimestamp(row["booked_at"] // 1000, UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one piece")
    return made


def _data(row: sqlite3.Row, pdf: bytes) -> bytes:
    payer, payer_account, payee, payee_account = _sides(row)
    root = etree.Element(f"{{{SPACE}}}BankReceipt", nsmap={None: SPACE})  # type: ignore[dict-item]
    for name, text in (
        ("BankRef", row["bank_ref"]),
        ("BankCode", row["bank_code"]),
        ("Account", row["account"]),
        ("Direction", "DBIT" if row["amount_fen"] < 0 else "CRDT"),
        ("PayerName", payer),
        ("PayerAccount", payer_account),
        ("PayeeName", payee),
        ("PayeeAccount", payee_account),
        ("Currency", "CNY"),
        ("Amount", _yuan(row)),
        ("BookedAt", iso_time(row["booked_at"])),
        ("EndToEndId", row["e2e_id"]),
        ("Purpose", row["remittance"]),
        ("PdfDigest", _sm3(pdf)),
    ):
        etree.SubElement(root, f"{{{SPACE}}}{name}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _sm3(data: bytes) -> str:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize().hex()


@cache
def _fonts() -> typst.Fonts:
    folder = str(Path(pylopdf_fonts_zh_cn.__file__).parent)
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
