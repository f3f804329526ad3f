"""Pure rules of books: balance, what a template books, the chain, corrections, periods.

No Django and no clock. Amounts are int fen; red amounts are negative and stay on their side.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sanzi.kernel import clock, digest, money
from sanzi.ledger.errors import (
    AccountNotOpen,
    AuxiliaryMissing,
    BadLine,
    ClockSetBack,
    Unbalanced,
    WrongSide,
)
from sanzi.ledger.standards import AUX_KINDS, WORDS, Entry, Standard, booking

SUMMARY_MAX = 120
LEAST_LINES = 2
LOCK_WAIT_MAX = dt.timedelta(minutes=5)
AUTO, MANUAL, CLOSING = "auto", "manual", "closing"
CASHIER_ROLES = frozenset({"agency_cashier", "cashier_reporter"})

_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
# Made once: json.dumps makes an encoder a call, a third of the time of a voucher of two lines.
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SIDE_TITLES = {"debit": "借方", "credit": "贷方"}
AUX_TITLES = {
    "account": "银行账户",
    "counterparty": "往来单位",
    "household": "农户",
    "person": "人员",
    "org": "组织",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: one account, one side, at most one auxiliary; `source_ref` is what it books."""

    account_code: str
    debit_fen: int = 0
    credit_fen: int = 0
    summary: str = ""
    aux_kind: str = ""
    aux_id: str = ""
    source_ref: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Who made, reviewed and posted a voucher, as printed on it."""

    maker: str
    reviewer: str
    posted_by: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A voucher before it has a number. `reversal_of` is the ext id it strikes out."""

    date: dt.date
    summary: str
    lines: tuple[Line, ...]
    source_kind: str
    source_id: str
    names: Names
    word: str = WORDS["general"]
    origin: str = AUTO
    rule_code: str = ""
    rule_version: str = ""
    attachment_count: int = 0
    reversal_of: str = ""
    ext_id: str = ""

    @property
    def period(self) -> str:
        """The month of the date, `2026-11`."""
        return period_of(self.date)

    @property
    def total_fen(self) -> int:
        """The sum of the debit side."""
        return sum(line.debit_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a voucher stands in its chain."""

    book: str
    number: int
    posted_at: dt.datetime
    previous_hash: str


def period_of(day: dt.date) -> str:
    """Return the month of a day."""
    return f"{day.year:04d}-{day.month:02d}"


def posting_moment(at: dt.datetime, last: dt.datetime | None, number: str) -> dt.datetime:
    """Return when a voucher counts as posted: never before the last one of its book and month.

    Who waited for the lock asked earlier than who was served before him, so a small step back is
    no fault. Raises: ClockSetBack when the clock is further behind; `number` is the last one's.
    """
    if last is None or at >= last:
        return at
    if last - at > LOCK_WAIT_MAX:
        raise ClockSetBack(at=clock.minute_text(at), number=number, last=clock.minute_text(last))
    return last


def check_period(period: str) -> str:
    """Return the period if it reads `2026-11`; raises ValueError."""
    if not _PERIOD.fullmatch(period):
        message = f"{period!r} is not a period such as 2026-11"
        raise ValueError(message)
    return period


def shift(period: str, months: int) -> str:
    """Return the period so many months later, or earlier when negative."""
    year, month = (int(part) for part in check_period(period).split("-"))
    total = year * 12 + month - 1 + months
    return f"{total // 12:04d}-{total % 12 + 1:02d}"


def with_summary(lines: Sequence[Line], summary: str) -> list[Line]:
    """Return lines with a summary where they have none."""
    return [replace(line, summary=line.summary or summary) for line in lines]


def months_between(first: str, last: str) -> list[str]:
    """Return the periods from first to last, both included; none when last lies before."""
    found = []
    while first <= last:
        found.append(first)
        first = shift(first, 1)
    return found


def last_day(period: str) -> dt.date:
    """Return the last day of a period."""
    year, month = (int(part) for part in check_period(period).split("-"))
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def is_banking(draft: Draft, standard: Standard) -> bool:
    """Whether a voucher only takes cash to the bank, which is allowed where cash is not used."""
    cash, bank = standard.codes_for("cash"), standard.codes_for("bank")
    return all(
        (line.account_code.startswith(cash) and line.credit_fen > 0)
        or (line.account_code.startswith(bank) and line.debit_fen > 0)
        for line in draft.lines
    )


def cash_change_fen(draft: Draft, standard: Standard) -> int:
    """Return by how much a voucher raises cash in hand; negative when it pays out. Units: fen."""
    cash = standard.codes_for("cash")
    return sum(
        line.debit_fen - line.credit_fen
        for line in draft.lines
        if line.account_code.startswith(cash)
    )


def check(draft: Draft, standard: Standard) -> None:
    """Refuse a draft that may not be posted to a book of this standard.

    Raises: BadLine, AccountNotOpen, AuxiliaryMissing, Unbalanced.
    """
    is_taken_to_bank = is_banking(draft, standard)
    for line_no, line in enumerate(draft.lines, 1):
        check_line(line_no, line)
        require_open(line, standard, is_cash_open=is_taken_to_bank)
        require_auxiliary(line, standard)
    check_balance(draft.lines)


def check_sides(draft: Draft, standard: Standard) -> None:
    """Refuse a line of income on the debit side, or of an expense on the credit side, in black.

    A decrease stands on the account's own side as a red amount, so that the turnover of the
    period is not blown up (accounting rules §5.2: red amounts stay on their side). Vouchers that
    close a year, corrections of an earlier year and accounts of both sides may do it. What an
    approved template books was judged when it was approved.
    Raises: WrongSide.
    """
    for line_no, line in enumerate(draft.lines, 1):
        account = standard.accounts[line.account_code]
        is_wrong = (account.account_class == "income" and line.debit_fen > 0) or (
            account.account_class == "expense" and line.credit_fen > 0
        )
        if is_wrong and not account.is_two_way and draft.origin != CLOSING:
            side = _SIDE_TITLES[account.side]
            raise WrongSide(line_no=line_no, account=f"{account.code}{account.name}", side=side)


def check_line(line_no: int, line: Line) -> None:
    """Refuse a line without an amount, with two, or too large; raises BadLine."""
    if line.debit_fen and line.credit_fen:
        raise BadLine(line_no=line_no, why="借方、贷方只能填一边")
    amount = line.debit_fen or line.credit_fen
    if not amount:
        raise BadLine(line_no=line_no, why="没有金额")
    if abs(amount) > money.MAX_FEN:
        raise BadLine(line_no=line_no, why="金额超过12位整数")
    if line.aux_kind and line.aux_kind not in AUX_KINDS:
        raise BadLine(line_no=line_no, why=f"没有“{line.aux_kind}”这种核算对象")


def check_balance(lines: Sequence[Line]) -> None:
    """Refuse lines that do not balance; raises Unbalanced, or BadLine when fewer than two."""
    if len(lines) < LEAST_LINES:
        raise BadLine(line_no=len(lines) + 1, why="一张凭证至少两行")
    debit = sum(line.debit_fen for line in lines)
    credit = sum(line.credit_fen for line in lines)
    if debit != credit:
        raise Unbalanced(debit=money.format_yuan(debit), credit=money.format_yuan(credit))


def require_open(line: Line, standard: Standard, *, is_cash_open: bool = False) -> None:
    """Refuse an account that takes no lines; raises AccountNotOpen."""
    account = standard.accounts.get(line.account_code)
    if account is None:
        closed = standard.closed.get(line.account_code)
        why = closed.blocked if closed else f"“{standard.title}”没有开放它"
    elif not account.is_leaf:
        why = "它下面还有明细"
    elif account.blocked and not (
        is_cash_open and account.code.startswith(standard.codes_for("cash"))
    ):
        why = account.blocked
    else:
        return
    raise AccountNotOpen(account_code=line.account_code, why=why)


def require_auxiliary(line: Line, standard: Standard) -> None:
    """Refuse a line that does not name the auxiliary its account wants; AuxiliaryMissing."""
    requires = standard.accounts[line.account_code].requires
    if requires and (line.aux_kind not in requires or not line.aux_id):
        kinds = "、".join(AUX_TITLES[kind] for kind in requires)
        raise AuxiliaryMissing(account_code=line.account_code, kinds=kinds)


def from_event(
    entry: Entry,
    event: Mapping[str, Any],
    *,
    date: dt.date,
    source: tuple[str, str],
    posted_by: str,
) -> Draft:
    """Return what a template books for an event.

    Shapes: event holds the fields the template names (`purpose`, `account_id`, `subject_code`,
    amounts such as `net_fen`) and `items`: mappings with amount_fen or the amounts that the lines
    name and, when known, aux_kind, aux_id, summary, ref. An event with one item may give
    amount_fen and the rest itself. attachment_count may be there.
    Raises: EventIncomplete, SubjectNotAllowed.
    """
    summary = booking.fill(entry, entry.summary, event)[:SUMMARY_MAX]
    lines = tuple(_line(each) for each in booking.booked(entry, event))
    approval = entry.approval
    return Draft(
        date=date,
        summary=summary,
        lines=lines,
        source_kind=source[0],
        source_id=source[1],
        names=Names(
            maker=f"自动记账规则 {entry.rule_code} 第{entry.version}版"[:60],
            reviewer=f"{approval.checker}（{approval.on_date}核准规则）"[:60],
            posted_by=posted_by,
        ),
        word=WORDS[entry.word],
        rule_code=entry.rule_code,
        rule_version=entry.version,
        attachment_count=int(event.get("attachment_count", 0)),
    )


def _line(each: booking.Booked) -> Line:
    is_debit = each.side == "debit"
    return Line(
        each.account_code,
        debit_fen=each.amount_fen if is_debit else 0,
        credit_fen=0 if is_debit else each.amount_fen,
        summary=each.summary[:SUMMARY_MAX],
        aux_kind=each.aux_kind,
        aux_id=each.aux_id,
        source_ref=each.ref,
    )


def red_of(draft: Draft, *, number: str, date: dt.date, names: Names) -> Draft:
    """Return the voucher that strikes another out: same accounts and sides, negative amounts.

    Shapes: draft is the posted one, with its ext_id; number is its printed number, `记-12`.
    Source: 会计基础工作规范 第五十一条（五）.
    """
    memo = f"注销{clock.day_said(draft.date)}{number}号凭证"
    lines = tuple(
        replace(line, debit_fen=-line.debit_fen, credit_fen=-line.credit_fen, summary=memo)
        for line in draft.lines
    )
    return Draft(
        date=date,
        summary=memo,
        lines=lines,
        source_kind="manual",
        source_id="",
        names=names,
        word=draft.word,
        origin=MANUAL,
        reversal_of=draft.ext_id,
    )


def blue_of(
    draft: Draft, lines: Sequence[Line], *, number: str, date: dt.date, names: Names
) -> Draft:
    """Return the voucher that puts the right lines in place of those of a posted one."""
    memo = f"订正{clock.day_said(draft.date)}{number}号凭证"
    return Draft(
        date=date,
        summary=memo,
        lines=tuple(replace(line, summary=line.summary or memo) for line in lines),
        source_kind="manual",
        source_id="",
        names=names,
        word=draft.word,
        origin=MANUAL,
    )


def voucher_hash(draft: Draft, link: Link) -> str:
    """Return the SM3 of a voucher's bytes."""
    return digest.sm3(voucher_bytes(draft, link))


def voucher_bytes(draft: Draft, link: Link) -> bytes:
    """Return the bytes of a voucher: all of its content and lines, its number, the hash before.

    They are one JSON list without spaces, in UTF-8, the order as written here.
    """
    posted_at = link.posted_at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    content = [
        link.previous_hash,
        link.book,
        draft.period,
        draft.word,
        link.number,
        draft.ext_id,
        draft.date.isoformat(),
        draft.summary,
        draft.origin,
        draft.rule_code,
        draft.rule_version,
        draft.source_kind,
        draft.source_id,
        draft.attachment_count,
        draft.names.maker,
        draft.names.reviewer,
        draft.names.posted_by,
        posted_at,
        draft.reversal_of,
        [
            [
                line.account_code,
                line.debit_fen,
                line.credit_fen,
                line.summary,
                line.aux_kind,
                line.aux_id,
                line.source_ref,
            ]
            for line in draft.lines
        ],
    ]
    return _JSON.encode(content).encode()


def openings_digest(rows: Iterable[tuple[str, str, str, int]]) -> str:
    """Return the SM3 of opening balances: account, auxiliary and fen, in the order of their keys.

    The log keeps it, so that openings changed around the guards are found.
    """
    content = json.dumps(sorted(list(row) for row in rows), ensure_ascii=False)
    return digest.sm3(content.encode())


@dataclass(frozen=True)
class PostedContent:
    """A posted voucher as it stands in the tables, for checking."""

    draft: Draft
    link: Link
    hash: str
    line_count: int
    total_fen: int
    line_numbers: tuple[int, ...] = field(default=())


def faults(contents: Sequence[PostedContent]) -> list[str]:
    """Return one sentence per fault in one run of numbers, none when it is whole.

    Finds gaps, broken links, changed content, missing or extra lines, and what does not balance.
    """
    wrong: list[str] = []
    number, previous = 0, ""
    for content in contents:
        draft, link = content.draft, content.link
        name = f"{link.book} {draft.period} {draft.word}-{link.number}"
        if link.number != number + 1:
            wrong.append(f"{name}：前面缺号，上一张是{number}")
        if link.previous_hash != previous:
            wrong.append(f"{name}：和上一张的校验值接不上")
        if voucher_hash(draft, link) != content.hash:
            wrong.append(f"{name}：内容和校验值对不上")
        if content.line_numbers != tuple(range(1, content.line_count + 1)):
            wrong.append(f"{name}：应有{content.line_count}行，行号不全")
        credit = sum(line.credit_fen for line in draft.lines)
        if not draft.total_fen == credit == content.total_fen:
            wrong.append(f"{name}：借贷不平或合计不符")
        number, previous = link.number, content.hash
    return wrong
