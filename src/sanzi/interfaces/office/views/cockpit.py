"""The cockpit in the office: a place at a glance, one panel with the places below, the rows."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.insight.actions import cockpit as actions
from sanzi.insight.cockpit import panels, words
from sanzi.insight.cockpit.shapes import DUTIES, SECTIONS, Cockpit, Drilled, PanelPage, Place
from sanzi.interfaces.look.parts import Cell, Fact, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import csv_file, moment, page_of, query_without_page, show
from sanzi.interfaces.office.parts import cockpit as cockpit_parts
from sanzi.interfaces.office.parts import cockpit_rows
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.levels import queries as levels
from sanzi.orgs.errors import NotFound

ROWS: Final = 50
NOTED: Final = (
    "alert_ages", "waiting", "arrears", "works_time", "disclosure", "inquiries", "matters",
)  # fmt: skip
"""Panels that a wall tells in a sentence."""
NOTED_MAX: Final = 6
"""More of them would run off a screen of 1080 lines."""


@officer
def start(request: OfficeRequest) -> HttpResponseBase:
    """Lead to the place where this officer's cockpit begins."""
    return redirect("office:cockpit", code=panels.start(by=request.actor))


@officer
def page(request: OfficeRequest, code: str) -> HttpResponse:
    """Show a place: its panels by section, of one duty or of all."""
    duty = request.GET.get("duty", "")
    found = panels.page(
        by=request.actor,
        division_code=code,
        duty=duty if duty in DUTIES else "",
        at=request.at,
    )
    return show(
        request,
        "cockpit",
        {
            "title": _sentence(found),
            "sub": _when(request, found),
            "found": found,
            "sections": _sections(found),
            "tabs": _tabs(found),
            "below": [Link(one.name, reverse("office:cockpit", args=[one.code]))
                      for one in found.below],
            "site": _county_site(request, code),
            "wall_url": reverse("office:cockpit_wall", args=[code])
            if found.place.level != panels.VILLAGE else "",
        },
        current="cockpit",
        crumbs=_crumbs(found.place, found.above),
    )  # fmt: skip


@officer
def wall(request: OfficeRequest, code: str) -> HttpResponse:
    """Show a place on a wall: no menu, everything on one screen, new by itself every minute."""
    found = panels.page(by=request.actor, division_code=code, duty="", at=request.at)
    if found.place.level == panels.VILLAGE:
        raise NotFound
    by_code = {one.panel.code: cockpit_parts.part(one, is_wall=True) for one in found.panels}
    return show(
        request,
        "cockpit_wall",
        {
            "title": f"{found.place.name}农村三资监管",
            "found": found,
            "count": f"{found.village_count}个村",
            "tile": {"province": "县", "city": "乡镇"}.get(found.place.level, "村"),
            "when": moment(request, found.computed_at),
            "parts": by_code,
            "holdings": [by_code[one] for one in ("funds", "assets", "resources")
                         if one in by_code],
            "notes": [by_code[one] for one in NOTED
                      if one in by_code and by_code[one].page.counted.sums][:NOTED_MAX],
            "back": reverse("office:cockpit", args=[code]),
        },
        current="cockpit",
    )  # fmt: skip


@officer
def panel(request: OfficeRequest, code: str, panel: str) -> HttpResponseBase:
    """Show one panel: what it is, its picture, its figures, the places right below."""
    found = panels.panel(by=request.actor, division_code=code, code=panel, at=request.at)
    if request.GET.get("as") == "csv":
        return _csv(cockpit_parts.table(found), f"{found.place.name}{found.panel.title}")
    if request.GET.get("as") == "places":
        return _csv(cockpit_parts.places(found), f"{found.place.name}{found.panel.title}各处")
    part = cockpit_parts.part(found)
    is_village = found.place.level == panels.VILLAGE
    peers = panels.peers(by=request.actor, page=found) if is_village else {}
    return show(
        request,
        "cockpit_panel",
        {
            "title": f"{found.place.name}：{found.panel.title}",
            "sub": part.finding,
            "part": part,
            "facts": _facts(request, found),
            "places": cockpit_parts.places(found) if found.below else None,
            "beside": cockpit_parts.beside(found, peers),
            "rows_url": reverse("office:cockpit_rows", args=[code, panel]) if is_village else "",
            "compare_url": reverse("office:level_compare", args=[code, panel])
            if levels.reads_a_lake() and len(found.below) > 1 else "",
        },
        current="cockpit",
        crumbs=[
            *_crumbs(found.place, (), is_link=True), Link(found.panel.title, ""),
        ],
    )  # fmt: skip


@officer
def rows(request: OfficeRequest, code: str, panel: str) -> HttpResponseBase:
    """Show the rows of the record behind a figure as they stand now, each leading on."""
    found = panels.rows(
        by=request.actor,
        division_code=code,
        code=panel,
        key=request.GET.get("key", ""),
        month=request.GET.get("month", ""),
        at=request.at,
    )
    site = levels.site_of(by=request.actor, division_code=code)
    name = f"{found.page.place.name}{found.page.panel.title}"
    if request.GET.get("as") == "csv":
        return _csv(cockpit_rows.ledger(found, [*found.rows], site), f"{name}明细")
    shown = page_of(request, found.rows, ROWS)
    return show(
        request,
        "cockpit_rows",
        {
            "title": f"{name}{_narrowed(found)}：{found.row_count}行",
            "sub": found.page.panel.means,
            "facts": _row_facts(request, found),
            "ledger": cockpit_rows.ledger(found, [*shown], site, by=request.actor),
            "site": _county_site(request, code),
            "page": shown,
            "query": query_without_page(request),
        },
        current="cockpit",
        crumbs=[
            *_crumbs(found.page.place, (), is_link=True),
            Link(found.page.panel.title, reverse("office:cockpit_panel", args=[code, panel])),
            Link("明细", ""),
        ],
    )


