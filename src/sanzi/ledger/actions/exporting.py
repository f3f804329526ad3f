"""Take books out, in any form, at any time: a closed, archived or locked book is never refused.

The law asks for it (财会〔2024〕12号 第四十一条). Who took what stands in the log.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.ledger.errors import UnknownForm
from sanzi.ledger.exports import forms, gbt24589, names, workbook
from sanzi.ledger.models import Book
from sanzi.ledger.queries import exporting as queries
from sanzi.ledger.queries.exported_sheets import sheets_of
from sanzi.orgs.actions import exports as packages
from sanzi.orgs.actors import Actor

ALL_CHAIN: Final = "exports"


@dataclass(frozen=True)
class Taken:
    """What was written: the file's name for the reader, its books and vouchers."""

    file_name: str
    books: int
    vouchers: int


def export_books(
    *, form: str, target: Path, by: Actor, at: datetime, org_ext_id: str = ""
) -> Taken:
    """Write the book of a body, or all books of the actor's scope, to the file `target`.

    The file is there whole or not at all; one already there is replaced.
    Raises: NotFound, UnknownForm.
    """
    if form not in forms.TITLES:
        raise UnknownForm(form=form, known="、".join(forms.TITLES))
    books = queries.books_to_export(by=by, org_ext_id=org_ext_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        part = Path(scratch) / "part"
        _write(form, books, part, (by, at))
        part.replace(target)
    taken = Taken(
        file_name=_file_name(form, books, is_all=not org_ext_id),
        books=len(books),
        vouchers=sum(queries.voucher_count(book) for book in books),
    )
    with transaction.atomic():
        audit.write(
            chain=org_ext_id or ALL_CHAIN,
            kind="ledger.book.exported",
            by=by,
            at=at,
            subject=("book", books[0].ext_id if org_ext_id else "all"),
            after={"form": form, "books": taken.books, "vouchers": taken.vouchers},
        )
    return taken


def _write(form: str, books: list[Book], part: Path, who: tuple[Actor, datetime]) -> None:
    is_alone = len(books) == 1
    if form in forms.TEXTS:
        write_text(form, books, part, at=who[1])
    elif form == "excel" and is_alone:
        _workbook(books[0], part, who[1])
    else:
        _archive(form, books, part, who)


def write_text(form: str, books: Iterable[Book], file: Path, *, at: datetime) -> None:
    """Write a journal of these books to a file, one book in memory at a time and never whole."""
    listed = list(books)
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(text_of(form, listed, at=at))


def text_of(form: str, books: list[Book], *, at: datetime) -> Iterator[str]:
    """Yield a journal of these books in pieces."""
    made = forms.TEXTS[form]
    yield made.head
    for book in books:
        view = queries.exported(book, made_on=clock.local_date(at), is_alone=len(books) == 1)
        yield from made.journal(view, queries.vouchers_of_book(book))


def _workbook(book: Book, file: Path, at: datetime) -> None:
    view = queries.exported(book, made_on=clock.local_date(at))
    workbook.write(file, view, queries.turnovers_of(book, view), queries.vouchers_of_book(book))


def _archive(form: str, books: list[Book], part: Path, who: tuple[Actor, datetime]) -> None:
    by, at = who
    with (
        tempfile.TemporaryDirectory(dir=part.parent) as scratch,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for book in books:
            body = names.book_part(book.organisation.ext_id)
            if form == "gbt24589":
                _standard_files(book, made, body, at)
                continue
            folder = Path(scratch) / body.lower()
            if form == "excel":
                folder.mkdir()
                _workbook(book, folder / f"{body}.xlsx", at)
            else:
                packages.write_body(
                    folder=folder, org_ext_id=book.organisation.ext_id, by=by, at=at
                )
            for one in sorted(folder.iterdir()):
                made.write(one, one.name if form == "excel" else f"{body}/{one.name}")
            shutil.rmtree(folder)


def _standard_files(book: Book, made: zipfile.ZipFile, body: str, at: datetime) -> None:
    view = queries.exported(book, made_on=clock.local_date(at))
    turnovers = queries.turnovers_of(book, view)
    view = queries.named(view, turnovers)
    vouchers = queries.vouchers_of_book(book)
    for name, pieces in gbt24589.files(view, turnovers, vouchers, sheets_of(book)):
        with made.open(f"{body}/{name}", "w", force_zip64=True) as stream:
            for piece in pieces:
                stream.write(piece.encode())


def _file_name(form: str, books: list[Book], *, is_all: bool) -> str:
    name = "全部账簿" if is_all else books[0].organisation.name
    suffix = "zip" if form == "excel" and len(books) != 1 else forms.SUFFIXES[form]
    return f"{name}.{suffix}"
