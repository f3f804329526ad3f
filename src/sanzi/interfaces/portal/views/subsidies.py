"""The subsidies that may be had: how much, who may not, on what ground, since when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from sanzi.interfaces.look import words
from sanzi.interfaces.portal.pages import public, show, today
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
