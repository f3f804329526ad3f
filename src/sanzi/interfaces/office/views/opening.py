"""Opening balances of a book: the sheet is sent, looked at, and only then written.

Nothing is kept between the steps: the page carries the sheet along and the digest of what it
showed; the deed reads the sheet again and refuses whatever has another digest.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.interfaces.office.pages import show
from sanzi.interfaces.office.parts import opening as opening_answers
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.books import crumbs
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import queries
from sanzi.ledger.actions import opening as actions
from sanzi.ledger.queries import openings
from sanzi.ledger.queries.pages import names_of
from sanzi.ledger.standards.mapping import Choices, Question
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound
from sanzi.record.errors import PackageRefused
from sanzi.record.sheet_reading import refused

BYTES_MAX = 1_500_000
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TWO_SIDES = [Column("借方", "money"), Column("贷方", "money")]


@dataclass(frozen=True)
class Sent:
    """A sheet as it was sent, first as a file, then carried by the page."""

    data: bytes
    standard: str


@officer
def page(request: OfficeRequest, org: str) -> HttpResponse:
    """Show what a book was opened with; take a sheet while no voucher is posted."""
    found = openings.opening_of(by=request.actor, org_ext_id=org)
    if request.method != "POST":
        return _first(request, found)
    queries.access_book(by=request.actor, org_ext_id=org, permission=actions.PERMISSION)
    try:
        return _step(request, found, _sent(request))
    except NotFound:
        raise
    except Refusal as said:
        return _first(request, found, refusal=said)


@officer
def template(request: OfficeRequest, org: str) -> HttpResponse:
    """Give the sheet to fill in, with every account of the book."""
    data = actions.template(org_ext_id=org, by=request.actor)
    response = HttpResponse(data, content_type=SHEET_TYPE)
    name = quote(actions.FILE_NAME)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _sent(request: OfficeRequest) -> Sent:
    """Return the sheet of this step. Raises: PackageRefused."""
    upload = request.FILES.get("sheet")
    if upload is not None:
        data = upload.read(BYTES_MAX + 1)
    else:
        try:
            data = base64.b64decode(request.POST.get("carried", ""), validate=True)
        except (binascii.Error, ValueError):
            data = b""
    if not data:
        raise refused(actions.FILE_NAME, 0, "", "", "还没有选文件")
    if len(data) > BYTES_MAX:
        raise refused(actions.FILE_NAME, 0, "", "", "文件太大，不能导入")
    return Sent(data, request.POST.get("standard", ""))


def _step(request: OfficeRequest, found: openings.Opening, sent: Sent) -> HttpResponse:
    """Ask what is open, else show what would stand, else write it."""
    asked = _preview(request, found, sent, {}).questions
    choices, problems = opening_answers.answers(asked, request.POST)
    do = request.POST.get("do", "")
    if asked and (problems or do == "questions"):
        said = problems if do in {"answer", "import"} else []
        return _ask(request, found, sent, asked, problems=said)
    try:
        seen = _preview(request, found, sent, choices)
    except PackageRefused as said:
        if not asked:
            raise
        return _ask(request, found, sent, asked, refusal=said)
    if do == "import" and request.POST.get("sure") == "1":
        return _write(request, found, sent, asked, choices)
    return _show_preview(request, found, sent, seen, asked, is_unsure=do == "import")


def _preview(
    request: OfficeRequest, found: openings.Opening, sent: Sent, choices: Choices
) -> actions.Preview:
    with actions.as_file(sent.data) as file:
        return actions.preview(
            org_ext_id=found.book.org_ext_id,
            file=file,
            standard_code=sent.standard,
            choices=choices,
            by=request.actor,
        )


def _write(
    request: OfficeRequest,
    found: openings.Opening,
    sent: Sent,
    asked: Sequence[Question],
    choices: Choices,
) -> HttpResponse:
    try:
        with actions.as_file(sent.data) as file:
            done = actions.import_opening(
                org_ext_id=found.book.org_ext_id,
                file=file,
                standard_code=sent.standard,
                choices=choices,
                digest=request.POST.get("digest", ""),
                by=request.actor,
                at=request.at,
            )
    except NotFound:
        raise
    except Refusal as said:
        seen = _preview(request, found, sent, choices)
        return _show_preview(request, found, sent, seen, asked, refusal=said)
    messages.success(
        request, f"期初余额记好了，{len(done.stands)}行，借贷各{words.yuan(done.total_fen)}元。"
    )
    return redirect("office:opening", found.book.org_ext_id)


def _first(
    request: OfficeRequest, found: openings.Opening, *, refusal: Refusal | None = None
) -> HttpResponse:
    org, book = found.book.org_ext_id, found.book
    may_import = scope.can(request.actor, actions.PERMISSION, book.division_code)
    debit = sum(one.balance_fen for one in found.rows if one.balance_fen > 0)
    opened = f"期初余额{words.yuan(debit)}元" if found.rows else "还没有期初余额"
    return show(
        request,
        "opening",
        {
            "title": f"{book.organisation}{opened}",
            "sub": _why(found, may_import=may_import),
            "links": [Link("科目余额表", _trial_url(found), "notebook", is_primary=True)]
            if found.rows
            else [],
            "may_import": may_import and not found.is_fixed,
            "template_url": reverse("office:opening_template", args=[org]),
            "sources": found.sources,
            "picked": request.POST.get("standard", ""),
            "ledger": _opened(found) if found.rows else None,
            "is_fixed": found.is_fixed,
            "first_period": book.first_period,
            **_told(refusal),
        },
        current="books",
        crumbs=_crumbs(found, "期初余额"),
        status=409 if refusal else 200,
    )


def _why(found: openings.Opening, *, may_import: bool) -> str:
    if found.is_fixed:
        return "账上已经有凭证，期初不能再导入；错了就在开着的月份做一张调整凭证。"
    if not may_import:
        return "还没有凭证，期初可以由会计导入。"
    return "记第一张凭证以前，可以从Excel导入；再导一次，就换掉上一次的。"


def _ask(
    request: OfficeRequest,
    found: openings.Opening,
    sent: Sent,
    asked: Sequence[Question],
    *,
    problems: Sequence[str] = (),
    refusal: Refusal | None = None,
) -> HttpResponse:
    return show(
        request,
        "opening_ask",
        {
            "title": f"{len(asked)}个老科目，要您定放哪里",
            "asked": opening_answers.asked(asked, request.POST),
            "problems": problems,
            **_carried(found, sent),
            **_told(refusal),
        },
        current="books",
        crumbs=_crumbs(found, "定去向"),
        status=409 if problems or refusal else 200,
    )


def _show_preview(
    request: OfficeRequest,
    found: openings.Opening,
    sent: Sent,
    seen: actions.Preview,
    asked: Sequence[Question],
    *,
    is_unsure: bool = False,
    refusal: Refusal | None = None,
) -> HttpResponse:
    difference = seen.total_fen - seen.credit_fen
    total = f"{len(seen.stands)}行，借方{words.yuan(seen.total_fen)}元"
    return show(
        request,
        "opening_preview",
        {
            "title": f"借贷不平，差{words.yuan(abs(difference))}元"
            if difference
            else "借贷平，请核对",
            "sub": f"{seen.organisation}，{seen.first_period}开账，{total}，"
            f"贷方{words.yuan(seen.credit_fen)}元。还没有写进账里。",
            "is_balanced": not difference,
            "is_unsure": is_unsure,
            "stands": _stands(seen),
            "moves": _moves(seen) if seen.moves else None,
            "digest": seen.digest,
            "answers": opening_answers.fields(asked, request.POST),
            "replaces": len(found.rows),
            **_carried(found, sent),
            **_told(refusal),
        },
        current="books",
        crumbs=_crumbs(found, "核对"),
        status=409 if refusal or is_unsure or difference else 200,
    )


def _carried(found: openings.Opening, sent: Sent) -> dict[str, object]:
    return {
        "carried": base64.b64encode(sent.data).decode(),
        "standard": sent.standard,
        "opening_url": reverse("office:opening", args=[found.book.org_ext_id]),
    }


def _told(refusal: Refusal | None) -> dict[str, object]:
    """Return a refusal, and the cells of the sheet that are wrong."""
    if refusal is None:
        return {}
    if not isinstance(refusal, PackageRefused):
        return {"refusal": {"text": refusal.text, "next_step": refusal.advice}}
    at_cells = [one for one in refusal.errors if one.row]
    if not at_cells:
        text = "，".join(one.expected for one in refusal.errors)
        return {"refusal": {"text": f"{text}。", "next_step": "请换一个文件再来，什么也没有写。"}}
    return {
        "refusal": {
            "text": f"表里有{len(at_cells)}处不对，什么也没有写。",
            "next_step": "按下面的行和列改好，再传一次。",
        },
        "wrong": Ledger(
            caption="表里不对的地方",
            columns=[Column("行"), Column("列"), Column("写的是"), Column("怎么改")],
            rows=[Row([str(one.row), one.column, one.value, one.expected]) for one in at_cells],
        ),
    }


def _opened(found: openings.Opening) -> Ledger:
    return _balances(
        "期初余额，单位元",
        ((one.account_code, one.account, one.aux, one.balance_fen) for one in found.rows),
    )


def _stands(seen: actions.Preview) -> Ledger:
    names = names_of({(one.aux_kind, one.aux_id) for one in seen.stands}, is_masked=False)
    return _balances(
        "会记成这样，单位元",
        (
            (one.code, one.name, names.get((one.aux_kind, one.aux_id), one.aux_id), one.balance_fen)
            for one in sorted(seen.stands, key=lambda one: (one.code, one.aux_id))
        ),
    )


def _balances(caption: str, rows: Iterable[tuple[str, str, str, int]]) -> Ledger:
    """Return (code, account, whom, balance) on two sides with their sums."""
    known = list(rows)
    return Ledger(
        caption=caption,
        columns=[Column("科目"), Column("往来对象"), *_TWO_SIDES],
        rows=[Row([f"{code} {name}", aux, *_sides(fen)]) for code, name, aux, fen in known],
        total=Row(
            [
                Cell("合计", span=2),
                words.yuan(sum(row[3] for row in known if row[3] > 0)),
                words.yuan(-sum(row[3] for row in known if row[3] < 0)),
            ]
        ),
    )


def _moves(seen: actions.Preview) -> Ledger:
    return Ledger(
        caption="老科目变成什么，单位元",
        columns=[Column("表里第几行"), Column("老科目"), Column("新科目"), *_TWO_SIDES],
        rows=[
            Row(
                [
                    str(one.row),
                    f"{one.from_code} {one.from_name}",
                    Cell(f"{one.code} {one.name}", sub=one.why),
                    *_sides(one.amount_fen),
                ]
            )
            for one in seen.moves
        ],
    )


def _sides(fen: int) -> tuple[str, str]:
    return (words.yuan(fen), "") if fen > 0 else ("", words.yuan(-fen))


def _trial_url(found: openings.Opening) -> str:
    book = found.book
    return reverse("office:statement", args=[book.org_ext_id, "trial", book.first_period])


def _crumbs(found: openings.Opening, here: str) -> list[Link]:
    home = reverse("office:book", args=[found.book.org_ext_id, found.book.first_period])
    return crumbs(Link(found.book.organisation, home), Link(here, ""))
