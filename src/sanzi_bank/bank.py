"""The bank itself: takes orders, moves money, and lets time pass. No HTTP and no XML building.

Guarantee to customers (docs/how-to/use-the-sandbox-bank.md): everything received on a day is
booked, refused or dropped before the statement of that day; nothing is booked into a closed day.
With the setting `queue_dead_at_statement` = false orders held before the books are not dropped
and may be booked on a later day.
"""

import json
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from sanzi_bank import calendar, names
from sanzi_bank.accounts import Posting
from sanzi_bank.books import Books, Payment
from sanzi_bank.faults import Struck, Switchboard
from sanzi_bank.inbound import Order, OrderLine
from sanzi_bank.store import (
    DAY_MS,
    day_of,
    get_setting,
    now_ms,
    put_setting,
    settings,
    start_of,
)

REASONS = {
    "AB05": "对方行没有应答",
    "AC01": "账号不存在",
    "AC02": "付款账号不存在",
    "AC04": "账号已销户",
    "AC06": "账号已冻结",
    "AG01": "账户停了直连",
    "AM02": "超过当日限额",
    "AM03": "只办人民币",
    "AM04": "余额不足",
    "AM10": "总金额对不上",
    "AM12": "金额不合规",
    "AM14": "超过单笔限额",
    "AM18": "总笔数对不上",
    "BE01": "户名不符",
    "CUST": "已按客户要求撤销",
    "DS0D": "证书已过期",
    "DS0E": "证书没有登记",
    "DS0H": "签名验不过",
    "DT01": "不是营业日",
    "DU01": "批号重复",
    "DU04": "同一批里业务号重复",
    "FF01": "报文格式不对",
    "MS03": "银行未说明原因",
    "RC01": "行号不对",
    "TM01": "不在受理时间",
}
EVENTS_AT_ONCE = 2000
DUE = """SELECT event.id AS event_id, event.kind, event.due_at, event.args, event.line_id, line.*
         FROM event LEFT JOIN line ON line.id = event.line_id"""


RunHeld = Callable[[str, str, bytes, int], None]


def receive(db: sqlite3.Connection, order: Order, digest: str, at_ms: int) -> None:
    """Take a new order in at an instant and carry out its lines in the order of the file."""
    total = sum((line.amount for line in order.lines), Decimal(0))
    db.execute(
        "INSERT INTO batch VALUES (?, ?, ?, ?, ?)",
        (order.msg_id, digest, at_ms, len(order.lines), int(total * 100)),
    )
    _Intake(db, order, at_ms).run()


