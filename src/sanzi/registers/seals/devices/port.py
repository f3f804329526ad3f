"""What the room asks of a machine that holds a seal, whoever made it. No Django, no wire.

Source: interface notes of makers of seal machines: authorise n impressions in a window, take it
back, how many are left, what the machine says of itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class MachineSilent(Exception):
    """The machine, or the maker's platform, gave no answer that counts: try again later."""


class MachineRefuses(Exception):
    """The machine answered no: it does not know the seal, or is broken open."""


@dataclass(frozen=True)
class SealAuth:
    """Leave to make some impressions. The same `auth_id` again is the same leave."""

    auth_id: str
    device: str
    seal: str
    operator: str
    impressions: int
    not_before: datetime
    not_after: datetime
    is_offsite: bool = False


@dataclass(frozen=True)
class DeviceStatus:
    """What a machine says of itself: all impressions it ever made, and records still to come."""

    device: str
    counter: int
    waiting: int
    is_online: bool


class SealDevice(Protocol):
    """A machine, or the platform of its maker. Raises: MachineSilent, MachineRefuses."""

    def authorise(self, auth: SealAuth) -> None:
        """Let the machine make impressions; harmless when repeated."""
        ...

    def revoke(self, device: str, auth_id: str) -> int:
        """Take leave back; return how many impressions were left."""
        ...

    def status(self, device: str) -> DeviceStatus:
        """Ask how the machine is."""
        ...


@dataclass
class Wire:
    """What the settings put in: the machines' platform, and the key that signs what it sends."""

    device: SealDevice | None = None
    public_key: str = ""
    customer: str = ""


wire = Wire()
"""Filled by the room's app, and by tests."""
