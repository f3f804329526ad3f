"""Units in the office: what a body or a firm builds in the actor's scope; codes on paper."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.office.pages import day, show
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.doors import qr
from sanzi.interfaces.office.views.inspections import risk_row, works_crumbs
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.record.sheets import PDF
from sanzi.registers.works import code_papers, queries, unit_queries
from sanzi.registers.works.code_papers import Code
from sanzi.registers.works.unit_queries import Unit, UnitPage

UNIT_WORDS = "看这家现在建什么、谁查过、改好没有"
WORKS_WORDS = "看走到哪了、花多少钱、谁查过"
SHARE_MIN = 10


def address_of(name: str, *args: str) -> str:
    """Return where a code on paper leads."""
    return f"{settings.SANZI.public_url}{reverse(f'portal:{name}', args=args)}"


@officer
def page(request: OfficeRequest, kind: str, ext_id: str) -> HttpResponse:
    """Show a unit: its projects, contracts, findings, shares, and its code."""
    found = unit_queries.access_unit(by=request.actor, kind=kind, ext_id=ext_id, at=request.at)
    unit = found.unit
    public = address_of("unit", kind, ext_id)
    count = len(found.open_risks)
    return show(
        request,
        "unit",
        {
            "title": f"{unit.name}，{len(found.open_works)}个工程在办",
            "sub": f"{unit.sort}，{f'{count}个问题要整改' if count else '没有要整改的问题'}",
            "links": [
                Link("打印二维码", reverse("office:unit_code", args=[kind, ext_id]), "printer")
            ],
            "facts": _facts(found),
            "risks": [(one.works.name, risk_row(request, one)) for one in found.open_risks],
            "open_works": [_works(request, one) for one in found.open_works],
            "done_works": [_works(request, one) for one in found.done_works],
            "contracts": _contracts(request, found),
            "qr": qr(public, error="m", scale=3),
            "public_url": public,
        },
        current="cases",
        crumbs=works_crumbs(Link(unit.name, "")),
    )


def _facts(found: UnitPage) -> list[Fact]:
    facts = [
        Fact("编号", found.unit.ext_id),
        Fact("信用代码", found.uscc),
        Fact("被检查", f"{found.inspected}次"),
        Fact("去检查", f"{found.inspects}次" if found.inspects else ""),
        Fact("整改", f"改好{found.closed_risks}个，没改好{len(found.open_risks)}个"),
        Fact("按时整改", _share(*found.rectified)),
        Fact("按时完工", _share(*found.completed)),
        Fact("变更", f"{found.changes_count}次，{words.yuan(found.changes_fen)}元"),
    ]
    return [fact for fact in facts if fact.text]


def _share(hits: int, total: int) -> str:
    if not total:
        return ""
    rate = f"{round(hits * 100 / total)}%，" if total >= SHARE_MIN else ""
    return f"{rate}{total}个里{hits}个"


def _works(request: OfficeRequest, one: Any) -> ItemRow:
    return ItemRow(
        title=one.name,
        url=reverse("office:works", args=[one.ext_id]),
        sub=f"{one.organisation.name} · {one.place}",
        amount=words.yuan(one.audited_fen or one.award_fen or one.estimate_fen),
        due=f"{one.get_status_display()} {day(request, one.stage_changed_at)}",
        icon="building-community",
    )


def _contracts(request: OfficeRequest, found: UnitPage) -> Ledger:
    is_firm = found.unit.kind == unit_queries.FIRM
    other = "和谁签"
    return Ledger(
        caption="合同",
        columns=[Column("合同"), Column(other), Column("金额（元）", "money"), Column("现在")],
        rows=[
            Row(
                [
                    Cell(
                        one.title,
                        url=reverse("office:contract", args=[one.ext_id]),
                        sub=day(request, one.sign_date),
                    ),
                    Cell(_party(one, is_firm=is_firm)),
                    Cell(words.yuan(one.amount_fen) if one.amount_fen is not None else "按实际算"),
                    Cell(str(one.get_status_display())),
                ]
            )
            for one in found.contracts
        ],
    )


def _party(one: Any, *, is_firm: bool) -> str:
    if is_firm:
        return str(one.organisation.name)
    return one.counterparty.name if one.counterparty else ""


@officer
def code(request: OfficeRequest, kind: str, ext_id: str) -> HttpResponse:
    """Hand out a unit's code as a poster."""
    found = unit_queries.access_unit(by=request.actor, kind=kind, ext_id=ext_id, at=request.at)
    return _sent(f"{found.unit.name}二维码", [_unit_code(found.unit)])


@officer
def works_code(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Hand out a project's code as a poster for its site."""
    found = queries.access_works(by=request.actor, ext_id=ext_id)
    return _sent(f"{found.name}二维码", [_works_code(found)])


@officer
def codes(request: OfficeRequest) -> HttpResponse:
    """Hand out the codes of a village's units and public projects as a sheet to cut."""
    village = request.GET.get("village", "")
    names = dict(people_queries.villages(by=request.actor, permission=queries.SEE))
    if village not in names:
        raise NotFound
    units = [_unit_code(one) for one in unit_queries.units_of(village)]
    works = [_works_code(one) for one in unit_queries.public_works(village)]
    return _sent(f"{names[village]}单位和工程二维码", [*units, *works])


def _unit_code(unit: Unit) -> Code:
    return Code(unit.name, unit.sort, UNIT_WORDS, address_of("unit", unit.kind, unit.ext_id))


def _works_code(one: Any) -> Code:
    return Code(one.name, one.place, WORKS_WORDS, address_of("works", one.qr_code))


def _sent(title: str, rows: list[Code]) -> HttpResponse:
    return sent(PaperFile(f"{title}.pdf", PDF, code_papers.pdf(title, rows)))
