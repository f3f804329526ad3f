"""Taking papers out of the house: made under the one scope check, written into the log.

A paper is made when it is asked for and never kept here; the year's archive keeps its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.ledger.errors import PaperUnknown
from sanzi.ledger.queries import voucher_papers
from sanzi.ledger.queries.doors import BookInfo, info
from sanzi.ledger.queries.journals import Wanted, journal
from sanzi.orgs.actors import Actor
from sanzi.record import sheets
from sanzi.record.sheets import Sheet

FORMS = {"pdf": sheets.PDF, "xlsx": sheets.WORKBOOK, "csv": sheets.CSV}


@dataclass(frozen=True)
class PaperFile:
    """A file on its way out: its name, what it is, its bytes."""

    name: str
    media_type: str
    data: bytes


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


def require_form(form: str) -> None:
    """Refuse what is neither pdf nor xlsx nor csv; raises PaperUnknown."""
    if form not in FORMS:
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
