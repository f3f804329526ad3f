"""Leases: lists, one with its rent and its course, arrears, what may be let to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from sanzi.deals.models import Asset, AssetStatus
from sanzi.kernel import divisions
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty
from sanzi.registers.leases import errors, rules
from sanzi.registers.leases.models import Lease, PayCycle, RentBill

SEE = "leases.see"
CYCLES = PayCycle.choices
ENDING_DAYS = 90
LEFT = F("amount_fen") - F("received_fen") - F("waived_fen")
UNPAID = Q(is_dropped=False) & Q(amount_fen__gt=F("received_fen") + F("waived_fen"))


@dataclass(frozen=True)
class LeaseFilter:
    """What a list of leases is narrowed by. `state` is running, ending, holdover or over."""

    text: str = ""
    division_code: str = ""
    state: str = ""


@dataclass(frozen=True)
class LeaseTotals:
    """Figures of a scope. Units: fen."""

    running_count: int
    rent_fen_year: int
    ending_count: int
    holdover_count: int
    late_count: int
    late_fen: int


@dataclass(frozen=True)
class RentView:
    """One period's rent. Units: fen."""

    ext_id: str
    place: int
    from_date: date
    until_date: date
    due_date: date
    amount_fen: int
    received_fen: int
    waived_fen: int
    waiver_decision_ref: str
    dunned_count: int
    bill: str
    is_dropped: bool
    late_days: int
    reminders: tuple[tuple[datetime, str], ...]

    @property
    def left_fen(self) -> int:
        """What is still to come."""
        return 0 if self.is_dropped else self.amount_fen - self.received_fen - self.waived_fen


@dataclass(frozen=True)
class LeaseView:
    """A lease as its page shows it. Units: fen a year."""

    ext_id: str
    organisation_name: str
    division_code: str
    asset: str
    asset_name: str
    asset_tag: str
    tenant: str
    tenant_name: str
    tenant_is_person: bool
    actual_user_name: str
    contract_ref: str
    use_limit: str
    rent_fen_year: int
    rent_steps: tuple[tuple[int, int], ...]
    reserve_rent_fen_year: int | None
    appraised_rent_fen_year: int | None
    pay_cycle_label: str
    prepaid_years: int
    deposit_fen: int
    start_date: date
    end_date: date
    auction: str
    decision_ref: str
    renewed_from: str
    returned_at: datetime | None
    return_note: str
    case_number: str
    next_case: str
    state: str
    rent: tuple[RentView, ...]
    may_keep: bool

    @property
    def left_fen(self) -> int:
        """What is late, on all periods together."""
        return sum(one.left_fen for one in self.rent if one.late_days > 0)


@dataclass(frozen=True)
class Arrear:
    """A tenant's rent that is late. Units: fen."""

    rent: str
    lease: str
    organisation_name: str
    asset_name: str
    tenant_name: str
    due_date: date
    left_fen: int
    late_days: int
    dunned_count: int
    colour: str


def leases(*, by: Actor, only: LeaseFilter, today: date) -> QuerySet[Lease]:
    """Return the leases of the scope, those that end first at the top."""
    found = visible_leases(by).select_related("organisation", "asset", "tenant")
    if only.text:
        found = found.filter(
            Q(asset__name__icontains=only.text)
            | Q(tenant__name__icontains=only.text)
            | Q(contract_ref__icontains=only.text)
            | Q(organisation__name__icontains=only.text)
        )
    if only.division_code:
        found = found.filter(division_code__startswith=divisions.prefix(only.division_code))
    narrow = _states(today).get(only.state)
    return (found.filter(narrow) if narrow is not None else found).order_by("end_date", "pk")


def _states(today: date) -> dict[str, Q]:
    kept = Q(returned_at__isnull=True)
    soon = today + timedelta(days=ENDING_DAYS)
    return {
        "running": kept & Q(end_date__gte=today),
        "ending": kept & Q(end_date__range=(today, soon)),
        "holdover": kept & Q(end_date__lt=today),
        "over": Q(returned_at__isnull=False),
    }


