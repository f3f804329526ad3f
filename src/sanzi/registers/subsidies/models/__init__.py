"""Tables of the room: programmes and awards."""

from sanzi.registers.subsidies.models.awards import (
    Award,
    AwardStatus,
    Program,
    Roster,
    RosterStatus,
)

__all__ = ["Award", "AwardStatus", "Program", "Roster", "RosterStatus"]
