"""HTTP around the service: signed questions in, signed answers out."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from sanzi.kernel import matching
from sanzi.kernel.notes import Signer
from sanzi_match.service import Question, Refused, Service

LARGEST_BYTES: Final = 80_000_000


class MatchServer(ThreadingHTTPServer):
    """The listening socket."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], service: Service, signer: Signer) -> None:
        """Listen at an address for a service; answers are signed with its key."""
        super().__init__(address, Handler)
        self.service, self.signer = service, signer


class Handler(BaseHTTPRequestHandler):
    """Reads a question, signs what is answered."""

    server: MatchServer
    timeout = 60

    def do_POST(self) -> None:
        """Answer a signed question."""
        told = self.headers.get("Content-Length") or "0"
        length = int(told) if told.isdecimal() else LARGEST_BYTES + 1
        if length > LARGEST_BYTES:
            self._send(413, {"code": "too_large"})
            return
        raw = self.rfile.read(length)
        county, at, nonce, signature = (self.headers.get(name, "") for name in matching.HEADERS)
        try:
            said = self.server.service.answer(
                Question(self.path, county, at, nonce, signature, raw), _read
            )
        except Refused as refused:
            self._send(refused.status, {"code": refused.code})
        else:
            self._send(200, said)

    def _send(self, status: int, fields: dict[str, Any]) -> None:
        body = json.dumps(fields).encode()
        nonce = self.headers.get("X-Match-Nonce", "")
        made = self.server.signer.sign(matching.answered(nonce, status, body))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Match-Signature", made.body.hex())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing of each request: the log of the service says what is kept."""


def _read(raw: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(raw))
    except (ValueError, TypeError):
        raise Refused("bad_request", 400) from None
