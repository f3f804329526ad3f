"""Papers: archives take them, and the machine leaves no trace in them."""

from __future__ import annotations

import pypdfium2
import pytest

from sanzi.kernel import papers

SHEET = {
    "title": "收据",
    "number": "",
    "left": "柳湾村股份经济合作社",
    "middle": "2026年11月",
    "right": "单位：元",
    "flipped": False,
    "indent": 0,
    "row_height": 0,
    "columns": [{"title": "事由", "kind": "text", "width": 20, "group": ""}],
    "rows": [{"cells": ["修路灯"], "level": 0, "tone": ""}],
    "notes": [],
    "signers": ["制单："],
}
DATA = {"title": "收据", "sheets": [SHEET]}


def text_of(data: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def test_a_paper_is_a_pdf_for_archives_with_its_words_in_it() -> None:
    made = papers.pdf("tables", DATA)

    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>3</pdfaid:part>" in made
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made
    assert "修路灯" in text_of(made)
    assert "第1页" in text_of(made)


def test_the_same_data_give_the_same_bytes() -> None:
    assert papers.pdf("tables", DATA) == papers.pdf("tables", dict(reversed(DATA.items())))


def test_each_page_shows_the_digest_of_its_data() -> None:
    assert papers.digest(DATA)[:32] in text_of(papers.pdf("tables", DATA))


def test_every_character_comes_from_the_packaged_fonts() -> None:
    document = pypdfium2.PdfDocument(papers.pdf("tables", DATA))
    names = {
        item.get_font().get_base_name()
        for item in document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    }

    assert {name.split("+")[-1] for name in names} == {"NotoSansSC-Regular"}


@pytest.mark.parametrize("name", ["nothing", "../roles", "/etc/passwd", ""])
def test_a_name_that_is_no_template_is_refused(name: str) -> None:
    with pytest.raises(papers.UnknownPaper):
        papers.pdf(name, {})


def test_a_figure_with_a_point_is_refused() -> None:
    with pytest.raises(TypeError):
        papers.pdf("tables", {**DATA, "title": 1.5})
