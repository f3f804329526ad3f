"""Accounts elsewhere by which an officer logs in: his own, and those that wait for approval."""

from __future__ import annotations

from allauth.socialaccount.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.pages import may, show
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.orgs import binding_queries
from sanzi.orgs.actions import bindings


def providers(request: HttpRequest) -> list[tuple[str, str]]:
    """Return (title, address) of each outside log-in that is open here."""
    return [
        (bindings.PROVIDERS.get(one.id, one.name), one.get_login_url(request))
        for one in get_adapter().list_providers(request)
    ]


@officer
def page(request: OfficeRequest) -> HttpResponse:
    """Show one's own bindings, ways to bind, and what waits for one's approval."""
    may_approve = may(request, bindings.APPROVE)
    return show(
        request,
        "bindings",
        {
            "own": binding_queries.own(by=request.actor),
            "providers": providers(request),
            "may_approve": may_approve,
            "waiting": binding_queries.waiting(by=request.actor) if may_approve else [],
            "bound": binding_queries.bound(by=request.actor) if may_approve else [],
        },
        crumbs=[Link("待办", reverse("office:home")), Link("账号绑定", "")],
    )


@officer
@require_POST
def step(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Approve, refuse or end one binding."""
    what, by, at = request.POST.get("what", ""), request.actor, request.at
    if what == "approve":
        done = "已批准，他可以用它登录了。"

        def act() -> None:
            bindings.approve(ext_id=ext_id, by=by, at=at)
    elif what == "refuse":
        done, reason = "已退回。", request.POST.get("reason", "")

        def act() -> None:
            bindings.refuse(ext_id=ext_id, reason=reason, by=by, at=at)
    else:
        done = "已解绑，它不能再登录了。"

        def act() -> None:
            bindings.end(ext_id=ext_id, by=by, at=at)

    return attempt(request, act, done=done, to=reverse("office:bindings"))
