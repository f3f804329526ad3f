"""A kept report as PDF and Excel: the same sentences, tables and charts, figures as links.

The body of the report is all that is told; here it only gets addresses, drawings and a form. Made
anew each time it is asked for: the same report gives the same reader the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any, Final

from django.conf import settings
from django.utils.text import get_valid_filename

from sanzi.insight.reports import body as report_body
from sanzi.insight.reports import periods
from sanzi.insight.reports.queries import ReportPage
from sanzi.interfaces.look import report_links
from sanzi.interfaces.look.panel_links import kept_url
from sanzi.interfaces.look.panel_pictures import Picture, Size, picture
from sanzi.kernel import clock, papers
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs.actors import Actor
from sanzi.record import sheets
from sanzi.record.sheets import Column, Row, Sheet

PAPER: Final = {"series": Size(960, 300, 16), "flow": Size(960, 420, 16)}
OTHER: Final = Size(960, 100, 16)
PAGE: Final = {"series": Size(640, 190), "flow": Size(640, 300)}
PAGE_OTHER: Final = Size(640, 100)
EDGE: Final = 8
FONTS: Final = "Noto Sans SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"
TYPES: Final = {
    "pdf": sheets.PDF,
    "xlsx": sheets.WORKBOOK,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_KINDS: Final = {"money": "money", "count": "count", "mid": "mid", "figure": "mid", "mu": "mid"}
_WIDTHS: Final = {"money": 16, "mid": 13, "count": 8}
Block = Mapping[str, Any]


def made(page: ReportPage, kind: str, *, by: Actor) -> PaperFile:
    """Return a report as a file of a kind: pdf, xlsx or docx. It leads only where `by` may go."""
    page = report_links.led(page, by)
    if kind == "docx":
        from sanzi.interfaces.look import report_word

        data = report_word.word(page)
    else:
        data = pdf(page) if kind == "pdf" else workbook(page)
    name = f"{page.place.name}{page.period_title}{page.title}"
    tail = "" if page.report.state == "issued" else "（未签发）"
    return PaperFile(get_valid_filename(f"{name}{tail}.{kind}"), TYPES[kind], data)


def address(source: list[str] | None) -> str:
    """Return the whole address of a source, for what is read outside the office."""
    path = kept_url(source)
    return f"{settings.SANZI.public_url}{path}" if path else ""


def drawn(body: Block, chart: Block, *, is_page: bool = False) -> Picture | None:
    """Return the picture of a kept chart, by the hand that draws the cockpit."""
    page = report_body.chart_page(body, chart)
    sizes, other = (PAGE, PAGE_OTHER) if is_page else (PAPER, OTHER)
    found = picture(page, sizes.get(page.panel.kind, other), lambda _key, _month: "")
    if found is None:
        return None
    label = f"{chart['title']}，{body['period_title']}"
    return replace(found, label=label)


def svg(found: Picture) -> str:
    """Return a picture as a drawing of its own, on white."""
    width, height = found.width + 2 * EDGE, found.height + 2 * EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{-EDGE} {-EDGE} {width} {height}" font-family="{FONTS}">'
        f"<title>{escape(found.label)}</title>"
        f'<rect x="{-EDGE}" y="{-EDGE}" width="{width}" height="{height}" fill="#FFFFFF"/>'
        f"{found.markup}</svg>"
    )


def sheet_of(item: Block, body: Block) -> Sheet:
    """Return a table of a report as a sheet with its links."""
    columns = [
        Column(title, _KINDS.get(kind, "text"), _width(item, at, _KINDS.get(kind, "text")), group)
        for at, (title, kind, group) in enumerate(item["columns"])
    ]
    is_money = any(one.kind == "money" for one in columns)
    signers = ("清查人员：", "负责人：", "监督小组：") if item.get("is_form") else ()
    return Sheet(
        title=item["title"],
        name=f"{item['number']}{item['title']}",
        columns=columns,
        rows=[
            Row(
                one["cells"],
                tone=one["tone"],
                urls=tuple(address(source) for source in one["from"]),
            )
            for one in item["rows"]
        ],
        left=f"单位：{body['place'][1]}",
        middle=body["period_title"],
        right=sheets.UNIT if is_money else "",
        number=item["number"],
        notes=[item["note"]] if item["note"] else [],
        signers=signers,
    )


def _width(item: Block, at: int, kind: str) -> int:
    """Return a column's width from what stands in it, within what a leaf bears."""
    if kind in _WIDTHS and kind != "mid":
        return _WIDTHS[kind]
    words = [str(one["cells"][at] or "") for one in item["rows"]] + [item["columns"][at][0]]
    return min(max(max(sheets.width(one) for one in words) + 2, 8), 26)


