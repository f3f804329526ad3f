"""The village's rents and unit prices beside those of its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from sanzi.disclosure import comparison_queries, queries
from sanzi.disclosure.comparison_rules import OTHERS_MIN, RENT, Group, Price, Spread
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row, Spending
from sanzi.interfaces.portal.pages import page_url, public, show, today

TOO_FEW = f"不到{OTHERS_MIN}个村，不算中间价"
NEIGHBOURS_MAX = 30


@dataclass(frozen=True)
class Compared:
    """A group as the page shows it."""

    title: str
    lead: str
    bars: list[Spending]
    spreads: Ledger
    neighbours: Ledger | None


@require_safe
@public
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the village lets and buys in a year beside its town and its county."""
    village = queries.village(code)
    years = comparison_queries.years(today())
    asked = request.GET.get("year", str(years[0]))
    if asked not in {str(one) for one in years}:
        raise Http404
    year = int(asked)
    found = comparison_queries.of_village(code, year)
    titles = comparison_queries.titles(code, found)
    places = comparison_queries.names(code[:6].ljust(12, "0"))
    other = years[1] if year == years[0] else years[0]
    return show(
        request,
        "prices",
        village,
        {
            "year": year,
            "groups": [_compared(one, titles, places) for one in found],
            "other": Link(f"看{other}年的", f"?year={other}", "arrow-left"),
            "csv_url": reverse("portal:open_file", args=[code, "price.csv"]),
            "json_url": reverse("portal:open_file", args=[code, "price.json"]),
            "back": Link(village.name, reverse("portal:village", args=[code])),
        },
    )


def _compared(group: Group, titles: dict[str, str], places: dict[str, str]) -> Compared:
    per = f"一{group.unit}一年" if group.kind == RENT else f"一{group.unit}"
    bars = [
        Spending(titles[one.ref], one.fen, group.most_fen, _url(one)) for one in group.own
    ] + [
        Spending(f"{where}别的村的中间价", one.median_fen, group.most_fen, "")
        for where, one in (("镇里", group.town), ("全县", group.county))
        if one
    ]  # fmt: skip
    return Compared(
        title=f"{'租' if group.kind == RENT else '买'}{group.name}，{per}",
        lead=_lead(group),
        bars=bars,
        spreads=_spreads(group),
        neighbours=_neighbours(group, places) if group.neighbours else None,
    )


def _lead(group: Group) -> str:
    """Return what the comparison says, in one sentence."""
    beside = group.town or group.county
    if beside is None:
        return f"别的村{TOO_FEW}。"
    where = "镇里" if group.town else "全县"
    middle = words.portal_yuan(beside.median_fen)
    higher = sum(one.fen > beside.median_fen for one in group.own)
    lower = sum(one.fen < beside.median_fen for one in group.own)
    said = [f"{higher}份高" if higher else "", f"{lower}份低" if lower else ""]
    told = "，".join(one for one in said if one) or "一样"
    return f"{where}中间价{middle}，村里的{told}。"


def _spreads(group: Group) -> Ledger:
    rows = [_spread("镇里别的村", group.town), _spread("全县别的村", group.county)]
    return Ledger(
        caption=f"{group.name}别的村的价",
        columns=[Column("哪里"), Column("中间价", "money"), Column("最低到最高", "money")],
        rows=rows,
    )


def _spread(where: str, one: Spread | None) -> Row:
    if one is None:
        return Row([Cell(where), Cell(TOO_FEW, span=2)])
    ends = f"{words.portal_yuan(one.least_fen)}到{words.portal_yuan(one.most_fen)}"
    told = f"{where}，{one.villages}个村{one.count}份"
    return Row([Cell(told), Cell(words.portal_yuan(one.median_fen)), Cell(ends)])


def _neighbours(group: Group, places: dict[str, str]) -> Ledger:
    return Ledger(
        caption=f"镇里各村的{group.name}",
        columns=[Column("哪个村"), Column("哪天起"), Column("价", "money")],
        rows=[
            Row([
                Cell(places.get(one.village_code, ""), _url(one)),
                Cell(words.local_day(one.on, today=today())),
                Cell(words.portal_yuan(one.fen)),
            ])
            for one in group.neighbours[:NEIGHBOURS_MAX]
        ],
    )  # fmt: skip


def _url(one: Price) -> str:
    kind, ref = one.page
    return page_url(one.village_code, kind, ref) if kind else ""
