"""Outside data in the office: how each source stands, a file on its way into the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.exchange import queries, report, returning
from sanzi.exchange.actions import receiving
from sanzi.exchange.resolving import LOAD
from sanzi.interfaces.look.parts import ItemRow, Link
from sanzi.interfaces.office.pages import day, may, moment, page_of, query_without_page, show, today
from sanzi.interfaces.office.parts import exchange as parts
from sanzi.interfaces.office.parts.sheets import ledger_of, sent
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound
from sanzi.record import sheets
from sanzi.record.outside.opening import BYTES_MAX

if TYPE_CHECKING:
    from sanzi.exchange.models import Delivery

RETURNS_SHOWN = 3


def crumbs(*links: Link) -> list[Link]:
    """Return the way back to the sources and further."""
    return [
        Link("待办", reverse("office:home")),
        Link("外部数据", reverse("office:exchange") if links else ""),
        *links,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """Show how each source stands: its newest data, and whether more is due."""
    found = queries.standings(by=request.actor, today=today(request))
    late = sum(1 for one in found if one.is_late)
    poor = sum(1 for one in found if one.is_poor)
    return show(
        request,
        "exchange",
        {
            "title": _all_stand(len(found), late, poor),
            "rows": [_standing_row(request, one) for one in found],
            "links": [Link("通讯录比对", reverse("office:exchange_contacts"), "users")],
        },
        crumbs=crumbs(),
    )


def _all_stand(sources: int, late: int, poor: int) -> str:
    said = [f"{late}个该更新了"] if late else []
    said += [f"{poor}个数据不好"] if poor else []
    return f"{sources}个来源，{'，'.join(said)}" if said else f"{sources}个来源都是新的"


def _standing_row(request: OfficeRequest, one: queries.Standing) -> ItemRow:
    newest = f"最新{day(request, one.newest)}" if one.newest else "还没有数据"
    waiting = f"，{one.waiting}个文件还没有导入" if one.waiting else ""
    return ItemRow(
        title=one.source.title,
        url=reverse("office:exchange_source", args=[one.source.code]),
        sub=f"{one.source.giver}，{newest}，每{one.source.rhythm_days}天一次{waiting}",
        due="该更新了" if one.is_late else "数据不好" if one.is_poor else "",
        is_late=one.is_late or one.is_poor,
        icon="file-spreadsheet",
    )


@officer
def source(request: OfficeRequest, code: str) -> HttpResponseBase:
    """Show a source: the quality of its files over time, its mappings; take a file."""
    queries.require_see(request.actor)
    found = queries.source_of(code)
    refusal: Refusal | None = None
    if request.method == "POST":
        if not may(request, LOAD):
            raise NotFound
        try:
            return redirect("office:exchange_file", _taken(request, code).ext_id)
        except NotFound:
            raise
        except Refusal as no:
            refusal = no
    rows = queries.visible(request.actor).filter(source=code).order_by("-uploaded_at", "-pk")
    if request.GET.get("as") == "xlsx":
        data = report.workbook(found, list(rows[: report.MOST]))
        return sent(PaperFile(f"{found.title}数据质量.xlsx", sheets.WORKBOOK, data))
    back = _returned(request, found.code)
    if back is not None:
        return back
    stands = queries.standing(by=request.actor, source=found, today=today(request))
    page = page_of(request, rows)
    sheet = report.quality_sheet(found, list(page))
    links = [Link("Excel", "?as=xlsx", "file-spreadsheet")] if rows.exists() else []
    if found.code == returning.SOURCE:
        links += [
            Link(f"{one}发放结果返回文件", f"?return={one}", "download")
            for one in returning.periods(by=request.actor)[:RETURNS_SHOWN]
        ]
    return show(
        request,
        "exchange_source",
        {
            "title": _stands(request, stands),
            "sub": f"来自{found.giver}，应当每{found.rhythm_days}天来一次。",
            "links": links,
            "refusal": refusal,
            "may_load": may(request, LOAD),
            "megabytes": BYTES_MAX // 1_000_000,
            "fields": [one.title for one in found.fields if one.is_required],
            "ledger": ledger_of(sheet, sheet.rows, _address) if sheet.rows else None,
            "page": page,
            "query": query_without_page(request),
            "mappings": [
                (one.name, f"{one.saved_by_name}，{moment(request, one.saved_at)}", one.headings)
                for one in queries.mappings(by=request.actor, source=code)
            ],
        },
        crumbs=crumbs(Link(found.title, "")),
        status=409 if refusal else 200,
    )


def _returned(request: OfficeRequest, code: str) -> HttpResponse | None:
    """Return the file that goes back to the treasury, where it is asked for."""
    period = request.GET.get("return", "")
    if not period or code != returning.SOURCE:
        return None
    if period not in returning.periods(by=request.actor):
        raise NotFound
    data = sheets.workbook([returning.return_sheet(by=request.actor, period=period)])
    return sent(PaperFile(f"{period}补贴发放结果.xlsx", sheets.WORKBOOK, data))


def _address(source: tuple[str, ...]) -> str:
    return reverse("office:exchange_file", args=[source[1]])


def _stands(request: OfficeRequest, one: queries.Standing) -> str:
    if one.newest is None:
        return f"{one.source.title}还没有数据"
    words = f"{one.source.title}到{day(request, one.newest)}为止"
    return f"{words}，{one.age_days}天没有新的，该更新了" if one.is_late else words


def _taken(request: OfficeRequest, code: str) -> Delivery:
    upload = request.FILES.get("file")
    data = upload.read(BYTES_MAX + 1) if upload else b""
    name = (upload.name or "") if upload else "没有选文件"
    return receiving.receive(source=code, name=name, data=data, by=request.actor, at=request.at)


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a file on its way; take what is said of its columns, load it or put it away."""
    found = queries.access(by=request.actor, ext_id=ext_id)
    refusal: Refusal | None = None
    if request.GET.get("as") == "left":
        data = parts.left_sheet(request, found)
        return sent(PaperFile(f"{found.ext_id}留下的行.xlsx", sheets.WORKBOOK, data))
    if request.method == "POST":
        if not scope.can(request.actor, LOAD, found.division_code):
            raise NotFound
        try:
            return _done(request, found)
        except NotFound:
            raise
        except Refusal as no:
            refusal = no
            found.refresh_from_db()
    return _shown(request, found, refusal)


