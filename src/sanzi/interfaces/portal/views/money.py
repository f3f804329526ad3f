"""Every line of a month, one payment with its course, its voucher and its bank slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.disclosure import bulletin_queries, page_queries, queries, slip_queries
from sanzi.disclosure.actions import publishing
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import (
    Cell,
    Column,
    Evidence,
    Fact,
    ItemRow,
    Ledger,
    Link,
    PortalStep,
    Row,
)
from sanzi.interfaces.portal.pages import asked_period, month_words, public, show, today

PAYEES_SHOWN = 10


@dataclass(frozen=True)
class Proof:
    """Whether a page is as it was published, when that was, and where its file lies."""

    is_whole: bool
    published: str
    file_url: str


def proof(one: bulletin_queries.Posted | None) -> Proof | None:
    """Return the proof of what was published, None while nothing was."""
    if one is None:
        return None
    file_url = page_queries.address_of(one.ext_id)
    return Proof(publishing.is_unchanged(one), at(one.published_at), file_url)


def at(moment: datetime | date | None) -> str:
    """Return the day as the portal writes it."""
    return words.local_day(moment, today=today()) if moment else ""


@public
def items(request: HttpRequest, code: str) -> HttpResponse:
    """Show every line of a month."""
    village = queries.village(code)
    period = asked_period(request, code)
    found = queries.items(code, period)
    wanted = request.GET.get("kind", "")
    if wanted in {"in", "out"}:
        found = [item for item in found if item.is_income == (wanted == "in")]
    page = Paginator(found, queries.PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [
        ItemRow(
            title=item.title,
            url="" if item.is_income else reverse("portal:payment", args=[code, item.number]),
            sub=f"{at(item.day)} {'从' if item.is_income else '付给'}{item.who}",
            amount=f"{'进' if item.is_income else '出'} {words.portal_yuan(item.amount_fen)}",
        )
        for item in page
    ]
    return show(
        request,
        "items",
        village,
        {
            "month_words": month_words(period),
            "rows": rows,
            "page": page,
            "query": f"month={period}&kind={wanted}",
            "count": len(found),
            "proof": proof(bulletin_queries.month(code, period)),
            "back": Link(
                f"{village.name}", f"{reverse('portal:village', args=[code])}?month={period}"
            ),
        },
    )


@public
def payment(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Show one payment: what, how much, to whom, why, and who approved it when."""
    village = queries.village(code)
    paid = queries.payment(code, number)
    return show(
        request,
        "payment",
        village,
        {
            "paid": paid,
            "facts": _facts(code, paid),
            "steps": _steps(paid),
            "payees": _payees(code, paid, is_all="all" in request.GET),
            "rest": max(0, len(paid.payees) - PAYEES_SHOWN) if "all" not in request.GET else 0,
            "evidence": [Evidence(label, sub, "#papers") for label, sub in paid.evidence],
            "proof": proof(paid.publication),
            "back": Link("每一笔", reverse("portal:items", args=[code])),
        },
    )


def _facts(code: str, paid: queries.PublicPayment) -> list[Fact]:
    facts = [
        Fact("付给", paid.who),
        Fact("用在", paid.use),
        Fact("谁付的", paid.organisation),
        Fact("到哪了", paid.state),
    ]
    if paid.decision:
        facts.append(Fact("怎么定的", paid.decision))
    facts += [
        Fact("记在账上", f"{name}，点开看", reverse("portal:voucher", args=[code, ext_id]))
        for ext_id, name in paid.vouchers[:1]
    ]
    facts.append(Fact("办件号", paid.number))
    return facts


