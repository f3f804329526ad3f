"""Tables of the room: programmes and awards, aid, relief goods, levies."""

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
    AwardPayout,
    AwardStatus,
    Program,
    Roster,
    RosterStatus,
)
from sanzi.registers.subsidies.models.levies import (
    Levy,
    LevyExempt,
    LevyLine,
    LevyStatus,
    LineKind,
)
from sanzi.registers.subsidies.models.relief import ReliefBatch, ReliefLine, ReliefStatus

__all__ = [
    "ONCE",
    "AidCase",
    "AidKind",
    "AidMember",
    "AidStatus",
    "AidVisitor",
    "Award",
    "AwardPayout",
    "AwardStatus",
    "Levy",
    "LevyExempt",
    "LevyLine",
    "LevyStatus",
    "LineKind",
    "Program",
    "ReliefBatch",
    "ReliefLine",
    "ReliefStatus",
    "Roster",
    "RosterStatus",
]