def totals(*, by: Actor, today: date) -> LeaseTotals:
    """Return the figures of the scope."""
    states = _states(today)
    summed = visible_leases(by).aggregate(
        running=Count("pk", filter=states["running"]),
        rent=Sum("rent_fen_year", filter=states["running"]),
        ending=Count("pk", filter=states["ending"]),
        holdover=Count("pk", filter=states["holdover"]),
    )
    late = _late(by, today).aggregate(count=Count("pk"), fen=Sum(LEFT))
    return LeaseTotals(
        running_count=summed["running"],
        rent_fen_year=summed["rent"] or 0,
        ending_count=summed["ending"],
        holdover_count=summed["holdover"],
        late_count=late["count"],
        late_fen=late["fen"] or 0,
    )


def arrears(*, by: Actor, today: date, division_code: str = "") -> QuerySet[RentBill]:
    """Return the rent that is late, oldest first."""
    found = _late(by, today).select_related("lease__organisation", "lease__asset", "lease__tenant")
    if division_code:
        found = found.filter(division_code__startswith=divisions.prefix(division_code))
    return found.order_by("due_date", "pk")


def arrear(one: RentBill, today: date) -> Arrear:
    """Return late rent as a list shows it; red from 90 days, orange from 60, yellow from 30."""
    days = (today - one.due_date).days
    colour = next((name for least, name in COLOURS if days >= least), "")
    return Arrear(
        rent=one.ext_id,
        lease=one.lease.ext_id,
        organisation_name=one.lease.organisation.name,
        asset_name=one.lease.asset.name,
        tenant_name=one.lease.tenant.name,
        due_date=one.due_date,
        left_fen=one.amount_fen - one.received_fen - one.waived_fen,
        late_days=days,
        dunned_count=one.dunned_count,
        colour=colour,
    )


COLOURS = ((90, "红牌"), (60, "橙牌"), (30, "黄牌"))


def _late(by: Actor, today: date) -> QuerySet[RentBill]:
    return RentBill.objects.filter(UNPAID, scope.within(by, SEE), due_date__lt=today)


def visible_leases(by: Actor) -> QuerySet[Lease]:
    """Return every lease of the actor's scope, also those that are over."""
    return Lease.objects.filter(scope.within(by, SEE))


def access_lease(*, by: Actor, ext_id: str, today: date) -> LeaseView:
    """Return a lease within the actor's scope. Raises: NotFound."""
    found = (
        visible_leases(by)
        .filter(ext_id=ext_id)
        .select_related("organisation", "asset", "tenant", "actual_user", "renewed_from")
        .first()
    )
    if found is None:
        raise NotFound
    return _view(found, by, today)


def access_rent(*, by: Actor, ext_id: str) -> str:
    """Return the id of the lease that a period's rent belongs to. Raises: NotFound."""
    found = (
        RentBill.objects.filter(scope.within(by, SEE), ext_id=ext_id)
        .select_related("lease")
        .first()
    )
    if found is None:
        raise NotFound
    return found.lease.ext_id


def of_asset(*, by: Actor, asset: str, today: date) -> list[LeaseView]:
    """Return the leases of a thing, newest first; none where the actor may not see leases."""
    rows = (
        visible_leases(by)
        .filter(asset__ext_id=asset)
        .select_related("organisation", "asset", "tenant", "actual_user", "renewed_from")
        .order_by("-start_date")
    )
    return [_view(one, by, today) for one in rows]


def require_free(asset: Asset, start: date, end: date) -> None:
    """Refuse days in which a thing is let already; who signs holds the asset's row.

    Raises: LeaseOverlaps.
    """
    other = (
        Lease.objects.filter(
            asset=asset, returned_at__isnull=True, start_date__lte=end, end_date__gte=start
        )
        .select_related("tenant")
        .order_by("start_date")
        .first()
    )
    if other is not None:
        raise errors.LeaseOverlaps(
            asset=asset.name,
            start=other.start_date.isoformat(),
            end=other.end_date.isoformat(),
            tenant=other.tenant.name,
        )


def last_lease(asset: Asset) -> Lease | None:
    """Return the lease of a thing that ended, or ends, last; None when it was never let."""
    rows = Lease.objects.filter(asset=asset).select_related("tenant")
    return rows.order_by("-end_date", "-pk").first()


def last_rent_fen(asset: Asset) -> int:
    """Return what a thing brought last in a year; 0 when it was never let. Units: fen."""
    found = last_lease(asset)
    return found.rent_fen_year if found else 0


def sitting_tenant(asset: Asset, on: date) -> Counterparty | None:
    """Return who rents a thing, or did until a short while ago. Source: 民法典 第七百三十四条."""
    found = last_lease(asset)
    if found is None:
        return None
    until = found.end_date + timedelta(days=rules.figures(on).holdover_days)
    return found.tenant if found.returned_at is None or until >= on else None


