"""What anybody may take away and count for himself: packages of tables, of a village or a county.

Everything is masked as it is published. What names persons who were helped is in no package. The
columns are those of `data/disclosure/open/*.yaml`; the form is that of the data package.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.db.models import Max

from sanzi.deals.asset_rules import GONE
from sanzi.deals.models import Asset
from sanzi.disclosure import bulletin_queries, comparison_queries, naming, queries, rules
from sanzi.disclosure.models import Publication
from sanzi.disclosure.periods import month_of
from sanzi.kernel import divisions
from sanzi.matters.items import items
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division
from sanzi.record import descriptor, packages, schema
from sanzi.registers.leases.queries import public as leases

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "disclosure" / "open"
MONTHS: Final = 12
OF_A_VILLAGE: Final = ("village", "month", "line", "asset", "price", "publication")
OF_A_COUNTY: Final = ("village", "price", "publication")
ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)

Row = dict[str, object]


@dataclass(frozen=True)
class Place:
    """A village or a county whose data are given; `villages` are those in it, by code."""

    code: str
    name: str
    tables: tuple[str, ...]
    villages: tuple[queries.Village, ...]


@cache
def tables() -> Mapping[str, schema.Table]:
    """Return the open tables by name, checked. Raises: SchemaBroken."""
    return schema.read_folder(FOLDER)


def place(code: str) -> Place:
    """Return the village or the county of a code. Raises: NotFound for any other."""
    found = Division.objects.filter(pk=code, level__in=("village", "county")).first()
    if found is None:
        raise NotFound
    if found.level == "village":
        return Place(code, found.name, OF_A_VILLAGE, (queries.village(code),))
    inside = tuple(
        one for _, rows in queries.villages() for one in rows if divisions.is_within(one.code, code)
    )
    return Place(code, found.name, OF_A_COUNTY, inside)


def villages_of(county: Place) -> list[Place]:
    """Return each village of a county as a place of its own."""
    return [Place(one.code, one.name, OF_A_VILLAGE, (one,)) for one in county.villages]


def counties() -> list[Place]:
    """Return the counties with their villages, by code."""
    codes = Division.objects.filter(level="county").order_by("code").values_list("code", flat=True)
    return [place(code) for code in codes]


def package(where: Place, today: date) -> bytes:
    """Return a place's package as a ZIP: `datapackage.json` and a CSV for each table."""
    stream = io.BytesIO()
    with _written(where, where.tables, today) as folder, zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(Path(folder).iterdir()):
            told = zipfile.ZipInfo(path.name, ZIP_TIME)
            told.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(told, path.read_bytes())
    return stream.getvalue()


def file(where: Place, name: str, today: date) -> bytes:
    """Return one file of a place's package: the descriptor, or a table's CSV. Raises: NotFound."""
    table = name.removesuffix(".csv")
    is_descriptor = name == descriptor.FILE_NAME
    if not is_descriptor and (table == name or table not in where.tables):
        raise NotFound
    wanted = where.tables if is_descriptor else (table,)
    with _written(where, wanted, today) as folder:
        return (Path(folder) / name).read_bytes()


def records(where: Place, name: str, today: date) -> list[Row]:
    """Return the rows of a table of a place. Raises: NotFound."""
    if name not in where.tables:
        raise NotFound
    return list(_ROWS[name](where, today))


def _written(
    where: Place, wanted: tuple[str, ...], today: date
) -> tempfile.TemporaryDirectory[str]:
    """Return a folder, gone after use, with the tables that are wanted."""
    folder = tempfile.TemporaryDirectory(prefix="open-data-")
    filled = {name: _ROWS[name](where, today) for name in wanted}
    told = {"title": f"{where.name}的公开数据", "x-masked": True}
    packages.write_package(folder.name, f"open-{where.code}", filled, told=told, known=tables())
    return folder


def _villages(where: Place, _today: date) -> Iterator[Row]:
    for one in where.villages:
        yield {
            "code": one.code,
            "name": one.name,
            "town": one.town_name,
            "household_count": one.household_count,
            "population": one.population,
        }


