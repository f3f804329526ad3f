"""One voucher; its correction drawn up by one person, reviewed and posted by another."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Note, Row
from sanzi.interfaces.office.pages import day, moment, show, today
from sanzi.interfaces.office.parts.hand_rows import blank, hand_context, parsed, typed_rows
from sanzi.interfaces.office.parts.papers import papers_of
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views import bank_receipts
from sanzi.interfaces.office.views.books import crumbs
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import queries
from sanzi.ledger.actions import adjustments, corrections
from sanzi.ledger.actions.drafting import DraftSummary
from sanzi.ledger.errors import BadLine
from sanzi.ledger.queries import drafts, posting_files, subjects
from sanzi.ledger.rules import Line
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound
from sanzi.payments.queries import vouchers as voucher_queries

LINES_MAX = 400


def _columns() -> list[Column]:
    return [Column("摘要"), Column("科目"), Column("借方", "money"), Column("贷方", "money")]


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a voucher: entries, what it books, who made it, what corrected it."""
    found = queries.access_voucher(by=request.actor, ext_id=ext_id)
    may_correct = scope.can(request.actor, "ledger.correct", found.book.division_code)
    waiting = drafts.draft_of(ext_id)
    refs = [found.source_id, *(one.source_ref for one in found.lines if one.source_ref)]
    behind = voucher_queries.behind_voucher(by=request.actor, voucher_ext_id=ext_id, refs=refs)
    return show(
        request,
        "voucher",
        {
            "voucher": found,
            "heading": "记账凭证",
            "number": f"{found.label} {day(request, found.date)}",
            "ledger": _ledger(found),
            "sources": _sources(found, behind),
            "bank_ledger": _bank_ledger(request, behind),
            "evidence": papers_of("voucher", [ext_id]) + papers_of("case", behind.case_numbers),
            "bank_words": f"{behind.bank_line_count}笔" if behind.bank_line_count else "",
            "links": [Link("PDF", reverse("office:voucher_file", args=[ext_id]), "printer")],
            "findings": [
                Note("pass", "借贷相等"),
                *([Note("warn", "这张是冲销凭证")] if found.reversal_of else []),
                *([Note("warn", "这张已经冲销")] if found.reversed_by else []),
            ],
            "facts": [
                Fact("单位", found.book.organisation),
                Fact("制单", found.maker),
                Fact("审核", found.reviewer),
                Fact("记账", f"{found.posted_by}，{moment(request, found.posted_at)}"),
                Fact("按哪条规则", found.rule or "手工"),
                Fact("附件", f"{found.attachment_count}张"),
                Fact("指纹", found.hash[:16]),
            ],
            "file_url": reverse("office:posting_file", args=[ext_id]),
            "correct_url": reverse("office:correct", args=[ext_id])
            if may_correct and not found.reversed_by and not waiting
            else "",
            "draft_url": reverse("office:draft", args=[waiting]) if waiting else "",
        },
        current="books",
        crumbs=crumbs(
            Link(
                found.period,
                reverse("office:book", args=[found.book.org_ext_id, found.period]),
            ),
            Link(found.label, ""),
        ),
    )


