"""Registers over the API: which there are, their rows, and one row with its tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Ident, Page, PlaceOrAny, Window, Words, page
from sanzi.matters import shelf

router = Router(auth=OFFICER)

RegisterKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_-]{1,30}$")]


class RegisterColumnOut(Schema):
    """A column; kind tells the unit: money is fen, percent hundredths of a percent."""

    key: str
    title: str
    kind: str


class RegisterOut(Schema):
    """A register and what it knows of a row; `parts` are the tables on a row's page."""

    key: str
    title: str
    group: str
    columns: list[RegisterColumnOut]
    states: list[tuple[str, str]]
    parts: dict[str, list[RegisterColumnOut]]


class RegisterRowOut(Schema):
    """A row; `values` by key of column, none where nothing is known."""

    ext_id: str
    organisation: str
    division_code: str
    case_number: str
    head: str
    state: str
    values: dict[str, str | int | bool | None]


class RegisterRowWhole(RegisterRowOut):
    """A row with its tables, by key."""

    parts: dict[str, list[dict[str, str | int | bool | None]]]


class RegisterWanted(Window):
    """Which rows: words or a number, a village, a state of the register."""

    text: Words = ""
    village: PlaceOrAny = ""
    state: str = Field("", max_length=20, pattern=r"^[A-Za-z_]*$")


@router.get("/registers", response={200: list[RegisterOut], **READ}, summary="登记簿")
def registers(request: ApiRequest) -> list[dict[str, Any]]:
    """List the registers this officer may look into, with their columns."""
    return [
        {
            "key": one.key,
            "title": one.title,
            "group": one.group,
            "columns": _columns(one.columns),
            "states": list(one.states),
            "parts": {part.key: _columns(part.columns) for part in one.parts},
        }
        for one in shelf.seen(by=request.auth)
    ]


@router.get("/registers/{key}", response={200: Page[RegisterRowOut], **READ}, summary="一本登记簿")
def register_rows(
    request: ApiRequest, key: RegisterKey, wanted: Query[RegisterWanted]
) -> dict[str, Any]:
    """List the rows of a register in this officer's scope."""
    register = shelf.access_register(by=request.auth, key=key)
    narrowed = shelf.Wanted(text=wanted.text, division_code=wanted.village, state=wanted.state)
    found = shelf.rows(by=request.auth, key=key, wanted=narrowed)
    return page(found, wanted, lambda one: _row(shelf.item_of(register, one)))


@router.get(
    "/registers/{key}/{ext_id}", response={200: RegisterRowWhole, **READ}, summary="登记的一条"
)
def register_row(request: ApiRequest, key: RegisterKey, ext_id: Ident) -> dict[str, Any]:
    """Show one row of a register with its tables."""
    item = shelf.item(by=request.auth, key=key, ext_id=ext_id)
    tables = {
        part.key: [
            {column.key: _plain(value) for column, value in zip(part.columns, cells, strict=True)}
            for cells in rows
        ]
        for part, rows in item.parts
    }
    return {**_row(item), "parts": tables}


def _columns(columns: tuple[shelf.Column, ...]) -> list[dict[str, str]]:
    return [{"key": one.key, "title": one.title, "kind": one.kind} for one in columns]


def _row(item: shelf.Item) -> dict[str, Any]:
    return {
        "ext_id": item.row.ext_id,
        "organisation": item.row.organisation.ext_id,
        "division_code": item.row.division_code,
        "case_number": item.case_number,
        "head": item.head,
        "state": getattr(item.row, item.register.state_field) if item.register.states else "",
        "values": {column.key: _plain(value) for column, value in item.values},
    }


def _plain(value: shelf.Value) -> str | int | bool | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
