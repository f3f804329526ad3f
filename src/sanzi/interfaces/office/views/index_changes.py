"""Other weights and ends of an index: tried on the scores there are, asked for, decided."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from sanzi.insight.actions import changes as actions
from sanzi.insight.errors import ChangeDate, SettingsWrong
from sanzi.insight.indices import simulation
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.pages import day, page_of, query_without_page, show
from sanzi.interfaces.office.parts import index_settings as parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before

PAGE_ROWS = 40


@officer
def settings(request: OfficeRequest, code: str) -> HttpResponse:
    """Show the weights and ends of an index; with `try`, what others would do. Keeps nothing."""
    index = simulation.access_index(by=request.actor, code=code, at=request.at)
    typed = request.GET.dict() if request.GET.get("try") else {}
    found, problem = None, None
    if typed:
        try:
            found = simulation.simulate(
                by=request.actor, code=code, settings=parts.settings(index, typed), at=request.at
            )
        except SettingsWrong as refusal:
            problem = refusal
    page = page_of(request, list(found.rows) if found else [], PAGE_ROWS)
    return show(
        request,
        "index_settings",
        {
            "title": f"{index.title}怎么算",
            "sub": f"现在是第{index.version}版，{index.source_ref}。"
            "改了先试算，看各地的分和名次怎么变；试算什么都不存。",
            "index": index,
            "fields": parts.form(index, typed),
            "limits": parts.limits(index, typed),
            "problem": problem,
            "found": found,
            "told": parts.told(index, parts.settings(index, typed)) if found else [],
            "ledger": parts.ledger(found, list(page)) if found else None,
            "page": page,
            "query": query_without_page(request),
            "typed": [
                (name, text)
                for name, text in parts.typed_of(index, parts.settings(index, typed)).items()
            ]
            if found
            else [],
            "may_propose": simulation.may_propose(request.actor),
            "kept": typed_before(request),
            "changes": [
                {
                    "one": one,
                    "told": parts.told(index, one.settings),
                    "url": parts.change_url(index, one),
                    "made": day(request, one.made_at),
                    "from": f"{one.valid_from_date:%Y年%-m月%-d日}",
                }
                for one in simulation.changes(by=request.actor, index=index)
            ],
        },
        current="alerts",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("预警", reverse("office:alerts")),
            Link(index.title, f"{reverse('office:indices')}?index={code}"),
            Link("怎么算", ""),
        ],
    )


@require_POST
@officer
def propose(request: OfficeRequest, code: str) -> HttpResponse:
    """Ask for another version of an index from the first day of a month on."""
    index = simulation.access_index(by=request.actor, code=code, at=request.at)
    valid_from = _date(request.POST.get("valid_from", ""))

    def ask() -> None:
        if valid_from is None:
            raise ChangeDate
        actions.propose(
            code=code,
            settings=parts.settings(index, request.POST.dict()),
            valid_from=valid_from,
            reason=request.POST.get("reason", ""),
            source_ref=request.POST.get("source_ref", ""),
            by=request.actor,
            at=request.at,
        )

    return attempt(
        request,
        ask,
        done="提上去了，等第二个人审。",
        to=reverse("office:index_settings", args=[code]),
        keep="propose",
    )


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_POST
@officer
def decide(request: OfficeRequest, code: str, change_id: str) -> HttpResponse:
    """Approve or refuse what another asked for."""
    return attempt(
        request,
        lambda: actions.decide(
            ext_id=change_id,
            is_approved=request.POST.get("is_approved") == "yes",
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        ),
        done="审完了。",
        to=reverse("office:index_settings", args=[code]),
        keep=f"decide-{change_id}",
    )
