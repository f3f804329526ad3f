"""Messages that the bank sends unasked, to the address that a customer gave (setting `push_url`).

Two kinds: the status of a batch (pain.002) when a line of it moved, and new entries of an account
(camt.054). Triggers note what changed, in the transaction that changed it; `collect` makes
events of it; `Sender` posts them from a thread of its own until they are taken, with a fresh
signature each time but the same number. The signature covers number, time, customer and body.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from sanzi_bank import outbound, reports
from sanzi_bank.signing import KeyPair
from sanzi_bank.store import Store, get_setting, iso_time, now_ms, put_setting
from sanzi_bank.xmlio import Schemas

logger = logging.getLogger(__name__)
TRIES_MAX = 12
FIRST_WAIT_SECONDS, WAIT_SECONDS_MAX = 1.0, 300.0
TIMEOUT_SECONDS = 10
AT_ONCE = 50


@dataclass(frozen=True)
class Event:
    """One event on its way. `due_at` is real time in milliseconds."""

    event_id: str
    body: bytes
    tries: int = 0


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
            put(db, outbound.batch_answer(db, schemas, row["key"]))
            continue
        since: int | None = row["first"] - 1
        while since is not None:
            put(db, reports.notices(db, schemas, row["key"], since))
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


def put(db: sqlite3.Connection, body: bytes) -> str:
    """Put an event on the way; return its number."""
    cursor = db.execute(
        "INSERT INTO push_event (made_at, due_at, body) VALUES (?, ?, ?)",
        (now_ms(db), int(time.time() * 1000), body),
    )
    return event_number(db, int(cursor.lastrowid or 0))


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
            rows = db.execute(
                "SELECT * FROM push_event WHERE outcome = '' AND due_at <= ? ORDER BY id LIMIT ?",
                (int(time.time() * 1000), AT_ONCE),
            ).fetchall()
            due = [Event(event_number(db, row["id"]), row["body"], row["tries"]) for row in rows]
            is_bank_time = get_setting(db, "push_time") == "bank"
        for row, event in zip(rows, due, strict=True):
            with self._store.transaction() as db:
                at_ms = now_ms(db) if is_bank_time else int(time.time() * 1000)
            outcome = self._post(url, customer, event, iso_time(at_ms))
            self._note(row["id"], event, outcome)
        return len(due)

    def _post(self, url: str, customer: str, event: Event, stamp: str) -> str:
        told = headers(self._key, customer, event.event_id, stamp, event.body)
        request = urllib.request.Request(url, event.body, told, method="POST")  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return str(response.status)
        except urllib.error.HTTPError as problem:
            problem.close()
            return str(problem.code)
        except (OSError, ValueError) as problem:
            return type(problem).__name__[:16]

    def _note(self, number: int, event: Event, outcome: str) -> None:
        """Taken (2xx), refused for good (4xx but 408, 425, 429), or to be tried again."""
        is_final = outcome.startswith("2") or (
            outcome.startswith("4") and outcome not in ("408", "425", "429")
        )
        tries = event.tries + 1
        wait = min(FIRST_WAIT_SECONDS * 2**event.tries, WAIT_SECONDS_MAX)
        is_over = is_final or tries >= TRIES_MAX
        with self._store.transaction() as db:
            db.execute(
                "UPDATE push_event SET tries = ?, outcome = ?, last = ?, due_at = ? WHERE id = ?",
                (
                    tries, outcome if is_over else "", outcome,
                    int((time.time() + wait) * 1000), number,
                ),
            )  # fmt: skip


def start(store: Store, schemas: Schemas, key: KeyPair) -> threading.Event:
    """Start the thread of the sender; set the event to end it."""
    stop = threading.Event()
    sender = Sender(store, schemas, key)
    threading.Thread(target=sender.run, args=(stop,), daemon=True, name="push").start()
    return stop
