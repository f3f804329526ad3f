"""Every page and component of the look renders, with the structure that readers need."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

import sanzi
from sanzi.interfaces.look import gallery, sizes, views
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, PortalItem, Row
from sanzi.kernel.refusals import Refusal

TEMPLATES = Path(sanzi.__file__).parent / "templates"
# These hold an h1 or a moment of their own and so stand outside the galleries.
ALONE = {
    "office": {"alert_head", "due_block", "refusal", "messages", "crumbs", "cell"},
    "portal": {"back", "slip", "messages", "footer"},
}


@pytest.fixture(name="pages")
def _pages(rf: RequestFactory) -> dict[str, str]:
    """Return the two galleries."""
    return {
        "office": views.gallery(rf.get("/look/")).content.decode(),
        "portal": views.gallery_portal(rf.get("/look/portal/")).content.decode(),
    }


class SampleForm(forms.Form):
    """The fields that the account pages know by name."""

    login = forms.CharField()
    password = forms.CharField()
    code = forms.CharField()
    oldpassword = forms.CharField()
    password1 = forms.CharField()
    password2 = forms.CharField()
    secret = "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("face", ["office", "portal"])
def test_a_gallery_has_one_h1_no_skipped_level_and_no_dangling_reference(
    pages: dict[str, str], face: str
) -> None:
    html = pages[face]
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]

    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    wanted = re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html)
    assert set(wanted) <= set(ids)
    assert '<html lang="zh-CN"' in html
    assert html.count("<table") == html.count("<caption")


@pytest.mark.parametrize("face", ["office", "portal"])
def test_every_component_stands_in_its_gallery_or_is_rendered_alone(face: str) -> None:
    names = {path.stem for path in (TEMPLATES / face / "_components").glob("*.html")}
    text = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("look", face)
        for path in (TEMPLATES / folder).rglob("*.html")
    )
    shown = set(re.findall(rf'"{face}/_components/(\w+)\.html"', text))

    assert names - shown <= ALONE[face]
    assert shown <= names


@pytest.mark.parametrize("face", ["office", "portal"])
def test_every_component_says_what_it_wants(face: str) -> None:
    for path in (TEMPLATES / face / "_components").glob("*.html"):
        assert path.read_text(encoding="utf-8").startswith("{# "), path


def test_the_portal_needs_no_script_and_its_first_view_is_light(pages: dict[str, str]) -> None:
    assert re.findall("<script[^>]*>", pages["portal"]) == [
        '<script src="/static/sanzi/listen.js" defer>'
    ]
    assert re.search("<button[^>]* data-listen[^>]* hidden>", pages["portal"])
    styles = TEMPLATES.parent / "static" / "sanzi"
    weight = len(pages["portal"].encode()) + sum(
        (styles / name).stat().st_size
        for name in ("tokens.css", "portal.css", "mark.svg", "listen.js")
    )
    assert weight <= 60_000  # of the 100 KB that a village page may have


def test_the_office_rail_shows_counts_and_where_the_reader_is(pages: dict[str, str]) -> None:
    rail = pages["office"].split('<nav class="rail"', 1)[1].split("</nav>", 1)[0]

    assert rail.count("<a ") == 6
    assert '9<span class="vh">件要办</span>' in rail
    assert re.search(r'href="#books" aria-current="page"', rail)


def test_an_alert_head_says_state_and_severity_in_words() -> None:
    html = render_to_string(
        "office/_components/alert_head.html",
        {
            "state": "PENDING",
            "severity": "hold",
            "facts": "柳湾村 · 规则AL021第3版",
            "title": "三个人的工钱，进了同一个账户",
            "sentence": "共7,560.00元。",
        },
    )

    assert "<h1>三个人的工钱，进了同一个账户</h1>" in html
    assert "待处置</span>" in html
    assert '<span class="sv">暂缓</span>' in html
    assert '<p class="say">共7,560.00元。</p>' in html


def test_a_due_block_says_how_much_and_to_whom() -> None:
    html = render_to_string(
        "office/_components/due_block.html",
        {"kicker": "柳湾村付款", "amount_fen": 1_864_000, "title": "修路灯", "payee": "明亮电器店"},
    )

    assert "18,640.00<small>元</small>" in html
    assert "</svg>明亮电器店</p>" in html


def test_a_refusal_says_what_was_found_and_what_to_do() -> None:
    class RowNotPayable(Refusal):
        """The name at the bank is another."""

        code = "ROW_NOT_PAYABLE"
        sentence = "第{row}行不能付。"
        next_step = "请改成本人的账户。"

    html = render_to_string("office/_components/refusal.html", {"refusal": RowNotPayable(row=117)})

    assert 'role="alert"' in html
    assert "第117行不能付。" in html
    assert "<p>请改成本人的账户。</p>" in html


def test_a_portal_slip_and_the_way_back() -> None:
    slip = render_to_string(
        "portal/_components/slip.html",
        {"title": "修路灯23盏", "amount_fen": 1_864_000, "facts": gallery.portal()["facts"]},
    )
    back = render_to_string("portal/_components/back.html", {"back": Link("柳湾村", "/v/1/")})

    assert "<h1>修路灯23盏</h1>" in slip
    assert "18,640<small>元</small>" in slip
    assert slip.count("<dt>") == 3
    assert 'href="/v/1/"' in back


def test_what_people_wrote_is_escaped_in_every_table() -> None:
    ledger = Ledger("表", (Column("甲"),), (Row((Cell("<script>1</script>"),)),))

    for name in ("office/_components/ledger.html", "portal/_components/table.html"):
        assert "<script>" not in render_to_string(name, {"ledger": ledger})


def test_a_ledger_walks_over_spanned_columns_and_is_wide_from_five_columns() -> None:
    ledger = gallery.payee_ledger()

    assert ledger.is_wide
    assert [column.title for column, _ in ledger.foot] == [
        "行",
        "亩",
        "金额（元）",
        "账户",
        "核对",
    ]
    assert not gallery.voucher_ledger().is_wide
    assert Ledger("空", (Column("甲"),), ()).foot == []


def test_works_show_how_far_they_are() -> None:
    item = PortalItem("水渠", "#", done=2, whole=4)
    assert item.marks == ["done", "done", "now", "ahead"]
    assert PortalItem("说事", "#").marks == []


def test_a_rate_of_few_cases_is_not_shown() -> None:
    few = render_to_string("office/_components/rate.html", {"part": 3, "whole": 7, "word": "属实"})
    many = render_to_string(
        "office/_components/rate.html", {"part": 29, "whole": 46, "word": "属实"}
    )

    assert "不到10条，不算比率" in few
    assert "63%" in many
    assert "29条比46条" in many


@pytest.mark.parametrize(
    "name",
    sorted(
        str(path.relative_to(TEMPLATES))
        for folder in ("account", "mfa")
        for path in (TEMPLATES / folder).rglob("*.html")
    ),
)
def test_every_account_page_renders_in_our_look(name: str, rf: RequestFactory) -> None:
    context: dict[str, Any] = {
        "form": SampleForm({}),
        "unused_codes": ["12345678"],
        "total_count": 10,
        "can_view_codes": True,
        "can_download_codes": True,
        "can_generate_codes": True,
        "authenticators": {},
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "is_mfa_enabled": True,
        "reauthentication_alternatives": [{"url": "/x/", "description": "用验证器"}],
    }
    html = render_to_string(name, context, request=rf.get("/"))

    assert html.count("<h1>") == 1
    assert 'class="card"' in html
    assert "sanzi/office.css" in html
    assert "!" not in re.sub(r"<[^>]*>", "", html)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_every_error_page_renders_without_a_request(name: str) -> None:
    html = render_to_string(f"{name}.html")

    assert html.count("<h1>") == 1
    assert 'href="/"' in html


def test_absent_and_forbidden_look_the_same() -> None:
    assert render_to_string("404.html") == render_to_string("403.html")
    assert "没有找到这一页。" in render_to_string("404.html")


def test_pages_of_the_library_keep_our_frame_and_fields() -> None:
    html = render_to_string("allauth/elements/fields.html", {"attrs": {"form": SampleForm()}})
    assert html.count('<div class="field"') == 6


@pytest.mark.parametrize(
    ("query", "cookie", "is_large"),
    [("?size=xl", "", True), ("", "xl", True), ("?size=m", "xl", False), ("", "", False)],
)
def test_the_larger_type_is_a_link_and_is_kept_for_the_visit(
    rf: RequestFactory, query: str, cookie: str, *, is_large: bool
) -> None:
    request = rf.get(f"/look/portal/{query}")
    request.COOKIES["size"] = cookie or "m"

    response = sizes.BigTypeMiddleware(views.gallery_portal)(request)

    assert ('class="xl"' in response.content.decode()) is is_large
    kept = response.cookies.get("size")
    assert (kept.value if kept else None) == {"?size=xl": "xl", "?size=m": ""}.get(query)


@pytest.mark.parametrize(
    ("query", "cookie", "is_strong"),
    [
        ("?contrast=more", "", True),
        ("", "more", True),
        ("?contrast=plain", "more", False),
        ("", "", False),
    ],
)
def test_more_contrast_is_a_link_and_is_kept_for_the_visit(
    rf: RequestFactory, query: str, cookie: str, *, is_strong: bool
) -> None:
    request = rf.get(f"/look/portal/{query}")
    request.COOKIES["contrast"] = cookie

    response = sizes.BigTypeMiddleware(views.gallery_portal)(request)

    page = response.content.decode()
    assert ('class="hc"' in page) is is_strong
    assert ("原来的颜色" if is_strong else "黑白分明") in page
    kept = response.cookies.get("contrast")
    expected = {"?contrast=more": "more", "?contrast=plain": ""}.get(query)
    assert (kept.value if kept else None) == expected


def test_an_odd_size_is_not_kept(rf: RequestFactory) -> None:
    answer = sizes.BigTypeMiddleware(lambda _: HttpResponse())(rf.get("/?size=<script>&contrast=1"))
    assert not answer.cookies
