"""What the service keeps: a key a purpose and period, what was counted, what waits, the log.

The log is a chain: each line holds the digest of the one before, and the database refuses to change
or take away a line. Keys are files; a destroyed one is overwritten before it goes, and is never
made again. Tags wait only until both counties have delivered.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import digest, oprf

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS period_key (
    purpose TEXT, period TEXT, made_at INTEGER NOT NULL, destroyed_at INTEGER,
    PRIMARY KEY (purpose, period));
CREATE TABLE IF NOT EXISTS point (
    purpose TEXT, period TEXT, county TEXT, point BLOB,
    PRIMARY KEY (purpose, period, county, point)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery (
    purpose TEXT, period TEXT, county TEXT, other TEXT, digest TEXT NOT NULL,
    count INTEGER NOT NULL, tags BLOB,
    PRIMARY KEY (purpose, period, county, other));
CREATE TABLE IF NOT EXISTS pair (
    purpose TEXT, period TEXT, county TEXT, other TEXT, place INTEGER, pair_id TEXT NOT NULL,
    PRIMARY KEY (purpose, period, county, other, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nonce (county TEXT, nonce TEXT, at INTEGER NOT NULL,
    PRIMARY KEY (county, nonce)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, county TEXT NOT NULL, what TEXT NOT NULL,
    purpose TEXT NOT NULL, period TEXT NOT NULL, other TEXT NOT NULL, count INTEGER NOT NULL,
    digest TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS log_kept BEFORE UPDATE ON log BEGIN
    SELECT RAISE(ABORT, 'the log is never changed'); END;
CREATE TRIGGER IF NOT EXISTS log_whole BEFORE DELETE ON log BEGIN
    SELECT RAISE(ABORT, 'the log is never changed'); END;
"""
LINE: Final = (
    "number", "at", "county", "what", "purpose", "period", "other", "count", "digest", "previous",
)  # fmt: skip
FIRST: Final = "0" * 64
PRIVATE_MODE: Final = 0o600


class Store:
    """A folder with the database and the keys. One process, one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; what is not there yet is made."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keys = folder / "keys"
        self._keys.mkdir(mode=0o700, exist_ok=True)
        self._door = sqlite3.connect(
            folder / "match.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._door.execute("PRAGMA secure_delete = ON")
        self._door.execute("PRAGMA synchronous = FULL")
        self._door.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the database."""
        self._door.close()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Do what follows wholly or not at all."""
        self._door.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._door.execute("ROLLBACK")
            raise
        self._door.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask a statement of the house."""
        return self._door.execute(sql, values).fetchall()

    def many(self, sql: str, values: Sequence[tuple[Any, ...]]) -> None:
        """Write many rows."""
        self._door.executemany(sql, values)

    # --- keys -----------------------------------------------------------------------------------

    def key(self, purpose: str, period: str, at: int) -> bytes | None:
        """Return the key of a purpose and period, made at first use; None when it is destroyed."""
        known = self.rows(
            "SELECT destroyed_at FROM period_key WHERE purpose = ? AND period = ?", purpose, period
        )
        if known and known[0][0] is not None:
            return None
        file = self._file(purpose, period)
        if not known:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_MODE)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(oprf.new_key())
                stream.flush()
                os.fsync(stream.fileno())
            self.rows("INSERT INTO period_key VALUES (?, ?, ?, NULL)", purpose, period, at)
            self.note(at, "", "key_made", purpose, period)
        return file.read_bytes()

    def living_keys(self) -> list[tuple[str, str]]:
        """Return purpose and period of each key that is not destroyed."""
        found = self.rows("SELECT purpose, period FROM period_key WHERE destroyed_at IS NULL")
        return [(str(purpose), str(period)) for purpose, period in sorted(found)]

    def destroy(self, purpose: str, period: str, at: int) -> None:
        """Destroy a key with everything that was counted, waits, or was found under it."""
        file = self._file(purpose, period)
        if file.exists():
            with file.open("r+b") as stream:
                stream.write(bytes(oprf.BYTES))
                stream.flush()
                os.fsync(stream.fileno())
            file.unlink()
        oprf.forget()
        for table in ("point", "delivery", "pair"):
            self.rows(
                f"DELETE FROM {table} WHERE purpose = ? AND period = ?",  # noqa: S608 - own names
                purpose,
                period,
            )
        self.rows(
            "UPDATE period_key SET destroyed_at = ? WHERE purpose = ? AND period = ?",
            at, purpose, period,
        )  # fmt: skip
        self.note(at, "", "key_destroyed", purpose, period)

    def _file(self, purpose: str, period: str) -> Path:
        return self._keys / f"{purpose}.{period}.key"

    # --- the log --------------------------------------------------------------------------------

    def note(
        self, at: int, county: str, what: str, purpose: str = "", period: str = "",
        *, other: str = "", count: int = 0, told: str = "",
    ) -> None:  # fmt: skip
        """Write a line: who, what, why, how many, the digest of what was sent. Never a value."""
        last = self.rows("SELECT number, hash FROM log ORDER BY number DESC LIMIT 1")
        number, previous = (last[0][0] + 1, last[0][1]) if last else (1, FIRST)
        line = (number, at, county, what, purpose, period, other, count, told, previous)
        self.rows(f"INSERT INTO log VALUES ({','.join('?' * 11)})", *line, digest.sm3_of(line))  # noqa: S608 - marks alone

    def lines(self) -> list[dict[str, Any]]:
        """Return the whole log."""
        found = self.rows("SELECT * FROM log ORDER BY number")
        return [dict(zip((*LINE, "hash"), one, strict=True)) for one in found]

    def broken_at(self) -> int | None:
        """Return the number of the first line that does not follow, None when all do."""
        previous = FIRST
        for number, one in enumerate(self.lines(), 1):
            line = tuple(one[name] for name in LINE)
            follows = one["number"] == number and one["previous"] == previous
            if not follows or digest.sm3_of(line) != one["hash"]:
                return number
            previous = one["hash"]
        return None
