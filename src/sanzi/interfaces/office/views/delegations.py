"""Delegations: who stands in for me, in which post, when and up to how much; take it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Link
from sanzi.interfaces.office.forms.delegations import DelegationForm
from sanzi.interfaces.office.pages import refuse, show, today
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel import money
from sanzi.kernel.errors import BadAmount
from sanzi.kernel.refusals import Refusal
from sanzi.matters import queries
from sanzi.matters.actions import delegations as actions
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import title as role_title


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List my delegations, and give one."""
    form = DelegationForm(request.POST or None)
    form.fields["post"].choices = [  # type: ignore[attr-defined]
        (f"{post.role_code}@{post.org_ext_id}", role_title(post.role_code))
        for post in request.actor.posts
    ]
    form.fields["to_person"].choices = people_queries.colleagues(  # type: ignore[attr-defined]
        by=request.actor,
        on=today(request),
    )
    if request.method == "POST" and form.is_valid() and _give(request, form):
        messages.success(request, "委托好了。到期自动收回，随时可以提前收回。")
        return redirect("office:delegations")
    on = today(request)
    rows = [
        {
            "ext_id": one.ext_id,
            "role": role_title(one.role_code),
            "who": one.to_person.name,
            "giver": one.from_person.name,
            "days": f"{words.local_day(one.start_date, today=on)}到"
            f"{words.local_day(one.end_date, today=on)}",
            "limit": words.yuan(one.limit_fen),
            "reason": one.reason,
            "is_given": one.from_person_id == request.actor.person_id,
            "is_standing": one.revoked_at is None and one.end_date >= on,
        }
        for one in queries.delegations(by=request.actor)
    ]
    return show(
        request,
        "delegations",
        {"form": form, "rows": rows},
        crumbs=[Link("待办", reverse("office:home")), Link("请人代办", "")],
    )


def _give(request: OfficeRequest, form: DelegationForm) -> bool:
    """Give the delegation of a valid form; a refusal stands on the form."""
    said = form.cleaned_data
    role, _, body = said["post"].partition("@")
    try:
        actions.give(
            by=request.actor,
            at=request.at,
            terms=actions.Terms(
                to_person_ext_id=said["to_person"],
                organisation_ext_id=body,
                role_code=role,
                start_date=said["start_date"],
                end_date=said["end_date"],
                limit_fen=money.parse_yuan(said["limit"]),
                reason=said["reason"],
            ),
        )
    except NotFound:
        raise
    except BadAmount as refusal:
        refuse(form, refusal, "limit")
    except Refusal as refusal:
        refuse(form, refusal)
    else:
        return True
    return False


@require_POST
@officer
def revoke(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Take a delegation back at once."""
    return attempt(
        request,
        lambda: actions.revoke(by=request.actor, at=request.at, ext_id=ext_id),
        done="收回了。已经办的照样算。",
        to=reverse("office:delegations"),
    )
