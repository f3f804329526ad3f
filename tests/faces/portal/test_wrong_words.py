"""Wrong input where villagers speak and where posters are asked for: in words, nothing changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sanzi.audit.models import Event
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import Comment, Publication
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from worlds import doors
from worlds.village import STONE, WILLOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return doors.build()


@pytest.fixture
def plan(world: World) -> Publication:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V01", "东塘招租方案", {"facts": []})
    return publishing.publish(sheet=sheet, by=SYSTEM, at=clock.now() - timedelta(days=1))


@pytest.mark.parametrize(
    ("stance", "words", "said"),
    [
        ("", "", "还没有写完"),
        ("nobody", "太贵", "还没有写完"),
        ("against", " \n ", "还没有写完"),
        ("other", "\x00\x00", "还没有写完"),
        ("for\x00", "好", "还没有写完"),
        ("against", "打13800138000", "号码"),
        ("against", "长" * 501, "最多500个字"),
        ("against", "长" * 10_000, "最多500个字"),
    ],
    ids=["nothing", "nobody", "blank", "unseen", "stance", "phone", "long", "very long"],
)
def test_a_wrong_comment_is_refused_in_words_and_kept_on_the_page(
    plan: Publication, stance: str, words: str, said: str
) -> None:
    home = doors.enter(at=clock.now())
    before = Event.objects.count()
    page = home.post(
        f"/village/{WILLOW}/bulletin/{plan.ext_id}/say/", {"stance": stance, "words": words}
    ).content.decode()

    assert said in page
    assert "还没有交上去" in page or 'role="alert"' in page
    assert words.strip().replace("\x00", "") in page
    assert (Comment.objects.count(), Event.objects.count()) == (0, before)


def test_signs_that_nobody_sees_are_left_out_and_markup_is_text(plan: Publication) -> None:
    home = doors.enter(at=clock.now())
    sent = {"stance": "against", "words": "太\x00贵\u202e<script>alert(1)</script>\r\n了"}
    assert home.post(f"/village/{WILLOW}/bulletin/{plan.ext_id}/say/", sent).status_code == 302

    assert Comment.objects.get().words == "太贵<script>alert(1)</script>\r\n了"


@pytest.mark.parametrize(
    "where",
    [
        f"{WILLOW}/poster/2026-13.pdf", f"{WILLOW}/poster/2026-1.pdf", f"{WILLOW}/poster/x.pdf",
        f"{WILLOW}/poster/1999-01.pdf", f"{WILLOW}/poster/%00.pdf", f"{STONE}9/poster/2026-10.pdf",
        f"{WILLOW}/poster/{'9' * 999}.pdf", f"{WILLOW}/poster/0000-00.pdf",
    ],
    ids=range(8),
)  # fmt: skip
def test_a_poster_of_no_month_is_not_found(world: World, where: str) -> None:
    assert Client().get(f"/village/{where}").status_code == 404


@pytest.mark.parametrize(
    "where",
    ["village/%00/", "works/%00/", "asset/%00/", "v/%00/", "tenders/%00/", "projects/%00/",
     f"village/{WILLOW}/bulletin/%00/", f"village/{WILLOW}/pay/%00/"],
    ids=range(8),
)  # fmt: skip
def test_an_address_with_a_sign_that_cannot_be_is_not_found(world: World, where: str) -> None:
    assert Client().get(f"/{where}").status_code == 404


def test_a_filter_with_a_sign_that_cannot_be_is_a_bad_request(world: World) -> None:
    assert Client().get(f"/village/{WILLOW}/bulletin/?item=%00").status_code == 400
    assert Client().get(f"/village/{WILLOW}/bulletin/?item=x").status_code == 200
