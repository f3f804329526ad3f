"""What customers send, read into plain values: payment orders and payee checks."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from sanzi_bank import direct_wire
from sanzi_bank.xmlio import BadXml, all_at, leaves, parse, text_at

ORDER_NAME = "pain.001.001.09"
SPACE = "{urn:iso:std:iso:20022:tech:xsd:"
ID_LENGTH_MAX = 35


@dataclass(frozen=True)
class OrderLine:
    """One payment asked for; the amount is as written, in whatever currency."""

    group_id: str
    instr_id: str
    e2e_id: str
    debit_account: str
    payee_name: str
    payee_account: str
    payee_bank: str
    amount: Decimal
    currency: str
    remittance: str


@dataclass(frozen=True)
class Order:
    """One order: its lines in the order of the file, the totals that it claims, and its day."""

    msg_id: str
    lines: tuple[OrderLine, ...]
    totals_fault: str
    day: date | None = None


@dataclass(frozen=True)
class NameCheck:
    """One question whether a name belongs to an account."""

    check_id: str
    name: str
    id_no: str
    account: str
    bank: str


def read_order(root: etree._Element) -> Order:
    """Read a schema-valid pain.001.001.09; `totals_fault` is AM18, AM10 or empty."""
    message = root[0]
    lines: list[OrderLine] = []
    fault = ""
    for group in all_at(message, "PmtInf"):
        group_id, debtor = text_at(group, "PmtInfId"), text_at(group, "DbtrAcct/Id/Othr/Id")
        items = all_at(group, "CdtTrfTxInf")
        own = [_read_line(group_id, debtor, item) for item in items]
        fault = fault or _totals_fault(group, own)
        lines.extend(own)
    header = all_at(message, "GrpHdr")[0]
    fault = _totals_fault(header, lines) or fault
    groups = all_at(message, "PmtInf")
    wanted = text_at(groups[0], "ReqdExctnDt/Dt") if groups else ""
    day = date.fromisoformat(wanted[:10]) if wanted else None
    return Order(text_at(header, "MsgId"), tuple(lines), fault, day)


def _read_line(group_id: str, debtor: str, item: etree._Element) -> OrderLine:
    amount = all_at(item, "Amt/InstdAmt")
    text = leaves(item)
    return OrderLine(
        group_id=group_id,
        instr_id=text.get("PmtId/InstrId", ""),
        e2e_id=text.get("PmtId/EndToEndId", ""),
        debit_account=debtor,
        payee_name=text.get("Cdtr/Nm", ""),
        payee_account=text.get("CdtrAcct/Id/Othr/Id", ""),
        payee_bank=text.get("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", ""),
        amount=Decimal(amount[0].text or "0") if amount else Decimal(0),
        currency=amount[0].get("Ccy", "") if amount else "",
        remittance=text.get("RmtInf/Ustrd", "") or text.get("Purp/Prtry", ""),
    )


def _totals_fault(header: etree._Element, lines: list[OrderLine]) -> str:
    claimed_count = text_at(header, "NbOfTxs")
    if claimed_count and int(claimed_count) != len(lines):
        return "AM18"
    claimed_sum = text_at(header, "CtrlSum")
    if claimed_sum and Decimal(claimed_sum) != sum((line.amount for line in lines), Decimal(0)):
        return "AM10"
    return ""


def read_checks(root: etree._Element) -> tuple[str, list[NameCheck]]:
    """Read a schema-valid acmt.023.001.04: its message id and the checks asked for."""
    message = root[0]
    checks = [
        NameCheck(
            check_id=text_at(item, "Id"),
            name=text_at(item, "PtyAndAcctId/Pty/Nm"),
            id_no=text_at(item, "PtyAndAcctId/Pty/Id/PrvtId/Othr/Id"),
            account=text_at(item, "PtyAndAcctId/Acct/Id/Othr/Id"),
            bank=text_at(item, "PtyAndAcctId/Agt/FinInstnId/ClrSysMmbId/MmbId"),
        )
        for item in all_at(message, "Vrfctn")
    ]
    return text_at(message, "Assgnmt/MsgId"), checks


@dataclass(frozen=True)
class Wish:
    """A camt.055: which lines of a message to drop; none named means all."""

    msg_id: str
    message: str
    group_id: str
    e2e_ids: tuple[str, ...]


@dataclass(frozen=True)
class Request:
    """A camt.060: which report of which account; `day` and `since` as text, or empty."""

    report: str
    account: str
    day: str
    since: str


def read_cancellation(raw: bytes) -> Wish:
    """Read a camt.055.001.08 about one message. Raises BadXml if anything needed is missing."""
    parts = _all_below(raw, "camt.055.001.08", "CstmrPmtCxlReq", "Undrlyg")
    if len(parts) != 1:
        raise BadXml("one Undrlyg is needed")
    groups = all_at(parts[0], "OrgnlPmtInfAndCxl")
    whole = all_at(parts[0], "OrgnlGrpInfAndCxl")
    if len(groups) + len(whole) != 1:
        raise BadXml("either one message or one group of payments is needed")
    if whole and text_at(whole[0], "GrpCxl") not in ("true", "1"):
        raise BadXml("GrpCxl must be true where no payment is named")
    original = whole[0] if whole else all_at(groups[0], "OrgnlGrpInf")[0]
    lines = all_at(groups[0], "TxInf") if groups else []
    e2e_ids = tuple(text_at(line, "OrgnlEndToEndId") for line in lines)
    wish = Wish(
        _needed(original, "OrgnlMsgId"),
        _needed(original, "OrgnlMsgNmId"),
        _needed(groups[0], "OrgnlPmtInfId") if groups else "",
        e2e_ids,
    )
    if groups and (not e2e_ids or "" in e2e_ids or len(set(e2e_ids)) != len(e2e_ids)):
        raise BadXml("each payment needs its own OrgnlEndToEndId")
    return wish


def read_request(raw: bytes) -> Request:
    """Read a camt.060.001.05 that asks for one report. Raises BadXml."""
    parts = _all_below(raw, "camt.060.001.05", "AcctRptgReq", "RptgReq")
    if len(parts) != 1:
        raise BadXml("one RptgReq is needed")
    day, until = (text_at(parts[0], f"RptgPrd/FrToDt/{name}") for name in ("FrDt", "ToDt"))
    if until not in ("", day):
        raise BadXml("a statement is of one day")
    since = text_at(parts[0], "RptgSeq/FrSeq")
    if since and not (since.isascii() and since.isdigit()):
        raise BadXml("FrSeq is the number of an entry")
    report, account = _needed(parts[0], "ReqdMsgNmId"), _needed(parts[0], "Acct/Id/Othr/Id")
    return Request(report, account, day, since)


def _all_below(raw: bytes, message: str, name: str, part: str) -> list[etree._Element]:
    """The parts of a message that has no schema in a published package."""
    root = parse(raw)
    space = f"{SPACE}{message}}}"
    if root.tag != f"{space}Document" or [child.tag for child in root] != [space + name]:
        raise BadXml(f"expected {message}")
    return all_at(root[0], part)


def _needed(element: etree._Element, path: str) -> str:
    text = text_at(element, path)
    if not 0 < len(text) <= ID_LENGTH_MAX:
        raise BadXml(f"{path} is needed, up to {ID_LENGTH_MAX} characters")
    return text


def e2e_ids_of(raw: bytes) -> list[str]:
    """The business ids of an order that is held, in its order, in whatever tongue it came."""
    try:
        if direct_wire.is_direct(raw):
            items = direct_wire.read(raw).body.findall("Lines/Line")
            return [direct_wire.text_at(item, "BizNo") for item in items]
        root = parse(raw)
    except BadXml:
        return []
    found = root.iterfind(f".//{SPACE}{ORDER_NAME}}}EndToEndId")
    return [(item.text or "").strip() for item in found]


def held_in(db: sqlite3.Connection, e2e_id: str) -> str:
    """The number of the held order that has a payment of this id; an empty string if none."""
    for row in db.execute("SELECT msg_id, raw FROM queue WHERE visible = 1").fetchall():
        if e2e_id in e2e_ids_of(row["raw"]):
            return str(row["msg_id"])
    return ""
