"""pain.001.001.09, the payment order: built from a PaymentBatch."""

from __future__ import annotations

from sanzi.bank.errors import BatchNotValid
from sanzi.bank.iso20022.xml import Node, NotXml, Schemas, account_id, decimal
from sanzi.bank.port import BatchLine, PaymentBatch
from sanzi.kernel import clock

MESSAGE = "pain.001.001.09"
PURPOSE_CHARACTERS = 35
MEMO_CHARACTERS = 140


def build(batch: PaymentBatch, schemas: Schemas, message: str = MESSAGE) -> bytes:
    """Write the order: one PmtInf, every line booked by itself, charges to the debtor.

    Units:  amounts in fen, all positive.
    Raises: BatchNotValid if a line has no amount, ids repeat, or the schema does not allow it.
    Source: ISO 20022 pain.001.001.09 (the later versions differ in nothing that we use);
        members of the payment system by CNAPS code.
    """
    _check(batch)
    local = batch.created_at.astimezone(clock.SHANGHAI)
    count, total = str(len(batch.lines)), decimal(batch.amount_fen)
    category: Node = ("PmtTpInf", [("CtgyPurp", [("Cd", batch.category)])])
    header: Node = ("GrpHdr", [
        ("MsgId", batch.msg_id),
        ("CreDtTm", local.replace(microsecond=0).isoformat()),
        ("NbOfTxs", count),
        ("CtrlSum", total),
        ("InitgPty", [
            ("Nm", batch.org_name),
            ("Id", [("OrgId", [("Othr", [("Id", batch.org_uscc)])])]),
        ]),
    ])  # fmt: skip
    group: Node = ("PmtInf", [
        ("PmtInfId", f"{batch.msg_id[:33]}-1"),
        ("PmtMtd", "TRF"),
        ("BtchBookg", "false"),
        ("NbOfTxs", count),
        ("CtrlSum", total),
        category if batch.category else None,
        ("ReqdExctnDt", [("Dt", local.date().isoformat())]),
        ("Dbtr", [("Nm", batch.debit_name)]),
        ("DbtrAcct", [*account_id(batch.debit_account), ("Ccy", "CNY")]),
        ("DbtrAgt", _agent(batch.debit_bank_code)),
        ("ChrgBr", "DEBT"),
        *(_line(line) for line in batch.lines),
    ])  # fmt: skip
    try:
        return schemas.write(message, ("CstmrCdtTrfInitn", [header, group]))
    except NotXml as problem:
        raise BatchNotValid(why=str(problem)) from problem


def _check(batch: PaymentBatch) -> None:
    """Refuse what a schema cannot see."""
    for line in batch.lines:
        if line.amount_fen <= 0:
            raise BatchNotValid(why=f"{line.e2e_id} 的金额不是正数")
    for name in ("instr_id", "e2e_id"):
        ids = [getattr(line, name) for line in batch.lines]
        if len(set(ids)) != len(ids):
            raise BatchNotValid(why="同一批里有重复的编号")


def _agent(code: str) -> list[Node]:
    member: Node = ("ClrSysMmbId", [("ClrSysId", [("Cd", "CNAPS")]), ("MmbId", code)])
    return [("FinInstnId", [member])]


def _line(line: BatchLine) -> Node:
    return ("CdtTrfTxInf", [
        ("PmtId", [("InstrId", line.instr_id), ("EndToEndId", line.e2e_id)]),
        ("Amt", [("InstdAmt@CNY", decimal(line.amount_fen))]),
        ("CdtrAgt", _agent(line.payee_bank_code)) if line.payee_bank_code else None,
        ("Cdtr", [("Nm", line.payee_name)]),
        ("CdtrAcct", account_id(line.payee_account)),
        ("Purp", [("Prtry", line.purpose[:PURPOSE_CHARACTERS])]) if line.purpose else None,
        ("RmtInf", [("Ustrd", line.purpose[:MEMO_CHARACTERS])]) if line.purpose else None,
    ])  # fmt: skip
