"""Tables of the room: programmes and awards, aid."""

from sanzi.registers.subsidies.models.aid import (
    ONCE,
    AidCase,
    AidKind,
    AidMember,
    AidStatus,
    AidVisitor,
)
from sanzi.registers.subsidies.models.awards import (
    Award,
    AwardStatus,
    Program,
    Roster,
    RosterStatus,
)

__all__ = [
    "ONCE",
    "AidCase",
    "AidKind",
    "AidMember",
    "AidStatus",
    "AidVisitor",
    "Award",
    "AwardStatus",
    "Program",
    "Roster",
    "RosterStatus",
]
