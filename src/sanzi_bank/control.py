"""The control door of the sandbox: faults, clock, accounts, money from outside, the truth.

Not part of any real bank. Takes and gives JSON; the page over it is in pages.py.
"""

import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sanzi_bank import accounts, bank, cards, faults, nonexecution, tax
from sanzi_bank.accounts import BadAccount, Posting
from sanzi_bank.calendar import next_cut_off, read_windows
from sanzi_bank.fault_kinds import ARGUMENTS
from sanzi_bank.store import (
    DAY_MS,
    TABLES_OF_STATE,
    advance_clock,
    day_of,
    get_setting,
    iso_time,
    now_ms,
    put_setting,
    set_clock,
    start_of,
)

Fields = dict[str, object]
SETTINGS = (
    "seed",
    "own_bank_seconds",
    "other_bank_seconds",
    "line_limit_fen",
    "cut_off",
    "bank_code",
    "day_limit_fen",
    "closed_rule",
    "weekends",
    "check_dates",
    "queue_dead_at_statement",
    "name_rule",
    "direct_quiet",
    "direct_bank",
    "tax_default",
    "status_message",
    "receipt_minutes",
    "push_url",
    "direct_push_url",
    "push_customer",
    "push_time",
    "audit_keep",
)
CHOICES = {
    "closed_rule": ("refuse", "hold"),
    "weekends": ("open", "closed"),
    "check_dates": ("off", "on"),
    "queue_dead_at_statement": ("true", "false"),
    "name_rule": ("strict", "close"),
    "tax_default": ("VALID", "NOT_FOUND"),
    "status_message": ("pain.002.001.12", "pain.002.001.10"),
    "push_time": ("real", "bank"),
}  # fmt: skip
# 402 is the class of rural credit banks; 9999 stands for the invented county; the last figure
# is the check digit of a payment system code.
BANK_CODE = "402999900017"
DEFAULTS = {
    "own_bank_seconds": "0", "other_bank_seconds": "5", "bank_code": BANK_CODE,
    "direct_quiet": "00:00-01:00",
    **{name: known[0] for name, known in CHOICES.items()},
}  # fmt: skip
KINDS_OF_MONEY = ("CREDIT", "INTEREST", "FEE", "SMS_FEE")


def _number(fields: Fields, name: str, default: int = 0) -> int:
    return int(str(fields.get(name) or default))


