"""Rents and prices for one unit, of every village, out of leases and purchases that are public.

Tenants and sellers are not read. A lease counts in every year in which it runs, with the rent of
that year; a purchase in the year of its order, with what was agreed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q

from sanzi.deals.asset_rules import GONE
from sanzi.deals.models import AssetKind
from sanzi.disclosure import bulletin_queries, naming
from sanzi.disclosure.comparison_rules import PURCHASE, RENT, Group, Price, groups, per_unit
from sanzi.disclosure.contracting.facts import PRIVATE_PURCHASES
from sanzi.disclosure.models import Publication
from sanzi.disclosure.periods import bounds
from sanzi.kernel import clock, divisions
from sanzi.matters import catalogue
from sanzi.orgs.models import Division
from sanzi.registers.leases.models import Lease
from sanzi.registers.leases.rules import rent_of_year
from sanzi.registers.procurement.models import Procurement

PURCHASES, CATEGORY = "M08", "category_code"
OTHER = "其他"


def of_village(code: str, year: int) -> list[Group]:
    """Return what a village lets and buys in a year, beside its town and its county."""
    town = divisions.parent(code) or code
    county = divisions.parent(town) or town
    return groups(prices(county, year), code, divisions.prefix(town))


def prices(place: str, year: int) -> list[Price]:
    """Return every price of a place in a year, by village."""
    return [*_rents(place, year), *_purchases(place, year)]


def names(place: str) -> dict[str, str]:
    """Return the names of the villages of a place by code."""
    rows = Division.objects.filter(level="village", code__startswith=divisions.prefix(place))
    return dict(rows.values_list("code", "name"))


def titles(code: str, found: list[Group]) -> dict[str, str]:
    """Return by key what each of the village's own things is called, nobody named in it."""
    own = [one for group in found for one in group.own]
    clean = naming.clean(code, [one.title for one in own])
    return {one.ref: title for one, title in zip(own, clean, strict=True)}


def _rents(place: str, year: int) -> Iterator[Price]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = Lease.objects.filter(
        Q(returned_at__isnull=True) | Q(returned_at__gte=_bounds(year)[0]),
        division_code__startswith=divisions.prefix(place), start_date__lte=last,
        end_date__gte=first,
    ).exclude(asset__status__in=GONE)  # fmt: skip
    for one in rows.select_related("asset").order_by("division_code", "ext_id"):
        mu, m2 = one.asset.area_mu_centi, one.asset.area_m2_centi
        area = mu or m2
        if not area:
            continue
        steps = {int(key): fen for key, fen in one.rent_steps.items()}
        fen = rent_of_year(one.rent_fen_year, steps, max(1, year - one.start_date.year + 1))
        yield Price(
            ref=one.ext_id, kind=RENT, group=AssetKind(one.asset.kind).label,
            unit="亩" if mu else "平方米", village_code=one.division_code, year=year,
            on=max(one.start_date, first), fen=per_unit(fen, area, 100), title=one.asset.name,
            page=("asset", one.asset.tag),
        )  # fmt: skip


def _purchases(place: str, year: int) -> Iterator[Price]:
    start, end = _bounds(year)
    rows = Procurement.objects.filter(
        division_code__startswith=divisions.prefix(place), award_fen__gt=0, quantity_milli__gt=0,
        ordered_at__gte=start, ordered_at__lt=end,
    ).exclude(status__in=PRIVATE_PURCHASES)  # fmt: skip
    found = list(rows.order_by("division_code", "ext_id"))
    pages, words = _published(found), _categories()
    for one in found:
        if one.award_fen is None or one.ordered_at is None:
            continue
        page = pages.get(one.case_number) or ("tender" if one.tender_ext_id else "",
                                              one.tender_ext_id)  # fmt: skip
        yield Price(
            ref=one.ext_id, kind=PURCHASE, group=words.get(one.category_code, OTHER),
            unit=one.unit, village_code=one.division_code, year=year,
            on=clock.local_date(one.ordered_at),
            fen=per_unit(one.award_fen, one.quantity_milli, 1000), title=one.title, page=page,
        )  # fmt: skip


def _bounds(year: int) -> tuple[datetime, datetime]:
    return bounds(f"{year}-01")[0], bounds(f"{year}-12")[1]


def _published(rows: list[Procurement]) -> dict[str, tuple[str, str]]:
    """Return by case the page of what was published of it last."""
    cases = {one.case_number for one in rows if one.case_number}
    found = Publication.objects.filter(
        subject_kind="case", subject_id__in=cases, replaced_by__isnull=True,
        unpublished_at__isnull=True,
    )  # fmt: skip
    return {one.subject_id: bulletin_queries.page_of(one) for one in found.order_by("pk")}


def _categories() -> dict[str, str]:
    matter = catalogue.get(PURCHASES)
    fields = matter.fields if matter else ()
    return next((dict(one.options or {}) for one in fields if one.key == CATEGORY), {})


def years(today: date) -> tuple[int, int]:
    """Return this year and the one before."""
    return today.year, today.year - 1