@officer
def posting_file(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Hand out the structured file that says how this voucher was booked."""
    data = posting_files.posting_file(by=request.actor, ext_id=ext_id)
    response = HttpResponse(data, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{ext_id}.xml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _ledger(found: queries.VoucherPage) -> Ledger:
    return Ledger(
        caption=f"{found.label}的分录，单位元",
        columns=_columns(),
        rows=[
            Row(
                [
                    Cell(one.summary),
                    Cell(
                        f"{one.account_code} {one.account_name}",
                        url=_account_url(found, one),
                        sub=one.aux,
                    ),
                    Cell(words.yuan(one.debit_fen) if one.debit_fen else ""),
                    Cell(words.yuan(one.credit_fen) if one.credit_fen else ""),
                ],
            )
            for one in found.lines
        ],
        total=Row(
            [
                Cell("合计", span=2),
                Cell(words.yuan(sum(one.debit_fen for one in found.lines))),
                Cell(words.yuan(sum(one.credit_fen for one in found.lines))),
            ],
        ),
    )


def _account_url(found: queries.VoucherPage, line: queries.LineView) -> str:
    """Return the address of the line's account in the year of the voucher."""
    first = f"{found.period[:4]}-01"
    aux = {"aux": f"{line.aux_kind}:{line.aux_id}"} if line.aux_kind else {}
    query = urlencode({"from": first, "to": found.period, "code": line.account_code, **aux})
    return f"{reverse('office:journal', args=[found.book.org_ext_id, 'detail'])}?{query}"


def _sources(found: queries.VoucherPage, behind: voucher_queries.Behind) -> list[Link]:
    links = []
    for number in behind.case_numbers:
        links.append(Link(f"办件{number}", reverse("office:case", args=[number])))
        links.append(Link("付款单", reverse("office:payment", args=[number])))
    links += [Link(f"收据{number}", "#t-bank") for number in behind.receipt_numbers]
    if found.reversal_of:
        links.append(Link("被冲销的凭证", reverse("office:voucher", args=[found.reversal_of])))
    if found.reversed_by:
        links.append(Link("冲销它的凭证", reverse("office:voucher", args=[found.reversed_by])))
    return links


def _bank_ledger(request: OfficeRequest, behind: voucher_queries.Behind) -> Ledger:
    """Return the bank's own lines of what the voucher books."""
    slips = bank_receipts.of_lines(request, [one.ext_id for one, _ in behind.bank_lines])
    return Ledger(
        caption="银行流水，单位元",
        columns=[
            Column("哪天"),
            Column("对方"),
            Column("收入", "money"),
            Column("支出", "money"),
            Column("回单"),
        ],
        rows=[
            Row(
                [
                    Cell(
                        moment(request, one.booked_at),
                        url=reverse("office:account", args=[account]),
                        sub=f"尾号{one.account_tail}",
                    ),
                    Cell(one.peer_name or "未知"),
                    Cell(words.yuan(one.amount_fen) if one.is_credit else ""),
                    Cell("" if one.is_credit else words.yuan(one.amount_fen)),
                    bank_receipts.cell(slips.get(one.ext_id)),
                ]
            )
            for one, account in behind.bank_lines
        ],
    )


@officer
def correct(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Draw up a correction: strike out, book the right lines, or only the difference of amounts.

    An earlier year's voucher is put right by lines of this year, as they are typed.
    """
    found = queries.access_voucher(by=request.actor, ext_id=ext_id)
    if not scope.can(request.actor, "ledger.correct", found.book.division_code):
        raise NotFound
    if found.date.year < today(request).year:
        return _prior_year(request, found)
    refusal = None
    if request.method == "POST":
        try:
            made = _corrected(request, found)
        except NotFound:
            raise
        except Refusal as said:
            refusal = {"text": said.text, "next_step": said.advice}
        else:
            messages.success(request, "更正单做好了，等代理中心审核。")
            return redirect("office:draft", made.ext_id)
    return show(
        request,
        "correct",
        {
            "voucher": found,
            "title": f"更正{found.label}",
            "refusal": refusal,
            "lines": list(enumerate(found.lines[:LINES_MAX])),
            "accounts": [
                (one.code, one.words)
                for one in subjects.pickable(
                    by=request.actor, org_ext_id=found.book.org_ext_id, on=today(request)
                )
            ],
        },
        current="books",
        crumbs=crumbs(
            Link(found.label, reverse("office:voucher", args=[ext_id])),
            Link("更正", ""),
        ),
        status=409 if refusal else 200,
    )


def _corrected(request: OfficeRequest, found: queries.VoucherPage) -> DraftSummary:
    """Draw up what was asked for. Raises what the actions raise; BadAmount, BadLine."""
    what, on = request.POST.get("do", ""), today(request)
    if what == "amounts":
        return adjustments.draft_adjustment(
            voucher_ext_id=found.ext_id,
            amounts_fen=_amounts(request, found),
            date=on,
            by=request.actor,
            at=request.at,
        )
    return corrections.draft_correction(
        voucher_ext_id=found.ext_id,
        lines=_typed(request, found) if what == "replace" else None,
        date=on,
        by=request.actor,
        at=request.at,
    )


def _amounts(request: OfficeRequest, found: queries.VoucherPage) -> list[int]:
    """Return the right amount of every line, on its own side. Raises: BadAmount, BadLine."""
    amounts = []
    for place, one in enumerate(found.lines[:LINES_MAX]):
        if request.POST.get(f"account-{place}", one.account_code) != one.account_code:
            raise BadLine(line_no=one.line_no, why="科目也改了，只补差额不行，请冲掉重记")
        own, other = ("debit", "credit") if one.debit_fen else ("credit", "debit")
        if request.POST.get(f"{other}-{place}", "").strip():
            raise BadLine(line_no=one.line_no, why="换了借贷方，只补差额不行，请冲掉重记")
        typed = request.POST.get(f"{own}-{place}", "").strip()
        amounts.append(money.parse_yuan(typed) if typed else 0)
    return amounts


def _prior_year(request: OfficeRequest, found: queries.VoucherPage) -> HttpResponse:
    """Put right an error of an earlier year by lines of this year."""
    rows = typed_rows(request) if request.method == "POST" else blank()
    refusal = None
    if request.method == "POST" and request.POST.get("do", "save") == "save":
        try:
            made = adjustments.draft_prior_year(
                voucher_ext_id=found.ext_id,
                lines=parsed(rows),
                date=today(request),
                by=request.actor,
                at=request.at,
            )
        except NotFound:
            raise
        except Refusal as said:
            refusal = {"text": said.text, "next_step": said.advice}
        else:
            messages.success(request, "订正单做好了，等代理中心审核。")
            return redirect("office:draft", made.ext_id)
    return show(
        request,
        "correct_prior",
        {
            "title": f"订正{found.date.year}年的{found.label}",
            "refusal": refusal,
            "ledger": _ledger(found),
            **hand_context(request, found.book.org_ext_id, rows, on=today(request)),
        },
        current="books",
        crumbs=crumbs(
            Link(found.label, reverse("office:voucher", args=[found.ext_id])),
            Link("订正", ""),
        ),
        status=409 if refusal else 200,
    )


def _typed(request: OfficeRequest, found: queries.VoucherPage) -> list[Line]:
    """Return the right lines as typed. Raises: BadAmount."""
    typed = []
    for place, one in enumerate(found.lines[:LINES_MAX]):
        debit = request.POST.get(f"debit-{place}", "").strip()
        credit = request.POST.get(f"credit-{place}", "").strip()
        if not debit and not credit:
            continue
        typed.append(
            Line(
                account_code=request.POST.get(f"account-{place}", one.account_code),
                debit_fen=money.parse_yuan(debit) if debit else 0,
                credit_fen=money.parse_yuan(credit) if credit else 0,
                summary=one.summary,
                aux_kind=one.aux_kind,
                aux_id=one.aux_id,
                source_ref=one.source_ref,
            ),
        )
    return typed
