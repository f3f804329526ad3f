"""Vouchers by hand: filled in by one person, with their files, reviewed by another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence.actions import files
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.interfaces.office.pages import moment, show, today
from sanzi.interfaces.office.parts.hand_rows import (
    HandRow,
    blank,
    hand_context,
    parsed,
    rows_of,
    typed_rows,
)
from sanzi.interfaces.office.parts.papers import papers_of
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.books import crumbs
from sanzi.kernel import typed
from sanzi.kernel.errors import BadDay
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import queries
from sanzi.ledger.actions import corrections
from sanzi.ledger.queries import drafts
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound

SUBJECT = "voucher_draft"
SUMMARY_MAX = 120
FILES_MAX = 20


@officer
def fill(request: OfficeRequest, org: str) -> HttpResponse:
    """Fill in a voucher; rows come and go without a script, totals are shown on the way."""
    queries.access_book(by=request.actor, org_ext_id=org, permission="ledger.correct")
    if request.method != "POST":
        return _form(request, org, rows=blank(), summary="", on=today(request))
    rows, (on, wrong) = typed_rows(request), _day(request)
    summary = request.POST.get("summary", "").strip()[:SUMMARY_MAX]
    if wrong or request.POST.get("do", "save") != "save":
        return _form(request, org, rows=rows, summary=summary, on=on, refusal=wrong)
    try:
        made = corrections.draft_voucher(
            book_org_ext_id=org,
            lines=parsed(rows),
            summary=summary,
            date=on,
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as said:
        return _form(request, org, rows=rows, summary=summary, on=on, refusal=said)
    messages.success(request, "凭证填好了，等审核的人来看。")
    _take(request, made.ext_id)
    return redirect("office:draft", made.ext_id)


@officer
def revise(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Change one's own draft; a returned one waits again."""
    found = drafts.access_draft(by=request.actor, ext_id=ext_id)
    if found.maker_id != request.actor.person_id or len(found.vouchers) != 1:
        raise NotFound
    summary, on, lines = found.vouchers[0]
    if request.method != "POST":
        return _form(
            request, found.org_ext_id, rows=rows_of(lines), summary=summary,
            on=date.fromisoformat(on),
        )  # fmt: skip
    rows, (day, wrong) = typed_rows(request), _day(request)
    summary = request.POST.get("summary", "").strip()[:SUMMARY_MAX]
    if wrong or request.POST.get("do", "save") != "save":
        return _form(request, found.org_ext_id, rows=rows, summary=summary, on=day, refusal=wrong)
    try:
        corrections.revise_draft(
            draft_ext_id=ext_id, lines=parsed(rows), date=day, summary=summary,
            by=request.actor, at=request.at,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as said:
        return _form(request, found.org_ext_id, rows=rows, summary=summary, on=day, refusal=said)
    messages.success(request, "改好了，等审核的人来看。")
    _take(request, ext_id)
    return redirect("office:draft", ext_id)


def _form(
    request: OfficeRequest,
    org: str,
    *,
    rows: Sequence[HandRow],
    summary: str,
    on: date,
    refusal: Refusal | None = None,
) -> HttpResponse:
    return show(
        request,
        "fill",
        {
            "title": "填凭证",
            "refusal": {"text": refusal.text, "next_step": refusal.advice} if refusal else None,
            "summary": summary,
            "on": on.isoformat(),
            **hand_context(request, org, rows, on=on),
        },
        current="books",
        crumbs=crumbs(Link("填凭证", "")),
        status=409 if refusal else 200,
    )


def _day(request: OfficeRequest) -> tuple[date, Refusal | None]:
    """Return the day as typed, or today with what is wrong about it."""
    try:
        return typed.wanted_day(request.POST.get("date", "")) or today(request), None
    except BadDay as said:
        return today(request), said


def _take(request: OfficeRequest, draft_ext_id: str) -> None:
    """Hang the files of a form on a draft; what cannot be taken is said, the draft stays."""
    for one in request.FILES.getlist("files")[:FILES_MAX]:
        try:
            files.store(
                by=request.actor,
                at=request.at,
                upload=files.Upload(one.name or "", "voucher", one.read()),
                subject_kind=SUBJECT,
                subject_id=draft_ext_id,
            )
        except NotFound:
            raise
        except Refusal as said:
            messages.error(request, f"{said.text} {said.advice}")


@officer
def draft(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a voucher that waits: what will be posted, whose it is, its files beside it."""
    found = drafts.access_draft(by=request.actor, ext_id=ext_id)
    is_mine = found.maker_id == request.actor.person_id
    papers = papers_of(SUBJECT, [ext_id])
    return show(
        request,
        "draft",
        {
            "draft": found,
            "title": f"更正{found.corrects_label}" if found.corrects_label else "手工凭证",
            "sub": f"{found.organisation}，{found.maker}制单，{moment(request, found.made_at)}",
            "ledgers": [_ledger(*one) for one in found.vouchers],
            "papers": papers,
            "paper_words": f"{len(papers)}张" if papers else "",
            "may_review": scope.can(request.actor, "ledger.review", found.division_code)
            and not is_mine,
            "is_mine": is_mine,
            "edit_url": reverse("office:revise", args=[ext_id]) if len(found.vouchers) == 1 else "",
        },
        current="books",
        crumbs=crumbs(Link("等审核", "")),
    )


def _ledger(summary: str, on: str, lines: tuple[drafts.DraftLine, ...]) -> Ledger:
    return Ledger(
        caption=f"{summary}，{on}",
        columns=[Column("摘要"), Column("科目"), Column("借方", "money"), Column("贷方", "money")],
        rows=[
            Row(
                [
                    Cell(one.summary),
                    Cell(one.account, sub=one.aux),
                    Cell(words.yuan(one.debit_fen) if one.debit_fen else ""),
                    Cell(words.yuan(one.credit_fen) if one.credit_fen else ""),
                ],
            )
            for one in lines
        ],
        total=Row(
            [
                Cell("合计", span=2),
                Cell(words.yuan(sum(one.debit_fen for one in lines))),
                Cell(words.yuan(sum(one.credit_fen for one in lines))),
            ]
        ),
    )


@require_POST
@officer
def change(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Add or take off a file of one's own draft, or take the draft back."""
    drafts.access_draft(by=request.actor, ext_id=ext_id)
    here = reverse("office:draft", args=[ext_id])
    asked = request.POST.get("do", "")
    if asked == "withdraw":
        corrections.withdraw_draft(draft_ext_id=ext_id, by=request.actor, at=request.at)
        messages.success(request, "撤回了，这张不记账。")
        return redirect("office:books")
    if asked == "remove":
        paper = request.POST.get("paper", "")
        return attempt(
            request,
            lambda: files.remove(by=request.actor, at=request.at, ext_id=paper),
            done="拿掉了。",
            to=here,
        )
    _take(request, ext_id)
    return redirect(here)


@require_POST
@officer
def review(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Post a draft, or give it back with the reason."""
    if request.POST.get("do") == "return":
        return attempt(
            request,
            lambda: corrections.return_draft(
                draft_ext_id=ext_id,
                reason=request.POST.get("reason", ""),
                by=request.actor,
                at=request.at,
            ),
            done="退回给制单的人了。",
            to=reverse("office:draft", args=[ext_id]),
        )
    try:
        posted = corrections.review_and_post(draft_ext_id=ext_id, by=request.actor, at=request.at)
    except NotFound:
        raise
    except Refusal as said:
        messages.error(request, f"{said.text} {said.advice}")
        return redirect("office:draft", ext_id)
    labels = "、".join(one.label for one in posted)
    messages.success(request, f"审核过了，记了{labels}。")
    return redirect("office:voucher", posted[-1].ext_id)
