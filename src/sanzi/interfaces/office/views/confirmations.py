"""Whether payments arrived, in the office: counts, and for an alert's office who was asked.

Nobody else finds these pages: whom a text reached is no business of the village or the town.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row
from sanzi.interfaces.office.pages import day, moment, show
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.voice import confirmation_queries as queries
from sanzi.voice.actions import confirming


@officer
def counts(request: OfficeRequest) -> HttpResponse:
    """Show what was asked and answered by month and village; nothing of anybody."""
    rows = queries.tallies(by=request.actor, at=request.at)
    heads = ("到账几户", "没有手机号", "问了", "答了", "说不对", "到期没答")
    return show(
        request,
        "confirmations",
        {
            "title": f"一年来问了{sum(one.asked for one in rows)}户，"
            f"{sum(one.denied for one in rows)}户说钱不对",
            "ledger": Ledger(
                caption="到账回访，按月按村",
                columns=[Column("月份"), Column("村"), *(Column(word, "money") for word in heads)],
                rows=[
                    Row(
                        [
                            one.period,
                            one.village,
                            *(
                                str(count)
                                for count in (
                                    one.households, one.phoneless, one.asked, one.answered,
                                    one.denied, one.silent,
                                )
                            ),
                        ]
                    )
                    for one in rows
                ],
            ),
        },
        crumbs=[Link("到账回访", "")],
    )  # fmt: skip


@officer
def page(request: OfficeRequest, alert: str) -> HttpResponse:
    """Show what stands behind an alert: the payment, and the asked households, masked."""
    return _page(request, alert, {})


def _page(request: OfficeRequest, alert: str, opened: dict[str, str]) -> HttpResponse:
    found = queries.behind(by=request.actor, alert_ext_id=alert)
    asked = found.question
    return show(
        request,
        "confirmation",
        {
            "title": "回访的户",
            "sub": found.sentence,
            "facts": [
                Fact("付款单位", asked.body_name),
                Fact("用途", asked.purpose),
                Fact("银行说到账", moment(request, asked.paid_at)),
                Fact("办件", found.case_number),
            ],
            "ledger": Ledger(
                caption="问了谁，怎么答的",
                columns=[
                    Column("户"), Column("付了", "money"), Column("哪天问的"), Column("怎么答的"),
                    Column("说收到", "money"),
                ],
                rows=[
                    Row(
                        [
                            Cell(opened.get(one.ext_id, one.name)),
                            Cell(words.yuan(one.amount_fen)),
                            Cell(day(request, one.asked_at)),
                            Cell(one.answer),
                            Cell(words.yuan(one.received_fen) if one.received_fen else ""),
                        ]
                    )
                    for one in found.told
                ],
            ),
            "told": [one for one in found.told if one.ext_id not in opened],
            "alert": alert,
        },
        crumbs=[
            Link("预警", reverse("office:alerts")),
            Link(alert, reverse("office:alert", args=[alert])),
            Link("回访的户", ""),
        ],
    )  # fmt: skip


@require_POST
@officer
def household(request: OfficeRequest, alert: str) -> HttpResponseBase:
    """Show one asked household in full, with a reason that is written down."""
    ext_id = request.POST.get("one", "")
    if ext_id not in {one.ext_id for one in queries.behind(
        by=request.actor, alert_ext_id=alert).told}:  # fmt: skip
        raise NotFound
    try:
        name = confirming.open_household(
            ext_id=ext_id, reason=request.POST.get("words", ""), by=request.actor, at=request.at
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:confirmation", alert)
    return _page(request, alert, {ext_id: name})
