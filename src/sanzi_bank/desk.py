"""The customers' desk: from signed bytes to a signed answer, with the faults that strike.

Each request is one transaction of the store. What the network then does to the answer (nothing
sent, sent late, wrong signature) is told to the server in the Reply.
"""

import hashlib
import json
import sqlite3
from dataclasses import replace
from datetime import date
from functools import partial

from sanzi_bank import (
    audit,
    bank,
    calendar,
    cards,
    inbound,
    nonexecution,
    outbound,
    reports,
    statements,
)
from sanzi_bank.bank import let_time_pass
from sanzi_bank.direct_tongue import Direct
from sanzi_bank.faults import Struck, Switchboard, strike
from sanzi_bank.signing import KeyRing
from sanzi_bank.store import Store, get_setting, local_time, now_ms
from sanzi_bank.tongues import LOST, Iso, Reply, Tongue, json_reply
from sanzi_bank.xmlio import BadXml, Schemas

DOOR_WORDS = {"DS0D": "CERT_EXPIRED", "DS0E": "CERT_UNKNOWN", "DS0H": "BAD_SIGNATURE"}


class Desk:
    """Everything a customer may ask of the bank."""

    def __init__(self, store: Store, keys: KeyRing, schemas: Schemas) -> None:
        self.store, self.keys, self.schemas = store, keys, schemas
        self.iso = Iso(schemas)
        self.tongues: tuple[Tongue, ...] = (Direct(), self.iso)

    def tick(self, db: sqlite3.Connection) -> None:
        """Bring the bank up to the present moment of its clock."""
        let_time_pass(db, partial(self.run_held, db))

    def run_held(
        self, db: sqlite3.Connection, msg_id: str, digest: str, raw: bytes, at_ms: int
    ) -> None:
        """Carry out an order that was held, once."""
        if db.execute("SELECT 1 FROM batch WHERE msg_id = ?", (msg_id,)).fetchone() is None:
            tongue = next(one for one in self.tongues if one.is_mine(raw))
            order = tongue.read_order(raw)
            bank.receive(db, order, digest, at_ms)

    def submit(
        self, raw: bytes, customer: str, signature: str, tongue: Tongue | None = None
    ) -> Reply:
        """Take an order (a pain.001, or what another tongue has) and answer in its tongue."""
        tongue = tongue or self.iso
        is_signed = self.keys.is_signed_by(customer, raw, signature)
        order, problem = self._read_order(raw, tongue)
        msg_id = order.msg_id if order else tongue.claimed_number(raw)
        with self.store.transaction() as db:
            self.tick(db)
            if code := self.stranger(db, customer, is_signed=is_signed):
                reply = tongue.whole(db, tongue.claimed_number(raw), "RJCT", code=code)
            elif order is None:
                reply = tongue.whole(db, msg_id, "RJCT", code="FF01", text=problem)
            else:
                reply = self._submit(db, order, raw, tongue)
            self.log(db, tongue.name, msg_id, raw, reply)
        return reply

    def _read_order(self, raw: bytes, tongue: Tongue) -> tuple[inbound.Order | None, str]:
        try:
            return tongue.read_order(raw), ""
        except (BadXml, ValueError) as problem:
            return None, str(problem)

    def _submit(
        self, db: sqlite3.Connection, order: inbound.Order, raw: bytes, tongue: Tongue
    ) -> Reply:
        touched = {line.debit_account for line in order.lines}
        touched |= {line.payee_account for line in order.lines}
        fault = strike(db, "submit", order.msg_id, touched)
        kind = fault.kind if fault else ""
        if kind == "request_lost":
            return LOST
        if kind == "error_before":
            return json_reply(503, status="UNAVAILABLE")
        digest = hashlib.sha256(raw).hexdigest()
        known = db.execute("SELECT digest FROM batch WHERE msg_id = ?", (order.msg_id,)).fetchone()
        if known is not None:
            if known["digest"] != digest or kind == "strict_duplicate":
                return tongue.whole(db, order.msg_id, "RJCT", code="DU01")
        elif (refused := self._refuse_whole(db, order, raw, tongue)) is not None:
            return refused
        elif fault is not None and kind in ("queued", "queued_silent"):
            bank.enqueue(db, order.msg_id, digest, raw, fault)
            return tongue.whole(db, order.msg_id, "PDNG") if kind == "queued" else LOST
        else:
            bank.receive(db, order, digest, now_ms(db))
        return _spoil(tongue.batch(db, order.msg_id), fault)

    def _refuse_whole(
        self, db: sqlite3.Connection, order: inbound.Order, raw: bytes, tongue: Tongue
    ) -> Reply | None:
        """Refuse, or hold, a new message for what concerns all of it; None to go on."""
        if order.totals_fault:
            return tongue.whole(db, order.msg_id, "RJCT", code=order.totals_fault)
        if nonexecution.is_dead(db, order.msg_id):
            return tongue.whole(db, order.msg_id, "RJCT", code="MS03", text=nonexecution.DEAD)
        refusal = calendar.refusal(db, now_ms(db), order.day)
        if not refusal:
            return None
        if get_setting(db, "closed_rule") == "hold":
            return self._hold(db, order, raw, tongue)
        return tongue.whole(db, order.msg_id, "RJCT", code=refusal)

    def _hold(
        self, db: sqlite3.Connection, order: inbound.Order, raw: bytes, tongue: Tongue
    ) -> Reply:
        """Keep an order that came on a closed day or too late until the bank opens."""
        opening = calendar.next_opening(db, now_ms(db))
        digest = hashlib.sha256(raw).hexdigest()
        bank.hold_until(db, order.msg_id, digest, raw, due_at=opening, is_visible=True)
        return tongue.whole(db, order.msg_id, "PDNG")

    def stranger(self, db: sqlite3.Connection, customer: str, *, is_signed: bool) -> str:
        """Why a request is not dealt with at all: DS0E, DS0D or DS0H; empty if all is right."""
        struck = Switchboard(db).standing("door")
        until = get_setting(db, f"cert_until:{customer}")
        if struck is not None:
            return "DS0D" if struck.kind == "cert_expired" else "DS0E"
        if until and local_time(now_ms(db)).date().isoformat() > until:
            return "DS0D"
        if not self.keys.knows(customer):
            return "DS0E"
        return "" if is_signed else "DS0H"

    def turn_away(self, customer: str, message: bytes, signature: str) -> Reply | None:
        """A 403 for who may not ask; None for a customer in good order."""
        is_signed = self.keys.is_signed_by(customer, message, signature)
        with self.store.transaction() as db:
            code = self.stranger(db, customer, is_signed=is_signed)
        if not code:
            return None
        return json_reply(403, status=DOOR_WORDS[code], text=bank.REASONS[code])

    def query(self, raw: bytes, customer: str, signature: str) -> Reply:
        """Answer `{"msg_id": …}` or `{"e2e_id": …}` with a pain.002, or 404 and NOT_FOUND."""
        if turned_away := self.turn_away(customer, raw, signature):
            return turned_away
        try:
            fields = json.loads(raw)
            e2e_id, msg_id = fields.get("e2e_id", ""), fields.get("msg_id", "")
        except (ValueError, AttributeError):
            return json_reply(400, status="BAD_REQUEST")
        if not isinstance(e2e_id or msg_id, str) or not (e2e_id or msg_id):
            return json_reply(400, status="BAD_REQUEST")
        with self.store.transaction() as db:
            self.tick(db)
            reply = self.ask_line(db, e2e_id) if e2e_id else self.ask(db, msg_id, self.iso)
            self.log(db, "query", e2e_id or msg_id, raw, reply)
        return reply

    def ask_line(self, db: sqlite3.Connection, e2e_id: str) -> Reply:
        """Say what became of one payment, the last of its number, with the faults of asking."""
        row = db.execute(
            "SELECT msg_id FROM line WHERE e2e_id = ? ORDER BY id DESC", (e2e_id,)
        ).fetchone()
        msg_id = row["msg_id"] if row else inbound.held_in(db, e2e_id)
        asked = self.ask(db, msg_id, self.iso) if msg_id else None
        if asked is None or asked.status == 404:
            return json_reply(404, status="NOT_FOUND", e2e_id=e2e_id)
        if asked.status != 200 or asked.is_lost:
            return asked
        return replace(asked, body=outbound.line_answer(db, self.schemas, msg_id, e2e_id))

    def ask(self, db: sqlite3.Connection, msg_id: str, tongue: Tongue) -> Reply:
        """Say what became of a message, with the faults of asking. Asking counts a tick."""
        bank.tick_lines(db, msg_id)
        fault = strike(db, "query", msg_id, self._accounts_of(db, msg_id))
        kind = fault.kind if fault else ""
        if kind == "query_outage":
            return json_reply(503, status="UNAVAILABLE")
        row = db.execute("SELECT 1 FROM batch WHERE msg_id = ?", (msg_id,)).fetchone()
        held = db.execute(
            "SELECT 1 FROM queue WHERE msg_id = ? AND visible = 1", (msg_id,)
        ).fetchone()
        if kind == "query_not_visible" or (row is None and held is None):
            return tongue.not_found(db, msg_id)
        if row is None:
            return tongue.whole(db, msg_id, "PDNG")
        return _spoil(tongue.batch(db, msg_id), fault)

    def _accounts_of(self, db: sqlite3.Connection, msg_id: str) -> list[str]:
        rows = db.execute(
            "SELECT DISTINCT debit_account FROM line WHERE msg_id = ?", (msg_id,)
        ).fetchall()
        return [row["debit_account"] for row in rows]

    def check_payees(self, raw: bytes, customer: str, signature: str) -> Reply:
        """Answer an acmt.023 with an acmt.024."""
        if turned_away := self.turn_away(customer, raw, signature):
            return turned_away
        try:
            msg_id, checks = inbound.read_checks(self.schemas.read(raw, "acmt.023.001.04"))
        except BadXml as problem:
            return json_reply(400, status="BAD_REQUEST", text=str(problem))
        with self.store.transaction() as db:
            self.tick(db)
            if strike(db, "check", msg_id, [item.account for item in checks]):
                return json_reply(503, status="UNAVAILABLE")
            answer = outbound.check_answer(db, self.schemas, msg_id, checks)
            reply = Reply(answer)
            self.log(db, "acmt.023", msg_id, raw, reply)
        return reply

    def report(self, what: str, asked: dict[str, str], target: bytes, signed: str) -> Reply:
        """Answer a signed GET: `statement`, `notifications` or `balances` of one account."""
        customer, _, signature = signed.partition(" ")
        if turned_away := self.turn_away(customer, target, signature):
            return turned_away
        return self.answer_report(what, asked, target)

    def answer_report(self, what: str, asked: dict[str, str], raw: bytes) -> Reply:
        """Make a report that was asked for in order, with the faults that strike it."""
        number = asked.get("account", "") or asked.get("card", "")
        where = "statement" if what == "statement" else "report"
        with self.store.transaction() as db:
            self.tick(db)
            reply = self._struck_report(db, where, number, asked.get("date", ""))
            reply = reply or self._report(db, what, number, asked)
            self.log(db, what, number, raw, reply)
        return reply

    def _struck_report(
        self, db: sqlite3.Connection, where: str, number: str, day: str
    ) -> Reply | None:
        """What a fault lets a report say instead; None to tell it as it is."""
        if Switchboard(db).standing("account", [number]):
            return json_reply(403, status="ACCOUNT_OFF", account=number)
        fault = strike(db, where, f"{number}:{day}", [number])
        if fault is None:
            return None
        if where == "report":
            return json_reply(503, status="UNAVAILABLE")
        return json_reply(404, status="NOT_READY", account=number)

    def _report(
        self, db: sqlite3.Connection, what: str, number: str, asked: dict[str, str]
    ) -> Reply:
        try:
            if what in cards.REPORTS:
                return cards.report(db, self.schemas, what, asked)
            if what == "corrections":
                found = statements.corrections(db, number)
                return json_reply(200, account=number, corrections=found)
            if what == "balances":
                since = int(asked["since"]) if asked.get("since") else None
                return Reply(reports.balances(db, self.schemas, number, since))
            if what == "notifications":
                since = int(asked.get("since") or "0")
                return Reply(reports.notices(db, self.schemas, number, since))
            day = date.fromisoformat(asked.get("date", ""))
            return Reply(statements.statement(db, self.schemas, number, day))
        except reports.NotThere as absent:
            return json_reply(404, status="NOT_READY", account=number, text=str(absent))
        except ValueError as problem:
            return json_reply(400, status="BAD_REQUEST", text=str(problem))

    def log(self, db: sqlite3.Connection, what: str, key: str, raw: bytes, reply: Reply) -> None:
        """Keep the bytes that came and the bytes that go."""
        audit.write(db, what, key, raw, reply)


def _spoil(reply: Reply, fault: Struck | None) -> Reply:
    """The answer as it comes out after the faults that strike once the work is done."""
    kind = fault.kind if fault else ""
    if kind == "reply_lost":
        return LOST
    if kind == "error_after":
        return json_reply(500, status="ERROR")
    if kind == "garbled":
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    if kind in ("bad_signature", "query_bad_signature"):
        return replace(reply, has_bad_signature=True)
    if fault is not None and kind == "slow_drip":
        return replace(reply, drip_seconds=fault.number("seconds"))
    if fault is not None and kind == "slow":
        return replace(reply, wait_seconds=fault.number("seconds"))
    return reply
