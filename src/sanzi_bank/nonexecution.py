"""The bank's word that a message was not and will not be executed.

Needed where the bank does not promise that its queue is dead with the statement of the day. The
word is given only when nothing of the message is in the books or in the queue; from then on the
number is dead and the same bytes are refused.
"""

import sqlite3
from dataclasses import dataclass

from sanzi_bank.store import now_ms

DEAD = "本行已答复这一批未执行，批号作废"


@dataclass(frozen=True)
class NotExecuted:
    """The word: of which message, its lines as far as the bank knows them, and since when."""

    msg_id: str
    e2e_ids: tuple[str, ...]
    at_ms: int


def confirm_not_executed(
    db: sqlite3.Connection, msg_id: str, *, purge: bool = False
) -> NotExecuted | None:
    """Give the word, or None for "not yet" and for a message of which a line was accepted.

    `purge`: the customer asks to drop what is still held before the books. A message that the
    bank never saw gets the word too, and is dead like the others.
    """
    accepted = db.execute(
        "SELECT 1 FROM line WHERE msg_id = ? AND status IN ('ACSC', 'ACSP') LIMIT 1", (msg_id,)
    ).fetchone()
    if accepted is not None:
        return None
    held = db.execute("SELECT id FROM queue WHERE msg_id = ?", (msg_id,)).fetchall()
    if held and not purge:
        return None
    for row in held:
        db.execute("DELETE FROM event WHERE kind = 'EXECUTE' AND args = ?", (str(row["id"]),))
        db.execute("DELETE FROM queue WHERE id = ?", (row["id"],))
    now = now_ms(db)
    db.execute("INSERT OR IGNORE INTO dead_message VALUES (?, ?)", (msg_id, now))
    at = db.execute("SELECT at FROM dead_message WHERE msg_id = ?", (msg_id,)).fetchone()["at"]
    lines = db.execute("SELECT e2e_id FROM line WHERE msg_id = ? ORDER BY id", (msg_id,))
    return NotExecuted(msg_id, tuple(row["e2e_id"] for row in lines), int(at))


def is_dead(db: sqlite3.Connection, msg_id: str) -> bool:
    """Whether the word was given for this message."""
    row = db.execute("SELECT 1 FROM dead_message WHERE msg_id = ?", (msg_id,)).fetchone()
    return row is not None
