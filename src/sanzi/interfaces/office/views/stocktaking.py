"""Stock-taking by phone: the sheet of a year, scanning a label, one line, checking, confirming."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.deals.actions import stocktaking as actions
from sanzi.deals.queries import stocktaking as queries
from sanzi.deals.queries.assets import SEE, subject_choices
from sanzi.deals.queries.stocktaking import LineView, SheetView
from sanzi.interfaces.look.parts import Fact, ItemRow, Link, Tab
from sanzi.interfaces.office.forms.assets import CountForm
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.assets import asset_crumbs
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

SHOWN = (("", "全部"), ("todo", "没盘的"), ("tocheck", "等复核"), ("different", "不相符"))


def _crumbs(*links: Link) -> list[Link]:
    return asset_crumbs(Link("盘点", reverse("office:stocktakings")), *links)


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the stock-takings of the scope; start one on POST."""
    if not may(request, SEE):
        raise NotFound
    if request.method == "POST":
        return _start(request)
    page = page_of(request, queries.sheets(by=request.actor))
    rows = [queries.sheet_row(one) for one in page]
    bodies = [
        (ext_id, name)
        for ext_id, name, _ in people_queries.bodies(by=request.actor, permission=actions.COUNT)
        if subject_choices(people_queries.body_kind(ext_id))
    ]
    return show(
        request,
        "stocktakings",
        {
            "title": "每年盘一次，两个人，一件一件对",
            "sub": "盘完公示七天，村里开会确认，卡片上记下盘点日期。",
            "rows": [
                ItemRow(
                    title=f"{one.organisation_name}，{one.year}年",
                    url=reverse("office:stocktaking", args=[one.ext_id]),
                    sub=f"{one.line_count}件，盘了{one.counted_count}件，复核了{one.checked_count}件",
                    amount=f"{one.different_count}件不符" if one.different_count else "",
                    due=one.state_label,
                    icon="list-check",
                )
                for one in rows
            ],
            "page": page,
            "query": query_without_page(request),
            "bodies": bodies,
            "years": [today(request).year, today(request).year - 1],
        },
        current="assets",
        crumbs=asset_crumbs(Link("盘点", "")),
    )


