"""Which of the faults that are switched on strikes now (what there is: fault_kinds.py).

A fault has a scope (`account:<number>`, `next`, or `all`), a kind, and perhaps a count of times
or a rate. A rate is decided by the seed, the fault, the message and how often it was tried, never
by the order of arrival, so a run with the same seed meets the same faults.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sanzi_bank.fault_kinds import KINDS
from sanzi_bank.store import get_setting, iso_time

# Places that are met once in a message: how often the message came decides there, not here.
COUNTED_ELSEWHERE = ("line", "order", "name", "day")


@dataclass(frozen=True)
class Struck:
    """A fault that strikes now, with its arguments filled in."""

    kind: str
    args: dict[str, object]

    def number(self, name: str) -> float:
        """Return an argument as a number; 0 for one that was left empty."""
        return float(str(self.args.get(name) or 0))

    def is_set(self, name: str) -> bool:
        """Whether a yes-or-no argument was set; forms send text."""
        return str(self.args.get(name) or "") not in ("", "0", "False", "false")


class UnknownFault(ValueError):
    """No fault of this kind or scope."""


def add_fault(
    db: sqlite3.Connection,
    scope: str,
    kind: str,
    count: int | None = None,
    args: dict[str, object] | None = None,
) -> int:
    """Switch a fault on. `next` without a count means once; `rate` may be among the args.

    A standing fault for `next` means `all`: it has no next time.
    """
    if kind not in KINDS:
        raise UnknownFault(f"kind {kind!r}; known: {', '.join(KINDS)}")
    if scope not in ("next", "all") and not scope.startswith("account:"):
        raise UnknownFault(f"scope {scope!r}; known: next, all, account:<number>")
    given = dict(args or {})
    rate = given.pop("rate", None)
    if rate is not None and not 0 <= float(str(rate)) <= 1:
        raise UnknownFault(f"rate from 0 to 1, not {rate!r}")
    remaining = 1 if scope == "next" and count is None else count
    if KINDS[kind].is_standing:
        scope, remaining = ("all" if scope == "next" else scope), None
    known = KINDS[kind].args
    cursor = db.execute(
        "INSERT INTO fault (scope, kind, remaining, rate, args) VALUES (?, ?, ?, ?, ?)",
        (scope, kind, remaining, rate, json.dumps({**known, **_fitting(known, given)})),
    )
    return int(cursor.lastrowid or 0)


def _fitting(known: dict[str, object], given: dict[str, object]) -> dict[str, object]:
    """The given arguments that this kind has; numbers must be numbers, codes must be codes."""
    found = {name: value for name, value in given.items() if name in known}
    for name, value in found.items():
        if isinstance(known[name], str):
            length = len(str(known[name]))
            if not re.fullmatch(rf"[A-Z0-9]{{{length}}}", str(value)):
                raise UnknownFault(f"{name}: {length} capital letters or figures, not {value!r}")
        elif not isinstance(known[name], bool):
            float(str(value))
    return found


class Switchboard:
    """The faults that are on, read once for a piece of work."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._seed = ""
        self._rows: dict[str, list[sqlite3.Row]] = {}
        self._left: dict[int, int | None] = {}
        for row in db.execute("SELECT * FROM fault ORDER BY id"):
            self._rows.setdefault(KINDS[row["kind"]].where, []).append(row)
            self._left[row["id"]] = row["remaining"]

    def strike(self, where: str, key: str, accounts: Iterable[str] = ()) -> Struck | None:
        """The first fault that strikes at this place; its count goes down at once."""
        return next(self.strike_all(where, key, accounts), None)

    def strike_all(self, where: str, key: str, accounts: Iterable[str] = ()) -> Iterator[Struck]:
        """Every fault that strikes at this place, one after the other as they are taken."""
        attempt = 0
        if where not in COUNTED_ELSEWHERE:
            attempt = _count_attempt(self._db, f"{where}:{key}")
        if not self.has(where):
            return
        touched = {f"account:{account}" for account in accounts} | {"next", "all"}
        for row in self._rows[where]:
            if row["scope"] not in touched or self._left[row["id"]] == 0:
                continue
            if row["rate"] is not None and not self._falls_within(row, f"{key}:{attempt}"):
                continue
            self._count_down(row["id"])
            yield Struck(row["kind"], json.loads(row["args"]))

    def has(self, where: str) -> bool:
        """Whether any fault of this place is on."""
        return where in self._rows

    def standing(self, where: str, accounts: Iterable[str] = ()) -> Struck | None:
        """The first standing fault of this place that concerns one of these accounts, or all."""
        touched = {f"account:{account}" for account in accounts} | {"all"}
        for row in self._rows.get(where, ()):
            if row["scope"] in touched:
                return Struck(row["kind"], json.loads(row["args"]))
        return None

    def _count_down(self, fault_id: int) -> None:
        left = self._left[fault_id]
        if left is None:
            return
        self._left[fault_id] = left - 1
        if left <= 1:
            self._db.execute("DELETE FROM fault WHERE id = ?", (fault_id,))
        else:
            self._db.execute("UPDATE fault SET remaining = ? WHERE id = ?", (left - 1, fault_id))

    def _falls_within(self, row: sqlite3.Row, key: str) -> bool:
        self._seed = self._seed or get_setting(self._db, "seed", "1")
        text = f"{self._seed}:{row['kind']}:{key}"
        draw = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48
        return draw < float(row["rate"])


def strike(
    db: sqlite3.Connection, where: str, key: str, accounts: Iterable[str] = ()
) -> Struck | None:
    """The first fault that strikes at this place; its count goes down in the same transaction."""
    return Switchboard(db).strike(where, key, accounts)


def teller(db: sqlite3.Connection) -> Callable[[int], str]:
    """How the bank says an instant: with its own clock, right or wrong."""
    by_ms = standing_skew_ms(db)
    return lambda at_ms: iso_time(at_ms + by_ms)


def standing_skew_ms(db: sqlite3.Connection) -> int:
    """By how much the clock is wrong that the bank reads its times from."""
    skew = Switchboard(db).standing("clock")
    return int(skew.number("seconds") * 1000) if skew is not None else 0


def _count_attempt(db: sqlite3.Connection, key: str) -> int:
    db.execute(
        "INSERT INTO attempt VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1",
        (key,),
    )
    row = db.execute("SELECT count FROM attempt WHERE key = ?", (key,)).fetchone()
    return int(row["count"])