class _Intake:
    """One order on its way into the books."""

    def __init__(self, db: sqlite3.Connection, order: Order, at_ms: int) -> None:
        self.order, self.at_ms = order, at_ms
        self.books, self.faults, self.settings = Books(db), Switchboard(db), settings(db)
        self.seen: set[str] = set()
        self.withdrawn = _withdrawn(db, order.msg_id)
        self.line_limit = int(self.settings.get("line_limit_fen") or 0)
        self.day_limit = int(self.settings.get("day_limit_fen") or 0)
        self.paid_today: dict[str, int] = {}

    def run(self) -> None:
        """Carry out every line, then write everything down."""
        lines = self.order.lines
        debtors = {line.debit_account for line in lines}
        self.books.preload(debtors | {line.payee_account for line in lines})
        for debtor in debtors if self.day_limit else ():
            self.paid_today[debtor] = _paid_on(self.books.db, debtor, day_of(self.at_ms))
        cut = self.faults.strike("order", self.order.msg_id, debtors)
        for number, line in enumerate(lines, start=1):
            if cut is not None and number >= cut.number("from_line"):
                self._write(line, str(cut.args["code"]), None)
            else:
                self._take(line)
        self.books.flush()

    def _take(self, line: OrderLine) -> None:
        fault = self.faults.strike("line", line.e2e_id, [line.payee_account])
        reason = "DU04" if line.e2e_id in self.seen else self._refusal(line, fault)
        self.seen.add(line.e2e_id)
        line_id = self._write(line, reason, fault)
        if not reason:
            self._carry_out(line_id, line, fault)

    def _refusal(self, line: OrderLine, fault: Struck | None) -> str:
        if line.e2e_id in self.withdrawn:
            return "CUST"
        if fault is not None and fault.kind == "reject":
            return str(fault.args["code"])
        return (
            self._amount_refusal(line)
            or self._debtor_refusal(line)
            or self._payee_refusal(line)
            or self._funds_refusal(line)
        )

    def _amount_refusal(self, line: OrderLine) -> str:
        fen = line.amount * 100
        if line.currency != "CNY":
            return "AM03"
        if fen <= 0 or fen != int(fen):
            return "AM12"
        return "AM14" if self.line_limit and fen > self.line_limit else ""

    def _debtor_refusal(self, line: OrderLine) -> str:
        debtor = self.books.account(line.debit_account)
        if debtor is None or debtor.status == "CLOSED":
            return "AC02"
        if self.faults.standing("account", [line.debit_account]):
            return "AG01"
        return "AC06" if debtor.status == "FROZEN" else ""

    def _payee_refusal(self, line: OrderLine) -> str:
        payee = self.books.account(line.payee_account)
        if payee is None:
            return "AC01"
        if payee.status != "OPEN":
            return "AC04" if payee.status == "CLOSED" else "AC06"
        if line.payee_bank and payee.bank_code and line.payee_bank != payee.bank_code:
            return "RC01"
        if line.payee_name == payee.name:
            return ""
        verdict = names.compare_names(line.payee_name, payee.name)
        is_close_enough = verdict == "PN02" and self.settings.get("name_rule") == "close"
        return "BE01" if verdict and not is_close_enough else ""

    def _funds_refusal(self, line: OrderLine) -> str:
        debtor, fen = self.books.account(line.debit_account), int(line.amount * 100)
        if debtor is None:
            return "AC02"
        if self.day_limit and self.paid_today[line.debit_account] + fen > self.day_limit:
            return "AM02"
        if self.day_limit:
            self.paid_today[line.debit_account] += fen
        return "AM04" if debtor.available_fen < fen else ""

    def _write(self, line: OrderLine, reason: str, fault: Struck | None) -> int:
        kind = fault.kind if fault is not None and not reason else ""
        is_now = not (reason or kind in ("pending", "late_reject") or self._delay_ms(line, fault))
        status = "RJCT" if reason else "ACSC" if is_now else "ACSP"
        ticks = int(fault.number("ticks")) if fault is not None and kind == "pending" else 0
        return self.books.write_line((
            self.order.msg_id, line.group_id, line.instr_id, line.e2e_id, line.debit_account,
            line.payee_name, line.payee_account, int(line.amount * 100), line.remittance,
            status, reason, ticks, int(kind == "return"),
        ))  # fmt: skip

    def _carry_out(self, line_id: int, line: OrderLine, fault: Struck | None) -> None:
        """Settle an accepted line now, or reserve its money and put its end in the diary."""
        kind, fen = fault.kind if fault else "", int(line.amount * 100)
        if fault is not None and kind == "return":
            due = _return_time(self.at_ms, fault)
            self.books.schedule(due, "RETURN", line_id, json.dumps(fault.args))
        if fault is not None and kind == "late_reject":
            self.books.hold(line.debit_account, fen)
            due = self.at_ms + int(fault.number("minutes") * 60_000)
            self.books.schedule(due, "REJECT", line_id, str(fault.args["code"]))
            return
        delay_ms = self._delay_ms(line, fault)
        if kind == "pending" or delay_ms:
            self.books.hold(line.debit_account, fen)
            if kind != "pending":
                self.books.schedule(self.at_ms + delay_ms, "SETTLE", line_id)
            return
        payment = Payment(
            line_id, self.order.msg_id, line.instr_id, line.e2e_id, line.debit_account,
            line.payee_name, line.payee_account, fen, line.remittance, kind == "return",
        )  # fmt: skip
        self.books.pay(payment, self.at_ms)

    def _delay_ms(self, line: OrderLine, fault: Struck | None) -> int:
        if fault is not None and fault.kind == "delay":
            return int(fault.number("minutes") * 60_000)
        debtor = self.books.account(line.debit_account)
        own = (debtor.bank_code if debtor else "") or self.settings.get("bank_code")
        is_own = line.payee_bank in ("", own)
        key = "own_bank_seconds" if is_own else "other_bank_seconds"
        return int(float(self.settings.get(key) or 0) * 1000)


