"""Taking papers out of the house: made under the one scope check, written into the log.

A paper is made when it is asked for and never kept here; the year's archive keeps its own.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.ledger.errors import PaperUnknown
from sanzi.ledger.models import Book
from sanzi.ledger.queries import statement_sheets, statement_xbrl, statements, voucher_papers
from sanzi.ledger.queries.doors import BookInfo, access_book, info, require_period
from sanzi.ledger.queries.journals import Wanted, journal
from sanzi.ledger.queries.statements import StatementPage
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import sheets
from sanzi.record.sheets import Sheet

FORMS = {"pdf": sheets.PDF, "xlsx": sheets.WORKBOOK, "csv": sheets.CSV}
XBRL = "xbrl"
STATEMENT_FORMS = {**FORMS, XBRL: "application/zip"}
"""Statements of one body also go out as XBRL: the instance with its taxonomy, in a ZIP."""


@dataclass(frozen=True)
class PaperFile:
    """A file on its way out: its name, what it is, its bytes."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class GroupWanted:
    """Which statement of a place; `beside` is the column shown side by side."""

    division_code: str
    standard_code: str
    code: str
    period: str
    beside: str = ""


def take_journal(
    *, by: Actor, at: datetime, org_ext_id: str, wanted: Wanted, form: str
) -> PaperFile:
    """Return a book of account as a file, and log who took it.

    Shapes: form is pdf, xlsx or csv.
    Raises: NotFound; PaperUnknown for another form.
    """
    require_form(form)
    found = journal(by=by, org_ext_id=org_ext_id, wanted=wanted)
    whole = list(found.sheets)
    if form == "pdf" and found.kind.page_rows:
        whole = [leaf for one in whole for leaf in sheets.turned(one, found.kind.page_rows)]
    name = f"{found.book.organisation}_{found.title}_{_months(wanted.first, wanted.last)}"
    return hand_out(
        rendered(name, whole, form),
        book=found.book,
        what={
            "kind": wanted.kind,
            "first": wanted.first,
            "last": wanted.last,
            "account": wanted.code,
            "form": form,
        },
        by=by,
        at=at,
    )


def take_voucher(*, by: Actor, at: datetime, ext_id: str) -> PaperFile:
    """Return a voucher as a PDF, and log who took it. Raises: NotFound."""
    found, data = voucher_papers.voucher_pdf(by=by, ext_id=ext_id)
    label = f"{found.word}-{found.number}"
    name = f"{found.book.organisation.name}_{found.period}_{label}.pdf"
    return hand_out(
        PaperFile(name, sheets.PDF, data),
        book=info(found.book),
        what={"kind": "voucher", "voucher": found.ext_id, "form": "pdf"},
        by=by,
        at=at,
    )


def take_vouchers(*, by: Actor, at: datetime, org_ext_id: str, period: str) -> PaperFile:
    """Return a month's vouchers as one PDF, and log who took it. Raises: NotFound."""
    book, data = voucher_papers.vouchers_pdf(by=by, org_ext_id=org_ext_id, period=period)
    return hand_out(
        PaperFile(f"{book.organisation.name}_{period}_凭证.pdf", sheets.PDF, data),
        book=info(book),
        what={"kind": "voucher_papers", "first": period, "last": period, "form": "pdf"},
        by=by,
        at=at,
    )


def take_statement(
    *, by: Actor, at: datetime, org_ext_id: str, code: str, period: str, form: str
) -> PaperFile:
    """Return a statement of one body as a file, and log who took it.

    Raises: NotFound, NoFigures; PaperUnknown for another form.
    """
    require_form(form, STATEMENT_FORMS)
    book = access_book(by=by, org_ext_id=org_ext_id)
    page = statements.statement_of(book, code, period)
    name = f"{page.book.organisation}_{page.layout.title}_{period}"
    return hand_out(
        _statements(name, book, [page], period=period, form=form),
        book=page.book,
        what={"kind": code, "first": period, "last": period, "form": form},
        by=by,
        at=at,
    )


