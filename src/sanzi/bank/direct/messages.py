"""The direct dialect's bodies: built from and read into the values of the port."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, date, datetime

from lxml import etree

from sanzi.bank.direct import codes
from sanzi.bank.direct.wire import Answer, Node, NotInCharset, require_charset, text_at
from sanzi.bank.errors import BatchNotValid
from sanzi.bank.iso20022.xml import NotXml, decimal, fen
from sanzi.bank.port import (
    BatchLine,
    BatchState,
    Entry,
    LineState,
    LineStatus,
    PayeeCheck,
    PayeeCheckResult,
    PayeeVerdict,
    PaymentBatch,
    Statement,
)
from sanzi.kernel import clock

USE_CHARACTERS = 60
SERIALS = 10_000_000
PAGE_ROWS = 100
FILE_CHARSET = "gb18030"
CHECKS = {
    "SAME": PayeeVerdict.MATCH,
    "CLOSE": PayeeVerdict.CLOSE,
    "DIFFERENT": PayeeVerdict.NO_MATCH,
    "NOT_KNOWN": PayeeVerdict.NOT_POSSIBLE,
}
CHECK_REASONS = {"3001": "PN01", "3002": "PI01", "3003": "AC01", "3005": "AG01"}
FIELDS = (
    "Date", "Serial", "Time", "Side", "Cur", "Amt", "BankSeq", "BizNo", "SubNo", "ReqNo",
    "PeerName", "PeerAcct", "Text",
)  # fmt: skip


def order_body(batch: PaymentBatch, lines_max: int, charset: str) -> list[Node]:
    """Write the body of a D110.

    Raises: BatchNotValid, naming the line, for a character that the bank's charset lacks, an
        amount that is not positive, a repeated number, or too many lines.
    """
    if not 0 < len(batch.lines) <= lines_max:
        raise BatchNotValid(why=f"一批最多{lines_max}笔，这一批有{len(batch.lines)}笔")
    for name in ("instr_id", "e2e_id"):
        if len({getattr(line, name) for line in batch.lines}) != len(batch.lines):
            raise BatchNotValid(why="同一批里有重复的编号")
    for place, line in enumerate(batch.lines, start=1):
        _check_line(place, line, charset)
    return [
        ("PayAcct", batch.debit_account),
        ("PayName", batch.debit_name),
        ("PayBank", batch.debit_bank_code),
        ("Kind", batch.category),
        ("Count", str(len(batch.lines))),
        ("Sum", decimal(batch.amount_fen)),
        ("Lines", [_line(line) for line in batch.lines]),
    ]


def _check_line(place: int, line: BatchLine, charset: str) -> None:
    if line.amount_fen <= 0:
        raise BatchNotValid(why=f"第{place}笔的金额不是正数")
    for what, text in (("户名", line.payee_name), ("用途", line.purpose)):
        try:
            require_charset(text, charset)
        except NotInCharset as problem:
            why = (
                f"第{place}笔的{what}里有“{problem.character}”字，"
                f"这家银行的系统（{charset.upper()}）里没有"
            )
            raise BatchNotValid(why=why) from problem


def _line(line: BatchLine) -> Node:
    return ("Line", [
        ("BizNo", line.e2e_id),
        ("SubNo", line.instr_id),
        ("Name", line.payee_name),
        ("Acct", line.payee_account),
        ("Bank", line.payee_bank_code),
        ("Amt", decimal(line.amount_fen)),
        ("Use", line.purpose[:USE_CHARACTERS]),
    ])  # fmt: skip


def read_status(body: etree._Element) -> tuple[BatchState | None, tuple[LineStatus, ...]]:
    """Read what became of a batch: (None, ()) when the bank says that it does not know.

    Lines that the bank calls UNKNOWN are left out. Raises NotXml for a state that is not in the
    table, and for a whole that contradicts its lines.
    """
    whole = text_at(body, "State")
    items = body.findall("Lines/Line")
    told = [text_at(item, "State") for item in items]
    lines = tuple(
        read_line(item) for item, state in zip(items, told, strict=True) if state != codes.UNKNOWN
    )
    if items and text_at(body, "Count") != str(len(items)):
        text = "the lines are not as many as counted"
        raise NotXml(text)
    numbers = [text_at(item, "BizNo") for item in items]
    if "" in numbers or len(set(numbers)) != len(numbers):
        text = "a line without its number, or named twice"
        raise NotXml(text)
    if whole == codes.UNKNOWN or (items and not lines):
        return None, ()
    if not items:
        return BatchState(_state(whole).value), ()
    found = {line.status for line in lines} if len(lines) == len(items) else set[LineState]()
    if whole != codes.PART and found - {_state(whole)} and whole in ("DONE", "FAILED"):
        text = f"{whole}, but not every line is"
        raise NotXml(text)
    return _whole(found, lines), lines


def _whole(found: set[LineState], lines: tuple[LineStatus, ...]) -> BatchState:
    """Say of the batch what its lines say."""
    if len(found) == 1:
        return BatchState(next(iter(found)).value)
    if LineState.REJECTED in {line.status for line in lines}:
        return BatchState.PART
    return BatchState.ACCEPTED if found else BatchState.PENDING


def _state(code: str) -> LineState:
    if code not in codes.STATES:
        text = f"unknown state {code!r}"
        raise NotXml(text)
    return codes.STATES[code]


def read_line(item: etree._Element) -> LineStatus:
    """Read one line of an answer. Raises NotXml."""
    return LineStatus(
        e2e_id=text_at(item, "BizNo"),
        status=_state(text_at(item, "State")),
        reason_code=codes.reason_of(text_at(item, "ErrCode")),
        reason_text=text_at(item, "ErrMsg"),
        bank_ref=text_at(item, "BankSeq"),
        instr_id=text_at(item, "SubNo"),
    )


def check_body(checks: list[PayeeCheck]) -> list[Node]:
    """Write the body of a D120."""
    return [("Payees", [
        ("Payee", [
            ("No", str(number)), ("Name", one.name), ("IdNo", one.resident_id),
            ("Acct", one.account), ("Bank", one.bank_code),
        ])
        for number, one in enumerate(checks)
    ])]  # fmt: skip


def read_checks(answer: Answer, checks: list[PayeeCheck]) -> list[PayeeCheckResult]:
    """Read the verdicts; one that is left out is NOT_POSSIBLE. Raises NotXml."""
    found = {text_at(item, "No"): item for item in answer.body.findall("Payees/Payee")}
    return [_verdict(one, found.get(str(number))) for number, one in enumerate(checks)]


def _verdict(check: PayeeCheck, item: etree._Element | None) -> PayeeCheckResult:
    if item is None:
        return PayeeCheckResult(check.ref, PayeeVerdict.NOT_POSSIBLE, "NORR")
    told, code = text_at(item, "Result"), text_at(item, "ErrCode")
    if told not in CHECKS:
        text = f"unknown result {told!r}"
        raise NotXml(text)
    verdict = CHECKS[told]
    reason = {
        PayeeVerdict.MATCH: "",
        PayeeVerdict.CLOSE: "PN02",
        PayeeVerdict.NOT_POSSIBLE: "NR01",
    }.get(verdict, CHECK_REASONS.get(code, "NR01"))
    return PayeeCheckResult(check.ref, verdict, reason, text_at(item, "KnownName"))


def seq_of(day: date, serial: int) -> int:
    """Return the number of an entry: the day's figures, then its place in the day."""
    return int(f"{day:%Y%m%d}") * SERIALS + serial


