"""Cards of assets and resources: lists, one card with its course and its books, the public side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from sanzi.deals.asset_rules import GONE
from sanzi.deals.models import Asset, AssetCategory, AssetKind, AssetStatus
from sanzi.kernel import divisions, ids
from sanzi.ledger import standards
from sanzi.ledger.models import Book, RecurringPlan
from sanzi.ledger.queries import balances, plans, subjects
from sanzi.ledger.queries.plans import PlanView
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Organisation

SEE = "deals.see"
CATEGORIES = AssetCategory.choices
KINDS = AssetKind.choices
STATUSES = AssetStatus.choices
_ASSET_CLASS = "asset"
_WORN = ("累计折旧", "累计摊销", "减值准备")


@dataclass(frozen=True)
class AssetFilter:
    """What a list of cards is narrowed by; empty means all."""

    text: str = ""
    division_code: str = ""
    category: str = ""
    status: str = ""
    is_uncounted: bool = False


@dataclass(frozen=True)
class AssetTotals:
    """Figures of a list. Units: fen, hundredths of a mu."""

    count: int
    value_fen: int
    area_mu_centi: int
    idle_count: int
    leased_count: int
    unjoined_count: int


@dataclass(frozen=True)
class AssetNote:
    """A line of a card's history."""

    at: datetime
    title: str
    text: str
    by_name: str
    case_number: str


@dataclass(frozen=True)
class AssetView:
    """A card as its page shows it. Units: fen; areas in hundredths. `net_fen` is after wear."""

    ext_id: str
    number: str
    tag: str
    organisation: str
    organisation_name: str
    organisation_kind: str
    division_code: str
    category: str
    category_label: str
    kind: str
    kind_label: str
    is_operating: bool
    name: str
    place: str
    area_mu_centi: int | None
    area_m2_centi: int | None
    quantity: int
    unit: str
    book_value_fen: int
    appraised_fen: int | None
    appraised_at: datetime | None
    appraiser_name: str
    status: str
    status_label: str
    status_since_date: date
    acquired_date: date | None
    source_kind: str
    source_id: str
    last_inventory_date: date | None
    subject_code: str
    subject_words: str
    plan: PlanView | None
    case_number: str
    notes: tuple[AssetNote, ...]
    may_keep: bool

    @property
    def net_fen(self) -> int:
        """What is left of it after the wear that is booked."""
        return self.book_value_fen - (self.plan.booked_fen if self.plan else 0)

    @property
    def is_gone(self) -> bool:
        """Whether it is sold or scrapped."""
        return self.status in GONE


@dataclass(frozen=True)
class BooksRow:
    """An account of a body beside the cards that name it. Units: fen."""

    organisation: str
    organisation_name: str
    subject_code: str
    subject_words: str
    cards_fen: int
    cards_count: int
    books_fen: int

    @property
    def difference_fen(self) -> int:
        """Cards less books."""
        return self.cards_fen - self.books_fen


@dataclass(frozen=True)
class PublicAsset:
    """What anybody may read behind a label. Units: fen; areas in hundredths."""

    ext_id: str
    village_code: str
    village_name: str
    organisation_name: str
    number: str
    name: str
    category_label: str
    kind_label: str
    place: str
    area_mu_centi: int | None
    area_m2_centi: int | None
    book_value_fen: int
    status: str
    status_label: str
    status_since_date: date
    last_inventory_date: date | None


def assets(*, by: Actor, only: AssetFilter) -> QuerySet[Asset]:
    """Return the cards of the scope, by body and number."""
    found = Asset.objects.filter(scope.within(by, SEE)).select_related("organisation")
    if only.text:
        words = only.text.strip()
        found = found.filter(
            Q(name__icontains=words)
            | Q(place__icontains=words)
            | Q(number=words)
            | Q(tag=ids.read_token(words))
            | Q(organisation__name__icontains=words)
        )
    if only.division_code:
        found = found.filter(division_code__startswith=divisions.prefix(only.division_code))
    if only.category:
        found = found.filter(category=only.category)
    found = found.filter(status=only.status) if only.status else found.exclude(status__in=GONE)
    if only.is_uncounted:
        found = found.filter(last_inventory_date__isnull=True)
    return found.order_by("division_code", "organisation_id", "number")


