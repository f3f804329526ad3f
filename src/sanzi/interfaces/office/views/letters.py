"""Letters in the office: the list, one letter with its key, what is done with it, counts.

Whoever is in a letter, his kin, his office and those who run the platform meet a 404.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look.parts import Column, Event, Fact, ItemRow, Ledger, Link, Row, Tab
from sanzi.interfaces.office import letter_keys
from sanzi.interfaces.office.pages import day, due, moment, show
from sanzi.interfaces.office.parts.letters import STEPS, pictures, said
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.voice import queries
from sanzi.voice.actions import handling, keys
from sanzi.voice.errors import KeyMissing
from sanzi.voice.sealing import FILE_MAX

RED = ("climbed", "rated", "reopened", "threatened")
DONE = {
    "take": "接下了。",
    "answer": "答复了，写信人凭回执码看得到。",
    "extend": "延了期，写信人看得到理由。",
    "pass_on": "转过去了。",
    "send_on": "转过去了，写信人看得到理由。",
    "close": "办结了。",
}


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the letters that are there for the actor."""
    is_open = request.GET.get("state") != "done"
    found = queries.letters(by=request.actor, is_open=is_open)
    here = reverse("office:letters")
    links = [Link("收信的钥匙", reverse("office:letter_key"), "key")]
    return show(
        request,
        "letters",
        {
            "title": f"{len(found)}封信等着办" if is_open else f"{len(found)}封办过的信",
            "links": links if queries.own_key(request.actor) else [],
            "tabs": [
                Tab("等着办", here, is_current=is_open),
                Tab("答复了、办结了", f"{here}?state=done", is_current=not is_open),
            ],
            "rows": [_row(request, one) for one in found],
        },
        crumbs=[Link("群众来信", "")],
    )


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    words, _ = due(request, one.due_at)
    red = "有人威胁写信人 · " if one.threatened_at else ""
    return ItemRow(
        title=f"{red}{queries.kind_of(one).title}",
        url=reverse("office:letter", args=[one.ext_id]),
        sub=f"{queries.village_of(one)} · {one.get_state_display()}"
        f" · {'留了姓名' if one.is_named else '没留姓名'}",
        due=words,
        icon="mail",
    )


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a letter; act on it on POST."""
    if request.method == "POST":
        return _act(request, ext_id)
    found = queries.opened(by=request.actor, ext_id=ext_id, opener=letter_keys.held(request))
    return show(request, "letter", _context(request, found), crumbs=_crumbs())


def _crumbs() -> list[Link]:
    return [Link("群众来信", reverse("office:letters")), Link("一封信", "")]


def _context(request: OfficeRequest, found: queries.Opened) -> dict[str, Any]:
    one, by = found.complaint, request.actor
    kind = queries.kind_of(one)
    is_own = queries.is_handler(by, one)
    in_hand = queries.is_in_hand(by, one)
    may_close = queries.awaits_writer(one) and queries.is_above(by, one)
    is_review = queries.is_review(by, one)
    return {
        "title": kind.title,
        "sub": f"{queries.village_of(one)}，{one.get_state_display()}",
        "one": one,
        "found": found,
        "facts": _facts(request, found),
        "photos": range(1, found.photo_count + 1) if not found.is_shut else (),
        "events": [
            Event(
                moment(request, step.at),
                STEPS[step.action],
                said(step),
                "due" if step.action in RED else "done",
            )
            for step in found.turns
        ],
        "evidence": pictures(request, found),
        "may_take": is_own and one.state in handling.WAITING,
        "may_answer": in_hand and not found.is_shut,
        "may_extend": in_hand and not found.is_shut,
        "other_kinds": [each for each in queries.edition_of(one).kinds if each.code != one.kind]
        if in_hand and not one.is_sealed
        else [],
        "offices": _offices(request, found),
        "is_review": is_review,
        "may_close": (is_review or (may_close and one.due_at <= request.at)) and not found.is_shut,
        "waits_until": day(request, one.due_at) if may_close and one.due_at > request.at else "",
        "may_see_writer": one.is_named and queries.is_keeper(by, one),
        "is_unlocked": letter_keys.held(request) is not None,
    }


def _offices(request: OfficeRequest, found: queries.Opened) -> list[tuple[str, str]]:
    """Return where the discipline office may send a letter, nothing for others."""
    one = found.complaint
    may = queries.is_keeper(request.actor, one) and one.state in queries.OPEN_STATES
    return queries.offices(one, request.at) if may and not found.is_shut else []


def _facts(request: OfficeRequest, found: queries.Opened) -> list[Fact]:
    one = found.complaint
    words, _ = due(request, one.due_at)
    facts = [
        Fact("编号", one.ext_id),
        Fact("收到", (moment if one.is_named else day)(request, one.received_at)),
        Fact("在哪一级", queries.office_title(one.route_role, one.route_division, request.at)),
        Fact("期限", words),
    ]
    if one.extended_count:
        facts.append(Fact("延过", f"{one.extended_count}次"))
    if one.threatened_at:
        facts.append(Fact("有人威胁写信人", day(request, one.threatened_at)))
    told = (("地点", found.place), ("帮着写的", found.helper))
    return [*facts, *(Fact(label, text) for label, text in told if text)]


def _act(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    by, at, post = request.actor, request.at, request.POST
    opener, words = letter_keys.held(request), post.get("words", "")
    acts: dict[str, Callable[[], object]] = {
        "take": lambda: handling.take(ext_id=ext_id, by=by, at=at),
        "answer": lambda: handling.answer(ext_id=ext_id, words=words, opener=opener, by=by, at=at),
        "extend": lambda: handling.extend(ext_id=ext_id, reason=words, opener=opener, by=by, at=at),
        "pass_on": lambda: handling.pass_on(
            ext_id=ext_id, kind=post.get("kind", ""), reason=words, by=by, at=at
        ),
        "send_on": lambda: handling.send_on(
            ext_id=ext_id, office=post.get("office", ""), reason=words, opener=opener, by=by, at=at
        ),
        "close": lambda: handling.close(ext_id=ext_id, reason=words, opener=opener, by=by, at=at),
    }
    act = acts.get(post.get("do", ""))
    if act is None:
        raise NotFound
    here = reverse("office:letter", args=[ext_id])
    gone = post["do"] == "pass_on"
    done = DONE[post["do"]]
    return attempt(
        request, act, done=done, to=reverse("office:letters") if gone else here, back=here
    )


@require_POST
@officer
def writer(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show the discipline office who wrote, with its key and a reason."""
    opener = letter_keys.held(request)
    try:
        told = handling.open_identity(
            ext_id=ext_id,
            reason=request.POST.get("words", ""),
            opener=opener,
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:letter", ext_id)
    found = queries.opened(by=request.actor, ext_id=ext_id, opener=opener)
    context = _context(request, found)
    context["writer"] = [
        Fact("姓名", told.get("name", "")),
        Fact("手机号", told.get("phone", "")),
        Fact("要不要打电话", "希望打电话" if told.get("call") else "没有要求"),
    ]
    return show(request, "letter", context, crumbs=_crumbs())


@officer
def photo(request: OfficeRequest, ext_id: str, number: int) -> HttpResponse:
    """Send a photo of a letter to whoever may open it."""
    opener = letter_keys.held(request)
    try:
        data = queries.photo(by=request.actor, ext_id=ext_id, number=number, opener=opener)
    except KeyMissing as missing:
        raise NotFound from missing
    response = HttpResponse(data, content_type="image/webp")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@officer
def key(request: OfficeRequest) -> HttpResponseBase:
    """Show the office's key; open it for a quarter of an hour, or put it away, on POST."""
    office = queries.own_key(request.actor)
    if office is None:
        raise NotFound
    if request.method == "POST":
        return _unlock(request)
    held = queries.key_of_now(office)
    return show(
        request,
        "letter_key",
        {
            "title": "收信的钥匙",
            "sub": queries.office_title(*office, request.at),
            "held": held,
            "mark": " ".join(held.fingerprint[:16][at : at + 4] for at in range(0, 16, 4))
            if held
            else "",
            "is_unlocked": letter_keys.held(request) is not None,
        },
        crumbs=[Link("群众来信", reverse("office:letters")), Link("收信的钥匙", "")],
    )


def _unlock(request: OfficeRequest) -> HttpResponseBase:
    response = redirect("office:letters")
    if request.POST.get("do") == "put_away":
        letter_keys.forget(response)
        messages.success(request, "钥匙收起来了。")
        return response
    file = request.FILES.get("file")
    text = file.read(FILE_MAX).decode("utf-8", "replace") if file else ""
    try:
        opener = keys.open_file(
            text=text, passphrase=request.POST.get("passphrase", ""), by=request.actor
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:letter_key")
    letter_keys.keep(request, response, opener)
    messages.success(request, "钥匙打开了，一刻钟后自己收起来。")
    return response


@require_POST
@officer
def new_key(request: OfficeRequest) -> HttpResponseBase:
    """Make a key for the office and hand its file over, once."""
    try:
        take_second_factor(request)
        text = keys.make(
            passphrase=request.POST.get("passphrase", ""),
            again=request.POST.get("again", ""),
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:letter_key")
    response = HttpResponse(text, content_type="application/octet-stream")
    response["Content-Disposition"] = 'attachment; filename="letter-key.json"'
    response["Cache-Control"] = "no-store"
    return response


@officer
def counts(request: OfficeRequest) -> HttpResponse:
    """Show how many letters came of each kind; nothing of any letter."""
    rows = queries.tallies(by=request.actor, at=request.at)
    return show(
        request,
        "letter_counts",
        {
            "title": f"一年来收到{sum(one.received for one in rows)}封信",
            "ledger": Ledger(
                caption="群众来信，一年",
                columns=[
                    Column("哪一类"),
                    *(Column(word, "money") for word in ("收到", "在办", "逾期", "办结")),
                ],
                rows=[
                    Row(
                        [
                            one.title,
                            *(str(n) for n in (one.received, one.waiting, one.late, one.closed)),
                        ]
                    )
                    for one in rows
                ],
            ),
        },
        crumbs=[Link("群众来信", "")],
    )  # fmt: skip
