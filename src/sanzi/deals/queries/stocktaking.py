"""Stock-takings: which there are, how far each is, and the lines that differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from sanzi.deals.models import Asset, CountResult, StockLine, Stocktaking, StocktakingState
from sanzi.deals.queries.assets import SEE
from sanzi.kernel import ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

RESULTS = CountResult.choices
PUBLICITY = timedelta(days=7)


@dataclass(frozen=True)
class SheetRow:
    """A stock-taking in a list."""

    ext_id: str
    organisation_name: str
    year: int
    state: str
    state_label: str
    line_count: int
    counted_count: int
    checked_count: int
    different_count: int


@dataclass(frozen=True)
class LineView:
    """A line of a sheet as its page shows it."""

    asset: str
    tag: str
    number: str
    name: str
    place: str
    kind_label: str
    result: str
    result_label: str
    note: str
    photo: str
    counted_at: datetime | None
    counted_by: str
    checked_at: datetime | None
    checked_by: str
    is_mine: bool

    @property
    def is_different(self) -> bool:
        """Whether something else was found than the card says."""
        return self.result in (CountResult.CHANGED, CountResult.MISSING)


@dataclass(frozen=True)
class SheetView:
    """A stock-taking with what this actor may do."""

    row: SheetRow
    organisation: str
    division_code: str
    started_at: datetime
    published_at: datetime | None
    confirmed_at: datetime | None
    decision_ref: str
    may_count: bool
    may_check: bool
    may_confirm: bool

    @property
    def publicity_ends_at(self) -> datetime | None:
        """When the seven days are over."""
        return self.published_at + PUBLICITY if self.published_at else None


def sheets(*, by: Actor) -> QuerySet[Stocktaking]:
    """Return the stock-takings of the scope, newest first."""
    return (
        Stocktaking.objects.filter(scope.within(by, SEE))
        .select_related("organisation")
        .annotate(
            line_count=Count("lines"),
            counted_count=Count("lines", filter=Q(lines__counted_at__isnull=False)),
            checked_count=Count("lines", filter=Q(lines__checked_at__isnull=False)),
            different_count=Count(
                "lines",
                filter=Q(lines__result__in=[CountResult.CHANGED, CountResult.MISSING]),
            ),
        )
        .order_by("-year", "-started_at")
    )


def sheet_row(one: Stocktaking) -> SheetRow:
    """Return a stock-taking of `sheets` as a list shows it."""
    return SheetRow(
        ext_id=one.ext_id,
        organisation_name=one.organisation.name,
        year=one.year,
        state=one.state,
        state_label=one.get_state_display(),
        line_count=getattr(one, "line_count", 0),
        counted_count=getattr(one, "counted_count", 0),
        checked_count=getattr(one, "checked_count", 0),
        different_count=getattr(one, "different_count", 0),
    )


def access_sheet(*, by: Actor, ext_id: str) -> SheetView:
    """Return a stock-taking within the actor's scope. Raises: NotFound."""
    found = sheets(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    is_open = found.state == StocktakingState.COUNTING

    def can(permission: str) -> bool:
        return scope.can(by, permission, found.division_code)

    return SheetView(
        row=sheet_row(found),
        organisation=found.organisation.ext_id,
        division_code=found.division_code,
        started_at=found.started_at,
        published_at=found.published_at,
        confirmed_at=found.confirmed_at,
        decision_ref=found.decision_ref,
        may_count=is_open and can("deals.count_assets"),
        may_check=is_open and can("deals.check_count"),
        may_confirm=found.state == StocktakingState.PUBLISHED and can("deals.confirm_count"),
    )


def lines(*, by: Actor, ext_id: str, show: str = "") -> list[LineView]:
    """Return the lines of a sheet; `show` is todo, tocheck, different or empty for all.

    Raises: NotFound.
    """
    access_sheet(by=by, ext_id=ext_id)
    rows = StockLine.objects.filter(stocktaking__ext_id=ext_id).select_related("asset")
    if show == "todo":
        rows = rows.filter(counted_at__isnull=True)
    elif show == "tocheck":
        rows = rows.filter(counted_at__isnull=False, checked_at__isnull=True)
    elif show == "different":
        rows = rows.filter(result__in=[CountResult.CHANGED, CountResult.MISSING])
    return [_line(one, by) for one in rows.order_by("asset__number")]


def access_line(*, by: Actor, ext_id: str, asset: str) -> LineView:
    """Return one line of a sheet. Raises: NotFound."""
    access_sheet(by=by, ext_id=ext_id)
    found = (
        StockLine.objects.filter(stocktaking__ext_id=ext_id, asset__ext_id=asset)
        .select_related("asset")
        .first()
    )
    if found is None:
        raise NotFound
    return _line(found, by)


def asset_of_tag(*, by: Actor, ext_id: str, tag: str) -> str:
    """Return the asset of a sheet whose label or number was scanned. Raises: NotFound."""
    access_sheet(by=by, ext_id=ext_id)
    typed = tag.strip().rstrip("/").rpartition("/")[2]
    found = StockLine.objects.filter(stocktaking__ext_id=ext_id).filter(
        Q(asset__tag=ids.read_token(typed)) | Q(asset__number=typed)
    )
    line = found.select_related("asset").first()
    if line is None:
        raise NotFound
    return line.asset.ext_id


def open_sheet_of(asset: str) -> str:
    """Return the open stock-taking that a card is on, an empty text when there is none."""
    line = (
        StockLine.objects.filter(asset__ext_id=asset, stocktaking__state=StocktakingState.COUNTING)
        .select_related("stocktaking")
        .first()
    )
    return line.stocktaking.ext_id if line else ""


def require_asset(by: Actor, asset: str) -> None:
    """Refuse a card out of scope; raises NotFound."""
    if not Asset.objects.filter(scope.within(by, SEE), ext_id=asset).exists():
        raise NotFound


def _line(one: StockLine, by: Actor) -> LineView:
    return LineView(
        asset=one.asset.ext_id,
        tag=one.asset.tag,
        number=one.asset.number,
        name=one.asset.name,
        place=one.asset.place,
        kind_label=one.asset.get_kind_display(),
        result=one.result,
        result_label=one.get_result_display(),
        note=one.note,
        photo=one.photo_ext_id,
        counted_at=one.counted_at,
        counted_by=one.counted_by_name,
        checked_at=one.checked_at,
        checked_by=one.checked_by_name,
        is_mine=by.user_id is not None and one.counted_by_id == by.user_id,
    )
