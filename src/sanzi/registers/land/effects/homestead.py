"""From the steps of M22 to the actions of the room."""

from __future__ import annotations

from sanzi.kernel import clock
from sanzi.matters import registry
from sanzi.matters.registry import Turn
from sanzi.registers.land.actions import homestead, keeping
from sanzi.registers.land.effects import lists
from sanzi.registers.land.models import Homestead

NEEDED = {"household", "ground", "land_class", "area_m2", "old_site", "has_sold"}


def register() -> None:
    """Bind the names of M22."""
    registry.check("land.plot_wish", check)
    registry.effect("land.plot_request", request)
    registry.effect("land.plot_approve", approve)
    registry.effect("land.plot_end", end)
    registry.effect("land.plot_discuss", discuss)
    registry.effect("land.plot_show", show)
    registry.effect("land.plot_accept", accept)
    registry.effect("land.plot_stake", stake)
    registry.effect("land.plot_inspect", inspect)
    registry.effect("land.plot_certify", certify)


def _wish(turn: Turn) -> homestead.Wish:
    form = turn.form
    return homestead.Wish(
        household=form["household"],
        ground=form["ground"],
        land_class=form["land_class"],
        area_m2_centi=int(form["area_m2"] * 100),
        place=form.get("place", ""),
        old_site=form["old_site"],
        has_sold=form["has_sold"],
    )


def check(turn: Turn) -> None:
    """Hold the wish against law and register, once it is typed whole."""
    if set(turn.form) >= NEEDED:
        homestead.check(
            wish=_wish(turn), division_code=turn.division_code, on=clock.local_date(turn.at),
            case_number=turn.number,
        )  # fmt: skip


def request(turn: Turn) -> None:
    """Enter what is asked for."""
    homestead.request(
        wish=_wish(turn), organisation=turn.organisation, case_number=turn.number,
        by=turn.by, at=turn.at,
    )  # fmt: skip


def approve(turn: Turn) -> None:
    """Note the approval."""
    homestead.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    keeping.end(Homestead, case_number=turn.number, by=turn.by, at=turn.at)


def discuss(turn: Turn) -> None:
    """Note the group's discussion."""
    homestead.discuss(
        case_number=turn.number, held_at=turn.entry["held_at"], present=turn.entry["present"],
        agreed=turn.entry["agreed"], by=turn.by, at=turn.at,
    )  # fmt: skip


def show(turn: Turn) -> None:
    """Note the publication."""
    homestead.show(case_number=turn.number, shown=lists.shown(turn.entry), by=turn.by, at=turn.at)


def accept(turn: Turn) -> None:
    """Note that the town took it up."""
    homestead.accept(
        case_number=turn.number, visited_at=turn.entry["visited_at"], by=turn.by, at=turn.at
    )


def stake(turn: Turn) -> None:
    """Note that the plot was marked out."""
    homestead.stake(
        case_number=turn.number, visited_at=turn.entry["visited_at"], by=turn.by, at=turn.at
    )


def inspect(turn: Turn) -> None:
    """Note what was built."""
    entry = turn.entry
    built = homestead.Built(
        visited_at=entry["visited_at"],
        built_date=entry["built_date"],
        built_m2_centi=int(entry["built_m2"] * 100),
        old_returned_date=entry.get("old_returned_date"),
    )
    homestead.inspect(case_number=turn.number, built=built, by=turn.by, at=turn.at)


def certify(turn: Turn) -> None:
    """Enter the right to the plot."""
    homestead.certify(
        case_number=turn.number, parcel_id=turn.entry["parcel_id"],
        certificate_no=turn.entry["certificate_no"], by=turn.by, at=turn.at,
    )  # fmt: skip
