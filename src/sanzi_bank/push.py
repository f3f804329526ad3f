"""Messages that the bank sends unasked, to the addresses that a customer gave.

`push_url` is told in ISO 20022, `direct_push_url` in the direct dialect (`direct_push.py`), each of
the accounts behind that door. Two kinds: the status of a batch (pain.002) when a line of it moved,
and new entries of an account (camt.054). Triggers note what changed, in the transaction that
changed it; `collect` makes events of it; `Sender` posts them from a thread of its own until they
are taken, with a fresh signature each time but the same number. The signature covers number, time,
customer and body.
Faults of the outbox are decided when an event is put on its way.
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
import sqlite3
import threading
import time
import urllib.error
import urllib.request

from sanzi_bank import direct_push, holdings, outbound, reports
from sanzi_bank.accounts import find_account
from sanzi_bank.faults import standing_skew_ms, strike
from sanzi_bank.signing import KeyPair, make_pair
from sanzi_bank.store import Store, get_setting, iso_time, now_ms, put_setting
from sanzi_bank.xmlio import Schemas

logger = logging.getLogger(__name__)
ISO, DIRECT = "iso", "direct"
ADDRESSES = {ISO: "push_url", DIRECT: "direct_push_url"}
"""Tongue to the setting with its address."""
TRIES_MAX = 12
FIRST_WAIT_SECONDS, WAIT_SECONDS_MAX = 1.0, 300.0
TIMEOUT_SECONDS = 10
AT_ONCE = 50
FORGED, REPLAY = "forged", "replay"
AGAIN = ("push_twice", "push_replayed", "push_bad_signature")
OVERTAKEN_MS = 5_000
DUE = """SELECT * FROM push_event AS one WHERE outcome = '' AND due_at <= ? AND hold_until <= ?
    AND tongue IN (SELECT value FROM json_each(?))
    AND (fault <> 'push_out_of_order' OR due_at <= ? OR EXISTS (
        SELECT 1 FROM push_event AS other WHERE other.id > one.id AND other.tries > 0))
    ORDER BY id LIMIT ?"""
"""What may be sent now; one that was overtaken waits for a later one, but not for long."""


def collect(db: sqlite3.Connection, schemas: Schemas) -> int:
    """Make events of what changed since the last look; return how many changes there were.

    Without a subscriber, what changed is forgotten.
    """
    told = [tongue for tongue, name in ADDRESSES.items() if get_setting(db, name)]
    if not told:
        db.execute("DELETE FROM push_todo")
        return 0
    todo = db.execute("SELECT * FROM push_todo ORDER BY kind DESC, first").fetchall()
    if not todo:
        return 0
    db.execute("DELETE FROM push_todo")
    for row in todo:
        for tongue in told:
            if row["kind"] == "STATUS":
                _put_status(db, schemas, row["key"], tongue)
            else:
                _put_entries(db, schemas, row, tongue)
    return len(todo)


def _put_status(db: sqlite3.Connection, schemas: Schemas, msg_id: str, tongue: str) -> None:
    debtors = [
        row["debit_account"]
        for row in db.execute("SELECT DISTINCT debit_account FROM line WHERE msg_id = ?", (msg_id,))
    ]
    if not all(_is_behind(db, account, tongue) for account in debtors):
        return
    is_iso = tongue == ISO
    body = outbound.batch_answer(db, schemas, msg_id) if is_iso else direct_push.status(db, msg_id)
    put(db, body, msg_id, debtors, tongue)


def _put_entries(db: sqlite3.Connection, schemas: Schemas, row: sqlite3.Row, tongue: str) -> None:
    account, since = row["key"], row["first"] - 1
    if not _is_behind(db, account, tongue):
        return
    while since is not None:
        if tongue == ISO:
            body, after = reports.notices(db, schemas, account, since), _last_of(db, account, since)
        else:
            body, after = direct_push.entries(db, account, since)
        put(db, body, account, [account], tongue)
        since = after


def _is_behind(db: sqlite3.Connection, number: str, tongue: str) -> bool:
    """Whether an account is told of in a tongue; one that is not there is told of in each."""
    account = find_account(db, number)
    if account is None:
        return True
    is_behind = holdings.is_behind_iso if tongue == ISO else holdings.is_behind_direct
    return is_behind(db, account["bank_code"])


def _last_of(db: sqlite3.Connection, account: str, since: int) -> int | None:
    """The last entry of a full notice, from which the next goes on; None when all were told."""
    rows = db.execute(
        "SELECT seq FROM entry WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?",
        (account, since, reports.NOTICES_MAX + 1),
    ).fetchall()
    is_full = len(rows) > reports.NOTICES_MAX
    return int(rows[-2]["seq"]) if is_full else None


def put(
    db: sqlite3.Connection, body: bytes, key: str, accounts: list[str], tongue: str = ISO
) -> None:
    """Put an event about a message or an account on the way, with the fault that strikes it."""
    struck = strike(db, "push", key, accounts)
    kind = struck.kind if struck is not None else ""
    if kind == "push_forged":
        false = body.replace(b"ACSC", b"RJCT") if tongue == ISO else direct_push.forge(body)
        _insert(db, false, tongue, FORGED)
    minutes = struck.number("minutes") if struck is not None else 0.0
    hold_until = now_ms(db) + int(minutes * 60_000) if kind == "push_late" else 0
    number = _insert(db, body, tongue, kind, hold_until)
    if kind == "push_replayed":
        told = {"hold_ms": int(minutes * 60_000)}
        db.execute("UPDATE push_event SET sent = ? WHERE id = ?", (json.dumps(told), number))
    if kind == "push_never":
        db.execute("UPDATE push_event SET outcome = 'NEVER' WHERE id = ?", (number,))


def _insert(
    db: sqlite3.Connection, body: bytes, tongue: str, fault: str, hold_until: int = 0
) -> int:
    cursor = db.execute(
        """INSERT INTO push_event (made_at, due_at, body, tongue, fault, hold_until)
           VALUES (?, ?, ?, ?, ?, ?)""",
        (now_ms(db), int(time.time() * 1000), body, tongue, fault, hold_until),
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
            urls = {tongue: get_setting(db, name) for tongue, name in ADDRESSES.items()}
            customer = get_setting(db, "push_customer", "sanzi")
            now = int(time.time() * 1000)
            tongues = json.dumps([tongue for tongue, url in urls.items() if url])
            rows = db.execute(
                DUE, (now, now_ms(db), tongues, now - OVERTAKEN_MS, AT_ONCE)
            ).fetchall()
            numbers = [event_number(db, row["id"]) for row in rows]
            is_bank_time = get_setting(db, "push_time") == "bank"
        for row, event_id in zip(rows, numbers, strict=True):
            with self._store.transaction() as db:
                skew = standing_skew_ms(db)
                at_ms = (now_ms(db) if is_bank_time else int(time.time() * 1000)) + skew
            went = self._dress(row, customer, event_id, at_ms)
            self._note(row, went, self._post(urls[row["tongue"]], *went))
        return len(rows)

    def _dress(
        self, row: sqlite3.Row, customer: str, event_id: str, at_ms: int
    ) -> tuple[bytes, dict[str, str]]:
        """Body and headers of an event: signed now, as it went before, or by somebody else."""
        if row["fault"] == REPLAY:
            found = json.loads(row["sent"])
            return base64.b64decode(found["body"]), found["headers"]
        key = make_pair() if row["fault"] == FORGED else self._key
        is_wrong = row["fault"] == "push_bad_signature"
        if row["tongue"] != ISO:
            xml = direct_push.dress(row["body"], event_id, customer, at_ms)
            return direct_push.sealed(xml, key, b" " if is_wrong else b""), direct_push.HEADERS
        told = headers(key, customer, event_id, iso_time(at_ms), row["body"])
        if is_wrong:
            told["X-Bank-Signature"] = key.sign(row["body"] + b" ")
        return row["body"], told

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

    def _note(self, row: sqlite3.Row, went: tuple[bytes, dict[str, str]], outcome: str) -> None:
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
                _go_again(db, row, went)


def _go_again(db: sqlite3.Connection, row: sqlite3.Row, went: tuple[bytes, dict[str, str]]) -> None:
    """Send an event once more: signed anew at once, or the old bytes after a while."""
    is_replay = row["fault"] == "push_replayed"
    old = {"body": base64.b64encode(went[0]).decode(), "headers": went[1]}
    held = json.loads(row["sent"])["hold_ms"] if is_replay else 0
    db.execute(
        "UPDATE push_event SET fault = ?, sent = ?, hold_until = ?, due_at = ? WHERE id = ?",
        (
            REPLAY if is_replay else "", json.dumps(old) if is_replay else "",
            now_ms(db) + held if is_replay else 0, int(time.time() * 1000), row["id"],
        ),
    )  # fmt: skip


def start(store: Store, schemas: Schemas, key: KeyPair) -> threading.Event:
    """Start the thread of the sender; set the event to end it."""
    stop = threading.Event()
    sender = Sender(store, schemas, key)
    threading.Thread(target=sender.run, args=(stop,), daemon=True, name="push").start()
    return stop
