"""A matching service on a port of this machine, and counties that take part in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml
from cryptography.hazmat.primitives.asymmetric import x25519

from sanzi.kernel import notes
from sanzi.kernel.matching import Participant, Purpose
from sanzi.kernel.notes import Signer
from sanzi.matching import gathering, party
from sanzi.matching.party import Party
from sanzi_match.main import signer_of
from sanzi_match.server import MatchServer
from sanzi_match.service import Service
from sanzi_match.store import Store

AT = datetime(2026, 1, 20, 2, 0, tzinfo=UTC)
CODES = ("320582", "320583", "320584")
PURPOSE, PERIOD = "subsidy-person", "2025"


@dataclass
class Province:
    """The service, its clock under the test's hand, and the keys of its counties."""

    folder: Path
    codes: tuple[str, ...] = CODES
    at: datetime = AT
    signers: dict[str, Signer] = field(default_factory=dict)
    agrees: dict[str, bytes] = field(default_factory=dict)
    purposes: dict[str, Purpose] = field(default_factory=dict)
    server: MatchServer | None = None

    def __post_init__(self) -> None:
        """Give each county its keys."""
        for code in self.codes:
            self.signers[code] = notes.new_signer(f"{code}.lake", notes.ED25519)
            self.agrees[code] = x25519.X25519PrivateKey.generate().private_bytes_raw()
        self.purposes = dict(gathering.purposes())
        self.service_key = signer_of(self.folder / "service")
        self.store = Store(self.folder / "service")

    @property
    def counties(self) -> dict[str, Participant]:
        """Who takes part."""
        return {
            code: Participant(
                code, f"{code}县", self.signers[code].verifier,
                bytes.fromhex(party.agree_public(self.agrees[code])),
            )
            for code in self.codes
        }  # fmt: skip

    @property
    def url(self) -> str:
        """Where the service listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def open(self, port: int = 0) -> Iterator[Province]:
        """Let the service listen."""
        service = Service(self.store, self.purposes, self.counties, lambda: self.at)
        self.server = MatchServer(("127.0.0.1", port), service, self.service_key)
        thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()

    def party(self, code: str, **changed: object) -> Party:
        """A county at the service."""
        others = {one: told for one, told in self.counties.items() if one != code}
        service = party.Service(self.url, self.service_key.verifier)
        made = {
            "code": code, "signer": self.signers[code], "agree": self.agrees[code],
            "others": others, "service": service, "clock": lambda: self.at, **changed,
        }  # fmt: skip
        return Party(**made)  # type: ignore[arg-type]

    def setting(self, file: Path) -> Path:
        """Write the file that SANZI_MATCHING names."""
        counties = [
            {"code": one.code, "name": one.name, "key": one.key.text(), "agree": one.agree.hex()}
            for one in self.counties.values()
        ]
        told = {"url": self.url, "key": self.service_key.verifier.text(), "counties": counties}
        file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        return file


def handed_in(one: Party, values: list[str], *others: str) -> list[bytes]:
    """Let a county blind its values and hand in tags for others, in plain steps."""
    outputs = one.outputs(PURPOSE, PERIOD, values)
    for other in others:
        one.deliver(PURPOSE, PERIOD, other, one.tags(PURPOSE, PERIOD, other, outputs))
    return outputs


def matched(one: Party, values: list[str], other: str) -> dict[str, str]:
    """Return the values that a county is told to have in common with another, by pair id."""
    told = one.collect(PURPOSE, PERIOD, other)["pairs"]
    order = one.order(PURPOSE, PERIOD, other, len(values))
    return {pair_id: values[order[place]] for place, pair_id in told}


def everything(folder: Path) -> bytes:
    """Every byte that the service keeps."""
    return b"".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())
