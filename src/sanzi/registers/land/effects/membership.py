"""From the steps of M24 to the actions of the room."""

from __future__ import annotations

from sanzi.matters import registry
from sanzi.matters.registry import Turn
from sanzi.registers.land.actions import keeping, membership
from sanzi.registers.land.effects import lists
from sanzi.registers.land.models import Membership


def register() -> None:
    """Bind the names of M24."""
    registry.check("land.member_wish", check)
    registry.effect("land.member_request", request)
    registry.effect("land.member_checked", checked)
    registry.effect("land.member_end", end)
    registry.effect("land.member_decide", decide)
    registry.effect("land.member_show", show)
    registry.effect("land.member_file", file)


def _wish(turn: Turn) -> membership.Wish:
    return membership.Wish(turn.form["person"], turn.form["kind"], turn.form["ground"])


def check(turn: Turn) -> None:
    """Hold the wish against law and register, once it is typed whole."""
    if {"person", "kind", "ground"} <= set(turn.form):
        membership.check(
            wish=_wish(turn), division_code=turn.division_code, case_number=turn.number
        )


def request(turn: Turn) -> None:
    """Enter what is asked for."""
    membership.request(
        wish=_wish(turn), organisation=turn.organisation, case_number=turn.number,
        by=turn.by, at=turn.at,
    )  # fmt: skip


def checked(turn: Turn) -> None:
    """Note the council's check."""
    membership.pass_check(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    keeping.end(Membership, case_number=turn.number, by=turn.by, at=turn.at)


def decide(turn: Turn) -> None:
    """Note what the meeting decided."""
    verdict = membership.Verdict(
        decision=turn.entry["decision"],
        is_accepted=turn.entry["result"] == "accept",
        refuse_ground=turn.entry.get("refuse_ground", ""),
    )
    membership.decide(case_number=turn.number, verdict=verdict, by=turn.by, at=turn.at)


def show(turn: Turn) -> None:
    """Note the publication."""
    membership.show(case_number=turn.number, shown=lists.shown(turn.entry), by=turn.by, at=turn.at)


def file(turn: Turn) -> None:
    """Note the filing; the roster of members changes."""
    membership.file(case_number=turn.number, file_no=turn.entry["file_no"], by=turn.by, at=turn.at)
