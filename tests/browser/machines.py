"""The simulator of seal machines as a process beside the site, and the hand at a machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 10


@dataclass
class Machines:
    """A running simulator. Its address ends without a slash."""

    keys: Path
    url: str
    process: subprocess.Popen[str]

    @property
    def settings(self) -> dict[str, str]:
        """What the platform must be told to know these machines."""
        return {"SANZI_SEAL_URL": self.url, "SANZI_SEAL_KEYS": str(self.keys)}

    def control(self, name: str, **fields: Any) -> dict[str, Any]:
        """POST to the control door; an HTTP error is raised."""
        request = Request(f"{self.url}/_ctl/{name}", json.dumps(fields).encode(), method="POST")
        with urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def stop(self) -> None:
        """End the simulator."""
        self.process.terminate()
        self.process.wait(timeout=STOP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(keys: Path) -> Machines:
    """Run `sanzi-seal` on a free port, with keys of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sanzi_seal.main", "--port", "0", "--keys", str(keys)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("seal machines ready"), line
    return Machines(keys, line.split()[-1], process)