def _periods(today: date) -> list[str]:
    """Return the months that are over, the oldest first."""
    first = today.year * 12 + today.month - 1
    months = [divmod(first - back, 12) for back in range(MONTHS, 0, -1)]
    return [month_of(date(year, month + 1, 1)) for year, month in months]


def _months(where: Place, today: date) -> Iterator[Row]:
    for one in where.villages:
        for period in _periods(today):
            figures = queries.month(one.code, period, today).figures
            yield {
                "village_code": one.code,
                "period": period,
                "in_fen": figures.in_fen,
                "out_fen": figures.out_fen,
                "in_count": figures.in_count,
                "out_count": figures.out_count,
            }


def _lines(where: Place, today: date) -> Iterator[Row]:
    for one in where.villages:
        for period in _periods(today):
            rows = sorted(queries.items(one.code, period), key=lambda row: (row.day, row.number))
            for line_no, row in enumerate(rows, 1):
                yield {
                    "village_code": one.code,
                    "period": period,
                    "line_no": line_no,
                    "number": row.number,
                    "paid_date": row.day,
                    "direction": "in" if row.is_income else "out",
                    "purpose": row.title,
                    "other_party": row.who,
                    "amount_fen": row.amount_fen,
                }


def _assets(where: Place, today: date) -> Iterator[Row]:
    for village in where.villages:
        found = Asset.objects.filter(division_code=village.code).exclude(status__in=GONE)
        rows = list(found.select_related("organisation").order_by("organisation_id", "number"))
        running = leases.running(village.code, today)
        texts = iter(naming.clean(village.code, [t for one in rows for t in (one.name, one.place)]))
        for one in rows:
            lease = running.get(one.pk)
            tenant = lease.tenant if lease else None
            yield {
                "tag": one.tag,
                "village_code": village.code,
                "owner": one.organisation.name,
                "name": next(texts),
                "kind": str(one.get_kind_display()),
                "place": next(texts),
                "area_mu": _hundredths(one.area_mu_centi),
                "area_m2": _hundredths(one.area_m2_centi),
                "book_value_fen": one.book_value_fen,
                "status": str(one.get_status_display()),
                "tenant": rules.payee_shown(tenant.kind, tenant.name) if tenant else None,
                "lease_end_date": lease.end_date if lease else None,
                "rent_fen": lease.rent_fen_year if lease else None,
            }


def _hundredths(centi: int | None) -> Decimal | None:
    return None if centi is None else Decimal(centi) / 100


def _prices(where: Place, today: date) -> Iterator[Row]:
    for year in comparison_queries.years(today):
        for one in comparison_queries.prices(where.code, year):
            yield {
                "year": year,
                "price_id": one.ref,
                "village_code": one.village_code,
                "kind": one.kind,
                "group": one.group,
                "unit": one.unit,
                "since_date": one.on,
                "price_fen": one.fen,
            }


def _publications(where: Place, _today: date) -> Iterator[Row]:
    for village in where.villages:
        for one in standing(village.code):
            yield {
                "publication_id": one.ext_id,
                "village_code": village.code,
                "item_code": one.item_code,
                "item": items()[one.item_code].title,
                "title": one.title,
                "period": one.period or None,
                "published_at": one.published_at,
                "total_fen": one.total_fen,
                "sm3": one.content_digest,
            }


def standing(code: str) -> list[Publication]:
    """Return what stands published in a village and names nobody who was helped, newest first."""
    leaving = [one.code for one in items().values() if one.leaves]
    return list(bulletin_queries.standing(code).exclude(item_code__in=leaving))


def changes() -> dict[str, datetime]:
    """Return by village when something was last published there."""
    rows = Publication.objects.order_by().values_list("division_id")
    return dict(rows.annotate(last=Max("published_at")))


_ROWS: Final[Mapping[str, Callable[[Place, date], Iterator[Row]]]] = {
    "village": _villages,
    "month": _months,
    "line": _lines,
    "asset": _assets,
    "price": _prices,
    "publication": _publications,
}


def titles(where: Place) -> dict[str, str]:
    """Return by file name what each table of a place holds."""
    return {tables()[name].resource: tables()[name].title for name in where.tables}
