"""The bank's books while one message, or one stretch of time, is worked on.

Accounts are read once, movements are kept in memory in their order, and everything is written in
bulk by `flush`, inside the transaction of the caller. With `accounts.post` for a single entry
this is the only place that changes a balance.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from sanzi_bank.accounts import Posting, bank_reference
from sanzi_bank.store import day_of

READ_AT_ONCE = 500


@dataclass(slots=True)
class Account:
    """One account and what is free on it. Money in fen."""

    number: str
    name: str
    bank_code: str
    status: str
    balance_fen: int
    reserved_fen: int
    is_changed: bool = False

    @property
    def available_fen(self) -> int:
        """What a new payment may use."""
        return self.balance_fen - self.reserved_fen


@dataclass(frozen=True, slots=True)
class Payment:
    """An accepted line: what is needed to bring it to its end."""

    line_id: int
    msg_id: str
    instr_id: str
    e2e_id: str
    debit_account: str
    payee_name: str
    payee_account: str
    amount_fen: int
    remittance: str
    comes_back: bool = False

    @classmethod
    def of(cls, row: sqlite3.Row) -> "Payment":
        """Read a row of `line` (joined to something else, perhaps)."""
        return cls(
            row["line_id"], row["msg_id"], row["instr_id"], row["e2e_id"], row["debit_account"],
            row["payee_name"], row["payee_account"], row["amount_fen"], row["remittance"],
            bool(row["comes_back"]),
        )  # fmt: skip


class Books:
    """Accounts, lines, entries and diary of one piece of work."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._accounts: dict[str, Account | None] = {}
        self._lines: list[tuple[object, ...]] = []
        self._ends: list[tuple[str, str, int]] = []
        self._entries: list[tuple[object, ...]] = []
        self._events: list[tuple[int, str, int | None, str]] = []
        self._day = (-1, "")
        self._next_line = self._next("SELECT COALESCE(MAX(id), 0) + 1 FROM line")
        self._next_entry = self._next(
            "SELECT COALESCE(MAX(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'entry'"
        )

    def _next(self, sql: str) -> int:
        return int(self.db.execute(sql).fetchone()[0])

    def preload(self, numbers: Iterable[str]) -> None:
        """Read many accounts at once."""
        wanted = sorted({one for one in numbers if one not in self._accounts})
        for first in range(0, len(wanted), READ_AT_ONCE):
            part = wanted[first : first + READ_AT_ONCE]
            self._accounts.update(dict.fromkeys(part))
            marks = ",".join("?" * len(part))
            sql = f"SELECT * FROM account WHERE account IN ({marks})"  # noqa: S608 - marks only
            for row in self.db.execute(sql, part):
                self._accounts[row["account"]] = Account(
                    row["account"], row["name"], row["bank_code"], row["status"],
                    row["balance_fen"], row["reserved_fen"],
                )  # fmt: skip

    def account(self, number: str) -> Account | None:
        """Look an account up; None if the bank has none of this number."""
        if number not in self._accounts:
            self.preload([number])
        return self._accounts[number]

    def _known(self, number: str) -> Account:
        found = self.account(number)
        if found is None:
            raise LookupError(number)
        found.is_changed = True
        return found

    def write_line(self, fields: tuple[object, ...]) -> int:
        """Write a line down: msg_id … remittance, status, reason, ticks, comes_back; its id."""
        line_id, self._next_line = self._next_line, self._next_line + 1
        self._lines.append((line_id, *fields))
        return line_id

    def hold(self, number: str, fen: int) -> None:
        """Reserve money for a line that settles later, or (negative) let it go."""
        self._known(number).reserved_fen += fen

    def end(self, line_id: int, status: str, reason: str = "") -> None:
        """Give an accepted line its last status."""
        self._ends.append((status, reason, line_id))

    def schedule(self, due_at: int, kind: str, line_id: int | None, args: str = "") -> None:
        """Put something in the diary."""
        self._events.append((due_at, kind, line_id, args))

    def post(self, posting: Posting, at_ms: int) -> str:
        """Book one entry at an instant, move the balance, and return the bank's reference."""
        self._known(posting.account).balance_fen += posting.amount_fen
        seq, self._next_entry = self._next_entry, self._next_entry + 1
        if at_ms != self._day[0]:
            self._day = (at_ms, day_of(at_ms).isoformat())
        day = self._day[1]
        bank_ref = bank_reference(day, seq)
        self._entries.append((
            seq, posting.account, day, at_ms, posting.amount_fen, posting.kind, bank_ref,
            posting.line_id, posting.msg_id, posting.instr_id, posting.e2e_id,
            posting.party_name, posting.party_account, posting.remittance, posting.reason,
        ))  # fmt: skip
        return bank_ref

    def pay(self, payment: Payment, at_ms: int) -> None:
        """Book the debit and, unless the payment is going to come back, the payee's credit."""
        debtor = self.account(payment.debit_account)
        who = (payment.line_id, payment.msg_id, payment.instr_id, payment.e2e_id)
        self.post(
            Posting(
                payment.debit_account, -payment.amount_fen, "PAYMENT", *who,
                payment.payee_name, payment.payee_account, payment.remittance,
            ),
            at_ms,
        )  # fmt: skip
        if not payment.comes_back:
            name = debtor.name if debtor else ""
            self.post(
                Posting(
                    payment.payee_account, payment.amount_fen, "RECEIPT", *who,
                    name, payment.debit_account, payment.remittance,
                ),
                at_ms,
            )  # fmt: skip

    def flush(self) -> None:
        """Write everything down; the books may be used on afterwards."""
        many = self.db.executemany
        many(f"INSERT INTO line VALUES ({','.join('?' * 14)})", self._lines)  # noqa: S608
        many("UPDATE line SET status = ?, reason = ?, ticks = 0 WHERE id = ?", self._ends)
        many(f"INSERT INTO entry VALUES ({','.join('?' * 15)})", self._entries)  # noqa: S608
        many("INSERT INTO event (due_at, kind, line_id, args) VALUES (?, ?, ?, ?)", self._events)
        changed = [one for one in self._accounts.values() if one is not None and one.is_changed]
        many(
            "UPDATE account SET balance_fen = ?, reserved_fen = ? WHERE account = ?",
            [(one.balance_fen, one.reserved_fen, one.number) for one in changed],
        )
        for one in changed:
            one.is_changed = False
        for kept in (self._lines, self._ends, self._entries, self._events):
            kept.clear()
