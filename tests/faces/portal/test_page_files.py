"""Published pages over HTTP: plain files, strict about what they load, names not to be kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sanzi.disclosure.actions import pages, publishing
from sanzi.disclosure.models import Publication
from sanzi.interfaces.cli.main import main
from sanzi.orgs.actors import SYSTEM
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
BODY = {
    "kind": "采购结果", "facts": [["数量", "6盏"]],
    "tables": [{"title": "各家报价", "columns": ["单位", "报价（元）"],
                "rows": [["青山五金", "4,600.00"], ["王*芳", "4,700.00"]]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def page(tmp_path: Path, settings: Any) -> Publication:
    settings.SANZI = replace(settings.SANZI, site_dir=tmp_path / "site")
    village.build()
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "W04", "太阳能路灯", BODY)
    made = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    pages.publish_due(AT)
    return made


def read(url: str) -> tuple[Any, str]:
    response = Client().get(url)
    assert response.status_code == 200, url
    assert not response.cookies, url
    content = b"".join(response.streaming_content).decode()
    response.close()
    return response.headers, content


def text(url: str) -> str:
    return read(url)[1]


def test_county_village_and_page_are_read_one_from_the_other(page: Publication) -> None:
    assert f'href="{WILLOW}/index.html"' in text("/site/")
    assert f'href="{page.ext_id}.html"' in text(f"/site/{WILLOW}/")
    shown = text(f"/site/{WILLOW}/{page.ext_id}.html")
    for words in ("太阳能路灯", "青山五金", "4,600.00", "6盏", "2026年11月12日", "SHA-256"):
        assert words in shown


def test_the_portal_leads_to_the_file(page: Publication) -> None:
    shown = Client().get(f"/village/{WILLOW}/bulletin/{page.ext_id}/").content.decode()

    assert f'href="/site/{WILLOW}/{page.ext_id}.html"' in shown


def test_files_load_nothing_but_their_stylesheet_and_names_are_not_kept(page: Publication) -> None:
    open_page, _ = read(f"/site/{WILLOW}/{page.ext_id}.html")
    apart, _ = read(f"/site/people/{WILLOW}/{page.ext_id}.html")

    assert open_page["Content-Security-Policy"].startswith("default-src 'none'")
    assert "X-Robots-Tag" not in open_page
    assert apart["X-Robots-Tag"] == "noindex, noarchive"
    assert apart["Cache-Control"] == "no-store"
    note, _ = read(f"/site/{WILLOW}/{page.ext_id}.note")
    assert note["Content-Type"] == "text/plain; charset=utf-8"


def test_nothing_outside_the_folder_is_served(page: Publication) -> None:
    for path in ("../sanzi.sqlite3", "..%2f..%2fetc/passwd", "nowhere.html", "people/"):
        assert Client().get(f"/site/{path}").status_code == 404, path


def test_the_command_writes_and_checks(
    page: Publication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["site", "--check"]) == 0
    file = tmp_path / "site" / WILLOW / f"{page.ext_id}.html"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"4,600", b"4,601"))

    assert main(["site", "--check"]) == 1
    assert f"{WILLOW}/{page.ext_id}.html：和公布那天不一样" in capsys.readouterr().out
    assert main(["site"]) == 1
    assert "没有改它" in capsys.readouterr().out
    file.unlink()
    assert main(["site"]) == 0
    assert file.read_bytes() == whole
