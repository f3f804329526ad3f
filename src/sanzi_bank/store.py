"""The bank's one SQLite file: tables, transactions and the virtual clock. No banking rules here.

Every change of state is one transaction, with synchronous=FULL unless told otherwise, so that the
bank may be killed at any moment and is whole again when it starts.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY_MS = 86_400_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS account (
    account TEXT PRIMARY KEY, name TEXT NOT NULL, bank_code TEXT NOT NULL DEFAULT '',
    id_no TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT 'OPEN'
        CHECK (status IN ('OPEN', 'CLOSED', 'FROZEN')),
    opened_day TEXT NOT NULL, opening_fen INTEGER NOT NULL, first_number INTEGER NOT NULL,
    balance_fen INTEGER NOT NULL CHECK (balance_fen >= 0),
    reserved_fen INTEGER NOT NULL DEFAULT 0 CHECK (reserved_fen >= 0),
    watched INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS batch (
    msg_id TEXT PRIMARY KEY, digest TEXT NOT NULL, received_at INTEGER NOT NULL,
    count INTEGER NOT NULL, sum_fen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS line (
    id INTEGER PRIMARY KEY, msg_id TEXT NOT NULL REFERENCES batch, group_id TEXT NOT NULL,
    instr_id TEXT NOT NULL, e2e_id TEXT NOT NULL, debit_account TEXT NOT NULL,
    payee_name TEXT NOT NULL, payee_account TEXT NOT NULL, amount_fen INTEGER NOT NULL,
    remittance TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
    ticks INTEGER NOT NULL DEFAULT 0, comes_back INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS line_msg ON line (msg_id, id);
CREATE INDEX IF NOT EXISTS line_e2e ON line (e2e_id);
CREATE INDEX IF NOT EXISTS line_ticks ON line (id) WHERE ticks > 0;
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL REFERENCES account,
    day TEXT NOT NULL, booked_at INTEGER NOT NULL, amount_fen INTEGER NOT NULL,
    kind TEXT NOT NULL, bank_ref TEXT NOT NULL, line_id INTEGER,
    msg_id TEXT NOT NULL DEFAULT '', instr_id TEXT NOT NULL DEFAULT '',
    e2e_id TEXT NOT NULL DEFAULT '', party_name TEXT NOT NULL DEFAULT '',
    party_account TEXT NOT NULL DEFAULT '', remittance TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS entry_account ON entry (account, seq);
CREATE INDEX IF NOT EXISTS entry_line ON entry (line_id);
CREATE INDEX IF NOT EXISTS entry_day ON entry (account, day, amount_fen);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, kind TEXT NOT NULL,
    line_id INTEGER, args TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS event_due ON event (due_at, id);
CREATE TABLE IF NOT EXISTS queue (
    id INTEGER PRIMARY KEY, msg_id TEXT NOT NULL, digest TEXT NOT NULL, raw BLOB NOT NULL,
    visible INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS statement (
    account TEXT NOT NULL, day TEXT NOT NULL, xml BLOB NOT NULL, PRIMARY KEY (account, day));
CREATE TABLE IF NOT EXISTS statement_shift (
    account TEXT NOT NULL, from_day TEXT NOT NULL, PRIMARY KEY (account, from_day));
CREATE TABLE IF NOT EXISTS correction (
    account TEXT NOT NULL, day TEXT NOT NULL, due_at INTEGER NOT NULL, xml BLOB,
    PRIMARY KEY (account, day));
CREATE TABLE IF NOT EXISTS special_day (day TEXT PRIMARY KEY, is_open INTEGER NOT NULL,
    name TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS dead_message (
    msg_id TEXT PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS direct_file (
    account TEXT NOT NULL, day TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (account, day));
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, kind TEXT NOT NULL,
    remaining INTEGER, rate REAL, args TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS attempt (key TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, what TEXT NOT NULL,
    key TEXT NOT NULL, digest TEXT NOT NULL, outcome TEXT NOT NULL, request BLOB NOT NULL,
    reply BLOB NOT NULL, request_bytes INTEGER NOT NULL, reply_bytes INTEGER NOT NULL);
DROP TABLE IF EXISTS message;
CREATE TABLE IF NOT EXISTS sms (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, phone TEXT NOT NULL,
    sign TEXT NOT NULL, template TEXT NOT NULL, params TEXT NOT NULL, text TEXT NOT NULL,
    out_id TEXT NOT NULL, biz_id TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS sms_out ON sms (out_id, phone) WHERE out_id <> '';
CREATE TABLE IF NOT EXISTS card (
    card TEXT PRIMARY KEY, holder TEXT NOT NULL, limit_fen INTEGER NOT NULL,
    bill_day INTEGER NOT NULL, due_day INTEGER NOT NULL, is_open INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS card_line (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, card TEXT NOT NULL, at INTEGER NOT NULL,
    kind TEXT NOT NULL, amount_fen INTEGER NOT NULL, merchant TEXT NOT NULL, mcc TEXT NOT NULL,
    text TEXT NOT NULL, due_day TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS card_line_card ON card_line (card, seq);
CREATE TABLE IF NOT EXISTS tax_invoice (
    code TEXT NOT NULL, number TEXT NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL,
    amount_fen INTEGER NOT NULL, check_code TEXT NOT NULL, state TEXT NOT NULL,
    details TEXT NOT NULL, PRIMARY KEY (code, number));
CREATE TABLE IF NOT EXISTS tax_check (
    invoice TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (invoice, day));
CREATE TABLE IF NOT EXISTS withdrawn (
    msg_id TEXT NOT NULL, e2e_id TEXT NOT NULL, PRIMARY KEY (msg_id, e2e_id));
CREATE TABLE IF NOT EXISTS holding (
    account TEXT PRIMARY KEY, customer TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '',
    closed_day TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS answer (
    account TEXT NOT NULL, period TEXT NOT NULL, customer TEXT NOT NULL, result TEXT NOT NULL,
    at INTEGER NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (account, period));
CREATE TABLE IF NOT EXISTS receipt (
    bank_ref TEXT PRIMARY KEY, pdf BLOB NOT NULL, xml BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS entry_ref ON entry (bank_ref);
CREATE TABLE IF NOT EXISTS push_todo (
    kind TEXT NOT NULL, key TEXT NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS push_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, made_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
    body BLOB NOT NULL, tries INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT '',
    last TEXT NOT NULL DEFAULT '', fault TEXT NOT NULL DEFAULT '',
    hold_until INTEGER NOT NULL DEFAULT 0, sent TEXT NOT NULL DEFAULT '',
    tongue TEXT NOT NULL DEFAULT 'iso');
CREATE INDEX IF NOT EXISTS push_event_due ON push_event (due_at, id) WHERE outcome = '';
DROP TRIGGER IF EXISTS push_batch;
CREATE TRIGGER push_batch AFTER INSERT ON batch
WHEN EXISTS (SELECT 1 FROM meta WHERE key IN ('push_url', 'direct_push_url') AND value <> '')
BEGIN INSERT OR IGNORE INTO push_todo VALUES ('STATUS', NEW.msg_id, 0); END;
DROP TRIGGER IF EXISTS push_line;
CREATE TRIGGER push_line AFTER UPDATE OF status ON line
WHEN EXISTS (SELECT 1 FROM meta WHERE key IN ('push_url', 'direct_push_url') AND value <> '')
BEGIN INSERT OR IGNORE INTO push_todo VALUES ('STATUS', NEW.msg_id, 0); END;
DROP TRIGGER IF EXISTS push_entry;
CREATE TRIGGER push_entry AFTER INSERT ON entry
WHEN EXISTS (SELECT 1 FROM meta WHERE key IN ('push_url', 'direct_push_url') AND value <> '')
    AND EXISTS (SELECT 1 FROM account WHERE account = NEW.account AND watched)
BEGIN INSERT OR IGNORE INTO push_todo VALUES ('ENTRY', NEW.account, NEW.seq); END;
CREATE TABLE IF NOT EXISTS sms_template (code TEXT PRIMARY KEY, text TEXT NOT NULL);
"""

