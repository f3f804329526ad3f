"""Handovers of books: making the list, reading it, the three signatures, the paper."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Event, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.office.pages import day, may, moment, page_of, show, today
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, take_second_factor
from sanzi.interfaces.office.views.agency import crumbs
from sanzi.kernel import typed
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions import handovers
from sanzi.ledger.queries import handovers as found_handovers
from sanzi.ledger.queries.handovers import HandoverView
from sanzi.orgs.errors import NotFound


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the handovers of the scope; make the list of a place's books on POST."""
    if not may(request, "ledger.see"):
        raise NotFound
    refusal = None
    if request.method == "POST":
        if not may(request, "ledger.hand_over"):
            raise NotFound
        try:
            return redirect("office:handover", _made(request))
        except NotFound:
            raise
        except Refusal as said:
            refusal = {"text": said.text, "next_step": said.advice}
    page = page_of(request, found_handovers.handovers(by=request.actor))
    places = found_handovers.places(by=request.actor) if may(request, "ledger.hand_over") else []
    place = request.GET.get("place") or (places[0][0] if places else "")
    is_known = place in {code for code, _ in places}
    people = (
        found_handovers.choices(by=request.actor, division_code=place, on=today(request))
        if is_known
        else {"to": [], "supervisor": []}
    )
    return show(
        request,
        "handovers",
        {
            "title": "会计移交",
            "sub": "清册由系统做，移交人、接收人、监交人依次签。第一个人签了就不能再改。",
            "refusal": refusal,
            "rows": [
                ItemRow(
                    title=f"{one.division}：{one.signatures[0].person}移交给"
                    f"{one.signatures[1].person}",
                    url=reverse("office:handover", args=[one.ext_id]),
                    sub=_state(one),
                    due=day(request, one.on_date),
                    icon="users",
                )
                for one in page
            ],
            "page": page,
            "places": places,
            "place": place,
            "people": people,
            "day": today(request).isoformat(),
        },
        current="books",
        crumbs=crumbs(Link("会计移交", "")),
        status=409 if refusal else 200,
    )


def _made(request: OfficeRequest) -> str:
    on = typed.wanted_day(request.POST.get("date", "")) or today(request)
    return handovers.make_handover(
        division_code=request.POST.get("place", ""),
        to_person=request.POST.get("to", ""),
        supervisor=request.POST.get("supervisor", ""),
        on=on,
        by=request.actor,
        at=request.at,
    )


def _state(one: HandoverView) -> str:
    waiting = [each for each in one.signatures if each.at is None]
    return f"等{waiting[0].title}{waiting[0].person}签" if waiting else "三方都签好了"


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a handover's list and its signatures."""
    found = found_handovers.access_handover(by=request.actor, ext_id=ext_id)
    books = found.content["books"]
    return show(
        request,
        "handover",
        {
            "found": found,
            "title": f"{found.division}移交{len(books)}本账，{_state(found)}",
            "sub": "",
            "links": [Link("下载清册", reverse("office:handover_file", args=[ext_id]), "printer")],
            "ledgers": [_books(books), _money(books)],
            "facts": [
                Fact("移交日", day(request, found.on_date)),
                Fact("清册做好", moment(request, found.made_at)),
                Fact("清册指纹", found.digest[:32]),
            ],
            "events": [
                Event(
                    when=moment(request, one.at) or "还没签",
                    lead=f"{one.title}{one.person}",
                    tone="done" if one.at else "pending",
                )
                for one in found.signatures
            ],
            "may_sign": found.next_signer_id is not None
            and found.next_signer_id == request.actor.person_id,
        },
        current="books",
        crumbs=crumbs(Link("会计移交", reverse("office:handovers")), Link(found.division, "")),
    )


def _books(books: list[dict[str, list[list[object]]]]) -> Ledger:
    return Ledger(
        caption="移交的账套",
        columns=[
            Column("账套"),
            Column("结到哪月", "mid"),
            Column("最后凭证号"),
            Column("草稿", "mid"),
            Column("没办完的事"),
            Column("定期计划", "mid"),
        ],
        rows=[
            Row(
                [
                    Cell(str(one["organisation"])),
                    str(one["last_closed"] or "没结过"),
                    "、".join(
                        f"{period} {word}-{last}" for period, word, last, _ in one["numbers"]
                    ),
                    str(len(one["drafts"])),
                    "、".join(f"{title}{count}" for title, count in one["left"]),
                    str(len(one["plans"])),
                ]
            )
            for one in books
        ],
        is_row_headed=True,
    )


def _money(books: list[dict[str, list[list[object]]]]) -> Ledger:
    rows = [
        (str(one["organisation"]), f"{code} {said}", int(str(fen)))
        for one in books
        for code, said, fen in one["money"]
    ]
    return Ledger(
        caption="移交的货币资金，单位元",
        columns=[Column("账套"), Column("账户"), Column("账面余额", "money")],
        rows=[Row([Cell(body), account, words.yuan(fen)]) for body, account, fen in rows],
        total=Row([Cell("合计", span=2), Cell(words.yuan(sum(fen for *_, fen in rows)))]),
        is_row_headed=True,
    )


@require_POST
@officer
def sign(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Sign in one's turn, with the six digits."""

    def run() -> None:
        take_second_factor(request)
        handovers.sign_handover(ext_id=ext_id, by=request.actor, at=request.at)

    return attempt(request, run, done="签好了。", to=reverse("office:handover", args=[ext_id]))


@officer
def paper(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Give the list as a PDF."""
    found = handovers.take_handover(ext_id=ext_id, by=request.actor, at=request.at)
    return sent(found)
