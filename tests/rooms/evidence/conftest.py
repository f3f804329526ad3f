"""Fixtures of the evidence room: the sandbox bank, and a provider of verification on a port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from fixtures_bank import bank_process, sandbox

__all__ = ["bank_process", "sandbox"]


class Provider:
    """A server that answers every POST with `answer` and keeps what it was sent."""

    def __init__(self) -> None:
        """Start on a free port."""
        self.answer: Any = None
        self.seen: list[Any] = []
        self.tokens: list[str | None] = []
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.seen.append(json.loads(body))
                outer.tokens.append(self.headers.get("Authorization"))
                text = json.dumps(outer.answer) if outer.answer is not None else "<busy>"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/check"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider on a port of its own."""
    found = Provider()
    yield found
    found.server.shutdown()
    found.server.server_close()
