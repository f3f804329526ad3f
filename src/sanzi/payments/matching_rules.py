"""Which lines of the book and of the bank belong together: five rules, tried in order.

Pure functions over lines in memory. A rule joins two lines only when neither has another
candidate; what is ambiguous stays for hand. Amounts are signed, money in positive, so that a
payment never meets its own return.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WINDOW = timedelta(days=3)
PASSES_MAX = 3
NONE: frozenset[str] = frozenset()


class Rule(StrEnum):
    """The rules, in the order in which they are tried, and the two that stand beside them."""

    E2E = "E2E"
    REFERENCE = "REFERENCE"
    ACCOUNT = "ACCOUNT"
    NAME = "NAME"
    BATCH = "BATCH"
    CANCEL = "CANCEL"
    HAND = "HAND"


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line of one side that is not matched. Units: fen, money in positive.

    `own` names the payment or receipt it is of, where that is known; `refs` are numbers of the
    bank; `accounts` and `names` are those of the other party; `batches` are what a bank may book
    in one sum (message, voucher, case); `cancels` joins a line with what strikes it out.
    """

    key: int
    signed_fen: int
    day: date
    e2e: str = ""
    own: frozenset[str] = NONE
    refs: frozenset[str] = NONE
    accounts: frozenset[str] = NONE
    names: frozenset[str] = NONE
    batches: tuple[str, ...] = ()
    cancels: frozenset[str] = NONE


@dataclass(frozen=True, slots=True)
class Found:
    """Lines that one rule joins, by their keys."""

    rule: Rule
    book: tuple[int, ...]
    bank: tuple[int, ...]


Keys = Callable[[OpenLine], Iterable[str]]


def plain_name(name: str) -> str:
    """Return a name as it is compared: full and half width alike, without spaces and dots."""
    kept = unicodedata.normalize("NFKC", name).upper()
    return "".join(char for char in kept if not char.isspace() and char not in "·.•")


def match(book: Sequence[OpenLine], bank: Sequence[OpenLine], today: date) -> list[Found]:
    """Return what belongs together. The same lines always give the same answer.

    Lines of one side that cancel for another reason than a correction are joined only when both
    are older than three days: before that their partners may still come.
    """
    pool = _Pool(book, bank)
    pool.cancel(pool.book, is_book=True, tag="X:")
    pool.cancel(pool.book, is_book=True, tag="S:")
    for _ in range(PASSES_MAX):
        before = len(pool.found)
        pool.pair(Rule.E2E, lambda line: (line.e2e,) if line.e2e else ())
        pool.pair(Rule.REFERENCE, lambda line: line.refs)
        pool.pair(Rule.ACCOUNT, lambda line: line.accounts, WINDOW)
        pool.pair(Rule.NAME, lambda line: line.names, timedelta(0))
        pool.batches()
        pool.day_sums()
        if len(pool.found) == before:
            break
    settled = today - WINDOW
    pool.cancel(pool.bank, is_book=False, tag="E:", until=settled)
    pool.cancel(pool.book, is_book=True, tag="E:", until=settled)
    return pool.found


def conflict(book: OpenLine, bank: OpenLine) -> str:
    """Return why two lines cannot be one thing, '' when they can."""
    if book.e2e and bank.e2e and book.e2e != bank.e2e:
        return "付款编号不同"
    if bank.own and not bank.own & book.own:
        return "银行这一笔是另一笔付款或收款"
    if book.accounts and bank.accounts and not book.accounts & bank.accounts:
        return "对方账号不同"
    return ""