def _paid_on(db: sqlite3.Connection, account: str, day: date) -> int:
    """What left an account on a day, or is on its way out. Unit: fen."""
    row = db.execute(
        "SELECT COALESCE(SUM(amount_fen), 0) FROM line JOIN batch USING (msg_id) "
        "WHERE debit_account = ? AND status <> 'RJCT' AND received_at >= ?",
        (account, start_of(day)),
    ).fetchone()
    return int(row[0])


def _return_time(at_ms: int, fault: Struck) -> int:
    """Ten in the morning, at least a day later."""
    day = day_of(at_ms) + timedelta(days=max(1, int(fault.number("days"))))
    return start_of(day) + 10 * 3_600_000


def enqueue(db: sqlite3.Connection, msg_id: str, digest: str, raw: bytes, fault: Struck) -> None:
    """Hold an order before the books; it runs when its time comes, or is dropped at day end."""
    due = now_ms(db) + int(fault.number("minutes") * 60_000)
    hold_until(db, msg_id, digest, raw, due_at=due, is_visible=fault.kind == "queued")


def hold_until(
    db: sqlite3.Connection, msg_id: str, digest: str, raw: bytes, *, due_at: int, is_visible: bool
) -> None:
    """Hold an order until an instant; a visible one is answered with PDNG when asked for."""
    cursor = db.execute(
        "INSERT INTO queue (msg_id, digest, raw, visible) VALUES (?, ?, ?, ?)",
        (msg_id, digest, raw, int(is_visible)),
    )
    db.execute(
        "INSERT INTO event (due_at, kind, args) VALUES (?, 'EXECUTE', ?)",
        (due_at, str(cursor.lastrowid)),
    )


def _withdrawn(db: sqlite3.Connection, msg_id: str) -> set[str]:
    """The lines of an order that the customer took back while it was held."""
    rows = db.execute("SELECT e2e_id FROM withdrawn WHERE msg_id = ?", (msg_id,)).fetchall()
    return {row["e2e_id"] for row in rows}


def drop(db: sqlite3.Connection, rows: list[sqlite3.Row], code: str) -> None:
    """End accepted lines (rows of `line`) before they are booked, and free their money."""
    books = Books(db)
    for row in rows:
        _reject(books, Payment.of(row), code)
    books.flush()
    ids = [(row["line_id"],) for row in rows]
    db.executemany("DELETE FROM event WHERE line_id = ?", ids)
    db.executemany("UPDATE line SET ticks = 0 WHERE id = ?", ids)


def tick_lines(db: sqlite3.Connection, msg_id: str = "") -> None:
    """Count one tick for pending lines (of one message, or all); settle those that are ripe."""
    rows = _pending(db, msg_id)
    if rows:
        db.executemany(
            "UPDATE line SET ticks = ticks - 1 WHERE id = ?", [(row["line_id"],) for row in rows]
        )
        _settle_all(db, [row for row in rows if row["ticks"] == 1], now_ms(db))


def _pending(db: sqlite3.Connection, msg_id: str = "") -> list[sqlite3.Row]:
    return db.execute(
        "SELECT *, id AS line_id FROM line WHERE ticks > 0 AND ? IN ('', msg_id) ORDER BY id",
        (msg_id,),
    ).fetchall()


def _settle_all(db: sqlite3.Connection, rows: list[sqlite3.Row], at_ms: int) -> None:
    books = Books(db)
    for row in rows:
        _settle(books, Payment.of(row), at_ms)
    books.flush()


def _settle(books: Books, payment: Payment, at_ms: int) -> None:
    books.end(payment.line_id, "ACSC")
    books.hold(payment.debit_account, -payment.amount_fen)
    books.pay(payment, at_ms)


def _reject(books: Books, payment: Payment, code: str) -> None:
    books.end(payment.line_id, "RJCT", code)
    books.hold(payment.debit_account, -payment.amount_fen)


