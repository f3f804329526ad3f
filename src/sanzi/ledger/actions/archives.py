"""File a year of a book: pack it once, tell the books its digest, and never open it again.

A year is filed when all its months are closed, by a keeper who is no cashier (会计档案管理办法
第十一条). Found and checked again by `queries/archives.py`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence import queries as evidence
from sanzi.evidence import storage
from sanzi.kernel import ids, money
from sanzi.ledger import hooks, rules, standards
from sanzi.ledger.actions import posting
from sanzi.ledger.archives import packing
from sanzi.ledger.errors import ArchiveTwice, CashierKeeps, YearNotClosed
from sanzi.ledger.models import Book, NumberHead, Voucher, YearArchive
from sanzi.ledger.queries import archives as queries
from sanzi.ledger.queries import posting_files, statement_sheets, statements, voucher_papers
from sanzi.ledger.queries.chains import content_of
from sanzi.ledger.queries.doors import access_book
from sanzi.ledger.queries.journals import KINDS, Wanted, journal
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.record import sheets

BOUND = ("general", "detail", "bank", "vouchers")
"""The books of account that a year's archive binds."""


def archive_year(*, org_ext_id: str, year: int, by: Actor, at: datetime) -> str:
    """File a year of a body's book; return the archive's id.

    The package is written before the books are locked and moved to its place when they are, so
    that nobody waits while papers are printed; a month cannot be opened between, for its lock is
    held when the months are looked at again.
    Raises: NotFound, CashierKeeps, YearNotClosed, ArchiveTwice. No file is left then.
    """
    book = access_book(by=by, org_ext_id=org_ext_id, permission="ledger.archive")
    if by.roles_at(book.organisation.division_id) & rules.CASHIER_ROLES:
        raise CashierKeeps
    _require_closed(book, year)
    _require_new(book, year)
    file_name = f"{book.ext_id}-{year}.zip"
    target = queries.folder() / file_name
    target.parent.mkdir(parents=True, exist_ok=True)
    head = packing.Head(
        fonds=book.organisation.ext_id,
        organisation=book.organisation.name,
        book=book.ext_id,
        standard=standards.get(book.standard_code).title,
        year=year,
        keeper=by.name,
        filed_at=at,
    )
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        part = Path(scratch) / "part"
        stood = _stand(book, year)
        packed = packing.pack(part, head, _pieces(book, year))
        with transaction.atomic():
            _require_closed(book, year)
            _require_new(book, year)
            if _stand(book, year) != stood:  # opened, changed and closed while it was packed
                raise YearNotClosed(year=year, months="打包时有改动")
            made = YearArchive.objects.create(
                ext_id=ids.new_id("YA", at),
                book=book,
                year=year,
                file_name=file_name,
                digest=packed.digest,
                size_bytes=part.stat().st_size,
                piece_count=packed.pieces,
                made_by_id=by.person_id or 0,
                made_at=at,
            )
            audit.write(
                chain=org_ext_id,
                kind="ledger.year.archived",
                by=by,
                at=at,
                subject=("book", book.ext_id),
                after={"year": year, "digest": packed.digest, "pieces": packed.pieces},
            )
            part.chmod(0o440)
            part.replace(target)
    return made.ext_id


def _months(book: Book, year: int) -> list[str]:
    """Return the months of the year that the book has."""
    found = [f"{year}-{month:02d}" for month in range(1, 13)]
    return [month for month in found if month >= book.first_period]


def _require_closed(book: Book, year: int) -> None:
    """Lock the year's months; refuse when one is open or the book has none of them."""
    months = _months(book, year)
    with transaction.atomic():
        closed = posting.lock_periods(book, months) if months else {}
        open_months = [month for month in months if closed.get(month) is None]
        if open_months or not months:
            raise YearNotClosed(year=year, months="、".join(open_months) or str(year))


def _stand(book: Book, year: int) -> list[tuple[str, str, str]]:
    """Return the last hash of every run of numbers of the year."""
    heads = NumberHead.objects.filter(book=book, period__in=_months(book, year))
    return list(heads.order_by("period", "word").values_list("period", "word", "last_hash"))


