"""The page behind a unit's code: what a body of the village or a firm builds now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.disclosure import naming, rules, site_queries
from sanzi.disclosure import queries as disclosure
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.interfaces.portal.views.works import risk_shown
from sanzi.kernel import clock

SHARE_MIN = 10
"""Fewer give no rate, only the two figures."""


@public
def unit(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show a unit as everybody may see it."""
    found = site_queries.unit(kind, code, clock.now())
    page = found.page
    village = disclosure.village(page.division_code) if page.division_code else None
    titles = _titles(page)
    return show(
        request,
        "unit",
        village,
        {
            "name": page.unit.name,
            "lead": _lead(found),
            "facts": _facts(page),
            "open_works": [works_row(one, whose=not village) for one in page.open_works],
            "done_works": [works_row(one, whose=not village) for one in page.done_works],
            "contracts": _contracts(page, titles),
            "open_risks": [(one.project, risk_shown(one)) for one in found.open_risks],
            "back": Link(village.name, reverse("portal:village", args=[village.code]))
            if village
            else Link("各村", reverse("portal:home")),
        },
    )


def works_row(one: Any, *, whose: bool = False) -> ItemRow:
    """Return a project in a line that leads to its page; whose it is where that is not plain."""
    place = f"{one.organisation.name}，{one.place}" if whose else one.place
    return ItemRow(
        title=one.name,
        url=reverse("portal:works", args=[one.qr_code]),
        sub=f"{one.get_status_display()}，{place}",
        amount=words.portal_yuan(one.audited_fen or one.award_fen or one.estimate_fen),
    )


def _lead(found: site_queries.PublicUnit) -> str:
    count = len(found.page.open_works)
    late = sum(one.is_late for one in found.open_risks)
    works = f"{count}个工程在办" if count else "现在没有工程在办"
    if not found.open_risks:
        return f"{works}，没有要整改的问题"
    return f"{works}，{len(found.open_risks)}个问题要整改{f'，{late}个过期了' if late else ''}"


def _facts(page: Any) -> list[Fact]:
    facts = [Fact("是什么", page.unit.sort)]
    if page.uscc:
        facts.append(Fact("信用代码", page.uscc))
    facts.append(Fact("被检查", f"{page.inspected}次"))
    if page.inspects:
        facts.append(Fact("去检查", f"{page.inspects}次"))
    facts.append(Fact("整改", f"改好{page.closed_risks}个，没改好{len(page.open_risks)}个"))
    for term, (hits, total) in (("按时整改", page.rectified), ("按时完工", page.completed)):
        if total:
            facts.append(Fact(term, share_words(hits, total)))
    if page.changes_count:
        fen = words.portal_yuan(page.changes_fen)
        facts.append(Fact("变更", f"{page.changes_count}次，合起来{fen}"))
    return facts


def share_words(hits: int, total: int) -> str:
    """Return a share with its parts; no rate under ten."""
    if total < SHARE_MIN:
        return f"{total}个里{hits}个"
    return f"{round(hits * 100 / total)}%，{total}个里{hits}个"


def _titles(page: Any) -> list[str]:
    """Return what the contracts are called, each without the names of its village's people."""
    return [naming.clean(one.organisation.division_id, [one.title])[0] for one in page.contracts]


def _contracts(page: Any, titles: Sequence[str]) -> Ledger:
    is_firm = page.unit.kind == "firm"
    return Ledger(
        caption="合同",
        columns=[Column("什么合同"), Column("金额", "money")],
        rows=[
            Row([Cell(_contract_words(one, title, is_firm=is_firm)), Cell(_sum(one.amount_fen))])
            for one, title in zip(page.contracts, titles, strict=True)
        ],
    )


def _contract_words(one: Any, title: str, *, is_firm: bool) -> str:
    other = one.organisation.name if is_firm else _party(one)
    signed = f"，{words.local_day(one.sign_date, today=today())}签" if one.sign_date else ""
    return f"{title}（{other}{signed}，{one.get_status_display()}）"


def _party(one: Any) -> str:
    party = one.counterparty
    return rules.payee_shown(party.kind, party.name) if party else "没有写对方"


def _sum(fen: int | None) -> str:
    return words.portal_yuan(fen) if fen is not None else "按实际算"
