"""What customers send, read into plain values: payment orders and payee checks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from sanzi_bank.xmlio import all_at, leaves, text_at


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