def _give_back(books: Books, payment: Payment, args: str, at_ms: int) -> None:
    """Book the credit of a payment that came back, and the fee that was asked for it."""
    given = Struck("return", json.loads(args))
    code, fee = str(given.args["code"]), int(given.number("fee_fen"))
    is_plain = given.is_set("plain")
    credit = Posting(
        payment.debit_account, payment.amount_fen, "CREDIT" if is_plain else "RETURN",
        payment.line_id, e2e_id=payment.e2e_id if given.is_set("with_e2e") else "",
        party_name=payment.payee_name, party_account=payment.payee_account,
        remittance=f"退汇 {REASONS.get(code, '')} {payment.remittance}".strip()[:140],
        reason="" if is_plain else code,
    )  # fmt: skip
    books.post(credit, at_ms)
    debtor = books.account(payment.debit_account)
    if fee and debtor is not None and debtor.available_fen >= fee:
        words = f"退汇手续费 {payment.payee_name}"
        books.post(Posting(payment.debit_account, -fee, "FEE", remittance=words), at_ms)


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
    while events := db.execute(
        f"{DUE} WHERE due_at <= ? ORDER BY due_at, event.id LIMIT {EVENTS_AT_ONCE}", (until_ms,)
    ).fetchall():
        books, done = Books(db), []
        for event in events:
            done.append((event["event_id"],))
            if event["kind"] == "EXECUTE":
                break
            _end_line(books, event, event["due_at"])
        books.flush()
        db.executemany("DELETE FROM event WHERE id = ?", done)
        if event["kind"] == "EXECUTE":
            _execute_held(db, event, run_held)


def _end_line(books: Books, event: sqlite3.Row, at_ms: int) -> None:
    payment = Payment.of(event)
    if event["kind"] == "SETTLE":
        _settle(books, payment, at_ms)
    elif event["kind"] == "REJECT":
        _reject(books, payment, event["args"])
    else:
        _give_back(books, payment, event["args"], at_ms)


def _execute_held(db: sqlite3.Connection, event: sqlite3.Row, run_held: RunHeld) -> None:
    """Carry out an order that was held, or wait on if the bank is closed just now."""
    opening = calendar.next_opening(db, event["due_at"])
    if opening > event["due_at"]:
        db.execute(
            "INSERT INTO event (due_at, kind, args) VALUES (?, 'EXECUTE', ?)",
            (opening, event["args"]),
        )
        return
    held = db.execute("SELECT * FROM queue WHERE id = ?", (event["args"],)).fetchone()
    db.execute("DELETE FROM queue WHERE id = ?", (event["args"],))
    if held is not None:
        run_held(held["msg_id"], held["digest"], held["raw"], event["due_at"])


def _close_day(db: sqlite3.Connection, day: date) -> None:
    """Bring every accepted line to its end, and drop what is still held if that is promised."""
    last_moment = start_of(day) + DAY_MS - 1000
    books = Books(db)
    for event in db.execute(
        f"{DUE} WHERE event.kind IN ('SETTLE', 'REJECT') ORDER BY event.id"
    ).fetchall():
        _end_line(books, event, last_moment)
    books.flush()
    db.execute("DELETE FROM event WHERE kind IN ('SETTLE', 'REJECT')")
    _settle_all(db, _pending(db), last_moment)
    _book_own_lines(db, day, last_moment)
    if get_setting(db, "queue_dead_at_statement", "true") != "false":
        db.execute("DELETE FROM event WHERE kind = 'EXECUTE'")
        db.execute("DELETE FROM queue")


OWN_LINES = {
    "fee_line": ("FEE", "手续费", ""),
    "sms_fee_line": ("SMS_FEE", "短信服务费", ""),
    "interest_line": ("INTEREST", "利息", ""),
    "stray_credit": ("CREDIT", "来款", "周*明"),
}


def _book_own_lines(db: sqlite3.Connection, day: date, at_ms: int) -> None:
    """Book what the bank itself charges and pays at the end of a day, where a fault says so."""
    faults = Switchboard(db)
    if not faults.has("day"):
        return
    books = Books(db)
    for row in db.execute("SELECT account FROM account WHERE watched = 1 ORDER BY account"):
        for struck in faults.strike_all("day", f"{row['account']}:{day}", [row["account"]]):
            kind, words, party = OWN_LINES[struck.kind]
            fen = int(struck.number("amount_fen"))
            signed = -fen if kind.endswith("FEE") else fen
            account = books.account(row["account"])
            if account is not None and account.available_fen + signed >= 0:
                posting = Posting(row["account"], signed, kind, party_name=party, remittance=words)
                books.post(posting, at_ms)
    books.flush()
