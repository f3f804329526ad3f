"""Writing to the offices that watch: the letter, its receipt, following it. No log-in, no session.

Nothing of the request is kept: no address, no device. The receipt code never stands in an
address, photos are held in memory until they are sealed, and answers do not tell whether a code
exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from sanzi.disclosure import queries as disclosure
from sanzi.evidence.rules import SIZE_MAX_BYTES
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, Link
from sanzi.interfaces.portal import helped
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import clock, ids
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.errors import NotFound
from sanzi.voice import queries, rules, station_queries
from sanzi.voice.actions import handing_in, proofs, replying
from sanzi.voice.errors import ProofNeeded, TextCodeWrong

TOKEN_BITS = 100
KEPT = ("kind", "words", "place", "name", "phone", "proof_phone", "is_named", "wants_call")
ACTIONS = {
    "received": "收到了您的信",
    "dispatched": "转去办",
    "transferred": "移送",
    "taken": "有人在办了",
    "answered": "答复",
    "extended": "要多些时间",
    "passed_on": "换一处办",
    "sent_on": "纪委转给该办的单位",
    "climbed": "没有按时办，升了一级",
    "agreed": "您满意，办结了",
    "rated": "您不满意",
    "reopened": "您要求重新办",
    "threatened": "您报了有人威胁",
    "closed": "上一级定了办结",
    "visited": "有人去看过了",
    "put_right": "改好了",
}


class HeldInMemory(MemoryFileUploadHandler):
    """Hold whatever is uploaded in memory: nothing of a letter touches the disk in the clear."""

    def handle_raw_input(self, *_: Any, **__: Any) -> None:
        """Take every file; how large a body may be is limited before."""
        self.activated = True


@csrf_exempt
@never_cache
@public
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Ask what happened; take it on POST and show the receipt, once."""
    request.upload_handlers = [HeldInMemory(request)]
    return _write(request, code)


@csrf_protect
def _write(request: HttpRequest, code: str) -> HttpResponse:
    village = disclosure.village(code)
    errors: dict[str, str] = {}
    said = ""
    if request.method == "POST" and request.POST.get("do") == "text":
        try:
            phone = request.POST.get("proof_phone", "")
            proofs.send_code(division_code=code, phone=phone, at=clock.now())
            said = "码发出去了，半小时内有效。照片要再选一次。"
        except Refusal as refusal:
            errors = {"proof": f"{refusal.text}{refusal.advice}"}
    elif request.method == "POST":
        try:
            helped.require_sure(request)
            receipt = handing_in.hand_in(letter=_letter(request, code), at=clock.now())
        except NotFound:
            raise
        except Refusal as refusal:
            if isinstance(refusal, TextCodeWrong):
                proofs.note_wrong(refusal)
            errors = {str(refusal.data.get("field", "")): f"{refusal.text}{refusal.advice}"}
            if isinstance(refusal, ProofNeeded):
                errors = {"proof": f"{refusal.text}{refusal.advice}"}
        else:
            return _receipt(request, village, receipt.code)
    return _form(request, village, errors, said)


def _letter(request: HttpRequest, code: str) -> handing_in.Letter:
    post = request.POST
    is_named = post.get("is_named") == "yes"
    most = rules.on(today()).photos_max
    return handing_in.Letter(
        division_code=code,
        kind=post.get("kind", ""),
        words=post.get("words", ""),
        token=post.get("token", ""),
        place=post.get("place", ""),
        accused=tuple(post.getlist("accused"))[:20],
        is_named=is_named,
        name=post.get("name", "") if is_named else "",
        phone=post.get("phone", "") if is_named else "",
        helper=helped.title(request),
        wants_call=is_named and post.get("wants_call") == "yes",
        photos=tuple(
            (one.name or "", one.read(SIZE_MAX_BYTES + 1))
            for one in request.FILES.getlist("photos")[: most + 1]
        ),
        proof=proofs.Proof(
            challenge=post.get("challenge", ""),
            answer=post.get("answer", ""),
            phone=post.get("proof_phone", ""),
            code=post.get("code", ""),
        ),
    )


def _form(
    request: HttpRequest, village: disclosure.Village, errors: dict[str, str], said: str
) -> HttpResponse:
    post = request.POST
    kind = post.get("kind", "")
    chosen = set(post.getlist("accused"))
    edition = rules.on(today())
    is_crowded = "proof" in errors or "code" in errors or bool(said)
    return show(
        request,
        "voice",
        village,
        {
            "kinds": [(one, one.code == kind) for one in edition.kinds],
            "accusable": [
                (place, [(key, text, key in chosen) for key, text in rows])
                for place, rows in queries.accusable(village.code, today())
            ],
            "kept": {key: post.get(key, "") for key in KEPT},
            "errors": errors,
            "said": said,
            "edition": edition,
            "token": _token(post),
            "challenge": proofs.new_challenge(village.code, kind) if is_crowded else "",
            "bits": edition.proof_bits,
            "follow_url": reverse("portal:voice_follow"),
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
        },
    )


