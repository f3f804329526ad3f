"""The page behind the code of a township project: what fiscal money pays, and how far it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.orgs import queries as orgs
from sanzi.registers.funds import queries as funds


@public
def project(request: HttpRequest, code: str) -> HttpResponse:
    """Show a township project as everybody may see it."""
    one = funds.public_project(code)
    town, passed = orgs.village_name(one.division_code), funds.passed_to_fen(one)
    facts = [
        Fact("哪里的", town),
        Fact("谁管", one.organisation.name),
        Fact("做到", f"{one.progress_percent}%"),
        Fact("预算", words.portal_yuan(one.budget_fen)),
        Fact("拨下来", words.portal_yuan(passed)),
        Fact("付了", words.portal_yuan(one.paid_fen)),
    ]
    if one.payable_fen:
        facts.append(Fact("还欠", words.portal_yuan(one.payable_fen)))
    for term, day in (("开工", one.start_date), ("完工", one.end_date)):
        if day is not None:
            facts.append(Fact(term, words.local_day(day, today=today())))
    told = words.local_day(one.info_updated_at, today=today()) if one.info_updated_at else ""
    return show(
        request,
        "project",
        None,
        {
            "project": one,
            "facts": facts,
            "told": told,
            "back": Link("换一个村看", reverse("portal:home")),
        },
    )