def _county_site(request: OfficeRequest, code: str) -> str:
    """Return the page of a place in its county's own system; empty where none is known."""
    site = levels.site_of(by=request.actor, division_code=code)
    return site and site + reverse("office:cockpit", args=[code])


@require_POST
@officer
def again(request: OfficeRequest) -> HttpResponse:
    """Ask for figures of now."""
    return attempt(
        request,
        lambda: actions.ask(by=request.actor, at=request.at),
        done="十分钟内重算一遍，过一会儿再看。",
        to=reverse("office:cockpit_start"),
    )


def _sentence(found: Cockpit) -> str:
    by_code = {one.panel.code: one for one in found.panels}
    parts = []
    if "funds" in by_code and by_code["funds"].counted.sums:
        value = panels.told(by_code["funds"]).part
        parts.append(f"账上{words.said(by_code['funds'].panel, value)}")
    if "alerts" in by_code:
        page = by_code["alerts"]
        new, pending = (
            sum(panels.told(page, f"{row.code}.{key}").part for row in page.panel.rows)
            for key in ("new", "pending")
        )
        parts.append(f"{new}条预警新增、{pending}条待处置" if new or pending else "没有未办的预警")
    count = found.village_count or levels.villages_told(found.place.code)
    villages = f"{count}个村，" if found.place.level != panels.VILLAGE else ""
    return f"{found.place.name}：{villages}{'，'.join(parts) or '还没有数'}"


def _when(request: OfficeRequest, found: Cockpit) -> str:
    if found.computed_at is None:
        return "每天凌晨4点算一次，还没有算过。"
    late = (
        "，有的数没有按时算出来，旁边写着是哪天的" if any(p.is_late for p in found.panels) else ""
    )
    return f"数到{moment(request, found.computed_at)}{late}。点数字看它从哪里来。"


def _sections(
    found: Cockpit,
) -> list[tuple[str, str, list[cockpit_parts.Part], list[Link]]]:
    """Return the panels with figures by section; those without any are only named."""
    full: dict[str, list[cockpit_parts.Part]] = {}
    empty: dict[str, list[Link]] = {}
    for one in found.panels:
        if one.counted.sums:
            full.setdefault(one.panel.section, []).append(cockpit_parts.part(one))
        else:
            named = Link(one.panel.title, cockpit_parts.panel_url(one.place, one.panel))
            empty.setdefault(one.panel.section, []).append(named)
    return [
        (code, title, full.get(code, []), empty.get(code, []))
        for code, title in SECTIONS.items()
        if code in full or code in empty
    ]


def _tabs(found: Cockpit) -> list[Tab]:
    here = reverse("office:cockpit", args=[found.place.code])
    tabs = [Tab("全部", here, is_current=not found.duty)]
    return tabs + [
        Tab(DUTIES[one], f"{here}?duty={one}", is_current=found.duty == one) for one in found.duties
    ]


def _crumbs(place: Place, above: tuple[Place, ...], *, is_link: bool = False) -> list[Link]:
    higher = [Link(one.name, reverse("office:cockpit", args=[one.code])) for one in reversed(above)]
    here = Link(place.name, reverse("office:cockpit", args=[place.code]) if is_link else "")
    return [Link("驾驶舱", reverse("office:cockpit_start")), *higher, here]


def _facts(request: OfficeRequest, found: PanelPage) -> list[Fact]:
    return [
        Fact("是什么", found.panel.means),
        Fact("从哪里来", found.panel.source),
        Fact("数到", moment(request, found.computed_at) or "还没有算过"),
        Fact("单位", words.exact_unit(found.panel)),
    ]


def _narrowed(found: Drilled) -> str:
    line = next((one.title for one in found.page.lines if one.code == found.key), "")
    month = words.month(found.month) if found.month else ""
    return f"，{month}{line}" if month or line else ""


def _row_facts(request: OfficeRequest, found: Drilled) -> list[Fact]:
    panel = found.page.panel
    kept = words.told(panel, found.kept)
    now = words.told(panel, found.now)
    same = found.kept == found.now
    counted = "县里发布的数出来" if levels.reads_a_lake() else "现在数出来"
    return [
        Fact("驾驶舱上的数", f"{kept}（{moment(request, found.page.computed_at)}）"),
        Fact(counted, now if not same else f"{now}，一样"),
        Fact("从哪里来", panel.source),
    ]


def _csv(ledger: Ledger, name: str) -> HttpResponseBase:
    def text(cell: Cell | str) -> str:
        return cell.text if isinstance(cell, Cell) else cell

    rows: list[Row] = [*ledger.rows, *([ledger.total] if ledger.total else [])]
    heads: list[str] = [one.title for one in ledger.columns]
    return csv_file(name, heads, ([text(cell) for cell in row.cells] for row in rows))
