"""Steps with a form of their own: fill it in, hang files on it, say that the step is done."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence.actions import files
from sanzi.interfaces.office.forms import matters as matter_forms
from sanzi.interfaces.office.parts import cases as case_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.interfaces.office.views import cases as case_views
from sanzi.kernel.refusals import Refusal
from sanzi.matters import catalogue, queries
from sanzi.matters.actions import cases as actions
from sanzi.matters.actions import entries
from sanzi.matters.errors import WrittenSince
from sanzi.orgs.errors import NotFound

DIGITS_MAX = 5


def _open_step(request: OfficeRequest, number: str) -> catalogue.Step:
    """Return the record step this officer may fill in now. Raises: NotFound."""
    case = queries.case_page(by=request.actor, number=number, at=request.at)
    turn = case_parts.turn_of(case)
    if turn is None or turn.step.kind != "record":
        raise NotFound
    return turn.step


@require_POST
@officer
def record(request: OfficeRequest, number: str) -> HttpResponse:
    """Keep what was filled in; `do` is record, last, finish, or more-<field> for further rows."""
    step = _open_step(request, number)
    asked = request.POST.get("do", "record")
    if asked.startswith("more-"):
        return case_views.shown(request, number)
    try:
        _require_unwritten(request, number, step)
        take_second_factor(request)
        _hang(request, number, step)
        done = _do(request, number, step, asked)
    except NotFound:
        raise
    except Refusal as refusal:
        return case_views.shown(request, number, refusal)
    messages.success(request, _words(request, step, done))
    return redirect("office:case", number)


def _do(request: OfficeRequest, number: str, step: catalogue.Step, asked: str) -> actions.Acted:
    if asked == "finish":
        return actions.finish(number=number, by=request.actor, at=request.at)
    return actions.record(
        number=number,
        by=request.actor,
        at=request.at,
        form=matter_forms.typed_fields(step.fields, request.POST.dict()),
        is_last=asked == "last" or not step.many,
        seen=_seen(request),
    )


def _require_unwritten(request: OfficeRequest, number: str, step: catalogue.Step) -> None:
    """Refuse before a file is hung what came twice, or was meant for a step that is over.

    Raises: WrittenSince.
    """
    case = queries.case_page(by=request.actor, number=number, at=request.at)
    known = sum(1 for one in case.entries if one.step_no == step.no)
    meant = request.POST.get("at-step", step.key)
    if meant != step.key or _seen(request) not in (None, known):
        raise WrittenSince


def _seen(request: OfficeRequest) -> int | None:
    """Return how many entries of the step the page knew; None from a page that does not say."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else None


def _hang(request: OfficeRequest, number: str, step: catalogue.Step) -> None:
    """Hang the files of each kind on the step; they stay when the form is refused."""
    subject_kind, subject_id = entries.step_subject(number, step.no)
    for paper in step.evidence:
        for upload in request.FILES.getlist(f"file-{paper.kind}"):
            files.store(
                by=request.actor,
                at=request.at,
                upload=files.Upload(upload.name or "", paper.kind, cast("BinaryIO", upload)),
                subject_kind=subject_kind,
                subject_id=subject_id,
            )


def _words(request: OfficeRequest, step: catalogue.Step, done: actions.Acted) -> str:
    if done.next_step == step.key:
        return f"记下了。还要记就接着填，都记完了点“{step.word}办完了”。"
    return f"记下了。{case_parts.done_words(request, 'approve', done)}"


@require_POST
@officer
def remove_file(request: OfficeRequest, number: str) -> HttpResponse:
    """Take a file off the open step."""
    _open_step(request, number)
    return attempt(
        request,
        lambda: files.remove(by=request.actor, at=request.at, ext_id=request.POST.get("paper", "")),
        done="这份材料拿下来了。",
        to=reverse("office:case", args=[number]),
    )
