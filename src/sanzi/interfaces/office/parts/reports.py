"""A kept report ready for its template: sentences with links, tables, charts in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sanzi.insight.reports.queries import ReportPage
from sanzi.interfaces.look import report_files, report_links
from sanzi.interfaces.look.panel_links import kept_url
from sanzi.interfaces.look.panel_pictures import Picture
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.orgs.actors import Actor
from sanzi.record import sheets

Block = Mapping[str, Any]
ROWS_SHOWN = 60


@dataclass(frozen=True)
class Words:
    """A part of a sentence, with where its figure leads."""

    text: str
    url: str
    is_figure: bool


@dataclass(frozen=True)
class Item:
    """What stands below sentences: a table or a picture; `left_out` rows stand in the files."""

    title: str
    number: str
    note: str
    ledger: Ledger | None = None
    picture: Picture | None = None
    left_out: int = 0
    is_blank: bool = False


@dataclass(frozen=True)
class Section:
    """A section of a report on a page."""

    title: str
    sentences: tuple[tuple[Words, ...], ...]
    items: tuple[Item, ...]


def sections(page: ReportPage, *, by: Actor) -> list[Section]:
    """Return the sections of a report for its page; its figures lead only where `by` may go."""
    page = report_links.led(page, by)
    return [
        Section(
            one["title"],
            tuple(
                tuple(
                    Words(part["text"], kept_url(part["from"]), bool(part["figure"]))
                    for part in words
                )
                for words in one["sentences"]
            ),
            tuple(_item(page.body, each) for each in one["items"]),
        )
        for one in page.body["sections"]
    ]


def _item(body: Block, item: Block) -> Item:
    if item["kind"] == "chart":
        found = report_files.drawn(body, item, is_page=True)
        return Item(item["title"], "", "", picture=found)
    rows = item["rows"]
    return Item(
        item["title"],
        item["number"],
        item["note"],
        ledger=_ledger(body, item) if rows else None,
        left_out=max(len(rows) - ROWS_SHOWN, 0),
        is_blank=bool(item.get("is_empty")),
    )


def _ledger(body: Block, item: Block) -> Ledger:
    sheet = report_files.sheet_of(item, body)
    rows = [
        Row([
            Cell(sheets.shown(value, column), url=kept_url(source))
            for value, column, source in zip(
                one["cells"], sheet.columns, one["from"], strict=True
            )
        ])
        for one in item["rows"]
    ]  # fmt: skip
    has_total = item["rows"][-1]["tone"] == "total"
    shown = rows[:-1] if has_total else rows
    unit = f"，{sheet.right}" if sheet.right else ""
    return Ledger(
        caption=f"{sheet.title}{unit}",
        columns=[
            Column(one.heading, "money" if kind in ("money", "count", "figure", "mu") else "text")
            for one, (_, kind, _) in zip(sheet.columns, item["columns"], strict=True)
        ],
        rows=shown[:ROWS_SHOWN],
        total=rows[-1] if has_total else None,
        is_row_headed=True,
    )
