"""The bank's answers to orders and checks: pain.002.001.12 and acmt.024.001.04."""

from __future__ import annotations

import sqlite3
from itertools import groupby

from sanzi_bank import accounts, names
from sanzi_bank.bank import REASONS
from sanzi_bank.faults import Switchboard, teller
from sanzi_bank.inbound import NameCheck
from sanzi_bank.store import get_setting, now_ms
from sanzi_bank.xmlio import Node, Schemas, serialise, yuan

STATUS_MESSAGE = "pain.002.001.12"
OLD_STATUS_MESSAGE = "pain.002.001.10"
CHECK_MESSAGE = "acmt.024.001.04"
SHOWN = """CASE WHEN ticks > 0 THEN 'PDNG' WHEN reason = 'CUST' THEN 'CANC' ELSE status
           END AS shown"""
ENDED = {"RJCT", "CANC"}


def _status(db: sqlite3.Connection, schemas: Schemas, report: Node) -> bytes:
    """A status report in the version that the setting `status_message` names."""
    if get_setting(db, "status_message") == OLD_STATUS_MESSAGE:
        return serialise(OLD_STATUS_MESSAGE, report)
    return schemas.write(STATUS_MESSAGE, report)


def _header(db: sqlite3.Connection) -> Node:
    now = now_ms(db)
    return ("GrpHdr", [
        ("MsgId", f"STS-{now}"[:35]),
        ("CreDtTm", teller(db)(now)),
        ("DbtrAgt", _agent(get_setting(db, "bank_code"))),
    ])  # fmt: skip


def _agent(code: str) -> list[Node | None]:
    member: Node = ("ClrSysMmbId", [("ClrSysId", [("Cd", "CNAPS")]), ("MmbId", code)])
    return [("FinInstnId", [member])]


def _reason(code: str, text: str = "") -> Node | None:
    if not code:
        return None
    words = text or REASONS.get(code, "")
    return ("StsRsnInf", [
        ("Rsn", [("Cd", code)]), ("AddtlInf", words[:105]) if words else None,
    ])  # fmt: skip


def whole_answer(
    db: sqlite3.Connection,
    schemas: Schemas,
    msg_id: str,
    status: str,
    *,
    code: str = "",
    text: str = "",
) -> bytes:
    """A pain.002 about the whole message: refused for one reason, or pending."""
    return _status(db, schemas, ("CstmrPmtStsRpt", [
        _header(db),
        ("OrgnlGrpInfAndSts", [
            ("OrgnlMsgId", msg_id or "NOTPROVIDED"),
            ("OrgnlMsgNmId", "pain.001.001.09"),
            ("GrpSts", status),
            _reason(code, text),
        ]),
    ]))  # fmt: skip


def batch_answer(db: sqlite3.Connection, schemas: Schemas, msg_id: str) -> bytes:
    """A pain.002 with the present status of every line of a batch."""
    batch = db.execute("SELECT * FROM batch WHERE msg_id = ?", (msg_id,)).fetchone()
    lines = db.execute(
        f"SELECT *, {SHOWN} FROM line WHERE msg_id = ? ORDER BY id",  # noqa: S608 - a constant
        (msg_id,),
    ).fetchall()
    refs = dict(
        db.execute(
            "SELECT line.id, bank_ref FROM line JOIN entry ON entry.line_id = line.id "
            "AND entry.kind = 'PAYMENT' WHERE line.msg_id = ?",
            (msg_id,),
        ).fetchall()
    )
    by_group = groupby(lines, key=lambda row: str(row["group_id"]))
    groups = [_group_answer(group_id, list(rows), refs) for group_id, rows in by_group]
    original: list[Node | None] = [
        ("OrgnlMsgId", msg_id),
        ("OrgnlMsgNmId", "pain.001.001.09"),
        ("OrgnlNbOfTxs", str(batch["count"])),
        ("OrgnlCtrlSum", yuan(batch["sum_fen"])),
        ("GrpSts", group_status(lines)),
        *_sums(lines),
    ]
    report: Node = ("CstmrPmtStsRpt", [_header(db), ("OrgnlGrpInfAndSts", original), *groups])
    return _status(db, schemas, report)


