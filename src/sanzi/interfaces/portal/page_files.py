"""The drawing of published pages: templates of the portal's look, without script and without host.

Every link between them is relative, so that the folder reads the same from a mirror or a disk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from sanzi.disclosure import page_drawing
from sanzi.disclosure.page_drawing import County, Feed, Line, Listing, Page, People
from sanzi.disclosure.page_parts import Table, day_words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row
from sanzi.kernel import digest

SHEETS = ("sanzi/tokens.css", "sanzi/portal.css")
MONEY = "（元）"
NAME_HEX = 12
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def register() -> None:
    """Draw published pages from now on; called once from `apps.ready`."""
    page_drawing.put(page_drawing.Drawing(style, page, people, listing, county, feed))


@cache
def style() -> tuple[str, bytes]:
    """Return the stylesheet under a name that holds its digest."""
    files = [Path(str(finders.find(one))) for one in SHEETS]
    css = _COMMENT.sub("", "".join(one.read_text(encoding="utf-8") for one in files)).encode()
    return f"style.{digest.sm3(css)[:NAME_HEX]}.css", css


def page(one: Page) -> str:
    """Return a publication as a page."""
    name = one.path.rpartition("/")[2]
    until = day_words(one.people.until) if one.people else ""
    return _text(
        "page.html",
        root="../",
        style=one.style,
        home="../index.html",
        page=one,
        name=name,
        facts=_facts(one),
        tables=_ledgers(one.part.tables),
        until=until,
        people_url=f"../people/{one.path}.html",
        older=f"../{one.older}.html" if one.older else "",
        back=Link(f"{one.village}公布的", "index.html"),
    )


def _facts(one: Page) -> list[Fact]:
    facts = [Fact("公开什么", one.kind), Fact("哪个村", one.village)]
    said = (("谁办的", one.organisation), ("到哪了", one.stage), ("哪个月", one.period))
    facts += [Fact(term, text) for term, text in said if text]
    facts += [Fact(label, text) for label, text in one.part.facts]
    facts.append(Fact("哪天公布", day_words(one.published_at)))
    if one.due_at:
        facts.append(Fact("晚了", f"应在{day_words(one.due_at)}以前公布"))
    if one.older:
        facts.append(Fact("更正", "这一页代替更正前的那一页", f"../{one.older}.html"))
    if one.reason:
        facts.append(Fact("为什么换", one.reason))
    return facts


def people(one: People) -> str:
    """Return what names people as a page that no search engine may keep."""
    return _text(
        "people.html",
        root="../../",
        style=one.style,
        home="../../index.html",
        page=one,
        facts=[
            Fact("哪个村", one.village),
            *(Fact(label, text) for label, text in one.part.facts),
            Fact("看到哪天", day_words(one.until)),
        ],
        tables=_ledgers(one.part.tables),
        back=Link("回到这一份", f"../../{one.path}.html"),
    )


def listing(one: Listing) -> str:
    """Return the list of a village's pages."""
    title = f"{one.village}{_month(one.month)}公布的"
    months = [ItemRow(_month(month), f"{month}.html", amount=f"{n}份") for month, n in one.months]
    return _text(
        "listing.html",
        root="../",
        style=one.style,
        home="../index.html",
        title=title,
        month=one.month,
        lines=[_row(line) for line in one.lines],
        months=months,
        back=Link(f"{one.village}公布的", "index.html")
        if one.month
        else Link("换一个村", "../index.html"),
    )


def _row(one: Line) -> ItemRow:
    sub = f"{one.item_title}，{day_words(one.published_at)}公布"
    return ItemRow(
        title=one.title,
        url=f"{one.path.rpartition('/')[2]}.html",
        sub=f"{sub}，后来更正了" if one.newer else sub,
    )


def _month(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月" if month else ""


def county(one: County) -> str:
    """Return the list of a county's villages."""
    towns = [
        (town, [ItemRow(name, f"{code}/index.html", amount=f"{n}份") for code, name, n in rows])
        for town, rows in one.towns
    ]
    return _text(
        "county.html",
        root="",
        style=one.style,
        home="index.html",
        title=f"{one.name}各村公布的",
        towns=towns,
    )


def feed(one: Feed) -> str:
    """Return an Atom feed (RFC 4287)."""
    entries = [
        {
            "url": f"{one.base}/{line.path}.html",
            "title": line.title,
            "at": _moment(line.published_at),
            "sub": line.item_title,
        }
        for line in one.lines
    ]
    return _text(
        "feed.xml", feed=one, base=one.base, updated=_moment(one.updated_at), entries=entries
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ledgers(tables: Sequence[Table]) -> list[Ledger]:
    return [
        Ledger(
            caption=one.title,
            columns=[
                Column(name, "money" if name.endswith(MONEY) else "text") for name in one.columns
            ],
            rows=[Row([Cell(text) for text in row]) for row in one.rows],
        )
        for one in tables
    ]


def _text(template: str, **context: object) -> str:
    return render_to_string(f"pages/{template}", context)