def day_of(seq: int) -> tuple[date, int]:
    """Return day and place of the entry of a number."""
    day, serial = divmod(seq, SERIALS)
    return _day(str(day)), serial


def read_rows(body: etree._Element) -> tuple[Entry, ...]:
    """Read the rows of a page or an event. Raises NotXml."""
    rows = body.findall("Rows/Row")
    return tuple(_entry([text_at(row, name) for name in FIELDS]) for row in rows)


def read_page(answer: Answer) -> tuple[tuple[Entry, ...], bool]:
    """Read a page of details: its entries, and whether more follow.

    Raises: NotXml.
    """
    rows = read_rows(answer.body)
    size, more = text_at(answer.body, "PageRows"), text_at(answer.body, "HasMore")
    if size != str(PAGE_ROWS) or more not in ("Y", "N"):
        text = "a page of another size, or without end"
        raise NotXml(text)
    return rows, more == "Y"


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a local day
    except ValueError as problem:
        raise NotXml(text) from problem


def _entry(row: list[str]) -> Entry:
    told = dict(zip(FIELDS, row, strict=True))
    is_whole = told["Side"] in ("IN", "OUT") and told["Serial"].isdecimal()
    if not is_whole or told["Cur"] != "CNY":
        text = f"entry {told['BankSeq']} has no side or serial, or is not in CNY"
        raise NotXml(text)
    try:
        local = datetime.strptime(told["Date"] + told["Time"], "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError as problem:
        raise NotXml(str(problem)) from problem
    return Entry(
        seq=seq_of(local.date(), int(told["Serial"])),
        booked_at=local.replace(tzinfo=clock.SHANGHAI).astimezone(UTC),
        amount_fen=fen(told["Amt"]),
        is_credit=told["Side"] == "IN",
        bank_ref=told["BankSeq"],
        e2e_id=told["BizNo"],
        instr_id=told["SubNo"],
        msg_id=told["ReqNo"],
        party_name=told["PeerName"],
        party_account=told["PeerAcct"],
        memo=told["Text"],
    )


def read_content(answer: Answer) -> bytes:
    """Return the bytes of a file. Raises NotXml."""
    try:
        return base64.b64decode(text_at(answer.body, "Content"), validate=True)
    except binascii.Error as problem:
        raise NotXml(str(problem)) from problem


def read_statement(data: bytes) -> Statement:
    """Read the file of a day: head, rows in order, sums.

    Raises: NotXml when it is cut off, a row is missing, or it does not add up.
    """
    try:
        rows = [line.split("|") for line in data.decode(FILE_CHARSET).splitlines()]
    except UnicodeDecodeError as problem:
        raise NotXml(str(problem)) from problem
    if len(rows) < 2 or (rows[0][0], len(rows[0]), rows[-1][0], len(rows[-1])) != ("H", 7, "T", 3):
        text = "a statement file without head or sums"
        raise NotXml(text)
    _, account, day, number, opening, closing, count = rows[0]
    lines = rows[1:-1]
    if not number.isdecimal() or any(row[0] != "D" or len(row) != len(FIELDS) + 1 for row in lines):
        text = "the number or a row of the statement file is not whole"
        raise NotXml(text)
    entries = tuple(_entry(row[1:]) for row in lines)
    found = Statement(account, _day(day), int(number), fen(opening), fen(closing), entries, data)
    _check_file(found, count, rows[-1][1:])
    return found


def _check_file(found: Statement, count: str, sums: list[str]) -> None:
    places = [one.seq for one in found.entries]
    came = sum(one.amount_fen for one in found.entries if one.is_credit)
    went = sum(one.amount_fen for one in found.entries if not one.is_credit)
    first = seq_of(found.day, 1)
    is_whole = (
        count == str(len(places))
        and places == list(range(first, first + len(places)))
        and [came, went] == [fen(one) for one in sums]
        and found.opening_fen + came - went == found.closing_fen
    )
    if not is_whole:
        text = "rows, sums and balances of the statement file do not agree"
        raise NotXml(text)
