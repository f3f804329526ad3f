"""HTTP around the desk, the text gateway and the control door. One thread a request."""

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from sanzi_bank import audit, cards, control, control_page, pages, readings, sms, tax
from sanzi_bank.accounts import BadAccount
from sanzi_bank.counter import Counter
from sanzi_bank.desk import Desk
from sanzi_bank.direct import DirectDesk
from sanzi_bank.direct_wire import frame
from sanzi_bank.reports import NotThere
from sanzi_bank.tongues import Reply, json_reply
from sanzi_bank.xmlio import LARGEST_BYTES

HTML = "text/html; charset=utf-8"
BYTES = "application/octet-stream"
LOG_LINES = 100_000
UNSIGNED = ("/_ctl", "/sms/inbox")
DRIP_PAUSE_MS = 20
REPORTS = ("statement", "corrections", "notifications", "balances", *cards.REPORTS)


TEXT_DOORS = {
    "/sms/send": sms.send,
    "/sms/send-batch": sms.send_batch,
    "/sms/receipts": sms.receipts,
}


class BankServer(ThreadingHTTPServer):
    """The listening socket; requests still running do not hold up the end of the program."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], desk: Desk) -> None:
        super().__init__(address, Handler)
        self.desk, self.counter = desk, Counter(desk)
        self.direct = DirectDesk(desk)


class Handler(BaseHTTPRequestHandler):
    """Finds the part of the bank that answers, and sends what it says."""

    server: BankServer
    timeout = 60

    def do_GET(self) -> None:
        """Answer reports, pages and JSON readings."""
        url = urlsplit(self.path)
        asked = dict(parse_qsl(url.query))
        iso, _, what = url.path.strip("/").partition("/")
        if iso == "iso20022" and what in REPORTS:
            signed = f"{self.headers.get('X-Sanzi-Customer', '')} {self._signature()}"
            target = b"GET " + self.path.encode()
            self._send(self.server.desk.report(what, asked, target, signed))
        else:
            self._send(self._page(url.path, asked))

    def do_POST(self) -> None:
        """Answer signed orders and questions, texts, and the control door."""
        told = self.headers.get("Content-Length") or "0"
        length = int(told) if told.isdecimal() else LARGEST_BYTES + 1
        if length > LARGEST_BYTES:
            self._send(json_reply(413, status="TOO_LARGE"))
            return
        raw = self.rfile.read(length)
        if len(raw) < length:
            return
        desk, path = self.server.desk, urlsplit(self.path).path
        doors = {
            "/iso20022/pain.001.001.09": desk.submit,
            "/iso20022/query": desk.query,
            "/iso20022/acmt.023.001.04": desk.check_payees,
            **self.server.counter.doors,
        }
        if path in doors:
            customer = self.headers.get("X-Sanzi-Customer", "")
            self._send(doors[path](raw, customer, self._signature()))
        elif path == "/direct":
            self._send(self.server.direct.take(raw))
        elif path in TEXT_DOORS:
            fields = {name: str(value) for name, value in self._fields(raw).items()}
            with desk.store.transaction() as db:
                reply = TEXT_DOORS[path](db, fields)
                phones = fields.get("PhoneNumbers") or fields.get("PhoneNumberJson", "")
                audit.write(db, "sms", phones, raw, reply)
            self._send(reply)
        elif path == "/tax/verify":
            with desk.store.transaction() as db:
                asked = self._fields(raw)
                reply = tax.verify(db, asked)
                audit.write(db, "tax", str(asked.get("number") or ""), raw, reply)
            self._send(reply)
        else:
            self._control(path.removeprefix("/_ctl/"), raw)

    def _signature(self) -> str:
        return self.headers.get("X-Sanzi-Signature", "")

    def _is_json(self) -> bool:
        return "json" in self.headers.get("Content-Type", "")

    def _fields(self, raw: bytes) -> dict[str, object]:
        if self._is_json():
            try:
                found = json.loads(raw or b"{}")
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}
        return dict(parse_qsl(raw.decode(errors="replace")))

    def _page(self, path: str, asked: dict[str, str]) -> Reply:
        desk = self.server.desk
        try:
            with desk.store.transaction() as db:
                desk.tick(db)
                for known, answer in PAGES.items():
                    if match := re.fullmatch(known, path):
                        return answer(db, asked, match)
        except ValueError as problem:
            return json_reply(400, status="BAD_REQUEST", text=str(problem))
        return json_reply(404, status="NO_SUCH_PAGE")

    def _control(self, name: str, raw: bytes) -> None:
        action = control.ACTIONS.get(name)
        if action is None:
            self._send(json_reply(404, status="NO_SUCH_PAGE"))
            return
        desk = self.server.desk
        try:
            with desk.store.transaction() as db:
                desk.tick(db)
                answer = action(db, self._fields(raw))
                desk.tick(db)
        except (BadAccount, NotThere, ValueError, KeyError) as problem:
            if self._is_json():
                self._send(json_reply(400, status="BAD_REQUEST", text=str(problem)))
            else:
                self._send(Reply(control_page.sorry_page(str(problem)), 400, HTML))
            return
        if self._is_json():
            self._send(json_reply(200, **answer))
            return
        self.send_response(303)
        self.send_header("Location", "/_ctl/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, reply: Reply) -> None:
        if reply.is_lost:
            self.close_connection = True
            return
        if reply.wait_seconds:
            time.sleep(reply.wait_seconds)
        signature = self._sign(reply)
        body = frame(reply.body, signature) if reply.is_framed else reply.body
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(body)))
            if signature:
                self.send_header("X-Bank-Signature", signature)
            self.end_headers()
            self._write(replace(reply, body=body))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _sign(self, reply: Reply) -> str:
        """Sign what customers get; the control door and the pages are no part of a bank."""
        if self.path.startswith(UNSIGNED) or self.path == "/":
            return ""
        spoilt = b" " if reply.has_bad_signature else b""
        return self.server.desk.keys.bank.sign(reply.body + spoilt)

    def _write(self, reply: Reply) -> None:
        """Send the body at once, or in small pieces over the time that a slow drip takes."""
        if not reply.drip_seconds or not reply.body:
            self.wfile.write(reply.body)
            return
        size = max(1, len(reply.body) * DRIP_PAUSE_MS // int(reply.drip_seconds * 1000 + 1))
        for first in range(0, len(reply.body), size):
            self.wfile.write(reply.body[first : first + size])
            self.wfile.flush()
            time.sleep(DRIP_PAUSE_MS / 1000)

    def log_message(self, *_args: object) -> None:
        """Say nothing: the bank keeps its own log of messages."""


Page = Callable[[sqlite3.Connection, dict[str, str], re.Match[str]], Reply]


def _state_page(db: sqlite3.Connection, asked: dict[str, str], _: re.Match[str]) -> Reply:
    state = readings.state(db, asked.get("q", "").strip())
    return Reply(control_page.control_page(state), content_type=HTML)


def _inbox_page(db: sqlite3.Connection, asked: dict[str, str], _: re.Match[str]) -> Reply:
    phone = asked.get("phone", "")
    return Reply(pages.inbox_page(sms.inbox(db, phone), phone), content_type=HTML)


def _message(db: sqlite3.Connection, _: dict[str, str], match: re.Match[str]) -> Reply:
    """One exchange as a page, or its bytes as they were."""
    found = audit.exchange(db, int(match[1]))
    if found is None:
        return json_reply(404, status="NO_SUCH_PAGE")
    if match[2]:
        raw = found[match[2][1:]]
        return Reply(raw if isinstance(raw, bytes) else b"", content_type=BYTES)
    return Reply(control_page.message_page(found), content_type=HTML)


def _log(db: sqlite3.Connection, asked: dict[str, str], _: re.Match[str]) -> Reply:
    since, limit = int(asked.get("since") or 0), int(asked.get("limit") or LOG_LINES)
    return Reply(b"".join(audit.lines(db, since, limit)), content_type="application/jsonl")


PAGES: dict[str, Page] = {
    "/|/_ctl/?": _state_page,
    "/_ctl/state.json": lambda db, asked, _: json_reply(
        200, **readings.state(db, asked.get("q", ""))
    ),
    "/_ctl/ledger.json": lambda db, asked, _: json_reply(
        200, **readings.ledger(db, asked.get("account", ""))
    ),
    r"/_ctl/messages/(\d{1,15})(/request|/reply)?": _message,
    "/_ctl/audit.jsonl": _log,
    "/sms/inbox.json": lambda db, asked, _: json_reply(
        200, messages=sms.inbox(db, asked.get("phone", ""))
    ),
    "/sms/inbox": _inbox_page,
}


def run_clock(desk: Desk, stop: threading.Event, every_seconds: float = 0.5) -> None:
    """Settle what falls due while nobody asks."""
    while not stop.wait(every_seconds):
        with desk.store.transaction() as db:
            desk.tick(db)


def start_clock(desk: Desk) -> threading.Event:
    """Start the thread of `run_clock`; set the event to end it."""
    stop = threading.Event()
    threading.Thread(target=partial(run_clock, desk, stop), daemon=True).start()
    return stop
