"""From the steps of M21 to the actions of the room."""

from __future__ import annotations

from sanzi.kernel import clock, masking, money
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.orgs.models import Person
from sanzi.registers.land.actions import contracts, keeping
from sanzi.registers.land.effects import lists
from sanzi.registers.land.models import LandContract

NEEDED = {"holder_kind", "land_use", "start_date", "end_date", "parcels"}


def register() -> None:
    """Bind the names of M21."""
    registry.check("land.contract_wish", check)
    registry.effect("land.contract_request", request)
    registry.effect("land.contract_approve", approve)
    registry.effect("land.contract_end", end)
    registry.effect("land.contract_show", show)
    registry.effect("land.contract_decide", decide)
    registry.effect("land.contract_sign", sign)
    registry.effect("land.contract_register", enter)
    registry.sheet("land.parcels", sheet)


def _wish(turn: Turn) -> contracts.Wish:
    form = turn.form
    return contracts.Wish(
        holder_kind=form["holder_kind"],
        household=form.get("household", ""),
        counterparty=form.get("counterparty", ""),
        land_use=form["land_use"],
        start_date=form["start_date"],
        end_date=form["end_date"],
        parcels=tuple(
            contracts.Parcel(row["parcel"], int(row["area_mu"] * 100), row["fee"])
            for row in form["parcels"]
        ),
    )


def check(turn: Turn) -> None:
    """Hold the wish against law and register, once it is typed whole."""
    rows = turn.form.get("parcels", ())
    is_whole = all({"parcel", "area_mu", "fee"} <= set(row) for row in rows)
    if set(turn.form) >= NEEDED and is_whole:
        contracts.check(
            wish=_wish(turn), division_code=turn.division_code, on=clock.local_date(turn.at),
            case_number=turn.number,
        )  # fmt: skip


def request(turn: Turn) -> None:
    """Enter the parcels that are to be given out."""
    contracts.request(
        wish=_wish(turn), organisation=turn.organisation, case_number=turn.number,
        by=turn.by, at=turn.at,
    )  # fmt: skip


def approve(turn: Turn) -> None:
    """Note that the town agrees."""
    contracts.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    keeping.end(LandContract, case_number=turn.number, by=turn.by, at=turn.at)


def show(turn: Turn) -> None:
    """Note the publication of the scheme."""
    contracts.show(case_number=turn.number, shown=lists.shown(turn.entry), by=turn.by, at=turn.at)


def decide(turn: Turn) -> None:
    """Note the vote."""
    vote = contracts.Vote(turn.entry["decision"], bool(turn.entry.get("has_credit_check", False)))
    contracts.decide(case_number=turn.number, vote=vote, by=turn.by, at=turn.at)


def sign(turn: Turn) -> None:
    """Note the signature."""
    contracts.sign(
        case_number=turn.number, signed_date=turn.entry["signed_date"], by=turn.by, at=turn.at
    )


def enter(turn: Turn) -> None:
    """Enter the rights to the parcels."""
    contracts.register(case_number=turn.number, by=turn.by, at=turn.at)


def sheet(case_number: str) -> PublicRows:
    """Return the parcels as everybody may read them: firms in full, heads of households masked."""
    rows = LandContract.objects.select_related("household", "counterparty").filter(
        case_number=case_number
    )
    return PublicRows(
        columns=("包给谁", "地块", "多少亩", "一年（元）"),
        rows=tuple(
            (
                one.counterparty.name if one.counterparty else _household(one),
                one.parcel_id,
                f"{one.area_mu_centi / 100:g}",
                money.format_yuan(one.fee_fen_year),
            )
            for one in rows.order_by("pk")
        ),
    )


def _household(one: LandContract) -> str:
    key = one.household.head_person_ext_id if one.household else ""
    head = Person.objects.filter(ext_id=key).values_list("name", flat=True).first()
    return f"{masking.name(head)}户" if head else "本村农户"
