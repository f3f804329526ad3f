"""Village labour: the list, one request, and the sheet of a day that fits a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.kernel import clock, typed
from sanzi.orgs.errors import NotFound
from sanzi.registers.labour import rules
from sanzi.registers.labour.actions import days as actions
from sanzi.registers.labour.actions import declarations, photos
from sanzi.registers.labour.errors import HoursWrong, PhotoWrong, PiecesWrong
from sanzi.registers.labour.queries import requests as queries

PHASES = (("before", "开工前"), ("during", "干活中"), ("after", "收工后"), ("checkin", "签到单"))
DOUBTS = {"alike": "和别处用过的照片很像", "day": "不是这天拍的", "far": "离工地太远"}
HEAD = (
    "编号",
    "村",
    "干什么",
    "地点",
    "申请",
    "开工",
    "收工",
    "记工",
    "工资（元）",
    "预算（元）",
    "状态",
)


def crumbs(*more: Link) -> list[Link]:
    """Return the way back to the list."""
    return [Link("用工", reverse("office:labour")), *more]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the requests of the scope; `?file=csv` gives the same rows as a file."""
    if not may(request, "labour.see"):
        raise NotFound
    found = queries.access_requests(by=request.actor)
    looked_for = typed.plain(request.GET.get("q", ""))[:30]
    if looked_for:
        found = found.filter(place__icontains=looked_for)
    if request.GET.get("file") == "csv":
        return csv_file("用工", HEAD, [_line(one) for one in queries.rows_of(found[:5000])])
    page = page_of(request, found)
    rows = queries.rows_of(found[page.start_index() - 1 : page.end_index()] if page else found[:0])
    return show(
        request,
        "labour_list",
        {
            "title": f"{page.paginator.count}件用工" if page else "还没有用工",
            "sub": "先申请后干活；当天记、当天签、当天核对。",
            "links": [Link("导出", f"?file=csv&q={looked_for}", "download")],
            "rows": [_item(request, one) for one in rows],
            "page": page,
            "query": query_without_page(request),
            "looked_for": looked_for,
        },
        current="cases",
        crumbs=[Link("用工", "")],
    )


def _item(request: OfficeRequest, one: queries.RequestRow) -> ItemRow:
    return ItemRow(
        title=f"{one.place}，{one.work}",
        url=reverse("office:labour_request", args=[one.ext_id]),
        sub=f"{one.village}，{day(request, one.planned_start_date)}到"
        f"{day(request, one.planned_end_date)}，记工{one.day_count}条",
        amount=words.yuan(one.amount_fen),
        due=one.state_label,
        is_late=one.is_held,
        icon="users",
    )


