"""Messages that the bank sends unasked, to the address that a customer gave (setting `push_url`).

Two kinds: the status of a batch (pain.002) when a line of it moved, and new entries of an account
(camt.054). Triggers note what changed, in the transaction that changed it; `collect` makes
events of it; `Sender` posts them from a thread of its own until they are taken, with a fresh
signature each time but the same number. The signature covers number, time, customer and body.
Faults of the outbox are decided when an event is put on its way.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import threading
import time
import urllib.error
import urllib.request

from sanzi_bank import outbound, reports
from sanzi_bank.faults import standing_skew_ms, strike
from sanzi_bank.signing import KeyPair, make_pair
from sanzi_bank.store import Store, get_setting, iso_time, now_ms, put_setting
from sanzi_bank.xmlio import Schemas

logger = logging.getLogger(__name__)
TRIES_MAX = 12
FIRST_WAIT_SECONDS, WAIT_SECONDS_MAX = 1.0, 300.0
TIMEOUT_SECONDS = 10
AT_ONCE = 50
FORGED, REPLAY = "forged", "replay"
AGAIN = ("push_twice", "push_replayed", "push_bad_signature")
OVERTAKEN_MS = 5_000
DUE = """SELECT * FROM push_event AS one WHERE outcome = '' AND due_at <= ? AND hold_until <= ?
    AND (fault <> 'push_out_of_order' OR due_at <= ? OR EXISTS (
        SELECT 1 FROM push_event AS other WHERE other.id > one.id AND other.tries > 0))
    ORDER BY id LIMIT ?"""
"""What may be sent now; one that was overtaken waits for a later one, but not for long."""


def collect(db: sqlite3.Connection, schemas: Schemas) -> int:
    """Make events of what changed since the last look; return how many.

    Without a subscriber, what changed is forgotten.
    """
    if not get_setting(db, "push_url"):
        db.execute("DELETE FROM push_todo")
        return 0
    todo = db.execute("SELECT * FROM push_todo ORDER BY kind DESC, first").fetchall()
    if not todo:
        return 0
    db.execute("DELETE FROM push_todo")
    for row in todo:
        if row["kind"] == "STATUS":
            debtors = db.execute(
                "SELECT DISTINCT debit_account FROM line WHERE msg_id = ?", (row["key"],)
            ).fetchall()
            body = outbound.batch_answer(db, schemas, row["key"])
            put(db, body, row["key"], [one["debit_account"] for one in debtors])
            continue
        since: int | None = row["first"] - 1
        while since is not None:
            put(db, reports.notices(db, schemas, row["key"], since), row["key"], [row["key"]])
            since = _last_of(db, row["key"], since)
    return len(todo)


def _last_of(db: sqlite3.Connection, account: str, since: int) -> int | None:
    """The last entry of a full notice, from which the next goes on; None when all were told."""
    rows = db.execute(
        "SELECT seq FROM entry WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?",
        (account, since, reports.NOTICES_MAX + 1),
    ).fetchall()
    is_full = len(rows) > reports.NOTICES_MAX
    return int(rows[-2]["seq"]) if is_full else None


def put(db: sqlite3.Connection, body: bytes, key: str, accounts: list[str]) -> None:
    """Put an event about a message or an account on the way, with the fault that strikes it."""
    struck = strike(db, "push", key, accounts)
    kind = struck.kind if struck is not None else ""
    if kind == "push_forged":
        _insert(db, body.replace(b"ACSC", b"RJCT"), FORGED, 0)
    minutes = struck.number("minutes") if struck is not None else 0.0
    hold_until = now_ms(db) + int(minutes * 60_000) if kind == "push_late" else 0
    number = _insert(db, body, kind, hold_until)
    if kind == "push_replayed":
        told = {"hold_ms": int(minutes * 60_000)}
        db.execute("UPDATE push_event SET sent = ? WHERE id = ?", (json.dumps(told), number))
    if kind == "push_never":
        db.execute("UPDATE push_event SET outcome = 'NEVER' WHERE id = ?", (number,))


def _insert(db: sqlite3.Connection, body: bytes, fault: str, hold_until: int) -> int:
    cursor = db.execute(
        "INSERT INTO push_event (made_at, due_at, body, fault, hold_until) VALUES (?, ?, ?, ?, ?)",
        (now_ms(db), int(time.time() * 1000), body, fault, hold_until),
    )
    return int(cursor.lastrowid or 0)


def event_number(db: sqlite3.Connection, number: int) -> str:
    """The number of an event: unique, also against a bank that was made anew."""
    series = get_setting(db, "push_series")
    if not series:
        series = secrets.token_hex(4)
        put_setting(db, "push_series", series)
    return f"EV{series}-{number:09d}"


def headers(key: KeyPair, customer: str, event_id: str, stamp: str, body: bytes) -> dict[str, str]:
    """What goes with an event."""
    head = f"{event_id}\n{stamp}\n{customer}\n".encode()
    return {
        "Content-Type": "application/xml; charset=utf-8",
        "X-Bank-Event": event_id,
        "X-Bank-Timestamp": stamp,
        "X-Bank-Customer": customer,
        "X-Bank-Signature": key.sign(head + body),
    }


class Sender:
    """Posts events, oldest first, until each is taken or given up."""

    def __init__(self, store: Store, schemas: Schemas, key: KeyPair) -> None:
        self._store, self._schemas, self._key = store, schemas, key

    def run(self, stop: threading.Event, every_seconds: float = 0.2) -> None:
        """Collect and send until told to stop."""
        while not stop.wait(every_seconds):
            try:
                while self.send_due():
                    pass
            except sqlite3.Error:
                if not stop.is_set():
                    logger.exception("events could not be sent")

    def send_due(self) -> int:
        """Collect what changed, send what is due; return how many events were tried."""
        with self._store.transaction() as db:
            collect(db, self._schemas)
            url, customer = get_setting(db, "push_url"), get_setting(db, "push_customer", "sanzi")
            if not url:
                return 0
            now = int(time.time() * 1000)
            rows = db.execute(DUE, (now, now_ms(db), now - OVERTAKEN_MS, AT_ONCE)).fetchall()
            numbers = [event_number(db, row["id"]) for row in rows]
            is_bank_time = get_setting(db, "push_time") == "bank"
        for row, event_id in zip(rows, numbers, strict=True):
            with self._store.transaction() as db:
                skew = standing_skew_ms(db)
                at_ms = (now_ms(db) if is_bank_time else int(time.time() * 1000)) + skew
            told = self._headers(row, customer, event_id, iso_time(at_ms))
            self._note(row, told, self._post(url, row["body"], told))
        return len(rows)

    def _headers(
        self, row: sqlite3.Row, customer: str, event_id: str, stamp: str
    ) -> dict[str, str]:
        """What goes with an event: signed now, or as it went before, or by somebody else."""
        if row["fault"] == REPLAY:
            found: dict[str, str] = json.loads(row["sent"])
            return found
        key = make_pair() if row["fault"] == FORGED else self._key
        told = headers(key, customer, event_id, stamp, row["body"])
        if row["fault"] == "push_bad_signature":
            told["X-Bank-Signature"] = key.sign(row["body"] + b" ")
        return told

    def _post(self, url: str, body: bytes, told: dict[str, str]) -> str:
        request = urllib.request.Request(url, body, told, method="POST")  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return str(response.status)
        except urllib.error.HTTPError as problem:
            problem.close()
            return str(problem.code)
        except (OSError, ValueError) as problem:
            return type(problem).__name__[:16]

    def _note(self, row: sqlite3.Row, told: dict[str, str], outcome: str) -> None:
        """Taken (2xx), refused for good (4xx but 408, 425, 429), or to be tried again."""
        is_final = outcome.startswith("2") or (
            outcome.startswith("4") and outcome not in ("408", "425", "429")
        )
        tries = row["tries"] + 1
        wait = min(FIRST_WAIT_SECONDS * 2 ** row["tries"], WAIT_SECONDS_MAX)
        is_over = (is_final or tries >= TRIES_MAX) and row["fault"] not in AGAIN
        with self._store.transaction() as db:
            db.execute(
                "UPDATE push_event SET tries = ?, outcome = ?, last = ?, due_at = ? WHERE id = ?",
                (
                    tries, outcome if is_over else "", outcome,
                    int((time.time() + wait) * 1000), row["id"],
                ),
            )  # fmt: skip
            if is_final and row["fault"] in AGAIN:
                _go_again(db, row, told)


def _go_again(db: sqlite3.Connection, row: sqlite3.Row, told: dict[str, str]) -> None:
    """Send an event once more: signed anew at once, or the old bytes after a while."""
    is_replay = row["fault"] == "push_replayed"
    held = json.loads(row["sent"])["hold_ms"] if is_replay else 0
    db.execute(
        "UPDATE push_event SET fault = ?, sent = ?, hold_until = ?, due_at = ? WHERE id = ?",
        (
            REPLAY if is_replay else "", json.dumps(told) if is_replay else "",
            now_ms(db) + held if is_replay else 0, int(time.time() * 1000), row["id"],
        ),
    )  # fmt: skip


def start(store: Store, schemas: Schemas, key: KeyPair) -> threading.Event:
    """Start the thread of the sender; set the event to end it."""
    stop = threading.Event()
    sender = Sender(store, schemas, key)
    threading.Thread(target=sender.run, args=(stop,), daemon=True, name="push").start()
    return stop