def _start(request: OfficeRequest) -> HttpResponseBase:
    year = request.POST.get("year", "")
    try:
        made = actions.start(
            organisation=request.POST.get("organisation", ""),
            year=int(year) if year.isdecimal() and len(year) == 4 else 0,
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, f"{refusal.text} {refusal.advice}")
        return redirect("office:stocktakings")
    return redirect("office:stocktaking", made)


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a sheet: what is left, what waits for the second person, what differs."""
    sheet = queries.access_sheet(by=request.actor, ext_id=ext_id)
    wanted = request.GET.get("show", "")
    lines = queries.lines(by=request.actor, ext_id=ext_id, show=wanted)
    if request.GET.get("as") == "csv":
        return _csv(lines)
    if request.GET.get("tag"):
        return _scanned(request, ext_id, request.GET["tag"])
    found = page_of(request, lines)
    here = reverse("office:stocktaking", args=[ext_id])
    return show(
        request,
        "stocktaking",
        {
            "sheet": sheet,
            "title": _sentence(request, sheet),
            "sub": f"{sheet.row.organisation_name}，{sheet.row.year}年",
            "links": [Link("导出表格", "?as=csv", "download")],
            "tabs": [
                Tab(title, f"{here}?show={code}", is_current=wanted == code)
                for code, title in SHOWN
            ],
            "rows": [_row(ext_id, one) for one in found],
            "page": found,
            "query": query_without_page(request),
            "may_publish": sheet.may_count and sheet.row.checked_count == sheet.row.line_count,
            "to_check": sheet.row.counted_count - sheet.row.checked_count,
        },
        current="assets",
        crumbs=_crumbs(Link(f"{sheet.row.year}年", "")),
    )


def _sentence(request: OfficeRequest, sheet: SheetView) -> str:
    row = sheet.row
    if row.state == "confirmed":
        return f"{day(request, sheet.confirmed_at)}确认了，{row.different_count}件不相符"
    if row.state == "published":
        return f"差异公示到{day(request, sheet.publicity_ends_at)}，{row.different_count}件不相符"
    left = row.line_count - row.counted_count
    waiting = row.counted_count - row.checked_count
    return f"还有{left}件没盘，{waiting}件等复核" if left or waiting else "都盘完复核了，可以公示"


def _row(ext_id: str, one: LineView) -> ItemRow:
    who = f"{one.counted_by}盘" if one.counted_by else ""
    checked = f"，{one.checked_by}复核" if one.checked_by else ""
    return ItemRow(
        title=f"{one.number} {one.name}",
        url=reverse("office:stocktaking_line", args=[ext_id, one.asset]),
        sub=" · ".join(each for each in (one.place or one.kind_label, one.note) if each),
        amount=one.result_label,
        due=f"{who}{checked}",
        is_late=one.is_different,
        icon="camera" if one.photo else "list-check",
    )


def _csv(lines: list[LineView]) -> HttpResponseBase:
    return csv_file(
        "盘点单",
        ["编号", "标签码", "名称", "位置", "结果", "说明", "盘点人", "复核人"],
        (
            [
                one.number,
                one.tag,
                one.name,
                one.place,
                one.result_label,
                one.note,
                one.counted_by,
                one.checked_by,
            ]
            for one in lines
        ),
    )


def _scanned(request: OfficeRequest, ext_id: str, tag: str) -> HttpResponseBase:
    try:
        asset = queries.asset_of_tag(by=request.actor, ext_id=ext_id, tag=tag)
    except NotFound:
        messages.error(request, "这张单子上没有这个码。请核对标签码，或按编号找。")
        return redirect("office:stocktaking", ext_id)
    return redirect("office:stocktaking_line", ext_id, asset)


@officer
def line(request: OfficeRequest, ext_id: str, asset: str) -> HttpResponseBase:
    """Show one thing of a sheet; whoever counts says what was found."""
    sheet = queries.access_sheet(by=request.actor, ext_id=ext_id)
    one = queries.access_line(by=request.actor, ext_id=ext_id, asset=asset)
    initial = {"result": "found" if one.result == "pending" else one.result, "note": one.note}
    form = CountForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST":
        if not sheet.may_count:
            raise NotFound
        if form.is_valid() and _counted(request, form, ext_id, asset):
            messages.success(request, f"{one.name}盘好了。")
            return redirect("office:stocktaking", ext_id)
    said = [
        Fact("编号", f"{one.number}号，标签码{one.tag[:4]} {one.tag[4:]}"),
        Fact("在哪里", one.place),
        Fact("盘点", f"{one.result_label}{f'，{one.note}' if one.note else ''}"),
        Fact("谁盘的", f"{one.counted_by} {moment(request, one.counted_at)}".strip()),
        Fact("谁复核的", f"{one.checked_by} {moment(request, one.checked_at)}".strip()),
    ]
    return show(
        request,
        "stocktaking_line",
        {
            "one": one,
            "sheet": sheet,
            "title": one.name,
            "sub": f"{sheet.row.organisation_name}，{sheet.row.year}年盘点",
            "links": [Link("看卡片", reverse("office:asset", args=[asset]), "file-text")],
            "facts": [fact for fact in said if fact.text],
            "form": form if sheet.may_count else None,
            "photo": one.photo,
            "may_check": sheet.may_check
            and one.counted_at is not None
            and one.checked_at is None
            and not one.is_mine,
        },
        current="assets",
        crumbs=_crumbs(
            Link(f"{sheet.row.year}年", reverse("office:stocktaking", args=[ext_id])),
            Link(one.name, ""),
        ),
    )


def _counted(request: OfficeRequest, form: CountForm, ext_id: str, asset: str) -> bool:
    try:
        actions.count(
            stocktaking=ext_id,
            asset=asset,
            counted=form.counted(),
            by=request.actor,
            at=request.at,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        refuse(form, refusal)
        return False
    return True


@require_POST
@officer
def act(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Check one line or all, publish the differences, confirm."""
    queries.access_sheet(by=request.actor, ext_id=ext_id)
    by, at, asset = request.actor, request.at, request.POST.get("asset", "")
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "check": (
            lambda: actions.check(stocktaking=ext_id, asset=asset, by=by, at=at),
            "复核好了。",
        ),
        "check_all": (
            lambda: actions.check_all(stocktaking=ext_id, by=by, at=at),
            "别人盘的都复核好了。您自己盘的要别人复核。",
        ),
        "publish": (
            lambda: actions.publish(stocktaking=ext_id, by=by, at=at),
            "公示七天，到期再确认。",
        ),
        "confirm": (
            lambda: actions.confirm(
                stocktaking=ext_id,
                decision_ref=request.POST.get("decision", ""),
                by=by,
                at=at,
            ),
            "确认了，卡片上记下了盘点日期。",
        ),
    }
    step = steps.get(request.POST.get("do", ""))
    if step is None:
        raise NotFound
    return attempt(request, step[0], done=step[1], to=reverse("office:stocktaking", args=[ext_id]))
