"""The page behind a project's code: it changes with the stage, and everybody may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.disclosure import queries as disclosure
from sanzi.disclosure import site_queries
from sanzi.disclosure.site_queries import PublicRisk, PublicSite
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, PortalStep, Row
from sanzi.interfaces.portal.pages import public, show, today
from sanzi.kernel import clock

LEADS = {
    "before": "还没开工",
    "building": "正在施工",
    "accepted": "验收合格了，正在算总账",
    "warranty": "建好了，还在保修",
    "over": "建好了，保修到期了",
    "ended": "不建了",
}
RISK_TONES = {"open": "NEW", "answered": "PENDING", "closed": "DISPOSED"}


@dataclass(frozen=True)
class Said:
    """Something that happened: a head, a line, a photo's address or nothing."""

    head: str
    text: str
    photo: str = ""


@dataclass(frozen=True)
class RiskShown:
    """A finding in plain words, with what was done about it."""

    title: str
    state: str
    state_words: str
    sub: str
    late: str
    answers: tuple[Said, ...]


@public
def works(request: HttpRequest, code: str) -> HttpResponse:
    """Show a project as everybody may see it."""
    found = site_queries.site(code, clock.now())
    one = found.page.works
    village = disclosure.village(one.division_code)
    return show(
        request,
        "works",
        village,
        {
            "works": one,
            "phase": found.phase,
            "lead": _lead(found),
            "percent": found.page.percent,
            "facts": _facts(found),
            "steps": _steps(found),
            "prices": _prices(found),
            "open_risks": [risk_shown(each) for each in found.open_risks],
            "closed_risks": [risk_shown(each) for each in found.closed_risks],
            "inspections": [_seen(each, code) for each in found.inspections],
            "tasks": [
                (each.words, each.who, _until(each.due_date), each.is_late) for each in found.tasks
            ],
            "diary": [
                Said(f"{_day(line.at)}，做到{line.percent}%", line.words, _photo(code, line.photo))
                for line in found.diary
            ],
            "course": [(_day(at), stage, said) for stage, at, said in found.course],
            "promised": "、".join(found.promised),
            "tender_url": reverse("portal:tender", args=[one.tender_ext_id])
            if one.tender_ext_id
            else "",
            "unit_url": reverse("portal:unit", args=["body", one.organisation.ext_id]),
            "warranty_end": _day(one.warranty_end_date),
            "retention": words.portal_yuan(one.retention_fen) if one.retention_fen else "",
            "back": Link(village.name, reverse("portal:village", args=[village.code])),
        },
    )


