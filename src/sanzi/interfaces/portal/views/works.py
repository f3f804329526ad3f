"""The page behind a project's code: it changes with the stage, and everybody may read it.

Works are those of a village; township projects are paid from fiscal money.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.disclosure import queries as disclosure
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.registers.funds import queries as funds
from sanzi.registers.works import queries


@public
def works(request: HttpRequest, code: str) -> HttpResponse:
    """Show a project as everybody may see it."""
    found = queries.public_page(code, clock.now())
    one = found.works
    village = disclosure.village(one.division_code)
    facts = [
        Fact("在哪里", one.place),
        Fact("现在", str(one.get_status_display())),
        Fact("施工单位", one.counterparty.name if one.counterparty else "还没定"),
        Fact("做到", f"{found.percent}%" if found.percent is not None else "还没开工"),
    ]
    for term, fen in (
        ("估价", one.estimate_fen), ("指导价", one.guide_price_fen),
        ("合同价", found.contract_fen), ("批过的变更", found.changes_fen or None),
        ("审定价", one.audited_fen), ("付了和在付的", found.paid_fen),
    ):  # fmt: skip
        if fen is not None:
            facts.append(Fact(term, words.portal_yuan(fen)))
    return show(
        request,
        "works",
        village,
        {
            "works": one,
            "facts": facts,
            "course": [
                (words.local_day(stage.at, today=today()), stage.get_stage_display(), stage.words)
                for stage in found.stages
            ],
            "diary": [
                (words.local_day(line.logged_at, today=today()), line.percent, line.words)
                for line in found.diary[:20]
            ],
            "promised": "、".join(found.promised),
            "tender_url": reverse("portal:tender", args=[one.tender_ext_id])
            if one.tender_ext_id
            else "",
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
        },
    )


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