def _steps(paid: queries.PublicPayment) -> list[PortalStep]:
    people = tuple(
        Fact(f"{step.role} {step.name}", f"{words.local_time(step.acted_at, today=today())}")
        for step in paid.course
    )
    is_paid = paid.paid_at is not None
    return [
        PortalStep("报上来", at(paid.submitted_at), "报账员填了单子，交了凭据。"),
        PortalStep(
            "一层层审",
            at(paid.approved_at),
            f"{len(people)}次签字，每一次都记着时间。" if people else "系统里没有签字的记录。",
            "done" if paid.approved_at else "now",
            people,
            "看谁签的字",
        ),
        PortalStep(
            "银行付款",
            at(paid.paid_at),
            "银行直接付到收款人自己的账户。" if is_paid else "已交银行，等银行回话。",
            "done" if is_paid else "now",
        ),
        PortalStep(
            "记账",
            at(paid.paid_at) if paid.vouchers else "",
            "、".join(name for _, name in paid.vouchers[:3]) or "到账就记。",
            "done" if paid.vouchers else "ahead",
        ),
        PortalStep(
            "公开",
            at(paid.publication.published_at) if paid.publication else "",
            "人人能看，改了会留下痕迹。",
            "done" if paid.publication else "ahead",
        ),
    ]


def _payees(code: str, paid: queries.PublicPayment, *, is_all: bool) -> Ledger:
    shown = paid.payees if is_all else paid.payees[:PAYEES_SHOWN]
    return Ledger(
        caption="付给了谁",
        columns=[Column("收款人"), Column("到账"), Column("金额（元）", "money")],
        rows=[
            Row(
                [
                    Cell(f"{one.who} 尾号{one.account_tail}"),
                    Cell(
                        at(one.paid_at) or one.status,
                        reverse("portal:slip", args=[code, one.receipt_id])
                        if one.receipt_id
                        else "",
                    ),
                    Cell(words.yuan(one.amount_fen)),
                ],
            )
            for one in shown
        ],
    )


@public
def voucher(request: HttpRequest, code: str, ext_id: str) -> HttpResponse:
    """Show a voucher's accounts and amounts; the way on leads to the bank slip."""
    village = queries.village(code)
    found = slip_queries.voucher(code, ext_id)
    ledger = Ledger(
        caption=f"{found.name}的分录",
        columns=[Column("科目"), Column("借方", "money"), Column("贷方", "money")],
        rows=[
            Row([Cell(name), Cell(_side(debit)), Cell(_side(credit))])
            for _, name, debit, credit in found.lines
        ],
        total=Row(
            [Cell("合计"), Cell(words.yuan(found.total_fen)), Cell(words.yuan(found.total_fen))]
        ),
    )
    return show(
        request,
        "voucher",
        village,
        {
            "found": found,
            "ledger": ledger,
            "facts": [
                Fact("哪一天", at(found.day)),
                Fact("写的什么", found.summary),
                Fact("谁记的", found.made_by),
            ],
            "back": Link("这一笔", _came_from(request, code)),
            "slip_url": reverse("portal:slip", args=[code, found.payment_id])
            if found.payment_id
            else "",
        },
    )


def _side(fen: int) -> str:
    return words.yuan(fen) if fen else ""


def _came_from(request: HttpRequest, code: str) -> str:
    number = request.GET.get("of", "")
    if number.replace("-", "").isalnum():
        return reverse("portal:payment", args=[code, number])
    return reverse("portal:items", args=[code])


@public
def slip(request: HttpRequest, code: str, ext_id: str) -> HttpResponse:
    """Show the bank's own line of one payment; the way on leads to the signatures."""
    village = queries.village(code)
    found = slip_queries.bank_slip(code, ext_id)
    return show(
        request,
        "slip",
        village,
        {
            "found": found,
            "facts": [
                Fact("付款户", f"{found.from_name} 尾号{found.from_tail}"),
                Fact("收款户", f"{found.to_name} 尾号{found.to_tail}"),
                Fact("哪一天", words.local_time(found.booked_at, today=today())),
                Fact("银行流水号", found.bank_ref or "未知"),
                Fact("附言", found.memo or "没有写"),
            ],
            "back": Link("这一笔", reverse("portal:payment", args=[code, found.number])),
            "course_url": reverse("portal:payment", args=[code, found.number]) + "#course",
        },
    )
