"""From the steps of M17 to the actions of the room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sanzi.deals.actions import auctions, contracts
from sanzi.deals.actions.auctions import AuctionFields
from sanzi.deals.actions.contracts import CLAUSES, ContractFields
from sanzi.deals.models import Asset
from sanzi.deals.queries import auctions as auction_queries
from sanzi.deals.queries.auctions import AwardView
from sanzi.kernel import clock, masking, money
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.registers.leases import errors, rules
from sanzi.registers.leases.actions import leases, plans
from sanzi.registers.leases.actions.leases import LeaseFields
from sanzi.registers.leases.actions.plans import Plan
from sanzi.registers.leases.models import TIES, Lease
from sanzi.registers.leases.queries import leases as queries

NEEDED = {
    "asset", "appraised", "reserve_rent", "term_months", "start_date", "pay_cycle", "deposit",
}  # fmt: skip
LEVELS = ("village", "town", "county")


def register() -> None:
    """Bind the power's names; called once from `apps.ready`."""
    registry.choices("assets_to_let", lambda body, _place: queries.to_let(body))
    registry.check("leases.plan", check)
    registry.sheet("leases.auction", _auction_rows)
    registry.sheet("leases.summary", _lease_rows)
    for name, run in (
        ("auction", auction), ("award", award), ("contract", contract), ("handover", handover),
    ):  # fmt: skip
        registry.effect(f"leases.{name}", run)


def _plan(turn: Turn) -> Plan:
    form: Any = turn.form
    return Plan(
        organisation=turn.organisation,
        asset=form["asset"],
        appraised_fen_year=form["appraised"],
        reserve_fen_year=form["reserve_rent"],
        term_months=form["term_months"],
        start_date=form["start_date"],
        pay_cycle=form["pay_cycle"],
        deposit_fen=form["deposit"],
        tenant=form.get("tenant", ""),
        decision=turn.decision_ext_id,
    )


def check(turn: Turn) -> None:
    """Hold the plan against card, law, last rent and running leases, once it is typed whole."""
    if set(turn.form) >= NEEDED:
        plans.check(plan=_plan(turn), at=turn.at)


def auction(turn: Turn) -> None:
    """Publish the auction at the floor that was decided."""
    plan, entry = _plan(turn), turn.entry
    plans.check(plan=plan, at=turn.at)
    today = clock.local_date(turn.at)
    least = rules.level_for(plan.reserve_fen_year, plan.term_months, today)
    if LEVELS.index(entry["platform_level"]) < LEVELS.index(least):
        raise errors.LevelTooLow
    auctions.publish(
        fields=AuctionFields(
            asset=plan.asset,
            subject_kind="lease",
            appraised_fen=plan.appraised_fen_year,
            floor_fen=plan.reserve_fen_year,
            step_fen=entry["step"],
            deposit_fen=entry["bid_deposit"],
            decision_ref=plan.decision,
            opens_at=entry["opens_at"],
            closes_at=entry["closes_at"],
            platform_level=entry["platform_level"],
        ),
        by=turn.by,
        at=turn.at,
        case_number=turn.number,
    )


def award(turn: Turn) -> None:
    """Take the winner, or the sitting tenant who goes along with the price."""
    found = _award(turn, "公示")
    if not turn.entry["uses_priority"]:
        return
    asset = Asset.objects.get(ext_id=found.asset)
    sitting = queries.sitting_tenant(asset, clock.local_date(turn.at))
    if sitting is None:
        raise errors.LeaseWrong(what="优先权", why="这件资产没有原承租人")
    auctions.take_priority(
        auction=found.ext_id, counterparty=sitting.ext_id, by=turn.by, at=turn.at
    )


def contract(turn: Turn) -> None:
    """Sign with the winner after the publicity, or with the tenant of a small lease."""
    plan, entry = _plan(turn), turn.entry
    start = entry.get("start_date") or plan.start_date
    asset = Asset.objects.get(ext_id=plan.asset)
    signing = plan if start == plan.start_date else _from(plan, start)
    is_auctioned = rules.needs_auction(
        plan.reserve_fen_year, plan.start_date, plan.end_date, clock.local_date(turn.at)
    )
    won = _award(turn, "签合同") if is_auctioned else None
    if won is not None:
        _require_shown(won.awarded_at, entry["sign_date"], turn.at)
    if not entry["is_model_text"]:
        raise errors.LeaseWrong(what="合同", why="要用示范文本，转租、违约、到期交还都写在里面")
    fields = _lease(turn, signing, won)
    made = contracts.register(
        fields=ContractFields(
            organisation=plan.organisation,
            kind="lease",
            title=f"{asset.name}租赁合同",
            counterparty=fields.tenant,
            sign_date=entry["sign_date"],
            start_date=signing.start_date,
            end_date=signing.end_date,
            period_fen=fields.rent_fen_year,
            decision=plan.decision,
            subject=plan.asset,
            clauses=dict.fromkeys(CLAUSES, True),
        ),
        by=turn.by,
        at=turn.at,
        case_number=turn.number,
    )
    leases.sign_lease(
        fields=LeaseFields(**{**fields.__dict__, "contract_ref": made}),
        by=turn.by,
        at=turn.at,
        case_number=turn.number,
    )