def totals(*, by: Actor, only: AssetFilter) -> AssetTotals:
    """Return the figures of a list in one statement."""
    summed = (
        assets(by=by, only=only)
        .order_by()
        .aggregate(
            count=Count("pk"),
            value=Sum("book_value_fen"),
            area=Sum("area_mu_centi"),
            idle=Count("pk", filter=Q(status=AssetStatus.IDLE)),
            leased=Count("pk", filter=Q(status=AssetStatus.LEASED)),
            unjoined=Count("pk", filter=Q(subject_code="") & Q(book_value_fen__gt=0)),
        )
    )
    return AssetTotals(
        count=summed["count"],
        value_fen=summed["value"] or 0,
        area_mu_centi=summed["area"] or 0,
        idle_count=summed["idle"],
        leased_count=summed["leased"],
        unjoined_count=summed["unjoined"],
    )


def access_asset(*, by: Actor, ext_id: str) -> AssetView:
    """Return a card within the actor's scope. Raises: NotFound."""
    found = assets_at_all(by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return _view(found, by)


def access_tag(*, by: Actor, tag: str) -> str:
    """Return the id of the card whose label was scanned or typed. Raises: NotFound."""
    found = assets_at_all(by).filter(tag=ids.read_token(tag)).first()
    if found is None:
        raise NotFound
    return found.ext_id


def assets_at_all(by: Actor) -> QuerySet[Asset]:
    """Return every card of the scope, also of things that are gone."""
    return Asset.objects.filter(scope.within(by, SEE)).select_related("organisation")


def labels(*, by: Actor, only: AssetFilter, most: int) -> list[Asset]:
    """Return the cards whose labels are printed, the first `most`."""
    return list(assets(by=by, only=only)[:most])


def export_rows(found: QuerySet[Asset], most: int) -> Iterator[Asset]:
    """Return cards one by one for a file."""
    return iter(found[:most].iterator(500))


def public_asset(tag: str) -> PublicAsset:
    """Return what anybody may read of a thing. Raises: NotFound."""
    found = Asset.objects.filter(tag=ids.read_token(tag)).select_related("organisation").first()
    if found is None:
        raise NotFound
    place = Division.objects.get(pk=found.division_code)
    return PublicAsset(
        ext_id=found.ext_id,
        village_code=found.division_code,
        village_name=place.name,
        organisation_name=found.organisation.name,
        number=found.number,
        name=found.name,
        category_label=found.get_category_display(),
        kind_label=found.get_kind_display(),
        place=found.place,
        area_mu_centi=found.area_mu_centi,
        area_m2_centi=found.area_m2_centi,
        book_value_fen=found.book_value_fen,
        status=found.status,
        status_label=found.get_status_display(),
        status_since_date=found.status_since_date,
        last_inventory_date=found.last_inventory_date,
    )


def title_of(ext_id: str) -> str:
    """Return `0009 旧抽水机`, the number and name of a card; empty when there is none."""
    found = Asset.objects.filter(ext_id=ext_id).values_list("number", "name").first()
    return " ".join(found) if found else ""


def held(organisation: str) -> list[tuple[str, str]]:
    """Return (id, words) of the things of a body that are still there."""
    rows = Asset.objects.filter(organisation__ext_id=organisation).exclude(status__in=GONE)
    return [
        (one.ext_id, f"{one.number} {one.name}（{one.get_status_display()}）")
        for one in rows.order_by("number")[:500]
    ]


def subject_choices(organisation_kind: str) -> list[tuple[str, str]]:
    """Return (code, words) of the accounts of a body's books in which things stand."""
    code = standards.for_organisation_kind(organisation_kind)
    if not code:
        return []
    chart = standards.get(code).accounts
    return [
        (one, words)
        for one, words in subjects.all_choices(code)
        if chart[one].account_class == _ASSET_CLASS and not words.endswith(_WORN)
    ]


def plan_ids(body: Organisation) -> set[str]:
    """Return the recurring plans of a body's book."""
    return set(
        RecurringPlan.objects.filter(book__organisation=body).values_list("ext_id", flat=True)
    )


def plan_choices(*, by: Actor, organisation: str) -> list[tuple[str, str]]:
    """Return (id, words) of the plans of a body that no card names yet."""
    taken = set(
        Asset.objects.filter(organisation__ext_id=organisation)
        .exclude(plan_ext_id="")
        .values_list("plan_ext_id", flat=True)
    )
    rows = RecurringPlan.objects.filter(
        scope.within(by, SEE, "book__organisation__division_id"),
        book__organisation__ext_id=organisation,
    ).order_by("title")
    return [
        (row.ext_id, f"{row.title}（{row.get_kind_display()}）")
        for row in rows
        if row.ext_id not in taken
    ]


def books(*, by: Actor, division_code: str = "") -> list[BooksRow]:
    """Return, for each body and account that cards name, what cards and books say."""
    found = assets(by=by, only=AssetFilter(division_code=division_code)).exclude(subject_code="")
    summed = (
        found.order_by()
        .values("organisation_id", "subject_code")
        .annotate(value=Sum("book_value_fen"), number=Count("pk"))
        .order_by("organisation_id", "subject_code")
    )
    keys = {row["organisation_id"] for row in summed}
    known = {
        book.organisation_id: book
        for book in Book.objects.filter(organisation_id__in=keys).select_related("organisation")
    }
    return [
        _books_row(known[row["organisation_id"]], row["subject_code"], row["value"], row["number"])
        for row in summed
        if row["organisation_id"] in known
    ]


def _books_row(book: Book, code: str, value: int, count: int) -> BooksRow:
    body = book.organisation
    return BooksRow(
        organisation=body.ext_id,
        organisation_name=body.name,
        subject_code=code,
        subject_words=subjects.words(body.kind, code),
        cards_fen=value,
        cards_count=count,
        books_fen=balances.standing_fen(book, code),
    )


def _view(one: Asset, by: Actor) -> AssetView:
    body = one.organisation
    return AssetView(
        ext_id=one.ext_id,
        number=one.number,
        tag=one.tag,
        organisation=body.ext_id,
        organisation_name=body.name,
        organisation_kind=body.kind,
        division_code=one.division_code,
        category=one.category,
        category_label=one.get_category_display(),
        kind=one.kind,
        kind_label=one.get_kind_display(),
        is_operating=one.is_operating,
        name=one.name,
        place=one.place,
        area_mu_centi=one.area_mu_centi,
        area_m2_centi=one.area_m2_centi,
        quantity=one.quantity,
        unit=one.unit,
        book_value_fen=one.book_value_fen,
        appraised_fen=one.appraised_fen,
        appraised_at=one.appraised_at,
        appraiser_name=one.appraiser_name,
        status=one.status,
        status_label=one.get_status_display(),
        status_since_date=one.status_since_date,
        acquired_date=one.acquired_date,
        source_kind=one.source_kind,
        source_id=one.source_id,
        last_inventory_date=one.last_inventory_date,
        subject_code=one.subject_code,
        subject_words=subjects.words(body.kind, one.subject_code) if one.subject_code else "",
        plan=plans.plan_view(one.plan_ext_id) if one.plan_ext_id else None,
        case_number=one.case_number,
        notes=tuple(
            AssetNote(each.at, each.title, each.text, each.by_name, each.case_number)
            for each in one.events.order_by("-at", "-pk")
        ),
        may_keep=scope.can(by, "deals.keep_assets", one.division_code),
    )
