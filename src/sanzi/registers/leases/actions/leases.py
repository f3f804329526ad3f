"""Leases: signed with their whole schedule of rent, handed back, never changed in silence.

The row of the asset is the lock: two leases of one thing cannot be signed at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.actions import assets
from sanzi.deals.models import Asset, AssetStatus
from sanzi.deals.queries import auctions
from sanzi.deals.queries.auctions import AwardView
from sanzi.kernel import clock, ids, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty
from sanzi.registers.leases import errors, rules
from sanzi.registers.leases.actions import plans
from sanzi.registers.leases.models import Lease, RentBill
from sanzi.registers.leases.queries import leases as queries

PERMISSION = "leases.keep"


@dataclass(frozen=True)
class LeaseFields:
    """What a lease says. Units: fen a year. `end_date` is the last day.

    `rent_steps` maps the number of a year (2 and more) to its rent. `auction` is the auction it
    came from, `floor_fen_year` what that began at.
    """

    asset: str
    tenant: str
    start_date: date
    end_date: date
    rent_fen_year: int
    pay_cycle: str
    deposit_fen: int = 0
    rent_steps: Mapping[int, int] = field(default_factory=dict)
    reserve_rent_fen_year: int | None = None
    appraised_rent_fen_year: int | None = None
    auction: str = ""
    decision_ref: str = ""
    contract_ref: str = ""
    use_limit: str = ""
    is_sublet_allowed: bool = False
    prepaid_years: int = 0
    organisation: str = ""
    renewed_from: str = ""


@transaction.atomic
def sign_lease(*, fields: LeaseFields, by: Actor, at: datetime, case_number: str = "") -> str:
    """Sign a lease and lay out its rent; returns its id. Its floor is that of the auction it names.

    Raises: NotFound, AssetGone, NotOurs, LeaseWrong (also when the auction was another's),
        LeaseTooLong, LeaseOverlaps, NoAuction, KinTenant, RentPrepaid, RentTooLow. Nothing is
        written then.
    Source: 民法典 第七百零三条至第七百三十四条; 浙江省农村集体资产管理条例 第三十五条.
    """
    asset = assets.locked(fields.asset, by, PERMISSION)
    assets.require_here(asset, "出租")
    _require_sound(fields, asset)
    today = clock.local_date(at)
    _require_lawful(fields, today)
    tie = plans.require_fit(
        fields.tenant, asset.division_code, is_auctioned=bool(fields.auction), on=today
    )
    tenant = Counterparty.objects.get(ext_id=fields.tenant)
    queries.require_free(asset, fields.start_date, fields.end_date)
    award = _award(fields)
    renewed = _renewed(fields, asset)
    lease = Lease.objects.create(
        ext_id=ids.new_id("LS", at),
        organisation=asset.organisation,
        division_code=asset.division_code,
        asset=asset,
        tenant=tenant,
        contract_ref=fields.contract_ref.strip()[:40],
        use_limit=fields.use_limit.strip()[:120],
        rent_fen_year=fields.rent_fen_year,
        rent_steps={str(year): fen for year, fen in sorted(fields.rent_steps.items())},
        reserve_rent_fen_year=award.floor_fen if award else fields.reserve_rent_fen_year,
        appraised_rent_fen_year=fields.appraised_rent_fen_year,
        pay_cycle=fields.pay_cycle,
        prepaid_years=fields.prepaid_years,
        deposit_fen=fields.deposit_fen,
        is_sublet_allowed=fields.is_sublet_allowed,
        kin_tie=tie,
        start_date=fields.start_date,
        end_date=fields.end_date,
        tender_ext_id=fields.auction,
        decision_ref=fields.decision_ref.strip()[:60],
        renewed_from=renewed,
        case_number=case_number,
        signed_at=at,
        signed_by_id=by.user_id,
    )
    due = _lay_out(lease, fields, at)
    words = (
        f"{lease.tenant.name}，{fields.start_date}至{fields.end_date}，"
        f"年租{money.format_yuan(fields.rent_fen_year)}元，{due}期"
    )
    assets.mark(asset, AssetStatus.LEASED, words, by=by, at=at, case_number=case_number)
    _audit(lease, "signed", by, at, {"rent_fen_year": lease.rent_fen_year, "periods": due})
    return lease.ext_id


@transaction.atomic
def hand_back(*, ext_id: str, note: str, by: Actor, at: datetime) -> int:
    """Take a thing back from its tenant; periods that have not begun pay nothing any more.

    Returns how many periods were dropped. Raises: NotFound, LeaseStands, LeaseWrong.
    """
    lease = locked(ext_id, by)
    if lease.returned_at is not None:
        raise errors.LeaseStands(now="已经收回了", verb="再收", advice="请看租约的经过。")
    if len(note.strip()) < 2:
        raise errors.LeaseWrong(what="交接说明", why="还没写东西是什么样子收回来的")
    asset = assets.locked(lease.asset.ext_id, by, PERMISSION)
    lease.returned_at, lease.return_note = at, note.strip()[:120]
    lease.save(update_fields=["returned_at", "return_note"])
    dropped = lease.rent.filter(
        from_date__gt=clock.local_date(at), received_fen=0, bill_ext_id="", is_dropped=False
    ).update(is_dropped=True)
    if asset.status == AssetStatus.LEASED:
        assets.mark(asset, AssetStatus.IDLE, f"收回：{lease.return_note}", by=by, at=at)
    _audit(lease, "handed_back", by, at, {"dropped": dropped})
    return dropped


@transaction.atomic
def hand_over(*, case_number: str, note: str, by: Actor, at: datetime) -> None:
    """Note that the tenant of a case has been let in, and in what state the thing was.

    Raises: NotFound, LeaseStands, LeaseWrong.
    """
    found = Lease.objects.filter(case_number=case_number).first()
    if found is None:
        raise NotFound
    lease = locked(found.ext_id, by)
    if lease.handed_over_at is not None:
        raise errors.LeaseStands(now="已经交付了", verb="再交", advice="请看租约的经过。")
    if len(note.strip()) < 2:
        raise errors.LeaseWrong(what="交接说明", why="还没写东西是什么样子交出去的")
    lease.handed_over_at = at
    lease.save(update_fields=["handed_over_at"])
    assets.note(lease.asset, "交付", note.strip(), by=by, at=at, case_number=case_number)
    _audit(lease, "handed_over", by, at, {"note": note.strip()[:120]})


@transaction.atomic
def note_user(*, ext_id: str, actual_user: str, by: Actor, at: datetime) -> None:
    """Note who is really found in the thing; an empty id takes the note off.

    Raises: NotFound, LeaseWrong.
    """
    lease = locked(ext_id, by)
    found = Counterparty.objects.filter(ext_id=actual_user).first()
    if actual_user and found is None:
        raise errors.LeaseWrong(what="实际使用人", why="不在名册里")
    lease.actual_user = found
    lease.save(update_fields=["actual_user"])
    _audit(lease, "inspected", by, at, {"actual_user": actual_user})


def locked(ext_id: str, by: Actor, permission: str = PERMISSION) -> Lease:
    """Return a lease under lock, for those who may. Raises: NotFound."""
    lease = (
        Lease.objects.select_for_update(of=("self",))
        .select_related("organisation", "asset", "tenant")
        .filter(ext_id=ext_id)
        .first()
    )
    if lease is None:
        raise NotFound
    scope.require(by, permission, lease.division_code)
    return lease


def _require_sound(fields: LeaseFields, asset: Asset) -> None:
    if fields.organisation and fields.organisation != asset.organisation.ext_id:
        raise errors.NotOurs(asset=asset.name, body="这个单位")
    if not asset.is_operating:
        raise errors.LeaseWrong(what="资产", why=f"“{asset.name}”不是经营性的，不出租")
    if fields.end_date < fields.start_date:
        raise errors.LeaseWrong(what="租期", why="到期日在起租日以前")
    if fields.pay_cycle not in rules.MONTHS_OF:
        raise errors.LeaseWrong(what="怎么交租", why="没有这一种")
    _require_money(fields)


def _require_money(fields: LeaseFields) -> None:
    amounts = [fields.rent_fen_year, *fields.rent_steps.values()]
    if not all(0 < one <= money.MAX_FEN for one in amounts):
        raise errors.LeaseWrong(what="年租", why="要大于0")
    if not 0 <= fields.deposit_fen <= money.MAX_FEN:
        raise errors.LeaseWrong(what="保证金", why="不能是负数")
    if any(not 2 <= year <= rules.YEARS_MAX for year in fields.rent_steps):
        raise errors.LeaseWrong(what="递增", why="只能写第2年到第20年")
    if not 0 <= fields.prepaid_years <= rules.YEARS_MAX:
        raise errors.LeaseWrong(what="一次交几年", why="要在0到20之间")


def _require_lawful(fields: LeaseFields, today: date) -> None:
    start, end = fields.start_date, fields.end_date
    if rules.is_over_years(start, end, rules.YEARS_MAX):
        raise errors.LeaseTooLong(years=-(-rules.months_of(start, end) // 12))
    if rules.needs_auction(fields.rent_fen_year, start, end, today) and not fields.auction:
        raise errors.NoAuction(
            rent=money.format_yuan(fields.rent_fen_year), months=rules.months_of(start, end)
        )
    most = rules.figures(today).prepaid_years_max
    if fields.prepaid_years > most:
        raise errors.RentPrepaid(years=fields.prepaid_years, most=most)
    floor = fields.reserve_rent_fen_year
    if floor is not None and fields.rent_fen_year < floor:
        raise errors.RentTooLow(
            rent=money.format_yuan(fields.rent_fen_year), floor=money.format_yuan(floor)
        )


def _award(fields: LeaseFields) -> AwardView | None:
    """Return the award of the auction that a lease names, once the lease is held against it."""
    if not fields.auction:
        return None
    award = auctions.award_of(fields.auction)
    if award is None or award.subject_kind != "lease" or award.asset != fields.asset:
        raise errors.LeaseWrong(what="公开拍租", why="没有成交，或拍的不是这件资产")
    if award.winner != fields.tenant:
        raise errors.LeaseWrong(what="承租人", why=f"这场拍租是{award.winner_name}成交的")
    if fields.rent_fen_year < award.price_fen:
        raise errors.RentTooLow(
            rent=money.format_yuan(fields.rent_fen_year),
            floor=money.format_yuan(award.price_fen),
        )
    return award


def _renewed(fields: LeaseFields, asset: Asset) -> Lease | None:
    if not fields.renewed_from:
        return None
    found = Lease.objects.filter(ext_id=fields.renewed_from, asset=asset).first()
    if found is None:
        raise errors.LeaseWrong(what="续租自", why="不是这件资产的租约")
    if fields.rent_fen_year < found.rent_fen_year:
        raise errors.RentTooLow(
            rent=money.format_yuan(fields.rent_fen_year),
            floor=money.format_yuan(found.rent_fen_year),
        )
    return found


def _lay_out(lease: Lease, fields: LeaseFields, at: datetime) -> int:
    found = rules.schedule(
        start=fields.start_date,
        end=fields.end_date,
        cycle=fields.pay_cycle,
        rent_fen_year=fields.rent_fen_year,
        steps=fields.rent_steps,
    )
    RentBill.objects.bulk_create(
        RentBill(
            ext_id=ids.new_id("RT", at),
            lease=lease,
            division_code=lease.division_code,
            place=one.place,
            from_date=one.from_date,
            until_date=one.until_date,
            due_date=one.from_date,
            amount_fen=one.amount_fen,
        )
        for one in found
    )
    return len(found)


def _audit(lease: Lease, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=lease.organisation.ext_id,
        kind=f"leases.lease.{what}",
        by=by,
        at=at,
        subject=("lease", lease.ext_id),
        after={"asset": lease.asset.ext_id, **after},
    )
