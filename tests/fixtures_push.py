"""Somebody who listens: an address for pushed events, and the adapter that takes them."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fixtures_bank import SCHEMAS, Sandbox
from sanzi.bank import actions
from sanzi.bank.http import Iso20022Gateway, Terms


@dataclass
class Subscriber:
    """An address that keeps what is posted to it, and answers as told."""

    came: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""

    def take(self, raw: bytes, headers: dict[str, str]) -> int:
        """Keep one message and say which status it is answered with."""
        with self.changed:
            self.came.append((raw, headers))
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 204

    def stay_quiet(self, seconds: float = 0.8) -> None:
        """Wait, and see that nothing comes meanwhile."""
        with self.changed:
            count = len(self.came)
            assert not self.changed.wait_for(lambda: len(self.came) > count, timeout=seconds)

    def wait_for(self, count: int) -> list[tuple[bytes, dict[str, str]]]:
        """Wait until so many messages came; return all of them."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.came) >= count, timeout=10)
            return list(self.came)


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    kept = Subscriber()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(kept.take(raw, dict(self.headers)))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/bank"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


@pytest.fixture
def platform(sandbox: Sandbox) -> Iterator[Iso20022Gateway]:
    """The adapter as the platform has it: with a memory for events."""
    found = Iso20022Gateway(
        sandbox.url,
        sandbox.customer_key,
        sandbox.bank_public_key,
        schemas=SCHEMAS,
        terms=Terms("bank", seen=actions.EventsSeen()),
    )
    yield found
    found.close()
