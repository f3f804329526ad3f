"""The bank itself: takes orders, moves money, and lets time pass. No HTTP and no XML building.

Guarantee to customers (docs/how-to/use-the-sandbox-bank.md): everything received on a day is
booked, refused or dropped before the statement of that day; nothing is booked into a closed day.
"""

import json
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from sanzi_bank import accounts
from sanzi_bank.accounts import Posting
from sanzi_bank.faults import Struck, strike
from sanzi_bank.inbound import Order, OrderLine
from sanzi_bank.store import DAY_MS, day_of, get_setting, now_ms, put_setting, start_of

REASONS = {
    "AC01": "账号不存在",
    "AC02": "付款账号不存在",
    "AC04": "账号已销户",
    "AC06": "账号已冻结",
    "AM03": "只办人民币",
    "AM04": "余额不足",
    "AM10": "总金额对不上",
    "AM12": "金额不合规",
    "AM14": "超过单笔限额",
    "AM18": "总笔数对不上",
    "BE01": "户名不符",
    "DS0H": "签名验不过",
    "DU01": "批号重复",
    "DU04": "同一批里业务号重复",
    "FF01": "报文格式不对",
    "MS03": "银行未说明原因",
    "RC01": "行号不对",
    "TM01": "不在受理时间",
}


RunHeld = Callable[[str, str, bytes, int], None]


def receive(db: sqlite3.Connection, order: Order, digest: str, at_ms: int) -> None:
    """Take a new order in at an instant and carry out its lines in the order of the file."""
    total = sum((line.amount for line in order.lines), Decimal(0))
    db.execute(
        "INSERT INTO batch VALUES (?, ?, ?, ?, ?)",
        (order.msg_id, digest, at_ms, len(order.lines), int(total * 100)),
    )
    seen: set[str] = set()
    for line in order.lines:
        fault = strike(db, "line", line.e2e_id, [line.payee_account])
        reason = "DU04" if line.e2e_id in seen else _refusal(db, line, fault)
        seen.add(line.e2e_id)
        line_id = _write_down(db, order.msg_id, line, reason)
        if not reason:
            _carry_out(db, line_id, line, fault, at_ms)


def enqueue(db: sqlite3.Connection, msg_id: str, digest: str, raw: bytes, fault: Struck) -> None:
    """Hold an order before the books; it runs when its time comes, or is dropped at day end."""
    visible = int(fault.kind == "queued")
    cursor = db.execute(
        "INSERT INTO queue (msg_id, digest, raw, visible) VALUES (?, ?, ?, ?)",
        (msg_id, digest, raw, visible),
    )
    due = now_ms(db) + int(fault.number("minutes") * 60_000)
    _schedule(db, due, "EXECUTE", None, str(cursor.lastrowid))


def _refusal(db: sqlite3.Connection, line: OrderLine, fault: Struck | None) -> str:
    if fault is not None and fault.kind == "reject":
        return str(fault.args["code"])
    return (
        _amount_refusal(db, line)
        or _debtor_refusal(db, line)
        or _payee_refusal(db, line)
        or _funds_refusal(db, line)
    )


def _amount_refusal(db: sqlite3.Connection, line: OrderLine) -> str:
    fen = line.amount * 100
    limit = int(get_setting(db, "line_limit_fen", "0"))
    if line.currency != "CNY":
        return "AM03"
    if fen <= 0 or fen != int(fen):
        return "AM12"
    return "AM14" if limit and fen > limit else ""


def _debtor_refusal(db: sqlite3.Connection, line: OrderLine) -> str:
    debtor = accounts.find_account(db, line.debit_account)
    if debtor is None or debtor["status"] == "CLOSED":
        return "AC02"
    return "AC06" if debtor["status"] == "FROZEN" else ""


def _payee_refusal(db: sqlite3.Connection, line: OrderLine) -> str:
    payee = accounts.find_account(db, line.payee_account)
    if payee is None:
        return "AC01"
    if payee["status"] != "OPEN":
        return "AC04" if payee["status"] == "CLOSED" else "AC06"
    if line.payee_bank and payee["bank_code"] and line.payee_bank != payee["bank_code"]:
        return "RC01"
    return "BE01" if accounts.compare_names(line.payee_name, payee["name"]) else ""


def _funds_refusal(db: sqlite3.Connection, line: OrderLine) -> str:
    debtor = accounts.find_account(db, line.debit_account)
    if debtor is None:
        return "AC02"
    available = debtor["balance_fen"] - debtor["reserved_fen"]
    return "AM04" if available < int(line.amount * 100) else ""


