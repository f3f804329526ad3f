"""Books of paper receipts: who has which, number by number, and back to the township."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, ItemRow, Ledger, Link, Row
from sanzi.interfaces.office.forms.income import BookForm, CashForm
from sanzi.interfaces.office.pages import day, may, page_of, query_without_page, refuse, show, today
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.bills import bill_crumbs
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import receipt_books as actions
from sanzi.payments.queries import receipt_books as queries

NUMBERS_PAGE = 50


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the books of the scope; register one that goes out on POST."""
    if not may(request, "payments.see"):
        raise NotFound
    form = None
    if may(request, actions.ISSUE):
        form = BookForm(request.POST or None)
        form.offer(people_queries.bodies(by=request.actor, permission=actions.ISSUE))
        if request.method == "POST" and form.is_valid():
            try:
                made = actions.issue_book(**form.cleaned_data, by=request.actor, at=request.at)
            except NotFound:
                raise
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                return redirect("office:receipt_book", made)
    elif request.method == "POST":
        raise NotFound
    out = queries.receipt_books(by=request.actor, is_open=True).count()
    page = page_of(request, queries.receipt_books(by=request.actor))
    return show(
        request,
        "receipt_books",
        {
            "title": f"{out}本票据在外面" if out else "票据本都核销了",
            "rows": [_row(request, one) for one in queries.rows_of(list(page))],
            "form": form,
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=bill_crumbs(Link("票据本", "")),
    )


def _row(request: OfficeRequest, one: queries.BookRow) -> ItemRow:
    left = f"，现金没存{words.yuan(one.unbanked_fen)}元" if one.unbanked_fen else ""
    off = f"{day(request, one.written_off_at)}核销" if one.written_off_at else "在用"
    return ItemRow(
        title=f"{one.number}，{one.first_serial}至{one.last_serial}号",
        url=reverse("office:receipt_book", args=[one.ext_id]),
        sub=f"{one.organisation_name} · 用了{one.used_count}张，还空{one.blank_count}张{left}",
        due=f"{off}，{day(request, one.issued_at)}领",
        icon="notebook",
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a book number by number, with what may be done to it."""
    book = queries.access_book(by=request.actor, ext_id=ext_id)
    return _shown(request, ext_id, _cash_form(request, queries.next_serial(book)))


def _cash_form(request: OfficeRequest, serial: int | None, posted: Any = None) -> CashForm:
    day_now = today(request).isoformat()
    return CashForm(posted, initial={"serial": serial, "received_date": day_now})


def _shown(request: OfficeRequest, ext_id: str, form: CashForm) -> HttpResponse:
    book = queries.access_book(by=request.actor, ext_id=ext_id)
    row = queries.rows_of([book])[0]
    numbers = page_of(request, queries.numbers_of(book), NUMBERS_PAGE)
    is_out = row.written_off_at is None
    return show(
        request,
        "receipt_book",
        {
            "row": row,
            "title": f"票据本{row.number}，用了{row.used_count}张，还空{row.blank_count}张",
            "sub": f"{row.organisation_name}，现金没存{words.yuan(row.unbanked_fen)}元"
            if row.unbanked_fen
            else row.organisation_name,
            "ledger": _numbers(request, list(numbers)),
            "form": form if is_out and may(request, actions.WRITE) and row.blank_count else None,
            "may_write_off": is_out and may(request, actions.WRITE_OFF),
            "page": numbers,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=bill_crumbs(Link("票据本", reverse("office:receipt_books")), Link(row.number, "")),
    )


def _numbers(request: OfficeRequest, rows: list[queries.NumberRow]) -> Ledger:
    return Ledger(
        caption="用过的号",
        columns=[
            Column("号"),
            Column("谁交的"),
            Column("什么钱"),
            Column("金额（元）", "money"),
            Column("哪天"),
            Column("现在"),
        ],
        rows=[
            Row(
                [
                    Cell(
                        str(one.serial),
                        url=reverse("office:receipt", args=[one.receipt_ext_id])
                        if one.receipt_ext_id
                        else "",
                    ),
                    Cell(one.payer_name),
                    Cell(one.purpose),
                    Cell(words.yuan(one.amount_fen) if one.amount_fen is not None else ""),
                    Cell(day(request, one.issued_at)),
                    Cell(one.state),
                ]
            )
            for one in rows
        ],
    )


@require_POST
@officer
def write(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Enter a paper receipt."""
    if not may(request, actions.WRITE):
        raise NotFound
    book = queries.access_book(by=request.actor, ext_id=ext_id)
    form = _cash_form(request, queries.next_serial(book), request.POST)
    if form.is_valid():
        try:
            actions.write_receipt(book=ext_id, fields=form.cash(), by=request.actor, at=request.at)
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return redirect("office:receipt_book", ext_id)
    return _shown(request, ext_id, form)


@require_POST
@officer
def change(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Enter a spoilt number, or write the book off."""
    queries.access_book(by=request.actor, ext_id=ext_id)
    here = reverse("office:receipt_book", args=[ext_id])
    if request.POST.get("do") == "write_off":
        return attempt(
            request,
            lambda: actions.write_off(
                book=ext_id,
                hand_in_blank="blank" in request.POST,
                by=request.actor,
                at=request.at,
            ),
            done="核销了。",
            to=here,
        )
    serial = request.POST.get("serial", "")
    return attempt(
        request,
        lambda: actions.spoil(
            book=ext_id,
            serial=int(serial) if serial.isdecimal() and len(serial) < 10 else 0,
            reason=request.POST.get("reason", ""),
            has_all_copies="copies" in request.POST,
            by=request.actor,
            at=request.at,
        ),
        done="登记了。",
        to=here,
    )
