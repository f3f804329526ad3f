"""From the steps of M18 and M19 to the actions of the room."""

from __future__ import annotations

from typing import Any

from sanzi.deals import disposal_errors as errors
from sanzi.deals import disposal_rules as rules
from sanzi.deals.actions import auctions, disposal_wishes, disposals
from sanzi.deals.actions.auctions import AuctionFields
from sanzi.deals.models import Disposal
from sanzi.deals.queries import assets as asset_queries
from sanzi.deals.queries import auctions as auction_queries
from sanzi.kernel import clock, masking, money
from sanzi.matters import registry
from sanzi.matters.registry import Panel, PublicRows, Turn

NEEDED = {"asset", "method", "why", "worth", "floor", "checkers"}


def register() -> None:
    """Bind the names of the powers; called once from `apps.ready`."""
    registry.choices(
        "assets_held", lambda body, _place: asset_queries.held(body), named=asset_queries.title_of
    )
    registry.check("deals.disposal", check)
    for name, run in (
        ("ask", ask), ("approve", approve), ("end", end), ("offer", offer), ("sell", sell),
        ("sign", sign), ("deliver", deliver), ("write_off", write_off),
    ):  # fmt: skip
        registry.effect(f"deals.{name}", run)
    registry.sheet("deals.disposal", _rows)
    for code in ("M17", "M18"):
        registry.panel(code, _panel)


def _wish(turn: Turn) -> disposal_wishes.Wish:
    form: Any = turn.form
    return disposal_wishes.Wish(
        organisation=turn.organisation,
        asset=form["asset"],
        method=form["method"],
        reason=form["why"],
        worth_fen=form["worth"],
        floor_fen=form["floor"],
        checkers=[row["person"] for row in form["checkers"]],
        appraiser=form.get("appraiser", ""),
        appraised_date=form.get("appraised_date"),
        publicity_from_date=form.get("publicity_from"),
        decision=turn.decision_ext_id,
        more=[disposal_wishes.Also(row["asset"], row["worth"]) for row in form.get("more", ())],
    )


def check(turn: Turn) -> None:
    """Hold the wish against card, valuation, publicity and vote, once it is typed whole."""
    rows = turn.form.get("more", ())
    if set(turn.form) >= NEEDED and all({"asset", "worth"} <= set(row) for row in rows):
        disposal_wishes.check(wish=_wish(turn), at=turn.at, case_number=turn.number)


def ask(turn: Turn) -> None:
    """Enter what is asked for."""
    disposals.ask(wish=_wish(turn), case_number=turn.number, by=turn.by, at=turn.at)


def approve(turn: Turn) -> None:
    """Note the approval."""
    disposals.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    disposals.end(case_number=turn.number, by=turn.by, at=turn.at)


def offer(turn: Turn) -> None:
    """Publish the auction; what is scrapped, pulled down or given away needs none."""
    wish, entry = _wish(turn), turn.entry
    today = clock.local_date(turn.at)
    if not rules.needs_auction(wish.worth_fen, wish.method, today):
        return
    needed = ("opens_at", "closes_at", "step", "bid_deposit", "platform_level")
    if not set(needed) <= set(entry):
        raise errors.SaleWrong(why="要公开竞价，时间、加价、保证金、平台没填全", advice="请填全。")
    is_large = wish.worth_fen >= rules.figures(today).county_from_fen
    if is_large and entry["platform_level"] != "county":
        raise errors.SaleWrong(why="要上县平台", advice="请把竞价的地方改成县平台。")
    auctions.publish(
        fields=AuctionFields(
            asset=wish.asset,
            subject_kind="disposal",
            appraised_fen=wish.worth_fen,
            floor_fen=wish.floor_fen,
            step_fen=entry["step"],
            deposit_fen=entry["bid_deposit"],
            decision_ref=wish.decision,
            opens_at=entry["opens_at"],
            closes_at=entry["closes_at"],
            platform_level=entry["platform_level"],
            more=[one.asset for one in wish.more],
        ),
        by=turn.by,
        at=turn.at,
        case_number=turn.number,
    )


def sell(turn: Turn) -> None:
    """Take the buyer, and sign with him."""
    offers = [
        disposals.Offer(buyer=row["firm"], price_fen=row["price"])
        for row in turn.entry.get("quotes", ())
    ]
    disposals.sell(case_number=turn.number, offers=offers, by=turn.by, at=turn.at)


def sign(turn: Turn) -> None:
    """Sign with the buyer and ask him for the money."""
    if not Disposal.objects.filter(case_number=turn.number, buyer__isnull=False).exists():
        return
    if "sign_date" not in turn.entry:
        raise errors.DisposalWrong(what="签订日期", why="还没写")
    disposals.sign(
        case_number=turn.number, sign_date=turn.entry["sign_date"], by=turn.by, at=turn.at
    )


def deliver(turn: Turn) -> None:
    """Hand it over, once the money is there."""
    disposals.hand_over(
        case_number=turn.number, executed_at=turn.entry["executed_at"], by=turn.by, at=turn.at
    )


def write_off(turn: Turn) -> None:
    """Take it off the books and close its card."""
    disposals.write_off(case_number=turn.number, by=turn.by, at=turn.at)


def _panel(case_number: str) -> Panel | None:
    found = auction_queries.of_case(case_number)
    if found is None:
        return None
    said = {"ext_id": found.ext_id, "title": found.title, "state": found.get_state_display()}
    return Panel("office/_auction_panel.html", said)


def _rows(case_number: str) -> PublicRows:
    """The disposal of a case; firms by name, persons masked."""
    made = Disposal.objects.select_related("asset", "buyer").filter(case_number=case_number)
    return PublicRows(
        columns=("资产", "评估价（元）", "公示天数", "买主", "成交价（元）", "到账（元）"),
        rows=tuple(
            (
                one.asset.name,
                money.format_yuan(one.appraised_fen) if one.appraised_fen is not None else "没评估",
                str(one.appraisal_publicity_days or 0),
                _name(one),
                money.format_yuan(one.price_fen or 0),
                money.format_yuan(one.received_fen),
            )
            for one in made.order_by("pk")
        ),
    )


def _name(one: Disposal) -> str:
    if one.buyer is None:
        return "没有"
    return masking.name(one.buyer.name) if one.buyer.kind == "person" else one.buyer.name