def to_let(organisation: str) -> list[tuple[str, str]]:
    """Return (id, words) of the things of a body that may be let, idle ones first."""
    rows = Asset.objects.filter(organisation__ext_id=organisation, is_operating=True).exclude(
        status__in=(AssetStatus.DISPOSED, AssetStatus.SCRAPPED)
    )
    return [
        (one.ext_id, f"{one.number} {one.name}（{one.get_status_display()}）")
        for one in rows.order_by("status", "number")[:500]
    ]


def letting_choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return (id, words) of the things that this actor may let, idle ones first."""
    rows = (
        Asset.objects.filter(scope.within(by, "leases.keep"), is_operating=True)
        .exclude(status__in=(AssetStatus.DISPOSED, AssetStatus.SCRAPPED))
        .select_related("organisation")
        .order_by("status", "division_code", "number")
    )
    return [
        (
            one.ext_id,
            f"{one.organisation.name} {one.number} {one.name}（{one.get_status_display()}）",
        )
        for one in rows[:500]
    ]


def tenant_choices() -> list[tuple[str, str]]:
    """Return (id, name) of the counterparties that may rent."""
    rows = Counterparty.objects.filter(is_blacklisted=False).order_by("name")
    return list(rows.values_list("ext_id", "name")[:1000])


def _state(one: Lease, today: date) -> str:
    if one.returned_at is not None:
        return "收回了"
    if one.end_date < today:
        return "到期没收回"
    if one.start_date > today:
        return "还没开始"
    return "快到期" if (one.end_date - today).days <= ENDING_DAYS else "租着"


def state_words(one: Lease, today: date) -> str:
    """Return how a lease stands today, in words."""
    return _state(one, today)


def _view(one: Lease, by: Actor, today: date) -> LeaseView:
    rent = one.rent.prefetch_related("reminders").order_by("place")
    return LeaseView(
        ext_id=one.ext_id,
        organisation_name=one.organisation.name,
        division_code=one.division_code,
        asset=one.asset.ext_id,
        asset_name=one.asset.name,
        asset_tag=one.asset.tag,
        tenant=one.tenant.ext_id,
        tenant_name=one.tenant.name,
        tenant_is_person=one.tenant.kind == "person",
        actual_user_name=one.actual_user.name if one.actual_user else "",
        contract_ref=one.contract_ref,
        use_limit=one.use_limit,
        rent_fen_year=one.rent_fen_year,
        rent_steps=tuple((int(year), fen) for year, fen in sorted(one.rent_steps.items())),
        reserve_rent_fen_year=one.reserve_rent_fen_year,
        appraised_rent_fen_year=one.appraised_rent_fen_year,
        pay_cycle_label=one.get_pay_cycle_display(),
        prepaid_years=one.prepaid_years,
        deposit_fen=one.deposit_fen,
        start_date=one.start_date,
        end_date=one.end_date,
        auction=one.tender_ext_id,
        decision_ref=one.decision_ref,
        renewed_from=one.renewed_from.ext_id if one.renewed_from else "",
        returned_at=one.returned_at,
        return_note=one.return_note,
        case_number=one.case_number,
        next_case=one.next_case_number,
        state=_state(one, today),
        rent=tuple(_rent(each, today) for each in rent),
        may_keep=scope.can(by, "leases.keep", one.division_code),
    )


def _rent(one: RentBill, today: date) -> RentView:
    is_open = not one.is_dropped and one.amount_fen > one.received_fen + one.waived_fen
    return RentView(
        ext_id=one.ext_id,
        place=one.place,
        from_date=one.from_date,
        until_date=one.until_date,
        due_date=one.due_date,
        amount_fen=one.amount_fen,
        received_fen=one.received_fen,
        waived_fen=one.waived_fen,
        waiver_decision_ref=one.waiver_decision_ref,
        dunned_count=one.dunned_count,
        bill=one.bill_ext_id,
        is_dropped=one.is_dropped,
        late_days=(today - one.due_date).days if is_open else 0,
        reminders=tuple((each.told_at, each.title) for each in one.reminders.all()),
    )


def months(one: LeaseView) -> int:
    """Return how many months a lease takes."""
    return rules.months_of(one.start_date, one.end_date)
