"""One seal machine: its leave to stamp, its counter, its clock, the records it has not sent yet."""

import base64
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

GROUND = (236, 232, 220)
SEAL_RED = (190, 30, 40)
SIDE = 48

Record = dict[str, object]


class Locked(Exception):
    """The machine does not press: no leave, none left, or too early or late."""


@dataclass
class Leave:
    """Leave for some impressions between two instants."""

    auth_id: str
    left: int
    not_before: datetime
    not_after: datetime


@dataclass
class Machine:
    """A machine with one seal. Its clock runs `skew` beside the true one."""

    device: str
    seal: str
    leaves: dict[str, Leave] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    queue: list[Record] = field(default_factory=list)
    counter: int = 0
    seq: int = 0
    is_online: bool = True
    skew: timedelta = timedelta()
    place: tuple[int, int] | None = None

    def authorise(self, leave: Leave) -> None:
        """Take leave to stamp; the same number again changes nothing."""
        if leave.auth_id not in self.leaves and leave.auth_id not in self.spent:
            self.leaves[leave.auth_id] = leave

    def revoke(self, auth_id: str) -> int:
        """Give leave back; return how many impressions were left."""
        self.spent.add(auth_id)
        found = self.leaves.pop(auth_id, None)
        return found.left if found else 0

    def press(self, auth_id: str, *, is_forced: bool = False, has_photos: bool = True) -> Record:
        """Make one impression and write its record; `is_forced` presses without leave.

        Raises: Locked.
        """
        now = datetime.now(UTC) + self.skew
        if not is_forced:
            leave = self.leaves.get(auth_id)
            if leave is None or leave.left < 1:
                raise Locked("no leave")
            if not leave.not_before <= now <= leave.not_after:
                raise Locked("outside the window")
            leave.left -= 1
        self.counter += 1
        photos = {
            "before_photo": picture(self.seq + 1, is_stamped=False),
            "after_photo": picture(self.seq + 1, is_stamped=True),
        }
        lat, lng = self.place or (None, None)
        more: Record = {"auth_id": auth_id, "lat_e6": lat, "lng_e6": lng}
        return self.tell("impression", {**more, **(photos if has_photos else {})})

    def tell(self, kind: str, more: Record | None = None) -> Record:
        """Write a record of something that happened, to be sent."""
        self.seq += 1
        made: Record = {
            "device": self.device, "seal": self.seal, "seq": self.seq, "kind": kind,
            "at": (datetime.now(UTC) + self.skew).isoformat(), "is_late": not self.is_online,
            **(more or {}),
        }  # fmt: skip
        self.queue.append(made)
        return made


def picture(mark: int, *, is_stamped: bool) -> str:
    """Return a small PNG as base64: a sheet of paper, after stamping with a red square on it.

    `mark` makes it another picture than all others.
    """
    rows = bytearray()
    for y in range(SIDE):
        rows.append(0)
        for x in range(SIDE):
            is_red = is_stamped and 14 <= x < 34 and 14 <= y < 34
            is_dot = y == 0 and mark >> x & 1
            rows += bytes(SEAL_RED if is_red else (40, 40, 40) if is_dot else GROUND)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    made = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""),
        )
    )  # fmt: skip
    return base64.b64encode(made).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
