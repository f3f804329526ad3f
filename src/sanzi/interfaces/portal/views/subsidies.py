"""Subsidies: which may be had and on what ground; what a village got, list by list, masked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.disclosure import queries as disclosure
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Column, ItemRow, Ledger, Link, Row
from sanzi.interfaces.portal.pages import month_words, public, show, today
from sanzi.registers.subsidies.queries import public as queries


@public
def listing(request: HttpRequest) -> HttpResponse:
    """List the programmes in force, each with its earlier versions."""
    rows = []
    for page in queries.programs(today()):
        one = page.program
        barred = [
            said
            for said, is_so in (
                ("财政供养人员不能领", one.excludes_payroll),
                ("迁出的人不能领", one.excludes_moved_out),
                ("按承包地面积", one.needs_land),
            )
            if is_so
        ]
        rows.append(
            {
                "program": one,
                "rate": words.portal_yuan(one.rate_fen),
                "barred": "；".join(barred),
                "earlier": [
                    (old.valid_from_date, words.portal_yuan(old.rate_fen), old.source_ref)
                    for old in page.earlier
                ],
            }
        )
    return show(request, "subsidies", None, {"rows": rows})


@public
def of_village(request: HttpRequest, code: str) -> HttpResponse:
    """List what a village got, by programme and period."""
    village = disclosure.village(code)
    rows = [
        ItemRow(
            title=f"{one.program_name}，{month_words(one.period)}",
            url=reverse("portal:receivers", args=[code, one.program_code, one.period]),
            sub=f"{one.count}人领了",
            amount=words.portal_yuan(one.total_fen),
        )
        for one in queries.given(code)
    ]
    return show(
        request,
        "village_subsidies",
        village,
        {
            "rows": rows,
            "own_url": reverse("portal:household", args=[code]),
            "back": Link(village.name, reverse("portal:village", args=[code])),
        },
    )


@public
def receivers(request: HttpRequest, code: str, program: str, period: str) -> HttpResponse:
    """Show one list while its days last; its sums always."""
    village = disclosure.village(code)
    found, rows = queries.receivers(code, program, period, today())
    response = show(
        request,
        "receivers",
        village,
        {
            "found": found,
            "month": month_words(found.period),
            "until": words.local_day(found.named_until_date, today=today()),
            "ledger": Ledger(
                caption="谁领了",
                columns=[Column("姓名"), Column("数量"), Column("金额（元）", "money")],
                rows=[
                    Row([one.name, f"{one.quantity_milli / 1000:g}{one.unit}",
                         words.yuan(one.amount_fen)])
                    for one in rows
                ],
            ),
            "own_url": reverse("portal:household", args=[code]),
            "back": Link("村里的补贴", reverse("portal:village_subsidies", args=[code])),
        },
    )  # fmt: skip
    response["X-Robots-Tag"] = "noindex, noarchive"
    response["Cache-Control"] = "no-store"
    return response