def _line(one: queries.RequestRow) -> tuple[object, ...]:
    return (
        one.ext_id, one.village, one.work, one.place, clock.minute_text(one.submitted_at),
        one.planned_start_date, one.planned_end_date, one.day_count, words.yuan(one.amount_fen),
        words.yuan(one.budget_fen), one.state_label,
    )  # fmt: skip


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a request: what was asked, the days that were worked, its declaration."""
    found = queries.access_request(by=request.actor, ext_id=ext_id)
    said = queries.declaration_of(found)
    worked = queries.days_of(found)
    return show(
        request,
        "labour_request",
        {
            "title": f"{found.place}：{found.get_state_display()}",
            "sub": f"{found.organisation.division.name}，{rules.WORK_KINDS[found.work_kind]}。"
            f"{found.reason}",
            "found": found,
            "facts": _facts(request, found),
            "ledger": _days(request, ext_id, worked),
            "enter": [
                (one, day(request, one))
                for one in queries.days_to_enter(found, today(request))
                if request.actor.person_id in (found.dispatcher_id, found.checker_id)
            ],
            "held": declarations.hold_words(said) if said and said.state == "HELD" else "",
            "may_release": may(request, declarations.RELEASE),
            "said": said,
            "until": day(request, said.public_until_date) if said else "",
        },
        current="cases",
        crumbs=crumbs(Link(found.place, "")),
    )


def _facts(request: OfficeRequest, found: Any) -> list[Fact]:
    number = found.case_number
    return [
        *([Fact("办件", number, reverse("office:case", args=[number]))] if number else []),
        Fact("申请", moment(request, found.submitted_at)),
        Fact("开工", moment(request, found.planned_start_at)),
        Fact("收工", moment(request, found.planned_end_at)),
        Fact("派工人", found.dispatcher.name if found.dispatcher else "未知"),
        Fact("核对人", found.checker.name if found.checker else "未知"),
        Fact("申请工日", f"{found.person_days_planned}个，{found.headcount_planned}人"),
        Fact("单价", f"{words.yuan(found.rate_fen_day)}元，{found.get_rate_unit_display()}"),
        Fact("预算", f"{words.yuan(found.budget_fen)}元", is_sum=True),
    ]


def _days(request: OfficeRequest, ext_id: str, worked: list[dict[str, object]]) -> Ledger:
    return Ledger(
        caption="每天的工",
        columns=[Column("哪天"), Column("人"), Column("工资（元）", "money"), Column("核对")],
        rows=[
            Row(
                [
                    Cell(
                        day(request, one["work_date"]),  # type: ignore[arg-type]
                        url=reverse("office:labour_day", args=[ext_id, one["work_date"]]),
                    ),
                    Cell(f"{one['people']}人"),
                    Cell(words.yuan(int(str(one["total"])))),
                    Cell("核对了" if one["checked"] else f"签了{one['signed']}人"),
                ]
            )
            for one in worked
        ],
    )


@officer
def sheet(request: OfficeRequest, ext_id: str, work_date: str) -> HttpResponseBase:
    """Show the sheet of a day, filled from the last one; take what is sent to it."""
    found = queries.access_request(by=request.actor, ext_id=ext_id)
    chosen = _date(work_date)
    if request.method == "POST":
        return _taken(request, ext_id, chosen)
    seen = queries.sheet(found, chosen)
    is_open = chosen in queries.days_to_enter(found, today(request)) and not seen.is_checked
    return show(
        request,
        "labour_day",
        {
            "title": f"{day(request, chosen)}，{found.place}",
            "sub": _where(seen, is_open=is_open),
            "sheet": seen,
            "phases": [(code, title, seen.has(code)) for code, title in PHASES],
            "doubts": [
                f"{dict(PHASES)[phase]}的照片{DOUBTS[one]}"
                for phase, _, told in seen.photos
                for one in told.split()
            ],
            "may_enter": is_open and request.actor.person_id == found.dispatcher_id,
            "may_check": is_open
            and seen.is_entered
            and request.actor.person_id == found.checker_id,
            "is_checker": seen.is_entered
            and queries.is_open(found)
            and request.actor.person_id == found.checker_id,
            "is_late": chosen < today(request),
            "copied": day(request, seen.copied_from),
        },
        current="cases",
        crumbs=crumbs(
            Link(found.place, reverse("office:labour_request", args=[ext_id])),
            Link(day(request, chosen), ""),
        ),
    )


def _where(seen: queries.DaySheet, *, is_open: bool) -> str:
    if seen.is_checked:
        return "核对过了，改不了。"
    if not is_open:
        return "这一天现在不能记。"
    if not seen.has("before"):
        return "先拍一张开工前的照片，再记人。"
    return "记过了，等核对人核对。" if seen.is_entered else "勾上来的人，存下就好。"


def _date(text: str) -> date:
    found = typed.day(text)
    if found is None:
        raise NotFound
    return found


def _taken(request: OfficeRequest, ext_id: str, chosen: date) -> HttpResponseBase:
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise NotFound
    run, done = step
    return attempt(
        request,
        lambda: run(request, ext_id, chosen),
        done=done,
        to=reverse("office:labour_day", args=[ext_id, chosen]),
    )


def _shoot(request: OfficeRequest, ext_id: str, chosen: date) -> None:
    upload = request.FILES.get("photo")
    if upload is None:
        raise PhotoWrong(why="没有选照片")
    photos.add(
        request=ext_id,
        work_date=chosen,
        shot=photos.Shot(
            request.POST.get("phase", ""),
            upload.name or "",
            upload.read(photos.READ_MAX),
        ),
        by=request.actor,
        at=request.at,
    )


def _save(request: OfficeRequest, ext_id: str, chosen: date) -> None:
    signed = set(request.POST.getlist("signed"))
    actions.enter_day(
        request=ext_id,
        work_date=chosen,
        rows=[
            _row(request, person, chosen, is_signed=person in signed)
            for person in dict.fromkeys(request.POST.getlist("on"))
        ],
        by=request.actor,
        at=request.at,
        late_reason=request.POST.get("late_reason", ""),
    )


def _row(
    request: OfficeRequest, person: str, chosen: date, *, is_signed: bool
) -> actions.RosterRow:
    """Return a row: the hours of the person where they differ, else those of everybody."""
    start, end, hours = (
        request.POST.get(f"{name}-{person}", "") or request.POST.get(name, "")
        for name in ("start", "end", "hours")
    )
    start_at, end_at = _moment(chosen, start), _moment(chosen, end)
    if end_at < start_at:
        end_at += timedelta(days=1)
    pieces = _pieces(request.POST.get(f"pieces-{person}", ""))
    return actions.RosterRow(person, start_at, end_at, _minutes(hours), pieces, is_signed)


def _moment(chosen: date, text: str) -> datetime:
    try:
        told = datetime.fromisoformat(f"{chosen.isoformat()}T{typed.plain(text)[:5]}")
    except ValueError:
        raise HoursWrong(name="名单", why="时间要写成08:00这样") from None
    return told.replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


def _minutes(text: str) -> int:
    whole, _, part = typed.plain(text)[:6].partition(".")
    if not whole.isdecimal() or not (part or "0").isdecimal() or not whole.isascii():
        raise HoursWrong(name="名单", why="工时要写数字，例如8或7.5")
    return int(whole) * 60 + int((part + "00")[:2]) * 60 // 100


def _pieces(text: str) -> int | None:
    told = typed.plain(text)
    if told and not (told.isascii() and told.isdecimal() and len(told) <= 6):
        raise PiecesWrong(name="名单", why="要写数字，例如12")
    return int(told) if told else None


def _sign(request: OfficeRequest, ext_id: str, chosen: date) -> None:
    actions.sign_sheet(request=ext_id, work_date=chosen, by=request.actor, at=request.at)


def _check(request: OfficeRequest, ext_id: str, chosen: date) -> None:
    actions.check_day(
        request=ext_id,
        work_date=chosen,
        by=request.actor,
        at=request.at,
        late_reason=request.POST.get("late_reason", ""),
    )


def _send_back(request: OfficeRequest, ext_id: str, chosen: date) -> None:
    actions.send_back_day(
        request=ext_id,
        work_date=chosen,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=request.at,
    )


@require_POST
@officer
def release(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Let a held declaration go on, with a reason."""
    queries.access_request(by=request.actor, ext_id=ext_id)
    return attempt(
        request,
        lambda: declarations.release(
            request=ext_id,
            reason=request.POST.get("reason", ""),
            by=request.actor,
            at=request.at,
        ),
        done="放行了，村监会可以验收。",
        to=reverse("office:labour_request", args=[ext_id]),
    )


STEPS: dict[str, tuple[Callable[[OfficeRequest, str, date], None], str]] = {
    "photo": (_shoot, "照片收下了。"),
    "save": (_save, "名单存下了。请本人签字，再请核对人核对。"),
    "sign": (_sign, "照签到单都签上了。"),
    "check": (_check, "核对好了，这一天定下来了。"),
    "send_back": (_send_back, "退回了，请派工人改名单、重新签字。"),
}