def _token(post: QueryDict) -> str:
    return post.get("token", "") or ids.new_token(TOKEN_BITS)


def _receipt(request: HttpRequest, village: disclosure.Village, code: str) -> HttpResponse:
    return show(
        request,
        "voice_receipt",
        village,
        {
            "receipt": code,
            "found": _shown(queries.followed(code=code)),
            "follow_url": reverse("portal:voice_follow"),
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
        },
    )


@never_cache
@public
def follow(request: HttpRequest) -> HttpResponse:
    """Open a letter by its receipt code; agree, disagree or report a threat with it."""
    code = request.POST.get("code", "")
    error = ""
    if request.method == "POST" and request.POST.get("do") in ("seen", "own"):
        return _photo(request.POST["do"], code, request.POST.get("number", ""))
    if request.method == "POST":
        try:
            _do(request, code)
        except Refusal as refusal:
            error = f"{refusal.text}{refusal.advice}"
        try:
            found = _shown(queries.followed(code=code))
        except Refusal as refusal:
            error = f"{refusal.text}{refusal.advice}"
        else:
            context = {"found": found, "code": code, "error": error, "back": _back(found.village)}
            return show(request, "voice_follow", None, context)
    return show(request, "voice_code", None, {"error": error, "back": _back("")})


def _photo(which: str, code: str, number: str) -> HttpResponse:
    """Send a photo to whoever has the code, which stands in no address.

    It is one that he handed in (`own`), opened with the code, or one that the station took.
    """
    try:
        asked = int(number or -1)
        if which == "own":
            data = queries.own_photo(code=code, number=asked)
        else:
            data = station_queries.seen_photo(code=code, number=asked).read_bytes()
    except (Refusal, ValueError) as refusal:
        raise NotFound from refusal
    return HttpResponse(data, content_type="image/webp")


def _back(village: str) -> Link:
    if village:
        return Link("回到村里", reverse("portal:village", args=[village]))
    return Link("首页", reverse("portal:home"))


def _do(request: HttpRequest, code: str) -> None:
    action, at, helper = request.POST.get("do", ""), clock.now(), helped.title(request)
    if action in ("agree", "disagree"):
        helped.require_sure(request)
    if action == "agree":
        replying.agree(code=code, helper=helper, at=at)
    elif action == "disagree":
        words = request.POST.get("words", "")
        replying.disagree(code=code, words=words, helper=helper, at=at)
    elif action == "threat":
        replying.report_threat(code=code, at=at)


@dataclass(frozen=True)
class ShownStep:
    """One step on its writer's page; `photo` is the number of the step if it has one, else -1."""

    day: str
    what: str
    office: str
    words: tuple[str, ...]
    photo: int


class Shown:
    """A letter as its writer's page shows it."""

    def __init__(self, found: queries.Opened) -> None:
        """Put what was found into words."""
        one = found.complaint
        kind = queries.kind_of(one)
        self.village = one.division_code
        self.state = one.get_state_display()
        self.words, self.place = found.words, found.place
        self.photos = range(1, found.photo_count + 1)
        self.may_rate = queries.may_rate(one)
        self.is_answered = queries.awaits_writer(one)
        self.may_reopen = queries.is_closed(one)
        self.may_threat = one.threatened_at is None and one.route_role != rules.OUTSIDE
        self.is_threatened = one.threatened_at is not None
        office = queries.office_title(one.route_role, one.route_division, one.received_at)
        self.facts = [
            Fact("哪一类", kind.title),
            Fact("谁来看", office),
            Fact("现在", self.state),
        ]
        if one.state in queries.OPEN_STATES:
            self.facts.append(Fact("最迟答复", words.local_time(one.due_at, today=today())))
        if self.may_rate and not self.is_answered:
            self.state = "改好了，等您看"
        self.steps = [
            ShownStep(
                words.local_day(step.at, today=today()),
                ACTIONS[step.action],
                step.office,
                tuple(text for text in (step.found, step.words) if text),
                number if step.photo_digest else -1,
            )
            for number, step in enumerate(found.turns)
        ]


def _shown(found: queries.Opened) -> Shown:
    return Shown(found)
