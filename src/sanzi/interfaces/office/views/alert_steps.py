"""Each step of the disposal of an alert: one post, one action, back to the page it came from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import BinaryIO, Final, cast

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.evidence.actions import files
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel import clock, money, typed
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.supervision.actions import alerts, handovers, limits, nightly
from sanzi.supervision.actions.papers import KINDS, SUBJECT
from sanzi.supervision.loop_rules import Feedback, SilenceFor

NO_DAY: Final = date.min
GONE: Final = "又查了一遍，已经没有了，改了什么写在经过里。"
Steps = dict[str, tuple[Callable[[], object], str]]


@require_POST
@officer
def step(request: OfficeRequest, ext_id: str, name: str) -> HttpResponse:
    """Do one step of the disposal; the action itself says what may be done now."""
    todo = {**_handling(request, ext_id), **_deciding(request, ext_id), **_moving(request, ext_id)}
    if name not in todo:
        raise NotFound
    action, done = todo[name]
    here = reverse("office:alert", args=[ext_id])
    return attempt(request, action, done=done, to=here, keep=name)


@require_POST
@officer
def recheck(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Ask the model again, now, and say whether it still finds the same."""
    here = reverse("office:alert", args=[ext_id])
    try:
        is_there = nightly.recheck(ext_id=ext_id, by=request.actor, at=request.at)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
    else:
        messages.success(
            request,
            "又查了一遍，还在。" if is_there else "又查了一遍，已经没有了，改了什么写在经过里。",
        )
    return redirect(here)


@require_POST
@officer
def dossier(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Send the dossier as a PDF; the log keeps who took it."""
    _, made = handovers.dossier(ext_id=ext_id, by=request.actor, at=request.at)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{ext_id}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _handling(request: OfficeRequest, ext_id: str) -> Steps:
    """Return the steps of who has the alert in hand, and of the village."""
    text, by, at = request.POST.get("text", ""), request.actor, request.at
    return {
        "take": (
            lambda: alerts.take(ext_id=ext_id, by=by, at=at),
            "这条归您办了。先看行，再问清楚。",
        ),
        "ask": (
            lambda: alerts.ask_explanation(question=text, ext_id=ext_id, by=by, at=at),
            "已请村里说明，村书记和报账员会看到。",
        ),
        "explain": (
            lambda: alerts.explain(text=text, ext_id=ext_id, by=by, at=at),
            "说明已交给承办的人。",
        ),
        "rectify": (
            lambda: alerts.rectify(
                plan=text,
                amount_fen=_fen(request, "amount"),
                finish_date=request.POST.get("finish_date", ""),
                ext_id=ext_id,
                by=by,
                at=at,
            ),
            "整改记下了。改好以后传凭据，再反馈。",
        ),
        "file": (lambda: _hang(request, ext_id), "材料传上了。"),
        "feedback": (
            lambda: alerts.feed_back(
                text=text, found=_feedback(request), ext_id=ext_id, by=by, at=at
            ),
            "结果已反馈，等复核。",
        ),
        "snooze": (
            lambda: alerts.snooze(
                until=_end_of(_day(request, "until_date")),
                reason=text,
                ext_id=ext_id,
                by=by,
                at=at,
            ),
            "先放一放，到日子再提醒。",
        ),
    }


def _deciding(request: OfficeRequest, ext_id: str) -> Steps:
    """Return the steps that end an alert or open it again."""
    text, by, at = request.POST.get("text", ""), request.actor, request.at
    return {
        "conclude": (
            lambda: alerts.conclude(
                conclusion=request.POST.get("conclusion", ""),
                text=text,
                silence=silence_of(request),
                told=alerts.Circumstances(
                    tuple(request.POST.getlist("circumstance")), _people(request)
                ),
                ext_id=ext_id,
                by=by,
                at=at,
            ),
            "结论已定，交复核的人看。",
        ),
        "verify": (
            lambda: alerts.verify(
                agrees="agrees" in request.POST, text=text, ext_id=ext_id, by=by, at=at
            ),
            "复核意见记下了。",
        ),
        "reopen": (
            lambda: alerts.reopen(reason=text, ext_id=ext_id, by=by, at=at),
            "重新打开了，回到承办的人手里。",
        ),
    }


def _moving(request: OfficeRequest, ext_id: str) -> Steps:
    """Return the steps that move an alert or its limit."""
    text, by, at = request.POST.get("text", ""), request.actor, request.at
    return {
        "extend": (
            lambda: limits.extend(
                days=_count(request, "days"), reason=text, ext_id=ext_id, by=by, at=at
            ),
            "期限延长了，只能延这一次。",
        ),
        "suspend": (
            lambda: limits.suspend(
                ground=request.POST.get("ground", ""),
                until_date=_day(request, "until_date"),
                reason=text,
                ext_id=ext_id,
                by=by,
                at=at,
            ),
            "挂起了，到日子自动接着办。",
        ),
        "resume": (
            lambda: limits.resume(reason=text, ext_id=ext_id, by=by, at=at),
            "接着办，期限按剩下的工作日算。",
        ),
        "hand-over": (
            lambda: handovers.hand_over(reason=text, ext_id=ext_id, by=by, at=at),
            "已移交纪委，案卷一起过去了。",
        ),
        "accept": (lambda: handovers.accept(ext_id=ext_id, by=by, at=at), "收下了，归您办。"),
        "send-back": (
            lambda: handovers.send_back(reason=text, ext_id=ext_id, by=by, at=at),
            "退回给移交的人了。",
        ),
    }


def silence_of(request: OfficeRequest) -> SilenceFor | None:
    """Return how a false alarm is to be remembered, None when no day was given."""
    until = _day(request, "until_date")
    if until == NO_DAY:
        return None
    return SilenceFor(request.POST.get("scope", "facts"), until)


def _feedback(request: OfficeRequest) -> Feedback:
    return Feedback(
        rectifications=tuple(request.POST.getlist("rectification")),
        amount_involved_fen=_fen(request, "involved"),
        money_back_fen=_fen(request, "amount"),
        money_stopped_fen=_fen(request, "stopped"),
        circumstances=tuple(request.POST.getlist("circumstance")),
        person_count=_people(request),
    )


def _hang(request: OfficeRequest, ext_id: str) -> None:
    """Hang the file that came on the alert. Raises: NotFound, what evidence refuses."""
    kind, file = request.POST.get("kind", ""), request.FILES.get("file")
    if kind not in KINDS:
        raise NotFound
    files.store(
        by=request.actor,
        at=request.at,
        upload=files.Upload(
            name=(file.name or "") if file else "",
            kind=kind,
            content=cast("BinaryIO", file.file) if file else b"",
            may_be_invoice=False,
        ),
        subject_kind=SUBJECT,
        subject_id=ext_id,
    )


def _day(request: OfficeRequest, name: str) -> date:
    """Return the day that was given; one that is none is long past, which the action refuses."""
    return typed.day(request.POST.get(name, "")) or NO_DAY


def _end_of(day: date) -> datetime:
    if day == NO_DAY:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(day, time(17, 30), tzinfo=clock.SHANGHAI).astimezone(UTC)


def _count(request: OfficeRequest, name: str) -> int:
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _people(request: OfficeRequest) -> int:
    """Return how many persons were told of, 0 when none; what is no number is refused later."""
    text = request.POST.get("people", "").strip()
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def _fen(request: OfficeRequest, name: str) -> int:
    """Return the amount that was typed, 0 when none was. Raises: BadAmount."""
    return money.parse_yuan(request.POST.get(name, "") or "0", allow_zero=True)