def _write_down(db: sqlite3.Connection, msg_id: str, line: OrderLine, reason: str) -> int:
    cursor = db.execute(
        """INSERT INTO line (msg_id, group_id, instr_id, e2e_id, debit_account, payee_name,
               payee_account, amount_fen, remittance, status, reason)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            msg_id, line.group_id, line.instr_id, line.e2e_id, line.debit_account,
            line.payee_name, line.payee_account, int(line.amount * 100), line.remittance,
            "RJCT" if reason else "ACSP", reason,
        ),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def _carry_out(
    db: sqlite3.Connection, line_id: int, line: OrderLine, fault: Struck | None, at_ms: int
) -> None:
    """Reserve the money of an accepted line, then settle it now or put its end in the diary."""
    db.execute(
        "UPDATE account SET reserved_fen = reserved_fen + ? WHERE account = ?",
        (int(line.amount * 100), line.debit_account),
    )
    if fault is not None and fault.kind == "late_reject":
        due = at_ms + int(fault.number("minutes") * 60_000)
        _schedule(db, due, "REJECT", line_id, str(fault.args["code"]))
        return
    if fault is not None and fault.kind == "return":
        _schedule(db, _return_time(at_ms, fault), "RETURN", line_id, json.dumps(fault.args))
    delay_ms = _delay_ms(db, line, fault)
    if delay_ms:
        _schedule(db, at_ms + delay_ms, "SETTLE", line_id)
    else:
        _settle(db, line_id, at_ms)


def _delay_ms(db: sqlite3.Connection, line: OrderLine, fault: Struck | None) -> int:
    if fault is not None and fault.kind == "delay":
        return int(fault.number("minutes") * 60_000)
    is_own = line.payee_bank in ("", get_setting(db, "bank_code"))
    key = "own_bank_seconds" if is_own else "other_bank_seconds"
    return int(float(get_setting(db, key, "0")) * 1000)


def _return_time(at_ms: int, fault: Struck) -> int:
    """Ten in the morning, at least a day later."""
    day = day_of(at_ms) + timedelta(days=max(1, int(fault.number("days"))))
    return start_of(day) + 10 * 3_600_000


def _schedule(
    db: sqlite3.Connection, due_at: int, kind: str, line_id: int | None, args: str = ""
) -> None:
    db.execute(
        "INSERT INTO event (due_at, kind, line_id, args) VALUES (?, ?, ?, ?)",
        (due_at, kind, line_id, args),
    )


def _release(db: sqlite3.Connection, line_id: int, status: str, reason: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute("SELECT * FROM line WHERE id = ?", (line_id,)).fetchone()
    db.execute("UPDATE line SET status = ?, reason = ? WHERE id = ?", (status, reason, line_id))
    db.execute(
        "UPDATE account SET reserved_fen = reserved_fen - ? WHERE account = ?",
        (row["amount_fen"], row["debit_account"]),
    )
    return row


def _settle(db: sqlite3.Connection, line_id: int, at_ms: int) -> None:
    """Book the debit and, unless the payment is going to come back, the payee's credit."""
    row = _release(db, line_id, "ACSC", "")
    ids = {name: row[name] for name in ("msg_id", "instr_id", "e2e_id", "remittance")}
    debtor = accounts.find_account(db, row["debit_account"])
    debit = Posting(
        row["debit_account"], -row["amount_fen"], "PAYMENT", line_id,
        party_name=row["payee_name"], party_account=row["payee_account"], **ids,
    )  # fmt: skip
    accounts.post(db, debit, at_ms)
    will_return = db.execute(
        "SELECT 1 FROM event WHERE kind = 'RETURN' AND line_id = ?", (line_id,)
    ).fetchone()
    if will_return is None:
        credit = Posting(
            row["payee_account"], row["amount_fen"], "RECEIPT", line_id,
            party_name=debtor["name"] if debtor else "", party_account=row["debit_account"], **ids,
        )  # fmt: skip
        accounts.post(db, credit, at_ms)


def _give_back(db: sqlite3.Connection, line_id: int, args: str, at_ms: int) -> None:
    given = json.loads(args)
    row = db.execute("SELECT * FROM line WHERE id = ?", (line_id,)).fetchone()
    code = str(given["code"])
    credit = Posting(
        row["debit_account"], row["amount_fen"], "RETURN", line_id,
        e2e_id=row["e2e_id"] if given.get("with_e2e") else "",
        party_name=row["payee_name"], party_account=row["payee_account"],
        remittance=f"退汇 {REASONS.get(code, '')} {row['remittance']}".strip()[:140],
        reason=code,
    )  # fmt: skip
    accounts.post(db, credit, at_ms)


def let_time_pass(db: sqlite3.Connection, run_held: RunHeld) -> None:
    """Do everything that is due by the bank's clock, and close each day that has ended.

    `run_held(msg_id, digest, raw, at_ms)` is called for a held order whose time has come.
    """
    now = now_ms(db)
    first_open = get_setting(db, "first_open_day")
    if not first_open:
        put_setting(db, "first_open_day", day_of(now).isoformat())
        return
    day = date.fromisoformat(first_open)
    while start_of(day) + DAY_MS <= now:
        _run_due(db, start_of(day) + DAY_MS - 1, run_held)
        _close_day(db, day)
        day += timedelta(days=1)
    if day.isoformat() != first_open:
        put_setting(db, "first_open_day", day.isoformat())
    _run_due(db, now, run_held)


def _run_due(db: sqlite3.Connection, until_ms: int, run_held: RunHeld) -> None:
    while event := db.execute(
        "SELECT * FROM event WHERE due_at <= ? ORDER BY due_at, id LIMIT 1", (until_ms,)
    ).fetchone():
        db.execute("DELETE FROM event WHERE id = ?", (event["id"],))
        if event["kind"] == "SETTLE":
            _settle(db, event["line_id"], event["due_at"])
        elif event["kind"] == "REJECT":
            _release(db, event["line_id"], "RJCT", event["args"])
        elif event["kind"] == "RETURN":
            _give_back(db, event["line_id"], event["args"], event["due_at"])
        else:
            held = db.execute("SELECT * FROM queue WHERE id = ?", (event["args"],)).fetchone()
            db.execute("DELETE FROM queue WHERE id = ?", (event["args"],))
            run_held(held["msg_id"], held["digest"], held["raw"], event["due_at"])


def _close_day(db: sqlite3.Connection, day: date) -> None:
    """Bring every accepted line to its end and drop what is still held before the books."""
    last_moment = start_of(day) + DAY_MS - 1000
    for event in db.execute("SELECT * FROM event WHERE kind <> 'RETURN' ORDER BY id").fetchall():
        if event["kind"] == "SETTLE":
            _settle(db, event["line_id"], last_moment)
        elif event["kind"] == "REJECT":
            _release(db, event["line_id"], "RJCT", event["args"])
        db.execute("DELETE FROM event WHERE id = ?", (event["id"],))
    db.execute("DELETE FROM queue")
