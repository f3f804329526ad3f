"""Registers: which there are, one as a list or a file, and the page of one row of it.

All of them are drawn from what their rooms put on the shelf (`sanzi.matters.shelf`).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look import parts, words
from sanzi.interfaces.look.parts import Fact, ItemRow, Ledger, Link, Tab
from sanzi.interfaces.office.pages import (
    day,
    moment,
    page_of,
    query_without_page,
    show,
)
from sanzi.interfaces.office.parts import funds as fund_links
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.doors import qr
from sanzi.matters import shelf
from sanzi.matters.actions import register_files
from sanzi.matters.shelf import Column, Register, Value
from sanzi.orgs import people_queries

MIDDLE = ("number", "percent", "yes_no", "day")


def said(request: OfficeRequest, column: Column, value: Value) -> str:
    """Return a value of a register as the office writes it; nothing for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return moment(request, value)
    if isinstance(value, date):
        return day(request, value)
    if column.kind == "money":
        return words.yuan(int(value))
    if column.kind == "percent":
        return f"{words.yuan(int(value))}%"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


@officer
def shelf_page(request: OfficeRequest) -> HttpResponse:
    """List the registers the actor may look into, by group."""
    found = shelf.seen(by=request.actor)
    groups = [
        (title, [_shelf_row(one) for one in some])
        for title, some in groupby(found, key=lambda one: one.group)
    ]
    return show(
        request,
        "registers",
        {
            "title": f"{len(found)}本登记簿",
            "sub": "办完一件事，该记的自动记进来，不用再抄。",
            "groups": groups,
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("登记簿", "")],
    )


def _shelf_row(one: Register) -> ItemRow:
    address = reverse("office:register", args=[one.key])
    return ItemRow(title=one.title, url=address, sub=one.sub, icon="notebook")


@officer
def listing(request: OfficeRequest, key: str) -> HttpResponseBase:
    """List a register's rows of the actor's scope, by village, state and words."""
    register = shelf.access_register(by=request.actor, key=key)
    wanted = shelf.Wanted(
        text=request.GET.get("text", "").strip()[:60],
        division_code=request.GET.get("village", ""),
        state=request.GET.get("state", ""),
    )
    form = request.GET.get("as", "")
    if form in register_files.FORMS:
        return _file(request, key, wanted, form)
    page = page_of(request, shelf.rows(by=request.actor, key=key, wanted=wanted))
    here = reverse("office:register", args=[key])
    return show(
        request,
        "register",
        {
            "title": f"{register.title}{page.paginator.count}条",
            "sub": register.sub,
            "links": fund_links.of_list(request, key),
            "register": register,
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=wanted.state == code)
                for code, title in (("", "全部"), *register.states)
            ],
            "villages": people_queries.villages(by=request.actor, permission=register.see),
            "village": wanted.division_code,
            "text": wanted.text,
            "state": wanted.state,
            "rows": [_row(request, shelf.item_of(register, one)) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="cases",
        crumbs=[*_way(), Link(register.title, "")],
    )


def _way() -> list[Link]:
    return [
        Link("办事", reverse("office:cases")),
        Link("登记簿", reverse("office:registers")),
    ]


def _file(request: OfficeRequest, key: str, wanted: shelf.Wanted, form: str) -> HttpResponseBase:
    name, media_type, data = register_files.take_register(
        key=key, wanted=wanted, form=form, by=request.actor, at=request.at
    )
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _row(request: OfficeRequest, item: shelf.Item) -> ItemRow:
    told = {column.key: said(request, column, value) for column, value in item.values}
    small = [item.row.organisation.name, *(told[key] for key in item.register.line)]
    return ItemRow(
        title=item.head,
        url=address_of(item),
        sub=" · ".join(text for text in small if text),
        amount=told.get(item.register.amount, ""),
        due=item.state,
        icon="file-text",
    )


def address_of(item: shelf.Item) -> str:
    """Return where a row's page is: its own, or the one of its register."""
    if item.register.own_page:
        return reverse(f"office:{item.register.own_page}", args=[item.row.ext_id])
    return reverse("office:register_row", args=[item.register.key, item.row.ext_id])


@officer
def row(request: OfficeRequest, key: str, ext_id: str) -> HttpResponse:
    """Show one row of a register with its tables and the case it came from."""
    item = shelf.item(by=request.actor, key=key, ext_id=ext_id)
    return show(
        request,
        "register_row",
        {
            "title": item.head,
            "sub": f"{item.row.organisation.name}，{item.row.ext_id}",
            "links": fund_links.of_row(request, key, item.row),
            "public": _public(request, item),
            "facts": _facts(request, item),
            "tables": [(part, _ledger(request, part, rows)) for part, rows in item.parts],
        },
        current="cases",
        crumbs=[
            *_way(),
            Link(item.register.title, reverse("office:register", args=[key])),
            Link(item.head, ""),
        ],
    )


def _public(request: OfficeRequest, item: shelf.Item) -> tuple[str, str]:
    """Return the QR and the address of the page that everybody may read; nothing without one."""
    code = item.row.qr_code if item.register.key == "town-projects" else ""
    if not code:
        return "", ""
    address = request.build_absolute_uri(reverse("portal:project", args=[code]))
    return qr(address, error="m", scale=4), address


def _facts(request: OfficeRequest, item: shelf.Item) -> list[Fact]:
    facts = [Fact("状态", item.state)] if item.state else []
    for column, value in item.values:
        text = said(request, column, value)
        if text:
            unit = "元" if column.kind == "money" else ""
            facts.append(Fact(column.title, f"{text}{unit}"))
    number = item.case_number
    if number:
        facts.append(Fact("办件", number, reverse("office:case", args=[number])))
    elif not any(part.key == "course" and rows for part, rows in item.parts):
        facts.append(Fact("来历", "从资料包导入"))
    return facts


def _ledger(
    request: OfficeRequest, part: shelf.Part, rows: tuple[tuple[Value, ...], ...]
) -> Ledger:
    return Ledger(
        caption=part.title,
        columns=[parts.Column(one.title, _kind(one)) for one in part.columns],
        rows=[
            parts.Row(
                [
                    said(request, column, value)
                    for column, value in zip(part.columns, cells, strict=True)
                ]
            )
            for cells in rows
        ],
    )


def _kind(column: Column) -> str:
    if column.kind == "money":
        return "money"
    return "mid" if column.kind in MIDDLE else "text"
