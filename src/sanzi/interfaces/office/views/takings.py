"""Take a book away in any form, and the electronic archives: what was filed, found and checked."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look.parts import ItemRow, Link
from sanzi.interfaces.office.pages import day, may, page_of, query_without_page, show
from sanzi.interfaces.office.parts.papers import size_words
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.books import crumbs
from sanzi.ledger import queries
from sanzi.ledger.actions import exporting
from sanzi.ledger.exports import forms
from sanzi.ledger.queries import archives
from sanzi.ledger.queries.doors import info
from sanzi.orgs.errors import NotFound

ABOUT = {
    "excel": "四张表：科目、期初、凭证、余额，用表格软件打开",
    "gbt24589": "审计和换软件用，XML文件",
    "package": "导回本平台或别的平台用，一组CSV文件",
    "hledger": "纯文本账本，用hledger核对",
    "ledger": "纯文本账本，用ledger核对",
    "beancount": "纯文本账本，用beancount核对",
}


@officer
def page(request: OfficeRequest, org: str) -> HttpResponse:
    """Show the forms in which a book can be taken away."""
    book = info(queries.access_book(by=request.actor, org_ext_id=org))
    filed = archives.archives(by=request.actor, org_ext_id=org)
    return show(
        request,
        "takings",
        {
            "title": f"{book.organisation}的账，随时可以带走",
            "forms": [
                ItemRow(
                    title=forms.TITLES[code],
                    url=reverse("office:take", args=[org, code]),
                    sub=about,
                    icon="download",
                )
                for code, about in ABOUT.items()
            ],
            "archives": [_row(request, one) for one in filed],
        },
        current="books",
        crumbs=crumbs(Link(book.organisation, reverse("office:books")), Link("导出与核对", "")),
    )


@officer
def take(request: OfficeRequest, org: str, form: str) -> HttpResponseBase:
    """Hand a book out, closed or not; who took it is logged."""
    if form not in forms.TITLES:
        raise NotFound
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "book"
        taken = exporting.export_books(
            form=form, target=target, by=request.actor, at=request.at, org_ext_id=org
        )
        stream = target.open("rb")  # stays readable when its folder is gone
    return _sent(stream, taken.file_name)


@officer
def archive_list(request: OfficeRequest) -> HttpResponse:
    """List filed years, and find pieces in them by words or number."""
    if not may(request, "ledger.see"):
        raise NotFound
    text = request.GET.get("text", "").strip()
    found = archives.find_pieces(by=request.actor, text=text) if text else []
    rows = page_of(request, archives.archives(by=request.actor))
    return show(
        request,
        "archives",
        {
            "title": f"找到{len(found)}件" if text else "电子档案",
            "text": text,
            "found": [
                ItemRow(
                    title=f"{one.archive.organisation} {one.piece.title}",
                    url=reverse("office:piece", args=[one.archive.ext_id, one.piece.number]),
                    sub=one.piece.summary or one.piece.number,
                    amount=one.piece.amount,
                    due=one.piece.term,
                    icon="notebook",
                )
                for one in found
            ],
            "rows": [_row(request, one) for one in rows],
            "page": rows,
            "query": query_without_page(request),
        },
        current="books",
        crumbs=crumbs(Link("电子档案", "")),
    )


@officer
def archive(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Hand out a filed year whole."""
    found = archives.access_archive(by=request.actor, ext_id=ext_id)
    if not found.path.is_file():
        raise NotFound
    name = f"{found.organisation}{found.year}年会计档案.zip"
    return _sent(found.path.open("rb"), name)


@officer
def piece(request: OfficeRequest, ext_id: str, number: str) -> HttpResponseBase:
    """Hand out one piece of a filed year, its files as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in archives.piece_files(by=request.actor, ext_id=ext_id, number=number):
            packed.writestr(name, data)
    out.seek(0)
    return _sent(out, f"{number}.zip")


def _row(request: OfficeRequest, one: archives.ArchiveRow) -> ItemRow:
    return ItemRow(
        title=f"{one.organisation}{one.year}年",
        url=reverse("office:archive", args=[one.ext_id]),
        sub=f"{one.piece_count}件，{size_words(one.size_bytes)}",
        due=day(request, one.made_at),
        icon="notebook",
    )


def _sent(stream: io.BufferedIOBase, name: str) -> FileResponse:
    response = FileResponse(
        stream, as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
