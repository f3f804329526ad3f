"""The worker process of the chaos harness: the duties of `sanzi worker`, on a clock that runs fast.

`naive` as first argument gives a sender as many write it: what has no answer is sent again under
a new number. It is there to show that the harness can fail.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import django

from sanzi.bank.errors import GatewayError
from sanzi.bank.http import Iso20022Gateway, Terms
from sanzi.bank.port import BatchLine, Caps, LineState, PaymentBatch
from sanzi.bank.push import SeenEvents

PAUSE_SECONDS = 0.01
DUTIES = ("payments.dispatch", "payments.notifications", "payments.statements", "payments.books")
TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True)
class Place:
    """Where the processes of one run meet."""

    folder: Path
    bank_url: str
    keys: Path
    schemas: Path
    lines_max: int
    is_replay_safe: bool
    is_queue_dead: bool

    @classmethod
    def from_environment(cls) -> Place:
        """Read what the driver has put into the environment."""
        found = os.environ
        return cls(
            folder=Path(found["CHAOS_FOLDER"]),
            bank_url=found["CHAOS_BANK_URL"],
            keys=Path(found["CHAOS_KEYS"]),
            schemas=Path(found["SANZI_SCHEMAS"]),
            lines_max=int(found["CHAOS_LINES_MAX"]),
            is_replay_safe=found["CHAOS_REPLAY"] == "yes",
            is_queue_dead=found["CHAOS_QUEUE_DEAD"] == "yes",
        )

    def environment(self) -> dict[str, str]:
        """Return what `from_environment` reads."""
        return {
            "CHAOS_FOLDER": str(self.folder),
            "CHAOS_BANK_URL": self.bank_url,
            "CHAOS_KEYS": str(self.keys),
            "SANZI_SCHEMAS": str(self.schemas),
            "CHAOS_LINES_MAX": str(self.lines_max),
            "CHAOS_REPLAY": "yes" if self.is_replay_safe else "no",
            "CHAOS_QUEUE_DEAD": "yes" if self.is_queue_dead else "no",
        }

    def gateway(self, seen: SeenEvents | None = None) -> ChoppyGateway:
        """Return a gateway to the bank of this run; with a memory it takes what is pushed."""
        return ChoppyGateway(self, seen)


class ChoppyGateway(Iso20022Gateway):
    """The ISO 20022 gateway, but with short messages, so that a batch takes many sends."""

    def __init__(self, place: Place, seen: SeenEvents | None) -> None:
        super().__init__(
            place.bank_url,
            place.keys / "sanzi.key",
            place.keys / "bank.pub",
            TIMEOUT_SECONDS,
            place.schemas,
            terms=Terms("bank", seen=seen),
        )
        self._place = place

    def capabilities(self) -> Caps:
        """Say what this bank can do."""
        return replace(
            super().capabilities(),
            lines_max=self._place.lines_max,
            idempotent_replay=self._place.is_replay_safe,
            queue_dead_at_statement=self._place.is_queue_dead,
        )


def read_clock(folder: Path) -> datetime:
    """Return the virtual time of the run. It stands still until the driver moves it."""
    return datetime.fromtimestamp(float((folder / "clock").read_text()), UTC)


def write_clock(folder: Path, at: datetime) -> None:
    """Let the virtual time jump to an instant."""
    _write(folder / "clock", str(at.timestamp()))


def last_round(folder: Path) -> datetime | None:
    """Return the virtual time of the last round that the worker has finished."""
    file = folder / "round"
    return datetime.fromtimestamp(float(file.read_text()), UTC) if file.exists() else None


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(file)


def forget_higher_rooms() -> None:
    """Take off the callbacks of rooms above: the orders of this harness belong to no case."""
    from sanzi.payments import hooks

    for hook in (
        hooks.on_settled,
        hooks.on_line_failed,
        hooks.on_order_done,
        hooks.on_release_gate,
        hooks.on_tampering,
        hooks.on_silence,
    ):
        hook.forget_all()


def work(place: Place) -> None:
    """Do the payment duties, one round whenever the clock has jumped, while the driver lives."""
    from sanzi.notices import duties
    from sanzi.payments.actions import gateways

    forget_higher_rooms()
    gateways.use(place.gateway())
    for duty in duties.registered():
        if duty.name not in DUTIES:
            duties.unregister(duty.name)
    print("worker ready", flush=True)
    driver, done = os.getppid(), None
    while os.getppid() == driver:
        at = read_clock(place.folder)
        if at != done and duties.run_round(at):
            _write(place.folder / "round", str(at.timestamp()))
            done = at
        time.sleep(PAUSE_SECONDS)


def work_naively(place: Place) -> None:
    """Send until every line has an answer; a line without one is sent again as a new payment."""
    bank, state = place.gateway(), place.folder / "naive.json"
    print("worker ready", flush=True)
    driver = os.getppid()
    while os.getppid() == driver:
        if state.exists():
            _send_naively(bank, state, place)
        time.sleep(PAUSE_SECONDS)


def _send_naively(bank: ChoppyGateway, state: Path, place: Place) -> None:
    said = json.loads(state.read_text())
    open_lines = [one for one in said["lines"] if not one["done"]][: place.lines_max]
    if not open_lines:
        return
    number = int(time.time() * 1000)
    batch = PaymentBatch(
        **said["header"],
        msg_id=f"N-{number}",
        created_at=read_clock(place.folder),
        lines=tuple(
            BatchLine(
                instr_id=f"N-{number}-{place_in}",
                e2e_id=f"{one['root']}-N{number}",
                payee_name=one["name"],
                payee_account=one["account"],
                payee_bank_code=said["header"]["debit_bank_code"],
                amount_fen=one["amount_fen"],
                purpose="",
            )
            for place_in, one in enumerate(open_lines)
        ),
    )
    try:
        ack = bank.send(batch.msg_id, bank.build_batch(batch))
    except GatewayError:
        return
    answered = {one.e2e_id for one in ack.lines if one.status is not LineState.NOT_FOUND}
    for one in open_lines:
        one["done"] = f"{one['root']}-N{number}" in answered
    fresh = state.with_suffix(".new")
    fresh.write_text(json.dumps(said))
    fresh.rename(state)


def main() -> None:
    """Run until killed."""
    place = Place.from_environment()
    if sys.argv[1:] == ["naive"]:
        work_naively(place)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
    django.setup()
    work(place)


if __name__ == "__main__":
    main()
