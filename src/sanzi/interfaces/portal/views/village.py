"""The village's own page: the month's money in one slip, and where it went."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.disclosure import bulletin_queries, queries, site_queries, village_queries
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import ItemRow, Link, Spending
from sanzi.interfaces.portal.pages import asked_period, month_words, public, show, today
from sanzi.interfaces.portal.views.units import works_row
from sanzi.kernel import clock
from sanzi.registers.leases.queries.public import Letting

WORKS_MAX = 5
LETTINGS_MAX = 4
UNTIL = {
    "consultation": "说意见到{}", "meeting": "{}开会", "tender": "报价到{}", "auction": "竞拍到{}",
}  # fmt: skip


@public
def home(request: HttpRequest) -> HttpResponse:
    """List the villages by town."""
    towns = [
        (
            town,
            [
                ItemRow(title=one.name, url=reverse("portal:village", args=[one.code]))
                for one in rows
            ],
        )
        for town, rows in queries.villages()
    ]
    return show(request, "home", None, {"towns": towns})


@public
def door(_request: HttpRequest, token: str) -> HttpResponse:
    """Open the village behind a door's QR."""
    return redirect("portal:village", queries.village_of_door(token).code)


@public
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a village's month."""
    village = queries.village(code)
    period = asked_period(request, code)
    month = queries.month(code, period, today())
    size = " · ".join(
        part
        for part in (
            village.town_name,
            f"{village.household_count}户" if village.household_count else "",
            f"{village.population:,}人" if village.population else "",
        )
        if part
    )
    return show(
        request,
        "village",
        village,
        {
            "sub": size,
            "door": Link("我家的钱", reverse("portal:household", args=[code]), "home"),
            "begin": Link("办一件事", reverse("portal:village_powers", args=[code]), "file-pencil"),
            **_money(code, month),
            **_things(code),
            "deciding": [
                _deciding_row(code, one) for one in village_queries.deciding(code, clock.now())
            ],
            "bulletin": _bulletin(code),
            "data": [
                ItemRow(
                    title="公开数据",
                    url=reverse("portal:open_place", args=[code]),
                    sub="每一笔、资产、工程，做成表格",
                )
            ],
        },
    )


def _money(code: str, month: queries.MonthPage) -> dict[str, Any]:
    """Return the month's slip, where its money went, and the ways to other months."""
    period = month.period
    lines_url = f"{reverse('portal:items', args=[code])}?month={period}"
    count = month.figures.in_count + month.figures.out_count
    return {
        "month_words": month_words(period),
        "month": month,
        "all_link": Link(f"看每一笔，共{count}笔", lines_url) if count else None,
        "spending": [
            Spending(use.word, use.amount_fen, month.uses[0].amount_fen, lines_url)
            for use in month.uses
        ],
        "previous": Link(
            f"看{month_words(month.previous)}的",
            f"?month={month.previous}",
            "arrow-left",
        ),
        "following": Link(f"看{month_words(month.following)}的", f"?month={month.following}")
        if month.following
        else None,
    }


def _things(code: str) -> dict[str, Any]:
    """Return the village's works, what it lets, and who manages and builds."""
    works = site_queries.village_works(code)
    lettings = [_letting_row(one) for one in village_queries.lettings(code, today())]
    return {
        "works": [works_row(one) for one in works[:WORKS_MAX]],
        "more_works": [works_row(one) for one in works[WORKS_MAX:]],
        "works_count": len(works),
        "lettings": lettings[:LETTINGS_MAX],
        "more_lettings": lettings[LETTINGS_MAX:],
        "lettings_count": len(lettings),
        "units": [
            ItemRow(title=name, url=reverse("portal:unit", args=[kind, key]), sub=sort)
            for kind, key, name, sort in site_queries.village_units(code)
        ],
    }


def _bulletin(code: str) -> list[ItemRow]:
    """Return the ways to what the village has published."""
    return [
        ItemRow(
            title="公开栏",
            url=reverse("portal:bulletin", args=[code]),
            sub="决议、工程、采购、名单，公布了就看得到",
            amount=f"{bulletin_queries.standing(code).count()}份",
        ),
        ItemRow(
            title="领的补贴",
            url=reverse("portal:village_subsidies", args=[code]),
            sub="哪个项目、多少人领了、合起来多少",
        ),
        ItemRow(
            title="比一比价钱",
            url=reverse("portal:prices", args=[code]),
            sub="租金、单价，和邻村比",
        ),
    ]


def _deciding_row(code: str, one: village_queries.Deciding) -> ItemRow:
    addresses = {
        "consultation": ("portal:publication", [code, one.ext_id]),
        "tender": ("portal:tender", [one.ext_id]),
        "auction": ("portal:auction", [one.ext_id]),
    }
    address = addresses.get(one.kind)
    return ItemRow(
        title=one.title,
        url=reverse(address[0], args=address[1]) if address else "",
        sub=UNTIL[one.kind].format(words.local_time(one.until, today=today())),
    )


def _letting_row(one: Letting) -> ItemRow:
    lease = one.lease
    return ItemRow(
        title=one.name,
        url=reverse("portal:asset", args=[one.tag]),
        sub=f"租到{words.local_day(lease.end_date, today=today())}" if lease else "空着，可以租",
        amount=f"一年{words.portal_yuan(lease.rent_fen_year)}" if lease else "",
    )