def handover(turn: Turn) -> None:
    """Let the tenant in."""
    leases.hand_over(case_number=turn.number, note=turn.entry["note"], by=turn.by, at=turn.at)


def _from(plan: Plan, start: Any) -> Plan:
    return Plan(**{**plan.__dict__, "start_date": start})


def _lease(turn: Turn, plan: Plan, won: AwardView | None) -> LeaseFields:
    form: Any = turn.form
    asset = Asset.objects.get(ext_id=plan.asset)
    tenant = won.winner if won else plan.tenant
    last = queries.last_lease(asset)
    is_renewal = last is not None and last.tenant.ext_id == tenant
    return LeaseFields(
        organisation=plan.organisation,
        asset=plan.asset,
        tenant=tenant,
        start_date=plan.start_date,
        end_date=plan.end_date,
        rent_fen_year=won.price_fen if won else plan.reserve_fen_year,
        pay_cycle=plan.pay_cycle,
        deposit_fen=plan.deposit_fen,
        rent_steps={row["year"]: row["rent"] for row in form.get("rent_steps", ())},
        reserve_rent_fen_year=won.floor_fen if won else plan.reserve_fen_year,
        appraised_rent_fen_year=plan.appraised_fen_year,
        auction=won.ext_id if won else "",
        decision_ref=plan.decision,
        use_limit=form["use_limit"],
        is_sublet_allowed=form["is_sublet_allowed"],
        renewed_from=last.ext_id if last is not None and is_renewal else "",
    )


def _award(turn: Turn, verb: str) -> AwardView:
    made = auction_queries.of_case(turn.number)
    found = auction_queries.award_of(made.ext_id) if made else None
    if found is None:
        raise errors.NoAward(
            now=made.get_state_display() if made else "还没有公告",
            verb=verb,
            advice="请在拍租页登记竞租人、等出价的钟点过了点成交；流拍了在那里再拍一轮。",
        )
    return found


def _require_shown(awarded_at: datetime, signed: Any, at: datetime) -> None:
    """Hold the day of signing against the publicity of the result. Raises: NoAward."""
    figures = rules.figures(clock.local_date(at))
    first = clock.local_date(awarded_at) + timedelta(days=figures.publicity_days)
    last = first + timedelta(days=figures.sign_within_days)
    if not first <= signed <= last:
        raise errors.NoAward(
            now=f"要公示{figures.publicity_days}天",
            verb="在这一天签合同",
            advice=f"请在{clock.date_said(first)}到{clock.date_said(last)}之间签。",
        )


def _public_name(name: str, kind: str) -> str:
    return masking.name(name) if kind == "person" else name


def _auction_rows(case_number: str) -> PublicRows:
    """How the auction of a case ended; firms by name, persons masked."""
    made = auction_queries.of_case(case_number)
    found = auction_queries.award_of(made.ext_id) if made else None
    columns = ("轮次", "几家出价", "成交人", "年租（元）")
    if found is None:
        return PublicRows(columns, ())
    name = _public_name(found.winner_name, found.winner_kind)
    price = money.format_yuan(found.price_fen)
    return PublicRows(columns, ((f"第{found.round}轮", f"{found.bidder_count}家", name, price),))


def _lease_rows(case_number: str) -> PublicRows:
    """The lease of a case; firms by name, persons masked."""
    made = Lease.objects.select_related("tenant").filter(case_number=case_number)
    return PublicRows(
        columns=("承租人", "从哪天", "到哪天", "年租（元）", "和村干部的关系"),
        rows=tuple(
            (
                _public_name(one.tenant.name, one.tenant.kind),
                one.start_date.isoformat(),
                one.end_date.isoformat(),
                money.format_yuan(one.rent_fen_year),
                TIES.get(one.kin_tie, "没有"),
            )
            for one in made
        ),
    )