TABLES_OF_STATE = (
    "event", "queue", "statement", "direct_file", "statement_shift", "correction", "special_day",
    "dead_message", "entry", "line", "batch", "account", "fault", "attempt", "audit", "sms",
    "tax_invoice", "tax_check", "card", "card_line", "withdrawn", "holding", "answer", "receipt",
    "push_todo", "push_event", "meta",
)  # fmt: skip


class Store:
    """The bank's database: one connection, one lock, transactions that are whole or nothing."""

    def __init__(self, path: str, durability: str = "FULL") -> None:
        """Open or make the file. With NORMAL a kill loses nothing, a power cut the last moments."""
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", f"synchronous={durability}", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        _bring_up_to_date(self._connection)
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the one write lock; commit at the end, roll back on any exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Rebuild tables of a file that an earlier version of the bank made."""
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    if "tongue" not in made.get("push_event", "tongue"):
        connection.execute("DROP TABLE push_event")
    if "ticks" in made.get("line", "ticks"):
        return
    connection.executescript("DROP INDEX line_msg; ALTER TABLE line RENAME TO old_line;")
    connection.executescript(SCHEMA)
    connection.executescript(
        "INSERT INTO line SELECT *, 0, 0 FROM old_line; DROP TABLE old_line;"
        "UPDATE line SET comes_back = 1 WHERE id IN"
        " (SELECT line_id FROM event WHERE kind = 'RETURN');"
    )


def get_setting(db: sqlite3.Connection, key: str, default: str = "") -> str:
    """Read a setting."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if row is None else str(row["value"])


