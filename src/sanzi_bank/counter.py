"""The other doors for customers: cancelling, reports on request, receipts, accounts, answers.

The desk (desk.py) takes orders and questions about them; what each door does lies in a module
of its own. Each request is one transaction of the store.
"""

import base64
import json
import sqlite3
from collections.abc import Callable

from sanzi_bank import cancelling, cards, holdings, inbound, nonexecution, receipts, reports
from sanzi_bank.desk import Desk
from sanzi_bank.faults import strike
from sanzi_bank.store import iso_time
from sanzi_bank.tongues import Reply, json_reply
from sanzi_bank.xmlio import BadXml

Door = Callable[[bytes, str, str], Reply]
Answer = Callable[[sqlite3.Connection, dict[str, object], str], Reply]
REPORTS = {
    "camt.052.001.08": "balances",
    "camt.053.001.08": "statement",
    "camt.054.001.08": "notifications",
}


class Counter:
    """What a customer may ask beside orders. `doors` maps a path to who answers there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.doors: dict[str, Door] = {
            "/iso20022/camt.055.001.08": self.cancel,
            "/iso20022/camt.060.001.05": self.report,
            "/iso20022/not-executed": self._told("not-executed", self._not_executed),
            "/iso20022/receipt": self._told("receipt", self._receipt),
            "/iso20022/accounts": self._told("accounts", self._accounts),
            "/iso20022/cards": self._told("cards", self._cards),
            "/iso20022/card-lines": self._told("card-lines", self._card_lines),
            "/iso20022/reconciliation": self._told("reconciliation", self._reconciliation),
        }

    def cancel(self, raw: bytes, customer: str, signature: str) -> Reply:
        """Answer a camt.055 with a camt.029: what is not booked yet is dropped."""
        if turned_away := self.desk.turn_away(customer, raw, signature):
            return turned_away
        try:
            wish = inbound.read_cancellation(raw)
        except BadXml as problem:
            return json_reply(400, status="BAD_REQUEST", text=str(problem))
        with self.desk.store.transaction() as db:
            self.desk.tick(db)
            reply = Reply(cancelling.cancel(db, wish, self.desk.run_held))
            self.desk.log(db, "camt.055", wish.msg_id, raw, reply)
        return reply

    def report(self, raw: bytes, customer: str, signature: str) -> Reply:
        """Answer a camt.060 with the report that it asks for."""
        if turned_away := self.desk.turn_away(customer, raw, signature):
            return turned_away
        try:
            asked = inbound.read_request(raw)
        except BadXml as problem:
            return json_reply(400, status="BAD_REQUEST", text=str(problem))
        if asked.report not in REPORTS:
            return json_reply(400, status="NO_SUCH_REPORT", text=asked.report)
        fields = {"account": asked.account, "date": asked.day, "since": asked.since}
        return self.desk.answer_report(REPORTS[asked.report], fields, raw)

    def _told(self, name: str, answer: Answer) -> Door:
        """A door that takes a signed JSON object."""

        def door(raw: bytes, customer: str, signature: str) -> Reply:
            if turned_away := self.desk.turn_away(customer, raw, signature):
                return turned_away
            try:
                fields = json.loads(raw)
            except ValueError:
                fields = None
            if not isinstance(fields, dict):
                return json_reply(400, status="BAD_REQUEST")
            with self.desk.store.transaction() as db:
                self.desk.tick(db)
                reply = answer(db, fields, customer)
                self.desk.log(db, name, str(next(iter(fields.values()), "")), raw, reply)
            return reply

        return door

    def _not_executed(
        self, db: sqlite3.Connection, fields: dict[str, object], _customer: str
    ) -> Reply:
        """Give the word that nothing of a message will be executed, or say: not yet."""
        msg_id = str(fields.get("msg_id") or "")
        if not msg_id:
            return json_reply(400, status="BAD_REQUEST")
        purge = fields.get("purge") is True
        given = nonexecution.confirm_not_executed(db, msg_id, purge=purge)
        if given is None:
            return json_reply(200, msg_id=msg_id, word="NOT_YET")
        return json_reply(
            200,
            msg_id=msg_id,
            word="NOT_EXECUTED",
            e2e_ids=list(given.e2e_ids),
            at=iso_time(given.at_ms),
        )

    def _receipt(self, db: sqlite3.Connection, fields: dict[str, object], _customer: str) -> Reply:
        bank_ref = str(fields.get("bank_ref") or "")
        account = receipts.account_of(db, bank_ref)
        fault = strike(db, "receipt", bank_ref, [account])
        if fault is not None and fault.kind == "receipt_outage":
            return json_reply(503, status="UNAVAILABLE")
        made = receipts.receipt(db, bank_ref) if fault is None else None
        if made is None:
            return json_reply(404, status="NOT_READY", bank_ref=bank_ref)
        return json_reply(
            200,
            bank_ref=bank_ref,
            pdf=base64.b64encode(made.pdf).decode(),
            xml=base64.b64encode(made.xml).decode(),
            signature=self.desk.keys.bank.sign(made.xml),
        )

    def _accounts(self, db: sqlite3.Connection, _fields: dict[str, object], customer: str) -> Reply:
        known = holdings.accounts_of(db, customer)
        mine = [one for one in known if holdings.is_behind_iso(db, one["bank_code"])]
        return json_reply(200, customer=customer, accounts=mine)

    def _cards(self, db: sqlite3.Connection, _fields: dict[str, object], _customer: str) -> Reply:
        return json_reply(200, cards=cards.all_cards(db))

    def _card_lines(
        self, db: sqlite3.Connection, fields: dict[str, object], _customer: str
    ) -> Reply:
        card, since = str(fields.get("card") or ""), fields.get("since") or 0
        if not isinstance(since, int):
            return json_reply(400, status="BAD_REQUEST")
        if strike(db, "report", card, [card]) is not None:
            return json_reply(503, status="UNAVAILABLE")
        try:
            return Reply(cards.card_lines(db, self.desk.schemas, card, since))
        except reports.NotThere as absent:
            return json_reply(404, status="NOT_READY", text=str(absent))

    def _reconciliation(
        self, db: sqlite3.Connection, fields: dict[str, object], customer: str
    ) -> Reply:
        try:
            holdings.take_answer(db, fields, customer)
        except holdings.OtherBalance as problem:
            return json_reply(409, status="OTHER_BALANCE", text=str(problem))
        except (ValueError, KeyError) as problem:
            return json_reply(400, status="BAD_REQUEST", text=str(problem))
        return json_reply(200, status="RECEIVED")
