"""HTTP around the platform: signed doors for the customer, the control door for the hand."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sanzi_seal.platform import Fields, Platform, Refused
from sanzi_seal.signing import CUSTOMER

LARGEST_BYTES = 1_000_000


class SealServer(ThreadingHTTPServer):
    """The listening socket."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], platform: Platform) -> None:
        """Listen at an address for a platform."""
        super().__init__(address, Handler)
        self.platform = platform
        self.asked: dict[str, Callable[[Fields], Fields]] = {
            "/seal/authorise": platform.authorise,
            "/seal/revoke": platform.revoke,
            "/seal/status": platform.status,
        }
        self.control: dict[str, Callable[[Fields], Fields]] = {
            f"/_ctl/{one.__name__}": one
            for one in (
                platform.add, platform.press, platform.event, platform.line, platform.clock,
                platform.count, platform.fault, platform.setting, platform.retry,
            )
        }  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """Finds who answers, and sends what it says, signed."""

    server: SealServer
    timeout = 60

    def do_POST(self) -> None:
        """Answer the customer's signed questions, and the control door."""
        told = self.headers.get("Content-Length") or "0"
        length = int(told) if told.isdecimal() else LARGEST_BYTES + 1
        if length > LARGEST_BYTES:
            self._send(413, {"why": "too large"})
            return
        raw = self.rfile.read(length)
        if self.path in self.server.asked:
            signature = self.headers.get("X-Seal-Signature", "")
            is_ours = self.headers.get("X-Seal-Customer") == CUSTOMER
            signed = CUSTOMER.encode() + b"\n" + raw
            if not (is_ours and self.server.platform.keys.is_customers(signed, signature)):
                self._send(403, {"why": "not signed by the customer"})
                return
            if self.server.platform.strikes("silent"):
                self.close_connection = True
                return
            self._answer(self.server.asked[self.path], raw)
        elif self.path in self.server.control:
            self._answer(self.server.control[self.path], raw)
        else:
            self._send(404, {"why": "no such door"})

    def _answer(self, door: Callable[[Fields], Fields], raw: bytes) -> None:
        try:
            fields = json.loads(raw or b"{}")
            with self.server.platform.lock:
                said = door(fields)
        except Refused as no:
            self._send(409, {"why": str(no)})
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            self._send(400, {"why": f"{type(problem).__name__}: {problem}"})
        else:
            self._send(200, said)

    def _send(self, status: int, fields: Fields) -> None:
        body = json.dumps(fields, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Seal-Signature", self.server.platform.keys.machines.sign(body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing of each request."""