class _Pool:
    """The lines of both sides that are still open."""

    def __init__(self, book: Sequence[OpenLine], bank: Sequence[OpenLine]) -> None:
        self.book = {line.key: line for line in book if line.signed_fen}
        self.bank = {line.key: line for line in bank if line.signed_fen}
        self.found: list[Found] = []

    def take(self, rule: Rule, book: Iterable[int], bank: Iterable[int]) -> None:
        """Join lines and take them off the open ones."""
        made = Found(rule, tuple(sorted(book)), tuple(sorted(bank)))
        for key in made.book:
            del self.book[key]
        for key in made.bank:
            del self.bank[key]
        self.found.append(made)

    def pair(self, rule: Rule, keys: Keys, window: timedelta | None = None) -> None:
        """Join one with one where both have a single candidate under these keys."""
        index = self._index(keys)
        of_book: dict[int, set[int]] = {}
        of_bank: dict[int, int] = defaultdict(int)
        for line in self.book.values():
            there = self._candidates(line, index, keys, window)
            if there:
                of_book[line.key] = there
                for key in there:
                    of_bank[key] += 1
        for book_key, there in of_book.items():
            if len(there) == 1:
                (bank_key,) = there
                if of_bank[bank_key] == 1:
                    self.take(rule, (book_key,), (bank_key,))

    def _index(self, keys: Keys) -> Mapping[tuple[int, str], list[OpenLine]]:
        index: dict[tuple[int, str], list[OpenLine]] = defaultdict(list)
        for line in self.bank.values():
            for key in keys(line):
                index[line.signed_fen, key].append(line)
        for bucket in index.values():
            bucket.sort(key=lambda one: one.day)
        return index

    def _candidates(
        self,
        line: OpenLine,
        index: Mapping[tuple[int, str], list[OpenLine]],
        keys: Keys,
        window: timedelta | None,
    ) -> set[int]:
        there: set[int] = set()
        for key in keys(line):
            bucket = index.get((line.signed_fen, key), ())
            if bucket and window is not None:
                low = bisect_left(bucket, line.day - window, key=lambda one: one.day)
                high = bisect_right(bucket, line.day + window, key=lambda one: one.day)
                bucket = bucket[low:high]
            there.update(one.key for one in bucket if window is None or not conflict(line, one))
        return there

    def batches(self) -> None:
        """Join what one message, voucher or case brings to both sides when the sums agree."""
        places = max((len(one.batches) for one in self.book.values()), default=0)
        for place in range(places):
            book, bank = (self._grouped(side, place) for side in (self.book, self.bank))
            for group, book_lines in book.items():
                bank_lines = bank.get(group)
                if bank_lines and _total(book_lines) == _total(bank_lines):
                    self.take(Rule.BATCH, _keys(book_lines), _keys(bank_lines))

    @staticmethod
    def _grouped(
        side: Mapping[int, OpenLine], place: int
    ) -> dict[tuple[str, bool], list[OpenLine]]:
        groups: dict[tuple[str, bool], list[OpenLine]] = defaultdict(list)
        for line in side.values():
            if place < len(line.batches) and line.batches[place]:
                groups[line.batches[place], line.signed_fen > 0].append(line)
        return groups

    def day_sums(self) -> None:
        """Join one line with all open lines of a day and party on the other side."""
        self._day_sums(self.book, self.bank, is_book_one=True)
        self._day_sums(self.bank, self.book, is_book_one=False)

    def _day_sums(
        self, ones: Mapping[int, OpenLine], many: Mapping[int, OpenLine], *, is_book_one: bool
    ) -> None:
        parties: dict[tuple[date, bool, str], list[OpenLine]] = defaultdict(list)
        for line in many.values():
            for party in (*line.accounts, *line.names):
                parties[line.day, line.signed_fen > 0, party].append(line)
        sums: dict[tuple[date, int, str], list[OpenLine]] = {
            (day, _total(lines), party): lines
            for (day, _, party), lines in parties.items()
            if len(lines) > 1
        }
        if not sums:
            return
        fits: dict[int, set[tuple[int, ...]]] = defaultdict(set)
        takers: dict[tuple[int, ...], set[int]] = defaultdict(set)
        for one in ones.values():
            for party in (*one.accounts, *one.names):
                lines = sums.get((one.day, one.signed_fen, party))
                if lines and not self._clashes(one, lines, is_book_one=is_book_one):
                    group = _keys(lines)
                    fits[one.key].add(group)
                    takers[group].add(one.key)
        for key, groups in fits.items():
            group = next(iter(groups))
            is_open = key in ones and all(each in many for each in group)
            if len(groups) == 1 and len(takers[group]) == 1 and is_open:
                book, bank = ((key,), group) if is_book_one else (group, (key,))
                self.take(Rule.BATCH, book, bank)

    @staticmethod
    def _clashes(one: OpenLine, lines: Sequence[OpenLine], *, is_book_one: bool) -> bool:
        return any(conflict(one, each) if is_book_one else conflict(each, one) for each in lines)

    def cancel(
        self,
        side: Mapping[int, OpenLine],
        *,
        is_book: bool,
        tag: str,
        until: date | None = None,
    ) -> None:
        """Join two lines of one side under one tag that sum to nothing, when only two fit."""
        groups: dict[tuple[str, int], list[OpenLine]] = defaultdict(list)
        for line in side.values():
            if until is None or line.day <= until:
                for each in line.cancels:
                    if each.startswith(tag):
                        groups[each, abs(line.signed_fen)].append(line)
        for lines in groups.values():
            if len(lines) == 2 and not _total(lines) and all(one.key in side for one in lines):
                keys = _keys(lines)
                self.take(Rule.CANCEL, keys if is_book else (), () if is_book else keys)


def _total(lines: Sequence[OpenLine]) -> int:
    return sum(line.signed_fen for line in lines)


def _keys(lines: Sequence[OpenLine]) -> tuple[int, ...]:
    return tuple(sorted(line.key for line in lines))
