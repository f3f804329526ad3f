"""A kept report as a Word document: headings, sentences with links, tables, charts as pictures.

Fonts are named for Chinese offices: 宋体 for text, 黑体 for heads. A document of the same report
has the same words; its picture files come from the same drawings as the page's.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from sanzi.insight.reports.queries import ReportPage
from sanzi.interfaces.look import report_files
from sanzi.kernel import papers
from sanzi.record import sheets
from sanzi.record.sheets import Sheet

TEXT_FONT: Final = "宋体"
HEAD_FONT: Final = "黑体"
PINE: Final = RGBColor(0x15, 0x51, 0x3B)
INK: Final = RGBColor(0x15, 0x20, 0x1B)
EPOCH: Final = datetime(2020, 1, 1)  # noqa: DTZ001 - the format has no zone
WIDE_CM: Final = 17.0
STYLES: Final = {
    "Normal": (TEXT_FONT, 10.5), "Title": (HEAD_FONT, 20), "Heading 1": (HEAD_FONT, 15),
    "Heading 2": (HEAD_FONT, 12), "Caption": (TEXT_FONT, 9),
}  # fmt: skip


def word(page: ReportPage) -> bytes:
    """Return a report as a Word document."""
    document = docx.Document()
    _dress(document, page)
    title = document.add_paragraph(f"{page.place.name}{page.title}", style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    is_issued = page.report.state == "issued"
    under = document.add_paragraph(f"{page.period_title}{'' if is_issued else '（未签发）'}")
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if page.report.remark:
        document.add_paragraph(f"附言：{page.report.remark}")
    if page.changes:
        document.add_heading("和上一份比，改了什么", level=1)
        for one in report_files.change_words(page):
            document.add_paragraph(one, style="List Bullet")
    for section in page.body["sections"]:
        _section(document, section, page.body)
    for one in (*page.body["notes"], *report_files.facts(page)):
        document.add_paragraph(one, style="Caption")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _dress(document: Any, page: ReportPage) -> None:
    """Name the fonts of every style, the paper, and the document's own properties."""
    for name, (font, size) in STYLES.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for part in ("w:eastAsia", "w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(part), font)
        for part in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(part), None)
    leaf = document.sections[0]
    leaf.page_width, leaf.page_height = Cm(21), Cm(29.7)
    leaf.left_margin = leaf.right_margin = leaf.top_margin = leaf.bottom_margin = Cm(2)
    known = document.core_properties
    known.title = f"{page.place.name}{page.period_title}{page.title}"
    known.author, known.comments = "", page.report.digest
    known.created = known.modified = EPOCH
    known.last_modified_by = ""


def _section(document: Any, section: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    document.add_heading(section["title"], level=1)
    for sentence in section["sentences"]:
        paragraph = document.add_paragraph()
        for part in sentence:
            _run(paragraph, part["text"], report_files.address(part["from"]))
    for item in section["items"]:
        if item["kind"] == "chart":
            _chart(document, item, body)
        else:
            sheet = report_files.sheet_of(item, body)
            if sheet.is_wide:
                _turn(document, is_flat=True)
            _table(document, sheet)
            if sheet.is_wide:
                _turn(document, is_flat=False)


def _turn(document: Any, *, is_flat: bool) -> None:
    """Begin a leaf on its side, or an upright one after it."""
    leaf = document.add_section()
    leaf.orientation = WD_ORIENT.LANDSCAPE if is_flat else WD_ORIENT.PORTRAIT
    sides = (Cm(29.7), Cm(21)) if is_flat else (Cm(21), Cm(29.7))
    leaf.page_width, leaf.page_height = sides


def _chart(document: Any, item: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    found = report_files.drawn(body, item)
    if found is None:
        return
    document.add_heading(item["title"], level=2)
    png = papers.picture(report_files.svg(found))
    shape = document.add_picture(io.BytesIO(png), width=Cm(WIDE_CM))
    # Who does not see the picture hears its sentence.
    shape._inline.docPr.set("descr", found.label)  # noqa: SLF001 - the library has no door to it


def _table(document: Any, sheet: Sheet) -> None:
    number = f"{sheet.number}　" if sheet.number else ""
    document.add_heading(f"{number}{sheet.title}", level=2)
    made = document.add_table(rows=1, cols=len(sheet.columns), style="Table Grid")
    for cell, column in zip(made.rows[0].cells, sheet.columns, strict=True):
        cell.text = ""
        run = cell.paragraphs[0].add_run(column.heading)
        run.bold = True
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    _repeat(made.rows[0])
    for row in sheet.rows:
        cells = made.add_row().cells
        for at, (value, column) in enumerate(zip(row.cells, sheet.columns, strict=True)):
            paragraph = cells[at].paragraphs[0]
            _run(paragraph, sheets.shown(value, column), row.urls[at] if row.urls else "",
                 is_bold=row.tone == "total")  # fmt: skip
            if column.kind in ("money", "count"):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for one in _after(sheet):
        document.add_paragraph(one, style="Caption")


def _after(sheet: Sheet) -> Sequence[str]:
    return [one for one in (sheet.right, *sheet.notes, "　　".join(sheet.signers)) if one]


def _repeat(row: Any) -> None:
    """Let the heads stand again on each leaf."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no door to it
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _run(paragraph: Any, text: str, url: str, *, is_bold: bool = False) -> None:
    """Add words; with an address as a link that Word and WPS open."""
    run = paragraph.add_run(text)
    run.bold = is_bold
    if not url:
        return
    run.font.color.rgb, run.font.underline = PINE, True
    link = OxmlElement("w:hyperlink")
    known = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), known)
    paragraph._p.append(link)  # noqa: SLF001 - the library has no door to links
    link.append(run._r)  # noqa: SLF001 - the same
