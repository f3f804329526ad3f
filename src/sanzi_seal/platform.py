"""The maker's platform: machines by name, the faults that are on, and what is sent to the customer.

All state is in memory: a simulator that is stopped forgets.
"""

import json
import threading
from datetime import datetime, timedelta
from urllib.error import URLError
from urllib.request import Request, urlopen

from sanzi_seal.machine import Leave, Locked, Machine, Record
from sanzi_seal.signing import CUSTOMER, KeyRing

FAULTS = {
    "duplicate": "the next message is sent twice",
    "lost_answer": "the next message arrives, but its answer is lost: it is sent again later",
    "network_loss": "the next message does not arrive: its records wait",
    "bad_signature": "the next message is signed with nobody's key: its records wait",
    "changed_record": "the next message is sent again with another time in it",
    "no_photo": "the next impression has no pictures",
    "silent": "the next question of the customer is not answered",
}
SEND_SECONDS = 10
BATCH = 50
Fields = dict[str, object]


class Refused(Exception):
    """A question that the platform answers with no."""


class Platform:
    """All machines of the maker that this customer has."""

    def __init__(self, keys: KeyRing) -> None:
        """Begin without machines."""
        self.keys, self.lock = keys, threading.RLock()
        self.machines: dict[str, Machine] = {}
        self.faults: list[str] = []
        self.push_url = ""

    def strikes(self, kind: str) -> bool:
        """Whether a fault is on; it strikes once."""
        if kind not in self.faults:
            return False
        self.faults.remove(kind)
        return True

    def machine(self, fields: Fields) -> Machine:
        """Return the machine that a message names. Raises: Refused."""
        found = self.machines.get(str(fields.get("device")))
        if found is None:
            raise Refused("no such machine")
        return found

    # --- what the customer asks -----------------------------------------------------------------

    def authorise(self, fields: Fields) -> Fields:
        """Give a machine leave to stamp."""
        machine = self.machine(fields)
        if machine.seal != fields["seal"]:
            raise Refused("another seal is in this machine")
        machine.authorise(
            Leave(
                auth_id=str(fields["auth_id"]),
                left=int(str(fields["impressions"])),
                not_before=datetime.fromisoformat(str(fields["not_before"])),
                not_after=datetime.fromisoformat(str(fields["not_after"])),
            )
        )
        return {"auth_id": fields["auth_id"]}

    def revoke(self, fields: Fields) -> Fields:
        """Take leave back."""
        return {"left": self.machine(fields).revoke(str(fields["auth_id"]))}

    def status(self, fields: Fields) -> Fields:
        """Say how a machine is."""
        machine = self.machine(fields)
        return {
            "counter": machine.counter,
            "waiting": len(machine.queue),
            "is_online": machine.is_online,
        }

    # --- what a hand at the machine does (control door) -------------------------------------------

    def add(self, fields: Fields) -> Fields:
        """{device, seal, lat_e6?, lng_e6?}: a new machine; with the same name it begins anew."""
        made = Machine(str(fields["device"]), str(fields["seal"]))
        if fields.get("lat_e6") is not None:
            made.place = (int(str(fields["lat_e6"])), int(str(fields["lng_e6"])))
        self.machines[made.device] = made
        return {"device": made.device}

    def press(self, fields: Fields) -> Fields:
        """{device, auth_id, forced?}: press once; `forced` presses without leave."""
        machine = self.machine(fields)
        try:
            record = machine.press(
                str(fields.get("auth_id") or ""),
                is_forced=bool(fields.get("forced")),
                has_photos=not self.strikes("no_photo"),
            )
        except Locked as why:
            return {"is_pressed": False, "why": str(why)}
        return {"is_pressed": True, "seq": record["seq"], "sent": self.flush(machine)}

    def event(self, fields: Fields) -> Fields:
        """{device, kind}: forced_open, tamper, low_battery, out_of_fence, clock_error."""
        machine = self.machine(fields)
        record = machine.tell(str(fields["kind"]))
        return {"seq": record["seq"], "sent": self.flush(machine)}

    def line(self, fields: Fields) -> Fields:
        """{device, online}: cut the line or put it back; then what waited is sent, last first."""
        machine = self.machine(fields)
        if fields["online"]:
            machine.is_online = True
            machine.queue.reverse()
            machine.tell("online")
        else:
            machine.tell("offline")
            self.flush(machine)
            machine.is_online = False
        return {"sent": self.flush(machine), "waiting": len(machine.queue)}

    def clock(self, fields: Fields) -> Fields:
        """{device, seconds}: let the machine's clock run so far beside the true one."""
        self.machine(fields).skew = timedelta(seconds=int(str(fields["seconds"])))
        return {"seconds": fields["seconds"]}

    def count(self, fields: Fields) -> Fields:
        """{device, by}: impressions that the counter saw and no record tells."""
        machine = self.machine(fields)
        machine.counter += int(str(fields["by"]))
        return {"counter": machine.counter}

    def fault(self, fields: Fields) -> Fields:
        """{kind} or {clear}: switch a fault on for once, or all off."""
        if fields.get("clear"):
            self.faults.clear()
        else:
            kind = str(fields["kind"])
            if kind not in FAULTS:
                raise Refused(f"faults: {', '.join(FAULTS)}")
            self.faults.append(kind)
        return {"faults": list(self.faults)}

    def setting(self, fields: Fields) -> Fields:
        """{push_url}: where records go."""
        self.push_url = str(fields["push_url"])
        return {"push_url": self.push_url}

    def retry(self, fields: Fields) -> Fields:
        """{device}: send what waits."""
        machine = self.machine(fields)
        return {"sent": self.flush(machine), "waiting": len(machine.queue)}

    # --- sending ----------------------------------------------------------------------------------

    def flush(self, machine: Machine) -> int:
        """Send what waits, oldest first; return the HTTP status of the last message, 0 for none.

        Records leave the queue when the customer has said 200 to them.
        """
        if not machine.is_online or not machine.queue or not self.push_url:
            return 0
        records = machine.queue[:BATCH]
        if self.strikes("network_loss"):
            return 0
        status = self._send(records)
        if self.strikes("duplicate"):
            status = self._send(records)
        if self.strikes("changed_record"):
            self._send([{**records[-1], "at": "2020-01-01T00:00:00+00:00"}])
        if status == 200 and not self.strikes("lost_answer"):
            del machine.queue[: len(records)]
        return status

    def _send(self, records: list[Record]) -> int:
        raw = json.dumps({"records": records}, ensure_ascii=False).encode()
        signature = self.keys.machines.sign(CUSTOMER.encode() + b"\n" + raw)
        if self.strikes("bad_signature"):
            signature = self.keys.machines.sign(b"something else")
        headers = {
            "Content-Type": "application/json",
            "X-Seal-Customer": CUSTOMER,
            "X-Seal-Signature": signature,
        }
        request = Request(self.push_url, raw, headers, method="POST")  # noqa: S310 - ours
        try:
            with urlopen(request, timeout=SEND_SECONDS) as answer:  # noqa: S310 - as above
                return int(answer.status)
        except URLError as problem:
            return int(getattr(problem, "code", 0))
