"""From the steps of M34 and M35 to the actions of the room, and what their pages show."""

from __future__ import annotations

from decimal import Decimal

from sanzi.kernel import clock
from sanzi.matters import registry
from sanzi.matters.registry import Panel, Turn
from sanzi.registers.seals import queries, rules
from sanzi.registers.seals.actions import services, uses

WISH = {"seal_id", "item_code", "applicant_person_id", "copies"}
ASKED = {"item_code", "applicant_person_id"}


def register() -> None:
    """Bind the names of both powers; called once from `apps.ready`."""
    registry.tier("seals.tier", tier)
    registry.check("seals.wish", check)
    registry.effect("seals.request", request)
    registry.effect("seals.approve", approve)
    registry.effect("seals.end", end)
    registry.effect("seals.press", press, gate="seal")
    registry.effect("seals.close", close)
    registry.choices("seals", queries.seal_choices)
    registry.choices("seal_items", queries.item_choices)
    registry.panel("M34", use_panel)
    registry.sheet("seals.used", queries.used_rows)
    registry.check("services.asked", check_service)
    registry.effect("services.apply", apply)
    registry.effect("services.seal", seal)
    registry.effect("services.deliver", deliver)
    registry.effect("services.end", end_service)
    registry.choices("service_items", queries.service_choices)
    registry.panel("M35", service_panel)
    registry.sheet("services.done", queries.done_rows)


def tier(turn: Turn) -> str:
    """Find the tier by the class of the item; a stamp out of the village is of the highest.

    What the list allows alone is approved by the head where the keeper would press it for kin.
    """
    item = rules.seal_list(clock.local_date(turn.at)).items.get(turn.form.get("item_code", ""))
    found = rules.tier(item, is_offsite=turn.form.get("is_offsite", False))
    lowest, next_one = rules.TIERS["A"], rules.TIERS["B"]
    seal, applicant = turn.form.get("seal_id", ""), turn.form.get("applicant_person_id", "")
    return next_one if found == lowest and queries.is_for_kin(seal, applicant) else found


def _wish(turn: Turn) -> uses.Wish:
    form = turn.form
    return uses.Wish(
        seal=form["seal_id"],
        item=form["item_code"],
        applicant=form["applicant_person_id"],
        purpose=form.get("purpose", ""),
        copies=form["copies"],
        contract=form.get("contract_id", ""),
        decision=form.get("decision_id", ""),
        is_offsite=form.get("is_offsite", False),
        offsite_place=form.get("offsite_place", ""),
    )


def check(turn: Turn) -> None:
    """Hold the wish against the list, once it is typed whole."""
    if set(turn.form) >= WISH:
        uses.check(wish=_wish(turn), organisation=turn.organisation, at=turn.at)


def request(turn: Turn) -> None:
    """Enter what is to be stamped."""
    uses.request(
        wish=_wish(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def approve(turn: Turn) -> None:
    """Authorise the impressions."""
    uses.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    uses.end(case_number=turn.number, by=turn.by, at=turn.at)


def press(turn: Turn) -> None:
    """Write one impression down."""
    papers = dict(reversed(turn.entry_papers))
    uses.press(
        case_number=turn.number,
        is_used=turn.entry["is_used"],
        press=uses.Press(
            before_photo_hash=papers.get("before_photo", ""),
            after_photo_hash=papers.get("after_photo", ""),
            lat_e6=_e6(turn.entry.get("lat")),
            lng_e6=_e6(turn.entry.get("lng")),
        ),
        by=turn.by,
        at=turn.at,
    )


def _e6(degrees: Decimal | None) -> int | None:
    return None if degrees is None else int(degrees * 1_000_000)


def close(turn: Turn) -> None:
    """End the use."""
    uses.close(case_number=turn.number, by=turn.by, at=turn.at)


def use_panel(number: str) -> Panel | None:
    """Show the leave to stamp, and what was stamped."""
    facts = queries.use_facts(number)
    return Panel("office/panels/seal_use.html", {"facts": facts}) if facts else None


def _asked(turn: Turn) -> services.Asked:
    form = turn.form
    return services.Asked(
        item=form["item_code"],
        applicant=form["applicant_person_id"],
        purpose=form.get("purpose", ""),
        channel=form.get("channel", "desk"),
        text=form.get("text", ""),
    )


def check_service(turn: Turn) -> None:
    """Hold what is asked for against the list, once it is said."""
    if set(turn.form) >= ASKED:
        services.check(
            asked=_asked(turn),
            organisation=turn.organisation,
            case_number=turn.number,
            at=turn.at,
        )


def apply(turn: Turn) -> None:
    """Enter what the villager came for."""
    services.apply(
        asked=_asked(turn),
        organisation=turn.organisation,
        case_number=turn.number,
        by=turn.by,
        at=turn.at,
    )


def seal(turn: Turn) -> None:
    """Print the paper and hand its sealing in."""
    services.hand_to_seal(
        case_number=turn.number, purpose=turn.form.get("purpose", ""), by=turn.by, at=turn.at
    )


def deliver(turn: Turn) -> None:
    """Note that the paper was handed over."""
    services.deliver(case_number=turn.number, by=turn.by, at=turn.at)


def end_service(turn: Turn) -> None:
    """Note that it was given up."""
    services.end(case_number=turn.number, by=turn.by, at=turn.at)


def service_panel(number: str) -> Panel | None:
    """Show the paper's words and where its sealing stands."""
    facts = queries.service_facts(number)
    return Panel("office/panels/service.html", {"facts": facts}) if facts else None