def _require_new(book: Book, year: int) -> None:
    if YearArchive.objects.filter(book=book, year=year).exists():
        raise ArchiveTwice(year=year)


def _pieces(book: Book, year: int) -> Iterator[packing.Piece]:
    months = _months(book, year)
    rows = Voucher.objects.select_related("book__organisation", "reversal_of").filter(
        book=book, period__in=months
    )
    for voucher in rows.order_by("period", "word", "number").iterator(chunk_size=200):
        yield _voucher(voucher)
    yield from _books(book, months)
    yield from _reports(book, months)


def _voucher(voucher: Voucher) -> packing.Piece:
    label = f"{voucher.word}-{voucher.number}"
    _, paper = voucher_papers.voucher_pdf(by=SYSTEM, ext_id=voucher.ext_id)
    posting_file = posting_files.posting_file(by=SYSTEM, ext_id=voucher.ext_id)
    content = content_of(voucher)
    chain = {
        "id": voucher.ext_id,
        "number": f"{voucher.period} {label}",
        "previous_hash": content.link.previous_hash,
        "hash": content.hash,
    }
    files = [
        ("凭证.pdf", paper),
        ("记账信息.xml", posting_file),
        ("校验值.json", json.dumps(chain, ensure_ascii=False, indent=1).encode()),
    ]
    hung = [
        one
        for kind, subject in [
            ("voucher", voucher.ext_id),
            *hooks.evidence_of(voucher.source_kind, _sources(voucher)),
        ]
        for one in evidence.attachments(kind, subject)
    ]
    for number, one in enumerate(hung, 1):
        path = storage.original(one.digest)
        if path.exists():
            files.append((f"附件{number}.{_ending(one.media_type)}", path.read_bytes()))
    return packing.Piece(
        kind="voucher",
        title=f"{voucher.period} {label}号凭证",
        period=voucher.period,
        contents=tuple(files),
        told={
            "凭证字号": label,
            "凭证日期": voucher.date.isoformat(),
            "附件数": str(voucher.attachment_count),
            "金额合计": money.format_yuan(voucher.total_fen),
            "摘要": voucher.summary,
            "制单人": voucher.maker_name,
            "审核人": voucher.reviewer_name,
            "记账人": voucher.posted_by_name,
        },
    )


def _sources(voucher: Voucher) -> set[str]:
    """Return what the voucher books: its own source and those of its lines."""
    refs = voucher.lines.exclude(source_ref="").values_list("source_ref", flat=True)
    return {voucher.source_id, *refs}


def _ending(media_type: str) -> str:
    return {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}.get(
        media_type, media_type.rsplit("/", 1)[-1].rsplit("+", maxsplit=1)[-1][:8]
    )


def _books(book: Book, months: list[str]) -> Iterator[packing.Piece]:
    org = book.organisation.ext_id
    for code in BOUND:
        wanted = Wanted(code, months[0], months[-1])
        found = journal(by=SYSTEM, org_ext_id=org, wanted=wanted)
        whole = list(found.sheets)
        if not whole:
            continue
        title = KINDS[code].title
        yield packing.Piece(
            kind="book",
            title=title,
            period=f"{months[0]}至{months[-1]}",
            contents=(
                (f"{title}.pdf", sheets.pdf(title, whole)),
                (f"{title}.csv", b"\r\n".join(sheets.csv_file(one) for one in whole)),
            ),
        )


def _reports(book: Book, months: list[str]) -> Iterator[packing.Piece]:
    for layout in statements.layouts(book.standard_code):
        for month in months:
            due = statement_sheets.due_period(layout, month)
            if not due:
                continue
            page = statement_sheets.sheet_of(statements.statement_of(book, layout.code, due))
            is_year = month == months[-1]
            yield packing.Piece(
                kind="year_report" if is_year else "month_report",
                title=layout.title,
                period=due,
                contents=(
                    (f"{layout.title}.pdf", sheets.pdf(layout.title, [page])),
                    (f"{layout.title}.csv", sheets.csv_file(page)),
                ),
            )