def put_fault(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{kind, scope, account?, count?, rate?, and the arguments of the kind}, or {clear}."""
    clear = str(fields.get("clear") or "")
    if clear:
        db.execute("DELETE FROM fault WHERE ? IN ('all', CAST(id AS TEXT))", (clear,))
        return {"cleared": clear}
    names = ("rate", *ARGUMENTS)
    args = {name: fields[name] for name in names if fields.get(name) not in (None, "")}
    scope = str(fields.get("scope") or "next").replace("：", ":")
    count = _number(fields, "count") or None
    account = str(fields.get("account") or "").strip()
    if account:
        count = count or (1 if scope == "next" else None)
        scope = f"account:{account}"
    return {"id": faults.add_fault(db, scope, str(fields.get("kind")), count, args)}


def advance(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{minutes?, hours?, days?} or {to: cut_off|next_day}: go forward; ended days are closed."""
    if fields.get("to"):
        return _advance_to(db, str(fields["to"]))
    by_ms = _number(fields, "minutes") * 60_000 + _number(fields, "days") * DAY_MS
    by_ms += _number(fields, "hours") * 3_600_000
    if by_ms < 0:
        raise ValueError("the clock only goes forward")
    advance_clock(db, by_ms)
    bank.tick_lines(db)
    return {"now": iso_time(now_ms(db))}


def _advance_to(db: sqlite3.Connection, goal: str) -> Fields:
    """Go to the next closed hours, or to nine in the morning of the next day."""
    now = now_ms(db)
    at_ms = next_cut_off(db, now) if goal == "cut_off" else None
    if goal == "cut_off" and at_ms is None:
        raise ValueError("没有定停办时间。先在“规矩”里写上，比如 17:15-17:30。")
    if at_ms is None:
        at_ms = start_of(day_of(now) + timedelta(days=1)) + 9 * 3_600_000
    advance_clock(db, at_ms - now)
    bank.tick_lines(db)
    return {"now": iso_time(now_ms(db))}


def clock(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{at: ISO time} or {freeze} stops the clock, {running: true} lets it run; never back."""
    if fields.get("freeze"):
        set_clock(db, now_ms(db))
        return {"now": iso_time(now_ms(db))}
    if fields.get("running"):
        set_clock(db, None)
        return {"now": iso_time(now_ms(db))}
    at_ms = int(datetime.fromisoformat(str(fields["at"])).timestamp() * 1000)
    has_entries = db.execute("SELECT 1 FROM entry LIMIT 1").fetchone() is not None
    if at_ms < now_ms(db) and has_entries:
        raise ValueError("money has moved already: the clock only goes forward")
    set_clock(db, at_ms)
    if not has_entries:
        day = day_of(at_ms).isoformat()
        db.execute("UPDATE account SET opened_day = ?", (day,))
        put_setting(db, "first_open_day", day)
    return {"now": iso_time(at_ms)}


def one_account(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{action: create|close|freeze|open|fund, account, name?, balance_fen?, amount_fen?}."""
    action, number = str(fields.get("action") or "create"), str(fields.get("account") or "")
    if action == "create":
        accounts.load_accounts(db, [fields])
    elif action == "fund":
        money(db, {**fields, "name": "注资", "remittance": "沙箱注资"})
    else:
        status = {"close": "CLOSED", "freeze": "FROZEN", "open": "OPEN"}[action]
        accounts.set_status(db, number, status)
    return {"account": number, "action": action}


def many_accounts(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{accounts: [{account, name, bank_code?, balance_fen?, id_no?, status?, first_number?}]}."""
    rows = fields.get("accounts")
    if not isinstance(rows, list):
        raise BadAccount("accounts must be a list")
    return {"loaded": accounts.load_accounts(db, rows)}


def money(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{account, amount_fen, name?, from_account?, remittance?, kind? CREDIT|INTEREST|FEE}."""
    number, amount = str(fields.get("account") or ""), _number(fields, "amount_fen")
    kind = str(fields.get("kind") or "CREDIT")
    account = accounts.find_account(db, number)
    if account is None or amount <= 0 or kind not in KINDS_OF_MONEY:
        raise BadAccount(f"account, positive amount_fen and kind {KINDS_OF_MONEY} are needed")
    signed = -amount if kind.endswith("FEE") else amount
    if account["balance_fen"] - account["reserved_fen"] + signed < 0:
        raise BadAccount("not enough money for the fee")
    posting = Posting(
        number, signed, kind, party_name=str(fields.get("name") or ""),
        party_account=str(fields.get("from_account") or ""),
        remittance=str(fields.get("remittance") or ""),
    )  # fmt: skip
    return {"bank_ref": accounts.post(db, posting, now_ms(db))}


def sms_template(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{code, text}: how a template reads, with ${name} for what the sender fills in."""
    db.execute(
        "INSERT OR REPLACE INTO sms_template VALUES (?, ?)",
        (str(fields["code"]), str(fields["text"])),
    )
    return {"code": fields["code"]}


def invoices(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{invoices: [...]} or one: {kind, code?, number, date, amount?, check_code?, state?, ...}."""
    rows = fields.get("invoices", [fields])
    if not isinstance(rows, list):
        raise BadAccount("invoices must be a list")
    return {"loaded": tax.put_invoices(db, rows)}


def card(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{action: issue|close, card, holder?, limit_fen?, bill_day?, due_day?}."""
    number = str(fields.get("card") or "")
    if fields.get("action") == "close":
        cards.close(db, number)
    else:
        cards.issue(db, fields, get_setting(db, "bank_code"))
    return cards.standing(db, number)


def setting(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{name, value} for one of SETTINGS."""
    name = str(fields.get("name"))
    if name not in SETTINGS:
        raise ValueError(f"setting {name!r}; known: {', '.join(SETTINGS)}")
    value = str(fields.get("value", "")).strip()
    if name in CHOICES and value not in CHOICES[name]:
        raise ValueError(f"{name}: {' or '.join(CHOICES[name])}")
    if name.endswith(("_seconds", "_fen")):
        float(value or 0)
    if name == "cut_off":
        read_windows(value)
    put_setting(db, name, value)
    return {name: value}


def calendar_day(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{day, is_open?, name?}: an open or (without is_open) closed day; {day, forget}."""
    day = date.fromisoformat(str(fields["day"]).strip()).isoformat()
    if fields.get("forget"):
        db.execute("DELETE FROM special_day WHERE day = ?", (day,))
        return {"day": day, "forgotten": True}
    is_open = int(str(fields.get("is_open") or "") not in ("", "0", "False", "false"))
    name = str(fields.get("name") or "")
    db.execute("INSERT OR REPLACE INTO special_day VALUES (?, ?, ?)", (day, is_open, name))
    return {"day": day, "is_open": bool(is_open), "name": name}


def not_executed(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{msg_id, purge?}: what the bank would say of a message: NOT_EXECUTED, or NOT_YET."""
    msg_id = str(fields.get("msg_id") or "").strip()
    if not msg_id:
        raise ValueError("msg_id is needed")
    word = nonexecution.confirm_not_executed(db, msg_id, purge=bool(fields.get("purge")))
    if word is None:
        return {"msg_id": msg_id, "word": "NOT_YET"}
    return {
        "msg_id": msg_id, "word": "NOT_EXECUTED", "e2e_ids": word.e2e_ids,
        "at": iso_time(word.at_ms),
    }  # fmt: skip


def queue(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{id, action: run|drop}: carry out a held order now, or forget it."""
    number, action = str(_number(fields, "id")), str(fields.get("action"))
    if action not in ("run", "drop"):
        raise ValueError("action: run or drop")
    if action == "run":
        db.execute(
            "UPDATE event SET due_at = ? WHERE kind = 'EXECUTE' AND args = ?",
            (now_ms(db), number),
        )
    else:
        db.execute("DELETE FROM event WHERE kind = 'EXECUTE' AND args = ?", (number,))
        db.execute("DELETE FROM queue WHERE id = ?", (number,))
    return {"id": number, "action": action}


def certificate(db: sqlite3.Connection, fields: Fields) -> Fields:
    """{customer, until?}: the last day on which the customer's key counts; empty for ever."""
    customer = str(fields.get("customer") or "sanzi")
    until = str(fields.get("until") or "")
    put_setting(db, f"cert_until:{customer}", until and date.fromisoformat(until).isoformat())
    return {"customer": customer, "until": until}


def reset(db: sqlite3.Connection, _fields: Fields) -> Fields:
    """Forget everything but the seed and the text templates; settings are as at first."""
    seed = get_setting(db, "seed", "1")
    for table in TABLES_OF_STATE:
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant of this program
    for name, value in {**DEFAULTS, "seed": seed}.items():
        put_setting(db, name, value)
    return {"reset": True}


ACTIONS: dict[str, Callable[[sqlite3.Connection, Fields], Fields]] = {
    "fault": put_fault,
    "advance": advance,
    "clock": clock,
    "account": one_account,
    "accounts": many_accounts,
    "credit": money,
    "sms-template": sms_template,
    "invoices": invoices,
    "card": card,
    "card-spend": cards.spend,
    "calendar": calendar_day,
    "not-executed": not_executed,
    "certificate": certificate,
    "queue": queue,
    "setting": setting,
    "reset": reset,
}
