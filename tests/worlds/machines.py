"""The simulator of seal machines as a process of its own, joined with the interface under test.

What it sends over HTTP is handed to the interface in the test's own thread and transaction: while
the control door is asked in another thread, the test answers what comes.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from django.test import Client

from sanzi.registers.seals.devices.http import HttpSealDevice

ROOT = Path(__file__).parents[2]
DOOR = "/api/v1/seals/events"
Message = tuple[bytes, dict[str, str], "queue.Queue[int]"]


@dataclass
class Machines:
    """A running simulator and the ear for what it sends."""

    folder: Path
    url: str = ""
    process: subprocess.Popen[str] | None = None
    ear: ThreadingHTTPServer | None = None
    inbox: queue.Queue[Message] = field(default_factory=queue.Queue)
    answers: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Start the simulator and the ear."""
        inbox = self.inbox

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                said: queue.Queue[int] = queue.Queue()
                inbox.put((raw, dict(self.headers), said))
                self.send_response(said.get(timeout=20))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.ear = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.ear.serve_forever, daemon=True).start()
        command = [
            sys.executable, "-m", "sanzi_seal.main", "--port", "0",
            "--keys", str(self.folder), "--push", f"http://127.0.0.1:{self.ear.server_port}/",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("seal machines ready"), line
        self.url = line.split()[-1]

    def stop(self) -> None:
        """End both."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            assert self.process.stdout is not None
            self.process.stdout.close()
        if self.ear is not None:
            self.ear.shutdown()
            self.ear.server_close()

    @property
    def public_key(self) -> str:
        """The key that signs what machines send."""
        return (self.folder / "machines.pub").read_text().strip()

    def device(self) -> HttpSealDevice:
        """The platform's own adapter, pointed at this simulator."""
        return HttpSealDevice(self.url, "sanzi", self.folder / "sanzi.key", self.public_key)

    def control(self, name: str, **fields: Any) -> dict[str, Any]:
        """Ask the control door, and answer what the machine sends meanwhile."""
        told: list[dict[str, Any]] = []
        asking = threading.Thread(target=lambda: told.append(self._ask(name, fields)))
        asking.start()
        while asking.is_alive():
            self._answer(0.01)
        asking.join()
        return told[0]

    def _ask(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        request = Request(f"{self.url}/_ctl/{name}", json.dumps(fields).encode(), method="POST")
        with urlopen(request, timeout=30) as response:
            found: dict[str, Any] = json.load(response)
        return found

    def _answer(self, seconds: float) -> None:
        try:
            raw, headers, said = self.inbox.get(timeout=seconds)
        except queue.Empty:
            return
        sent = {name: value for name, value in headers.items() if name.startswith("X-Seal")}
        status = Client().generic("POST", DOOR, raw, "application/json", headers=sent).status_code
        self.answers.append(status)
        said.put(status)