def settings(db: sqlite3.Connection) -> dict[str, str]:
    """Every setting that was ever made."""
    return {row["key"]: row["value"] for row in db.execute("SELECT * FROM meta")}


def put_setting(db: sqlite3.Connection, key: str, value: object) -> None:
    """Write a setting."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(value)))


def now_ms(db: sqlite3.Connection) -> int:
    """The bank's own time in milliseconds since 1970: real time plus what was advanced.

    A clock that was set to an instant stands still until it is advanced or set running.
    """
    frozen = get_setting(db, "clock_frozen_ms")
    if frozen:
        return int(frozen)
    return int(time.time() * 1000) + int(get_setting(db, "clock_offset_ms", "0"))


def advance_clock(db: sqlite3.Connection, by_ms: int) -> None:
    """Move the bank's clock forward."""
    frozen = get_setting(db, "clock_frozen_ms")
    if frozen:
        put_setting(db, "clock_frozen_ms", int(frozen) + by_ms)
        return
    offset = int(get_setting(db, "clock_offset_ms", "0"))
    put_setting(db, "clock_offset_ms", offset + by_ms)


def set_clock(db: sqlite3.Connection, at_ms: int | None) -> None:
    """Freeze the clock at an instant, or (None) let it run on from where it stands."""
    if at_ms is not None:
        put_setting(db, "clock_frozen_ms", at_ms)
        return
    offset = now_ms(db) - int(time.time() * 1000)
    put_setting(db, "clock_frozen_ms", "")
    put_setting(db, "clock_offset_ms", offset)


def local_time(at_ms: int) -> datetime:
    """Return the instant as local time."""
    return datetime.fromtimestamp(at_ms / 1000, LOCAL)


def day_of(at_ms: int) -> date:
    """Return the local day of an instant."""
    return local_time(at_ms).date()


def start_of(day: date) -> int:
    """Midnight at the beginning of a local day, in milliseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=LOCAL).timestamp()) * 1000


def iso_time(at_ms: int) -> str:
    """Return the instant in ISO 8601 with the local offset, to the second."""
    return local_time(at_ms).replace(microsecond=0).isoformat()
