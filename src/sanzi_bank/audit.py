"""The log of all bytes that customers sent and got, in the transaction that dealt with them.

Bytes are kept compressed and whole. The setting `audit_keep` says how many exchanges are kept
(0: all); the oldest go first, some hundreds at a time.
"""

import base64
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator

from sanzi_bank.store import get_setting, iso_time, now_ms
from sanzi_bank.tongues import Reply

KEEP = "50000"
SWEEP_EVERY = 500
FAST = 1


def write(db: sqlite3.Connection, what: str, key: str, raw: bytes, reply: Reply) -> None:
    """Keep one exchange: its name, what it was about, and the bytes in and out."""
    outcome = "没有回话" if reply.is_lost else str(reply.status)
    cursor = db.execute(
        """INSERT INTO audit (at, what, key, digest, outcome, request, reply, request_bytes,
               reply_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            now_ms(db), what, key[:80], hashlib.sha256(raw).hexdigest(), outcome,
            zlib.compress(raw, FAST), zlib.compress(reply.body, FAST), len(raw), len(reply.body),
        ),
    )  # fmt: skip
    number = int(cursor.lastrowid or 0)
    if number % SWEEP_EVERY == 0:
        keep = int(get_setting(db, "audit_keep", KEEP) or KEEP)
        if keep:
            db.execute("DELETE FROM audit WHERE id <= ?", (number - keep,))


def newest(db: sqlite3.Connection, limit: int) -> list[dict[str, object]]:
    """The last exchanges, newest first, without their bytes."""
    rows = db.execute(
        """SELECT id, at, what, key, outcome, request_bytes + reply_bytes AS bytes
           FROM audit ORDER BY id DESC LIMIT ?""",
        (limit,),
    ).fetchall()
    return [dict(row) for row in rows]


def exchange(db: sqlite3.Connection, number: int) -> dict[str, object] | None:
    """One exchange with its bytes; None if there is none of this number (any more)."""
    row = db.execute("SELECT * FROM audit WHERE id = ?", (number,)).fetchone()
    if row is None:
        return None
    found = dict(row)
    return {
        **found,
        "request": zlib.decompress(row["request"]),
        "reply": zlib.decompress(row["reply"]),
    }


def lines(db: sqlite3.Connection, since: int, limit: int) -> Iterator[bytes]:
    """The log as lines of JSON, oldest first, after number `since`; bytes in base64."""
    rows = db.execute("SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?", (since, limit))
    for row in rows:
        said = {name: row[name] for name in ("id", "what", "key", "digest", "outcome")}
        for name in ("request", "reply"):
            said[name] = base64.b64encode(zlib.decompress(row[name])).decode()
        said["at"] = iso_time(row["at"])
        yield json.dumps(said, ensure_ascii=False).encode() + b"\n"
