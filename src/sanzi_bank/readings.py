"""What the control door tells: the present state, and the truth for tests. Changes nothing."""

import json
import sqlite3

from sanzi_bank import audit, cards
from sanzi_bank.control import SETTINGS, Fields
from sanzi_bank.store import get_setting, iso_time, now_ms

ACCOUNTS_SHOWN = 40
SHOWN = 30


def ledger(db: sqlite3.Connection, number: str = "") -> Fields:
    """The truth: every booked entry of one account, or of all, with what no message shows."""
    told = """SELECT entry.*, line.e2e_id AS true_e2e_id, line.instr_id AS true_instr_id
              FROM entry LEFT JOIN line ON line.id = entry.line_id"""
    if number:
        rows = db.execute(told + " WHERE account = ? ORDER BY seq", (number,)).fetchall()
    else:
        rows = db.execute(told + " ORDER BY seq").fetchall()
    known = db.execute(
        "SELECT * FROM account WHERE ? IN ('', account) ORDER BY account", (number,)
    ).fetchall()
    return {
        "now": iso_time(now_ms(db)),
        "accounts": [dict(row) for row in known],
        "entries": [dict(row) for row in rows],
        "answers": [
            dict(row)
            for row in db.execute("SELECT * FROM answer WHERE ? IN ('', account)", (number,))
        ],
    }


def state(db: sqlite3.Connection, search: str = "") -> Fields:
    """What the control page shows."""
    queries = {
        "queue": """SELECT queue.id, msg_id, visible, due_at FROM queue LEFT JOIN event
                    ON event.kind = 'EXECUTE' AND event.args = CAST(queue.id AS TEXT)
                    ORDER BY queue.id""",
        "pushes": """SELECT id, made_at, tries, outcome, last, fault, hold_until,
                     length(body) AS bytes FROM push_event ORDER BY id DESC LIMIT 30""",
        "calendar": "SELECT * FROM special_day ORDER BY day",
        "entries": """SELECT * FROM entry WHERE amount_fen < 0 OR kind <> 'RECEIPT'
                      ORDER BY seq DESC LIMIT 30""",
    }
    found: Fields = {name: [dict(row) for row in db.execute(sql)] for name, sql in queries.items()}
    counts = db.execute("SELECT count(*) AS total FROM account").fetchone()
    return {
        **found,
        "faults": faults(db),
        "accounts": _accounts(db, search),
        "messages": audit.newest(db, SHOWN),
        "cards": cards.all_cards(db),
        "now": iso_time(now_ms(db)),
        "is_frozen": bool(get_setting(db, "clock_frozen_ms")),
        "first_open_day": get_setting(db, "first_open_day"),
        "account_count": counts["total"],
        "search": search,
        "settings": {name: get_setting(db, name) for name in SETTINGS},
    }


def faults(db: sqlite3.Connection) -> list[dict[str, object]]:
    """The faults that are on, with their arguments read."""
    rows = db.execute("SELECT * FROM fault ORDER BY id").fetchall()
    return [{**dict(row), "args": json.loads(row["args"])} for row in rows]


def _accounts(db: sqlite3.Connection, search: str) -> list[dict[str, object]]:
    """Accounts of which number or name holds what is looked for; those with money first."""
    rows = db.execute(
        """SELECT * FROM account WHERE ? = '' OR instr(account, ?) OR instr(name, ?)
           ORDER BY watched DESC, status = 'OPEN', account LIMIT ?""",
        (search, search, search, ACCOUNTS_SHOWN),
    ).fetchall()
    return [dict(row) for row in rows]