@public
def photo(_request: HttpRequest, code: str, digest: str) -> HttpResponseBase:
    """Send a photo of a project's site: a copy without what the phone wrote into it."""
    path = site_queries.photo(code, digest)
    response = FileResponse(path.open("rb"), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _photo(code: str, digest: str) -> str:
    return reverse("portal:works_photo", args=[code, digest]) if digest else ""


def _day(at: date | datetime | None) -> str:
    return words.local_day(at, today=today()) if at else ""


def _until(due: date | None) -> str:
    return f"{_day(due)}前" if due else ""


def _lead(found: PublicSite) -> str:
    """Return the one sentence that would do alone."""
    one = found.page.works
    lead = LEADS[found.phase]
    if found.phase == "building":
        if one.status == "completed":
            return "完工了，等验收"
        percent = f"，做到{found.page.percent}%" if found.page.percent is not None else ""
        until = f"，打算{_day(one.planned_end_date)}完工" if one.planned_end_date else ""
        return f"{lead}{percent}{until}"
    if found.phase == "before":
        return f"{lead}，{one.get_status_display()}"
    if found.phase == "warranty":
        return f"{lead}，保修到{_day(one.warranty_end_date)}"
    return lead


def _facts(found: PublicSite) -> list[Fact]:
    one = found.page.works
    firm = reverse("portal:unit", args=["firm", found.builder_id]) if found.builder_id else ""
    return [
        Fact("在哪里", one.place),
        Fact("谁要建", one.organisation.name,
             reverse("portal:unit", args=["body", one.organisation.ext_id])),
        Fact("谁来建", found.builder or "还没定", firm),
    ]  # fmt: skip


def _prices(found: PublicSite) -> Ledger:
    one, page = found.page.works, found.page
    rows = [
        (term, fen)
        for term, fen in (
            ("估价", one.estimate_fen), ("第三方指导价", one.guide_price_fen),
            ("合同价", page.contract_fen if page.contract_fen is not None else one.award_fen),
            ("批过的变更", page.changes_fen or None), ("审定价", one.audited_fen),
        )
        if fen is not None
    ]  # fmt: skip
    return Ledger(
        caption="花多少钱",
        columns=[Column("价格"), Column("多少钱", "money")],
        rows=[Row([Cell(term), Cell(words.portal_yuan(fen))]) for term, fen in rows],
        total=Row([Cell("付了和在付的"), Cell(words.portal_yuan(page.paid_fen))]),
    )


def _steps(found: PublicSite) -> list[PortalStep]:
    """Return the five steps of every project: the same picture on every page."""
    one = found.page.works
    percent = f"做到{found.page.percent}%" if found.page.percent is not None else "还没开工"
    audited = f"审定{words.portal_yuan(one.audited_fen)}" if one.audited_fen else "审计后才付清"
    told: list[tuple[str, datetime | None, str]] = [
        ("立项", one.approved_at, f"估价{words.portal_yuan(one.estimate_fen)}"),
        ("定谁来建", _awarded_at(found), found.builder or "还没定"),
        ("施工", one.completed_at, "完工了" if one.completed_at else percent),
        ("验收", one.accepted_at, "合格" if one.accepted_at else "完工后村监会和村民代表来验"),
        ("算总账", one.settled_at, audited),
    ]
    reached = [at is not None for _, at, _ in told]
    now = reached.index(False) if False in reached else len(told)
    return [
        PortalStep(title, _day(at), text, _place(turn, now, is_done=at is not None))
        for turn, (title, at, text) in enumerate(told)
    ]


def _place(turn: int, now: int, *, is_done: bool) -> str:
    if is_done:
        return "done"
    return "now" if turn == now else "ahead"


def _awarded_at(found: PublicSite) -> datetime | None:
    """Return when the builder was found; what was loaded has only the day it began."""
    by_stage = {stage.stage: stage.at for stage in found.page.stages}
    if not found.builder:
        return None
    return by_stage.get("awarded") or found.page.works.started_at


def _seen(one: Any, code: str) -> Said:
    count = f"，查出{len(one.risks)}个问题" if one.risks else "，没有发现问题"
    return Said(f"{_day(one.at)} {one.office}来查{count}", one.words, _photo(code, one.photo))


def risk_shown(one: PublicRisk) -> RiskShown:
    """Return a finding in plain words, with what was done about it."""
    is_closed = one.state == "closed"
    tone = "PENDING" if one.state == "open" and not one.is_late else RISK_TONES[one.state]
    until = f"{_day(one.closed_at)}核对过" if is_closed else f"{_day(one.due_date)}前要改好"
    return RiskShown(
        title=one.words,
        state=tone,
        state_words=one.state_words,
        sub=f"{one.kind}，{one.level}，{until}",
        late="过期了还没改好" if one.is_late else "",
        answers=tuple(said for each in one.answers for said in _answered(each, one.qr_code)),
    )


def _answered(one: Any, code: str) -> list[Said]:
    found = [Said(f"{_day(one.at)}整改", one.words, _photo(code, one.photo))]
    if one.verified_at:
        verdict = "改好了" if one.is_accepted else "没改好，要重做"
        said = f"：{one.verdict}" if one.verdict else ""
        found.append(Said(f"{_day(one.verified_at)}{one.office}核对", f"{verdict}{said}"))
    return found
