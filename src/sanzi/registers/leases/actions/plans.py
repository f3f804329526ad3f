"""The plan of a lease: what is held against it before anybody decides.

Nothing is written here: the plan is the form of its case until the contract is signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanzi.deals.actions import assets
from sanzi.deals.models import Asset
from sanzi.deals.queries import parties
from sanzi.kernel import clock, money
from sanzi.matters.models import Decision
from sanzi.orgs.models import Counterparty
from sanzi.registers.leases import errors, rules
from sanzi.registers.leases.models import PayCycle
from sanzi.registers.leases.queries import leases as queries

MEMBERS = "member_meeting"


@dataclass(frozen=True)
class Plan:
    """What is planned. Units: fen a year, fen, whole months. `tenant` only without an auction."""

    organisation: str
    asset: str
    appraised_fen_year: int
    reserve_fen_year: int
    term_months: int
    start_date: date
    pay_cycle: str
    deposit_fen: int
    tenant: str = ""
    decision: str = ""

    @property
    def end_date(self) -> date:
        """The last day."""
        return rules.last_day(self.start_date, self.term_months)


def check(*, plan: Plan, at: datetime) -> None:
    """Hold a plan against the card, the law, the last rent and the leases that run.

    Raises: LeaseWrong, NotOurs, AssetGone, LeaseTooLong, FloorTooLow, DepositTooLow,
        LeaseOverlaps, MembersDecide, KinTenant.
    Source: 民法典 第七百零五条; 农村集体经济组织法 第三十五条, 第三十八条.
    """
    today = clock.local_date(at)
    asset = Asset.objects.select_related("organisation").filter(ext_id=plan.asset).first()
    if asset is None:
        raise errors.LeaseWrong(field="asset", what="资产", why="登记里没有这一件")
    if asset.organisation.ext_id != plan.organisation:
        raise errors.NotOurs(asset=asset.name, body="这个单位")
    assets.require_here(asset, "出租")
    if not asset.is_operating:
        raise errors.LeaseWrong(field="asset", what="资产", why=f"“{asset.name}”不是经营性的")
    _require_term(plan)
    _require_money(plan, asset, today)
    queries.require_free(asset, plan.start_date, plan.end_date)
    _require_members(plan, today)
    if plan.tenant and not rules.needs_auction(
        plan.reserve_fen_year, plan.start_date, plan.end_date, today
    ):
        require_fit(plan.tenant, asset.division_code, is_auctioned=False, on=today)


def _require_term(plan: Plan) -> None:
    if plan.term_months < 1:
        raise errors.LeaseWrong(field="term_months", what="租期", why="至少1个月")
    if plan.term_months > rules.MONTHS_MAX:
        raise errors.LeaseTooLong(field="term_months", years=-(-plan.term_months // 12))
    if plan.pay_cycle not in PayCycle.values:
        raise errors.LeaseWrong(field="pay_cycle", what="怎么交租", why="没有这一种")


def _require_money(plan: Plan, asset: Asset, today: date) -> None:
    last = queries.last_rent_fen(asset)
    floor = rules.floor_of(plan.appraised_fen_year, last)
    if plan.reserve_fen_year < floor:
        raise errors.FloorTooLow(
            field="reserve_rent",
            rent=money.format_yuan(plan.reserve_fen_year),
            floor=money.format_yuan(floor),
            why="评估价" if floor == plan.appraised_fen_year else "上一次的租金",
        )
    least = rules.least_deposit(plan.reserve_fen_year, today)
    if plan.deposit_fen < least:
        raise errors.DepositTooLow(field="deposit", least=money.format_yuan(least))


def _require_members(plan: Plan, today: date) -> None:
    """Ask for the meeting of members where the term is long; other needs are the case's own."""
    if plan.term_months < rules.figures(today).members_from_months or not plan.decision:
        return
    found = Decision.objects.filter(ext_id=plan.decision).first()
    if found is None or found.deciding_body != MEMBERS:
        raise errors.MembersDecide(field="decision_id", months=plan.term_months)


def require_fit(tenant: str, division_code: str, *, is_auctioned: bool, on: date) -> str:
    """Refuse who may not rent; return how near he is to the officers of the village.

    Officers and near kin never rent; distant kin only through an open auction, and it is noted.
    Raises: LeaseWrong, KinTenant.
    """
    found = Counterparty.objects.filter(ext_id=tenant).first()
    if found is None:
        raise errors.LeaseWrong(field="tenant", what="承租人", why="不在名册里")
    if found.is_blacklisted:
        raise errors.LeaseWrong(field="tenant", what="承租人", why=f"{found.name}在失信名单里")
    tie = parties.tie_to_officers(found.pk, division_code, on)
    if tie == parties.NEAR or (tie == parties.DISTANT and not is_auctioned):
        raise errors.KinTenant(field="tenant", name=found.name)
    return tie