def take_statements(
    *, by: Actor, at: datetime, org_ext_id: str, period: str, form: str
) -> PaperFile:
    """Return all statements of a body that are due at the end of a month as one file, logged.

    Raises: NotFound; NoFigures when the month has none; PaperUnknown for another form.
    """
    require_form(form, STATEMENT_FORMS)
    book = access_book(by=by, org_ext_id=org_ext_id)
    require_period(period)
    pages = [
        statements.statement_of(book, layout.code, due)
        for layout in statements.layouts(book.standard_code)
        if (due := statement_sheets.due_period(layout, period))
    ]
    if not pages:
        raise NotFound
    return hand_out(
        _statements(
            f"{book.organisation.name}_报表_{period}", book, pages, period=period, form=form
        ),
        book=info(book),
        what={"kind": "statements", "first": period, "last": period, "form": form},
        by=by,
        at=at,
    )


def take_group(*, by: Actor, at: datetime, wanted: GroupWanted, form: str) -> PaperFile:
    """Return a statement of a place, summed and side by side, as a file, and log who took it.

    Raises: NotFound, NoFigures; PaperUnknown for another form.
    """
    require_form(form)
    page = statements.township(
        by=by,
        division_code=wanted.division_code,
        standard_code=wanted.standard_code,
        code=wanted.code,
        period=wanted.period,
        beside=wanted.beside,
    )
    name = f"{page.division_name}_{page.layout.title}_{wanted.period}"
    made = rendered(name, statement_sheets.group_sheets(page), form)
    with transaction.atomic():
        audit.write(
            chain=wanted.division_code,
            kind="ledger.paper.taken",
            by=by,
            at=at,
            subject=("division", wanted.division_code),
            after={"kind": wanted.code, "standard": wanted.standard_code,
                   "first": wanted.period, "form": form},
        )  # fmt: skip
    return made


def township_pdf(*, by: Actor, at: datetime, division_code: str, period: str) -> PaperFile:
    """Return all statements of all books of a place as a ZIP: one PDF a book; logged for each.

    Each statement is worked out for all books of a standard at once. Books without figures in the
    month are left out.
    Raises: NotFound for a place out of scope or without a book that has figures.
    """
    require_period(period)
    scope.require(by, "ledger.see", division_code)
    found = statement_sheets.books_with_statements(division_code, period)
    if not found:
        raise NotFound
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for book, own in found:
            name = f"{book.organisation}_报表_{period}"
            entry = zipfile.ZipInfo(f"{book.division_code}_{name}.pdf", (2020, 1, 1, 0, 0, 0))
            packed.writestr(entry, sheets.pdf(name, own))
    with transaction.atomic():
        for book, _ in sorted(found, key=lambda one: one[0].org_ext_id):
            audit.write(
                chain=book.org_ext_id,
                kind="ledger.paper.taken",
                by=by,
                at=at,
                subject=("book", book.ext_id),
                after={"kind": "statements", "first": period, "form": "pdf"},
            )
    return PaperFile(f"{division_code}_报表_{period}.zip", "application/zip", out.getvalue())


def require_form(form: str, known: Mapping[str, str] = FORMS) -> None:
    """Refuse a form in which a paper does not go out; raises PaperUnknown."""
    if form not in known:
        raise PaperUnknown(form=form)


def rendered(name: str, whole: list[Sheet], form: str) -> PaperFile:
    """Return sheets as a file of a form. A CSV of several sheets holds them one after another."""
    if form == "pdf":
        data = sheets.pdf(name, whole)
    elif form == "xlsx":
        data = sheets.workbook(whole)
    else:
        data = b"\r\n".join(sheets.csv_file(one) for one in whole)
    return PaperFile(f"{name}.{form}", FORMS[form], data)


def _statements(
    name: str, book: Book, pages: Sequence[StatementPage], *, period: str, form: str
) -> PaperFile:
    if form != XBRL:
        return rendered(name, [statement_sheets.sheet_of(page) for page in pages], form)
    data = statement_xbrl.package(book, pages, period)
    return PaperFile(f"{name}_XBRL.zip", STATEMENT_FORMS[XBRL], data)


def hand_out(
    paper: PaperFile, *, book: BookInfo, what: Mapping[str, str], by: Actor, at: datetime
) -> PaperFile:
    """Log that a paper of a book was taken, and return it."""
    with transaction.atomic():
        audit.write(
            chain=book.org_ext_id,
            kind="ledger.paper.taken",
            by=by,
            at=at,
            subject=("book", book.ext_id),
            after={key: value for key, value in what.items() if value},
        )
    return paper


def _months(first: str, last: str) -> str:
    return first if first == last else f"{first}至{last}"