def facts(page: ReportPage) -> list[str]:
    """Return the lines that say where a report comes from and who stands for it."""
    report = page.report
    found = [
        f"{page.body['source_ref']}。模板{page.body['version']}。",
        f"数取到{clock.minute_text(report.made_at)}。" if report.made_at else "",
        f"{report.seen_by_name}审看，{clock.minute_text(report.seen_at)}。"
        if report.seen_at
        else "",
        f"{report.issued_by_name}签发，{clock.minute_text(report.issued_at)}。"
        if report.issued_at
        else "还没有签发，只供审看。",
        f"编号{report.ext_id}，第{report.number}次出。数的指纹SM3 {report.digest}。",
    ]
    return [one for one in found if one]


def change_words(page: ReportPage) -> list[str]:
    """Return what differs from the issued report that this one replaces, in sentences."""
    return [
        f"{one['title']}：原来{one['old']}，现在{one['new']}（{one['unit']}）。"
        if one["old"]
        else f"{one['title']}：{one['new']}。"
        for one in page.changes
    ]


def pdf(page: ReportPage) -> bytes:
    """Return a report as PDF/A; forms lie on leaves of their own."""
    body = page.body
    data = {
        "title": f"{page.place.name}{page.title}",
        "number": page.report.ext_id,
        "left": f"地方：{page.place.name}",
        "middle": page.period_title,
        "right": "" if page.report.state == "issued" else "未签发",
        "facts": facts(page),
        "remark": page.report.remark,
        "changes": change_words(page),
        "notes": list(body["notes"]),
        "sections": [_paper_section(one, body) for one in body["sections"]],
    }
    return papers.pdf("report", data)


def _paper_section(section: Block, body: Block) -> dict[str, Any]:
    items = []
    for one in section["items"]:
        if one["kind"] == "chart":
            found = drawn(body, one)
            if found is not None:
                items.append({"kind": "chart", "title": one["title"], "svg": svg(found)})
            continue
        kind = "form" if one.get("is_form") else "table"
        sheet = sheets.paper(sheet_of(one, body))
        items.append({"kind": kind, "title": one["title"], "sheet": sheet})
    return {
        "title": section["title"],
        "paragraphs": [
            [{"text": part["text"], "url": address(part["from"])} for part in sentence]
            for sentence in section["sentences"]
        ],
        "items": items,
    }


def workbook(page: ReportPage) -> bytes:
    """Return a report as an Excel workbook: text, figures with their sources, tables, charts."""
    body = page.body
    tables = [
        sheet_of(one, body)
        for section in body["sections"]
        for one in section["items"]
        if one["kind"] == "table"
    ]
    pictures = [
        sheets.Picture(one["title"], papers.picture(svg(found)))
        for section in body["sections"]
        for one in section["items"]
        if one["kind"] == "chart" and (found := drawn(body, one)) is not None
    ]
    front = [_text_sheet(page), *([_figure_sheet(page)] if body["figures"] else [])]
    return sheets.workbook([*front, *tables], pictures)


def _text_sheet(page: ReportPage) -> Sheet:
    lines: list[tuple[str, str]] = [("附言", page.report.remark)] if page.report.remark else []
    lines += [("改了什么", one) for one in change_words(page)]
    for section in page.body["sections"]:
        for sentence in section["sentences"]:
            lines.append((section["title"], "".join(part["text"] for part in sentence)))
    return Sheet(
        title=f"{page.place.name}{page.title}",
        name="正文",
        columns=[Column("部分", "text", 16), Column("内容", "text", 120)],
        rows=sheets.plain_rows(lines),
        left=f"地方：{page.place.name}",
        middle=page.period_title,
        right="" if page.report.state == "issued" else "未签发",
        notes=[*page.body["notes"], *facts(page)],
    )


def _figure_sheet(page: ReportPage) -> Sheet:
    """Return every named figure of a report with its source: click, and its rows open."""
    body = page.body
    period = _period_words(body)
    rows = [
        Row(
            (one["title"], one["unit"], one["text"], one["before_text"], one["year_text"]),
            urls=("", "", address(one["from"]), "", ""),
        )
        for one in body["figures"]
    ]
    return Sheet(
        title=f"{page.place.name}{page.period_title}的数和来源",
        name="数和来源",
        columns=[
            Column("项目", "text", 26),
            Column("单位", "mid", 8),
            Column(page.period_title, "mid", 18),
            Column(period[0], "mid", 18),
            Column(period[1] or "去年同期", "mid", 18),
        ],
        rows=rows,
        right="点数看来源",
    )


def _period_words(body: Block) -> tuple[str, str]:
    kind = body["period_kind"]
    return periods.BEFORE[kind], periods.LAST_YEAR_WORDS[kind]