def _done(request: OfficeRequest, found: Delivery) -> HttpResponse:
    """Do what the form asks. Raises: NotFound for no such thing, the refusals of the actions."""
    by, at, key, do = request.actor, request.at, found.ext_id, request.POST.get("do", "")
    here = redirect("office:exchange_file", key)
    if do == "choose":
        row = request.POST.get("header_row", "")
        receiving.choose(
            ext_id=key, sheet=request.POST.get("sheet", ""),
            header_row=int(row) if row.isdecimal() and len(row) < 7 else 0, by=by, at=at,
        )  # fmt: skip
    elif do == "look":
        receiving.look(ext_id=key, said=parts.said(request.POST, found), by=by, at=at)
    elif do == "save":
        made = receiving.save_mapping(ext_id=key, name=request.POST.get("name", ""), by=by, at=at)
        messages.success(request, f"记住了，下次这样的表头就按“{made.name}”读。")
    elif do == "load":
        done = receiving.confirm(ext_id=key, seen=request.POST.get("seen", ""), by=by, at=at)
        _say_loaded(request, done)
    elif do == "again":
        _say_loaded(request, receiving.again(ext_id=key, by=by, at=at))
    elif do == "drop":
        receiving.drop(ext_id=key, by=by, at=at)
        messages.success(request, "收起来了，没有导入。")
        return redirect("office:exchange_source", found.source)
    else:
        raise NotFound
    return here


def _say_loaded(request: OfficeRequest, done: Delivery) -> None:
    told = done.quality
    if done.state != queries.LOADED:
        messages.success(request, f"{told['rows']}行开始导入了，这一页会显示到哪一步。")
        return
    left = f"，留下{told['left_out']}行没有导入" if told.get("left_out") else ""
    messages.success(request, f"{told['accepted']}行导入了{left}。")


def _shown(request: OfficeRequest, found: Delivery, refusal: Refusal | None) -> HttpResponse:
    source = queries.source_of(found.source)
    is_open = found.state == queries.DRAFT
    may_load = scope.can(request.actor, LOAD, found.division_code)
    when = moment(request, found.uploaded_at)
    context: dict[str, Any] = {
        "title": _title(found),
        "sub": f"{found.file_name}，{found.uploaded_by_name}{when}上传",
        "refusal": refusal,
        "one": found,
        "facts": parts.facts(found),
        "is_open": is_open and may_load,
        "quality": parts.quality(found, source) if found.quality else [],
        "wrong": parts.wrong(found) if found.faults else None,
        "can_confirm": bool(found.seen_digest)
        and not found.quality.get("refused")
        and bool(found.quality.get("accepted")),
        "left_out": found.quality.get("left_out", 0),
        "may_again": may_load and found.state == queries.LOADED,
        "progress": queries.progress(found.ext_id) if found.state == "queued" else None,
    }
    if is_open and may_load:
        context |= parts.mapping(request, found, source)
    back = Link(source.title, reverse("office:exchange_source", args=[source.code]))
    return show(
        request, "exchange_file", context,
        crumbs=crumbs(back, Link("一个文件", "")), status=409 if refusal else 200,
    )  # fmt: skip


def _title(found: Delivery) -> str:
    told = found.quality
    left = f"，留下{told['left_out']}行" if told.get("left_out") else ""
    if found.state == queries.LOADED:
        return f"导入了{told['accepted']}行{left}"
    if found.state == queries.QUEUED:
        return f"正在导入{told['rows']}行"
    if found.state == queries.DROPPED:
        return "这个文件没有导入"
    if not told:
        return "先把列对上"
    wrong = told["refused"]
    if wrong:
        return f"{told['rows']}行里{wrong}行不对"
    return f"能导入{told['accepted']}行{left}" if left else f"{told['rows']}行都能导入"