def line_answer(db: sqlite3.Connection, schemas: Schemas, msg_id: str, e2e_id: str) -> bytes:
    """A pain.002 that names one payment and says nothing of the rest."""
    row = db.execute(
        f"""SELECT *, {SHOWN}, (SELECT bank_ref FROM entry WHERE line_id = line.id
                AND kind = 'PAYMENT') AS bank_ref
            FROM line WHERE msg_id = ? AND e2e_id = ?""",  # noqa: S608 - a constant
        (msg_id, e2e_id),
    ).fetchone()
    pending: Node = ("TxInfAndSts", [("OrgnlEndToEndId", e2e_id), ("TxSts", "PDNG")])
    found = _line_answer(row, row["bank_ref"] or "") if row else pending
    group_id = row["group_id"] if row else "NOTPROVIDED"
    return _status(db, schemas, ("CstmrPmtStsRpt", [
        _header(db),
        ("OrgnlGrpInfAndSts", [("OrgnlMsgId", msg_id), ("OrgnlMsgNmId", "pain.001.001.09")]),
        ("OrgnlPmtInfAndSts", [("OrgnlPmtInfId", group_id), found]),
    ]))  # fmt: skip


def _group_answer(group_id: str, lines: list[sqlite3.Row], refs: dict[int, str]) -> Node:
    return ("OrgnlPmtInfAndSts", [
        ("OrgnlPmtInfId", group_id),
        ("PmtInfSts", group_status(lines)),
        *(_line_answer(row, refs.get(row["id"], "")) for row in lines),
    ])  # fmt: skip


def group_status(lines: list[sqlite3.Row]) -> str:
    """ACSC all paid, ACCP all accepted, RJCT all refused, PART when some are refused."""
    found = {row["shown"] for row in lines}
    if found <= ENDED:
        return found.pop() if len(found) == 1 else "RJCT"
    if found & ENDED:
        return "PART"
    return "ACCP" if len(found) > 1 or found == {"ACSP"} else found.pop()


def _sums(lines: list[sqlite3.Row]) -> list[Node]:
    parts: list[Node] = []
    for status in sorted({row["shown"] for row in lines}):
        fens = [row["amount_fen"] for row in lines if row["shown"] == status]
        parts.append(("NbOfTxsPerSts", [
            ("DtldNbOfTxs", str(len(fens))), ("DtldSts", status), ("DtldCtrlSum", yuan(sum(fens))),
        ]))  # fmt: skip
    return parts


def _line_answer(row: sqlite3.Row, bank_ref: str) -> Node:
    return ("TxInfAndSts", [
        ("OrgnlInstrId", row["instr_id"]) if row["instr_id"] else None,
        ("OrgnlEndToEndId", row["e2e_id"]),
        ("TxSts", row["shown"]),
        _reason(row["reason"]),
        ("AcctSvcrRef", bank_ref) if bank_ref else None,
    ])  # fmt: skip


def check_answer(
    db: sqlite3.Connection, schemas: Schemas, msg_id: str, checks: list[NameCheck]
) -> bytes:
    """An acmt.024: for each payee whether name and account belong together, and if not, why."""
    now = now_ms(db)
    faults = Switchboard(db)
    reports = [_check(db, item, faults) for item in checks]
    bank = _agent(get_setting(db, "bank_code"))
    return schemas.write(CHECK_MESSAGE, ("IdVrfctnRpt", [
        ("Assgnmt", [
            ("MsgId", f"VOPR-{now}"[:35]), ("CreDtTm", teller(db)(now)),
            ("Assgnr", [("Agt", bank)]), ("Assgne", [("Pty", [("Nm", "客户")])]),
        ]),
        ("OrgnlAssgnmt", [("MsgId", msg_id)]),
        *reports,
    ]))  # fmt: skip


def _check(db: sqlite3.Connection, item: NameCheck, faults: Switchboard) -> Node:
    code, registered = check_code(db, item)
    struck = faults.strike("name", item.check_id, [item.account])
    if struck is not None:
        code = str(struck.args["code"])
    known: Node | None = None
    if registered:
        party: Node = ("Pty", [("Nm", names.masked_name(registered))])
        known = ("UpdtdPtyAndAcctId", [party])
    return ("Rpt", [
        ("OrgnlId", item.check_id),
        ("Vrfctn", "false" if code else "true"),
        ("Rsn", [("Cd", code)]) if code else None,
        known,
    ])  # fmt: skip


def check_code(db: sqlite3.Connection, item: NameCheck) -> tuple[str, str]:
    """The verification reason (empty: all right) and, for a wrong name, the registered one."""
    found = accounts.find_account(db, item.account)
    if found is None:
        is_own = item.bank in ("", get_setting(db, "bank_code"))
        return ("AC01" if is_own else "NR01"), ""
    if found["status"] != "OPEN":
        return "AG01", ""
    if item.id_no and found["id_no"] and item.id_no != found["id_no"]:
        return "PI01", ""
    code = names.compare_names(item.name, found["name"])
    return code, found["name"] if code else ""
