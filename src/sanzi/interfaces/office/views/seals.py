"""One seal: who keeps it, its last uses; another keeper, and the report that it is lost."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.office.pages import day, moment, show, today
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel import clock
from sanzi.matters import form_queries
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound
from sanzi.registers.seals import queries
from sanzi.registers.seals.actions import keeping


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one seal, with what the reader may do about it."""
    seal = queries.access_seal(by=request.actor, ext_id=ext_id)
    may_keep = scope.can(request.actor, queries.KEEP, seal.division_code)
    may_report = scope.can(request.actor, queries.REPORT, seal.division_code)
    is_used = seal.lost_at is None
    facts = [
        Fact("种类", seal.get_kind_display()),
        Fact("哪个组织", seal.organisation.name),
        Fact("保管人", seal.keeper.name if seal.keeper else "还没有定"),
        Fact(
            "哪天起保管", day(request, seal.kept_since_date) if seal.kept_since_date else "没有登记"
        ),
        Fact("印控机", seal.device_uuid or "没有用印控机"),
        Fact("状态", seal.get_state_display()),
    ]
    if seal.lost_at is not None:
        facts.append(Fact("报失", moment(request, seal.lost_at)))
        facts.append(Fact("作废声明", seal.void_notice))
    register = reverse("office:register", args=["seals"])
    uses = reverse("office:register", args=["seal-uses"])
    return show(
        request,
        "seal",
        {
            "title": seal.title,
            "sub": "保管人不批，批的人不保管。",
            "links": [Link("用印记录", f"{uses}?text={seal.title}", "notebook")],
            "facts": facts,
            "seal": seal,
            "keepers": queries.keeper_candidates(seal, today(request)) if may_keep else [],
            "decisions": form_queries.decision_choices(seal.division_code) if may_keep else [],
            "may_keep": may_keep and is_used,
            "may_report": may_report and is_used,
        },
        current="cases",
        crumbs=[
            Link("办事", reverse("office:cases")),
            Link("登记簿", reverse("office:registers")),
            Link("印章名册", register),
            Link(seal.title, ""),
        ],
    )


@officer
@require_POST
def act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Give the seal to another keeper, or report it lost."""
    here, do = reverse("office:seal", args=[ext_id]), request.POST.get("do", "")
    said = partial(_said, request)
    if do == "give":
        give = partial(
            keeping.give_to, seal=ext_id, keeper=said("keeper"), decision=said("decision")
        )
        return attempt(
            request, partial(give, by=request.actor, at=clock.now()), done="换好了。", to=here
        )
    if do == "lost":
        lose = partial(keeping.report_lost, seal=ext_id, words=said("words"))
        return attempt(
            request,
            partial(lose, by=request.actor, at=clock.now()),
            done="已经作废，村里和镇里都通知了。",
            to=here,
        )
    raise NotFound


def _said(request: OfficeRequest, name: str) -> str:
    return str(request.POST.get(name, "")).strip()[:120]
