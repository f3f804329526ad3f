"""A poster is printed, its code read by an independent reader, and verified without a network."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from PIL.Image import Image
from playwright.sync_api import sync_playwright

from browser.conftest import ARGUMENTS, CHROMIUM
from sanzi.disclosure import posters, verifier_page
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.kernel import paper_proofs
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, keys
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LEVELS = (("town", "镇里"), ("county", "县里"))
MARGIN, DOTS_AN_INCH, POINTS_AN_INCH = 40, 200, 72


@pytest.fixture
def pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    own = dataclasses.replace(
        settings.SANZI, log_keys=tmp_path / "keys", log_cosigners=LEVELS, log_quorum=2
    )
    monkeypatch.setattr(settings, "SANZI", own)
    village.build()
    publishing.ensure_doors(AT)
    body = {
        "in_fen": 1_864_000, "out_fen": 1_219_650, "balance_fen": 5_220_000,
        "rows": [[f"N{n}", "2026-10-09", "路灯电费", "青山供电所", 90_000 + n, False]
                 for n in range(12)],
    }  # fmt: skip
    sheet = Sheet(WILLOW, "O-WILLOW", "F01", "2026年10月收支明细", body, 1_219_650, "2026-10")
    publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    actions.work(AT)
    return posters.month(village_code=WILLOW, period="2026-10").pdf


def test_the_code_of_a_printed_poster_verifies_offline(pdf: bytes, tmp_path: Path) -> None:
    pages = pypdfium2.PdfDocument(pdf)
    picture = pages[0].render(scale=DOTS_AN_INCH / POINTS_AN_INCH, grayscale=True).to_pil()
    words = pages[0].get_textpage().get_text_range()
    codes = zxingcpp.read_barcodes(picture)
    texts = sorted(one.text for one in codes)

    assert len(pages) == 1
    assert "柳湾村10月的钱" in words
    assert "12,196.50元" in words
    assert verifier_page.page().digest in words.replace("\r\n", "")
    assert texts[0].startswith(paper_proofs.MARK)
    assert texts[1].startswith(f"{settings.SANZI.public_url}/v/")
    proof = paper_proofs.read(texts[0])
    known = [*keys.verifiers(), *(level.signers[0].verifier for level in keys.levels())]
    assert proof.is_in_log()
    assert proof.note(known).signers(known) == known
    assert "out 1219650\n" in proof.leaf.decode()

    [own] = [one for one in codes if one.text == texts[0]]
    shown = shown_by_the_page(tmp_path, texts[0], cut_out(picture, own.position))
    true = "是真的：柳湾村2026年10月进了18,640.00元、出了12,196.50元、账上还有52,200.00元"
    assert shown == [f"{true}，和公开日志一样。"] * 2


def cut_out(picture: Image, place: zxingcpp.Position) -> bytes:
    """Return the code alone, as a photo from near has it."""
    left, top = place.top_left.x - MARGIN, place.top_left.y - MARGIN
    box = (left, top, place.bottom_right.x + MARGIN, place.bottom_right.y + MARGIN)
    made = io.BytesIO()
    picture.crop(box).save(made, "PNG")
    return made.getvalue()


def shown_by_the_page(folder: Path, text: str, photo: bytes) -> list[str]:
    """Return what the page says, opened as a file: of the pasted text, then of the photo."""
    file = folder / "verifier.html"
    file.write_text(verifier_page.page().content, encoding="utf-8", newline="\n")
    said = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        for given in (text, photo):
            page.goto(file.as_uri())
            if isinstance(given, str):
                page.fill("#text", given)
                page.get_by_role("button", name="核对", exact=True).click()
            else:
                page.set_input_files(
                    "#picture", [{"name": "p.png", "mimeType": "image/png", "buffer": given}]
                )
            page.locator("#verdict").wait_for(state="visible")
            said.append(page.locator("#sentence").inner_text())
        browser.close()
    return said
