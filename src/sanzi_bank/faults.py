"""The faults this bank can be told to have, and which of them strikes now.

A fault has a scope (`account:<number>`, `next`, or `all`), a kind, and perhaps a count of times
or a rate. A rate is decided by the seed, the fault, the message and how often it was tried, never
by the order of arrival, so a run with the same seed meets the same faults.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from sanzi_bank.store import get_setting


@dataclass(frozen=True)
class Kind:
    """One kind of fault: where it strikes, and the words of the control page."""

    where: str
    title: str
    effect: str
    args: dict[str, object] = field(default_factory=dict)


KINDS = {
    "reply_lost": Kind("submit", "回话丢了", "款照付，连接断开，不给回话"),
    "request_lost": Kind("submit", "报文丢了", "没收到，没付，连接断开"),
    "queued": Kind("submit", "排队，晚点办", "先答处理中，过一会儿才付", {"minutes": 10}),
    "queued_silent": Kind(
        "submit", "前置机压住", "不给回话，查不到，过一会儿才付", {"minutes": 10}
    ),
    "error_before": Kind("submit", "付款前出错", "答 503，没付"),
    "error_after": Kind("submit", "付款后出错", "答 500，其实付了"),
    "slow": Kind("submit", "回得慢", "付了，过很久才回话", {"seconds": 30}),
    "bad_signature": Kind("submit", "回话签名不对", "付了，回话的签名验不过"),
    "garbled": Kind("submit", "回话残缺", "付了，回话的报文断了半截"),
    "strict_duplicate": Kind("submit", "重发一律拒", "同一个批号再来，一律答重复"),
    "query_not_visible": Kind("query", "查询还看不到", "已经办了，查询先答没有"),
    "query_outage": Kind("query", "查询停了", "查询答 503"),
    "query_bad_signature": Kind("query", "查询签名不对", "查询的回话签名验不过"),
    "statement_late": Kind("statement", "对账单晚到", "日终了，对账单还没出"),
    "report_outage": Kind("report", "通知和余额停了", "到账通知、余额答 503"),
    "check_outage": Kind("check", "户名核验停了", "户名核验答 503"),
    "reject": Kind("line", "当场拒付", "这一笔当场退回", {"code": "MS03"}),
    "delay": Kind("line", "晚点入账", "先答已受理，过一会儿才入账", {"minutes": 10}),
    "late_reject": Kind(
        "line", "先收后拒", "先答已受理，过一会儿拒付", {"minutes": 5, "code": "AC04"}
    ),
    "return": Kind(
        "line", "次日退汇", "付出去，第二天退回来",
        {"days": 1, "code": "BE01", "with_e2e": False},
    ),
    "sms_outage": Kind("sms", "短信停了", "短信网关答 503"),
    "sms_reply_lost": Kind("sms", "短信回话丢了", "短信发了，没有回话"),
    "tax_outage": Kind("tax", "查验停了", "发票查验答 503"),
    "tax_captcha": Kind("tax", "查验要验证码", "发票查验答 CAPTCHA，不算一次"),
    "tax_no_reply": Kind("tax", "查验没有回话", "发票查验断开连接"),
}  # fmt: skip


@dataclass(frozen=True)
class Struck:
    """A fault that strikes now, with its arguments filled in."""

    kind: str
    args: dict[str, object]

    def number(self, name: str) -> float:
        """Return an argument as a number."""
        return float(str(self.args[name]))


class UnknownFault(ValueError):
    """No fault of this kind or scope."""


def add_fault(
    db: sqlite3.Connection,
    scope: str,
    kind: str,
    count: int | None = None,
    args: dict[str, object] | None = None,
) -> int:
    """Switch a fault on. `next` without a count means once; `rate` may be among the args."""
    if kind not in KINDS:
        raise UnknownFault(f"kind {kind!r}; known: {', '.join(KINDS)}")
    if scope not in ("next", "all") and not scope.startswith("account:"):
        raise UnknownFault(f"scope {scope!r}; known: next, all, account:<number>")
    given = dict(args or {})
    rate = given.pop("rate", None)
    remaining = 1 if scope == "next" and count is None else count
    cursor = db.execute(
        "INSERT INTO fault (scope, kind, remaining, rate, args) VALUES (?, ?, ?, ?, ?)",
        (scope, kind, remaining, rate, json.dumps({**KINDS[kind].args, **given})),
    )
    return int(cursor.lastrowid or 0)


def strike(
    db: sqlite3.Connection, where: str, key: str, accounts: Iterable[str] = ()
) -> Struck | None:
    """The first fault that strikes at this place; its count goes down in the same transaction."""
    touched = {f"account:{account}" for account in accounts} | {"next", "all"}
    attempt = _count_attempt(db, f"{where}:{key}") if where != "line" else 0
    for row in db.execute("SELECT * FROM fault ORDER BY id").fetchall():
        if KINDS[row["kind"]].where != where or row["scope"] not in touched:
            continue
        if row["rate"] is not None and not _falls_within(db, row, f"{key}:{attempt}"):
            continue
        if row["remaining"] is not None:
            _count_down(db, row)
        return Struck(row["kind"], json.loads(row["args"]))
    return None


def _count_down(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    if row["remaining"] <= 1:
        db.execute("DELETE FROM fault WHERE id = ?", (row["id"],))
    else:
        db.execute("UPDATE fault SET remaining = remaining - 1 WHERE id = ?", (row["id"],))


def _count_attempt(db: sqlite3.Connection, key: str) -> int:
    db.execute(
        "INSERT INTO attempt VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1",
        (key,),
    )
    row = db.execute("SELECT count FROM attempt WHERE key = ?", (key,)).fetchone()
    return int(row["count"])


def _falls_within(db: sqlite3.Connection, row: sqlite3.Row, key: str) -> bool:
    text = f"{get_setting(db, 'seed', '1')}:{row['kind']}:{key}"
    draw = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48
    return draw < float(row["rate"])
