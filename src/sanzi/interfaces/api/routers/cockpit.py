"""The cockpit over the API: panels of a place, one panel with the places below, rows behind."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Query, Router, Schema

from sanzi.insight.cockpit import panels
from sanzi.insight.cockpit.shapes import Counted, Panel, PanelPage, Place, Sum
from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Ident

router = Router(auth=OFFICER)

Code = Annotated[str, Field(pattern=r"^[0-9]{12}$")]


class CockpitWanted(Schema):
    """Whose duty: discipline, agriculture or finance; all without one."""

    duty: Annotated[str, Field(pattern=r"^(|discipline|agriculture|finance)$")] = ""


class RowsWanted(Schema):
    """Which line and month of a panel; all without them."""

    key: Annotated[str, Field(max_length=120)] = ""
    month: Annotated[str, Field(pattern=r"^(|[0-9]{4}-[0-9]{2})$")] = ""


class PlaceOut(Schema):
    """A division of the tree; level `own` is what lies at an office itself."""

    code: str
    name: str
    level: str


class SumOut(Schema):
    """Sums of a line. Units: the panel's; `value` in tenths for shares (percent) and means."""

    key: str
    title: str
    month: str
    part: int
    whole: int
    rows: int
    value: int | None


class PanelOut(Schema):
    """A panel: what it tells, from what, as of when, and its lines."""

    code: str
    title: str
    kind: str
    section: str
    duties: list[str]
    unit: str
    of: str
    time: str
    means: str
    source: str
    computed_at: datetime | None
    is_late: bool
    lines: list[SumOut]


class CockpitOut(Schema):
    """The panels of a place that this officer may see."""

    place: PlaceOut
    above: list[PlaceOut]
    below: list[PlaceOut]
    village_count: int
    duties: list[str]
    computed_at: datetime | None
    panels: list[PanelOut]


class PlaceSumsOut(Schema):
    """What one place below has of a panel."""

    place: PlaceOut
    lines: list[SumOut]


class PanelPageOut(PanelOut):
    """A panel month by month, with the places right below; of a tree all its villages."""

    place: PlaceOut
    months: list[SumOut]
    below: list[PlaceSumsOut]


class RowOut(Schema):
    """One row of the record behind a figure."""

    kind: str
    row_id: str
    month: str
    key: str
    part: int
    whole: int


class RowsOut(Schema):
    """The rows behind a figure as they stand now; `kept` is what the cockpit holds."""

    panel: str
    place: PlaceOut
    computed_at: datetime | None
    counted_at: datetime
    kept: int | None
    now: int | None
    row_count: int
    rows: list[RowOut]


@router.get("/cockpit/{code}", response={200: CockpitOut, **READ}, summary="一处的驾驶舱")
def cockpit(request: ApiRequest, code: Code, wanted: Query[CockpitWanted]) -> object:
    """Return the panels of a place with their totals."""
    found = panels.page(by=request.auth, division_code=code, duty=wanted.duty, at=request.at)
    return {
        "place": found.place,
        "above": found.above,
        "below": found.below,
        "village_count": found.village_count,
        "duties": found.duties,
        "computed_at": found.computed_at,
        "panels": [_panel(one) for one in found.panels],
    }


@router.get(
    "/cockpit/{code}/panels/{panel}",
    response={200: PanelPageOut, **READ},
    summary="驾驶舱的一块",
)
def panel(request: ApiRequest, code: Code, panel: Ident) -> object:
    """Return one panel by month, and what the places right below add to it."""
    found = panels.panel(by=request.auth, division_code=code, code=panel, at=request.at)
    return {
        **_panel(found),
        "place": found.place,
        "months": [
            _sum(found.panel, line.code, line.title, one, month)
            for line in found.lines
            if found.panel.time != "now"
            for month, one in zip(found.months, panels.course(found, line.code), strict=True)
        ],
        "below": [
            {"place": place, "lines": _lines(found, place, counted)}
            for place, counted in found.below
        ],
    }


@router.get(
    "/cockpit/{code}/panels/{panel}/rows",
    response={200: RowsOut, **READ},
    summary="一个数的明细",
)
def rows(request: ApiRequest, code: Code, panel: Ident, wanted: Query[RowsWanted]) -> object:
    """Return the rows that lie at a village or an office, at most five hundred of them."""
    found = panels.rows(
        by=request.auth, division_code=code, code=panel, key=wanted.key, month=wanted.month,
        at=request.at,
    )  # fmt: skip
    return {
        "panel": found.page.panel.code,
        "place": found.page.place,
        "computed_at": found.page.computed_at,
        "counted_at": request.at,
        "kept": panels.value(found.page.panel, found.kept),
        "now": panels.value(found.page.panel, found.now),
        "row_count": found.row_count,
        "rows": [
            {
                "kind": one.kind,
                "row_id": one.row_id,
                "month": one.month,
                "key": one.key,
                "part": one.sum.part,
                "whole": one.sum.whole,
            }
            for one in found.rows
        ],
    }


def _panel(page: PanelPage) -> dict[str, object]:
    panel = page.panel
    return {
        "code": panel.code,
        "title": panel.title,
        "kind": panel.kind,
        "section": panel.section,
        "duties": panel.duties,
        "unit": panel.unit,
        "of": panel.of,
        "time": panel.time,
        "means": panel.means,
        "source": panel.source,
        "computed_at": page.computed_at,
        "is_late": page.is_late,
        "lines": _lines(page, page.place, page.counted),
    }


def _lines(page: PanelPage, place: Place, counted: Counted) -> list[dict[str, object]]:
    own = panels.at_place(page, place, counted)
    return [
        _sum(page.panel, one.code, one.title, panels.told(own, one.code), "") for one in page.lines
    ]


def _sum(panel: Panel, key: str, title: str, one: Sum, month: str) -> dict[str, object]:
    return {
        "key": key,
        "title": title,
        "month": month,
        "part": one.part,
        "whole": one.whole,
        "rows": one.row_count,
        "value": panels.value(panel, one),
    }
