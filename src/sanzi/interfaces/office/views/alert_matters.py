"""Alerts about one matter on one page, and what they were said together."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import ItemRow, Link
from sanzi.interfaces.office.pages import day, due, place, show
from sanzi.interfaces.office.parts.notes import COLOUR_STATES
from sanzi.interfaces.office.requests import (
    OfficeRequest,
    keep_typed,
    officer,
    typed_before,
)
from sanzi.interfaces.office.views.alert_steps import silence_of
from sanzi.interfaces.office.views.alerts import alert_row, chosen_before
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound
from sanzi.supervision import loop_rules, matter_queries
from sanzi.supervision.actions import alerts as actions
from sanzi.supervision.matter_queries import Matter

MAY_END = ("new", "pending", "explaining", "rectifying")


def matter_row(request: OfficeRequest, one: Matter) -> ItemRow:
    """Return one matter of the list: its alert, or all of its alerts as one row."""
    if len(one.rows) == 1:
        return alert_row(request, one.lead)
    limit, is_late = due(request, one.due_at)
    is_open = one.colour != "green"
    return ItemRow(
        title=one.lead.sentence,
        url=reverse("office:alert_matter", args=[one.lead.ext_id]),
        sub=f"{place(request, one.lead.division_code)} · 同一件事{len(one.rows)}条预警："
        + "、".join(dict.fromkeys(row.model_title for row in one.rows)),
        due=limit if is_open else day(request, one.lead.opened_at),
        is_late=is_late and is_open,
        severity=one.lead.severity,
        state=COLOUR_STATES[one.colour],
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show all alerts about one matter, and what may be done with several."""
    return _show(request, matter_queries.matter(by=request.actor, ext_id=ext_id), {})


@require_POST
@officer
def conclude(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Ask once more what is about to be concluded together; with `sure` do it."""
    found = matter_queries.matter(by=request.actor, ext_id=ext_id)
    known = {row.ext_id for row in found.rows}
    chosen = [one for one in request.POST.getlist("alert") if one in known]
    if not scope.can(request.actor, "supervision.handle", found.lead.division_code):
        raise NotFound
    conclusion, text = request.POST.get("conclusion", ""), request.POST.get("text", "")
    here = redirect("office:alert_matter", ext_id)
    if "sure" not in request.POST and chosen:
        asked = {
            "asked": [row for row in found.rows if row.ext_id in chosen],
            "conclusion": conclusion,
            "conclusion_words": loop_rules.CONCLUSIONS.get(conclusion, conclusion),
            "text": text,
            "scope": request.POST.get("scope", ""),
            "until_date": request.POST.get("until_date", ""),
        }
        return _show(request, found, asked)
    try:
        count = actions.conclude_together(
            ext_ids=chosen,
            conclusion=conclusion,
            text=text,
            silence=silence_of(request),
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}一条也没有动。")
        keep_typed(request, here.url, "conclude")
    else:
        messages.success(request, f"{count}条一起定了结论，交复核的人看。")
    return here


def _show(request: OfficeRequest, found: Matter, asked: Mapping[str, object]) -> HttpResponse:
    lead, kept = found.lead, typed_before(request)
    waiting = [row for row in found.rows if row.state in MAY_END]
    may = scope.can(request.actor, "supervision.handle", lead.division_code)
    return show(
        request,
        "alert_matter",
        {
            "title": f"同一件事，{len(found.rows)}条预警",
            "sub": f"{place(request, lead.division_code)}，还有{len(waiting)}条没有定。",
            "rows": [alert_row(request, row) for row in found.rows],
            "waiting": waiting,
            "may": may and bool(waiting),
            "lead": lead,
            "case_link": Link(
                f"看办件 {lead.case_number}", reverse("office:case", args=[lead.case_number])
            )
            if lead.case_number
            else None,
            "kept": kept,
            "choices": chosen_before(kept),
            "scopes": list(loop_rules.SCOPES.items()),
            **asked,
        },
        current="alerts",
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("预警", reverse("office:alerts")),
            Link("同一件事", ""),
        ],
    )
