"""Books of account of one body on screen and as files."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from sanzi.interfaces.look.parts import Choice, Link, Tab
from sanzi.interfaces.office.pages import page_number, page_of, query_without_page, show, today
from sanzi.interfaces.office.parts.sheets import (
    ROWS_A_PAGE,
    Address,
    file_links,
    ledger_of,
    own_rows,
    sent,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.books import crumbs
from sanzi.ledger.actions import papers
from sanzi.ledger.queries import subjects
from sanzi.ledger.queries.journals import KINDS, Journal, Wanted, journal
from sanzi.orgs.errors import NotFound


@officer
def page(request: OfficeRequest, org: str, kind: str) -> HttpResponse:
    """Show a book of account, or hand it out as a file."""
    if kind not in KINDS:
        raise NotFound
    wanted = _wanted(request, kind)
    form = request.GET.get("as", "")
    if form:
        if form not in papers.FORMS:
            raise NotFound
        return sent(
            papers.take_journal(
                by=request.actor, at=request.at, org_ext_id=org, wanted=wanted, form=form
            )
        )
    found = journal(by=request.actor, org_ext_id=org, wanted=wanted)
    chosen = min(_number(request.GET.get("sheet", "")), max(0, len(found.sheets) - 1))
    sheet = found.sheets[chosen]
    rows = page_of(request, own_rows(sheet), ROWS_A_PAGE)
    return show(
        request,
        "journal",
        {
            "title": f"{found.book.organisation}的{found.title}",
            "sub": sheet.middle,
            "kind": found.kind,
            "wanted": wanted,
            "accounts": _accounts(found),
            "tabs": _sheet_tabs(request, found, chosen),
            "ledger": ledger_of(sheet, list(rows), _addresses(org, wanted)),
            "is_empty": not own_rows(sheet),
            "notes": sheet.notes,
            "files": file_links(_query(wanted)),
            "page": rows,
            "query": query_without_page(request),
            "number": page_number(request),
        },
        current="books",
        crumbs=crumbs(
            Link(found.book.organisation, reverse("office:book", args=[org, wanted.last])),
            Link(found.kind.title, ""),
        ),
    )


@officer
def vouchers_file(request: OfficeRequest, org: str, period: str) -> HttpResponse:
    """Hand out a month's vouchers as one PDF."""
    return sent(
        papers.take_vouchers(by=request.actor, at=request.at, org_ext_id=org, period=period)
    )


@officer
def voucher_file(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Hand out one voucher as a PDF."""
    return sent(papers.take_voucher(by=request.actor, at=request.at, ext_id=ext_id))


def address(org: str, wanted: Wanted) -> str:
    """Return the address of a book of account."""
    return f"{reverse('office:journal', args=[org, wanted.kind])}?{_query(wanted)}"


def _wanted(request: OfficeRequest, kind: str) -> Wanted:
    month = f"{today(request):%Y-%m}"
    last = request.GET.get("to") or month
    first = request.GET.get("from") or (f"{last[:4]}-01" if KINDS[kind].is_yearly else last)
    aux_kind, _, aux_id = request.GET.get("aux", "").partition(":")
    return Wanted(
        kind=kind,
        first=first,
        last=last,
        code=request.GET.get("code", ""),
        aux_kind=aux_kind,
        aux_id=aux_id,
    )


def _query(wanted: Wanted) -> str:
    aux = f"{wanted.aux_kind}:{wanted.aux_id}" if wanted.aux_kind else ""
    parts = {"from": wanted.first, "to": wanted.last, "code": wanted.code, "aux": aux}
    return urlencode({key: value for key, value in parts.items() if value})


def _addresses(org: str, wanted: Wanted) -> Address:
    """Return how the rows of this book are opened."""

    def at(source: tuple[str, ...]) -> str:
        if source[0] == "voucher":
            return reverse("office:voucher", args=[source[1]])
        if source[0] == "account":
            return address(org, Wanted("detail", wanted.first, wanted.last, source[1]))
        if source[0] == "aux":
            return address(org, Wanted("detail", wanted.first, wanted.last, *source[1:4]))
        return ""

    return at


def _accounts(found: Journal) -> list[Choice]:
    """Return the accounts to choose from; none where the book is of all of them."""
    if not found.kind.takes_account:
        return []
    return [
        Choice(code, words, is_chosen=code == found.code)
        for code, words in subjects.chart_choices(found.book.standard_code)
    ]


def _sheet_tabs(request: OfficeRequest, found: Journal, chosen: int) -> list[Tab]:
    if len(found.sheets) < 2:
        return []
    query = request.GET.copy()
    query.pop("page", None)
    tabs = []
    for place, one in enumerate(found.sheets):
        query["sheet"] = str(place)
        tabs.append(Tab(one.name, f"?{query.urlencode()}", is_current=place == chosen))
    return tabs


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0
