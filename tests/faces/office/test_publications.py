"""A publication in the office: who takes it off the web, what the public sees in its place."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import Publication
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from worlds.cases import AT, Desk
from worlds.village import WILLOW

if TYPE_CHECKING:
    from faces.office.conftest import Officer

pytestmark = pytest.mark.django_db
WORDS = "二组十二号李小华"
WHY = "写了孩子的名字和住址"


@pytest.fixture
def one(desk: Desk) -> Publication:
    sheet = publishing.Sheet(
        WILLOW, "O-WILLOW", "V03", "后塘清淤的结果", {"kind": "结果", "facts": [["说明", WORDS]]}
    )
    return publishing.publish(sheet=sheet, by=SYSTEM, at=AT - timedelta(days=1))


def texts(page: str) -> str:
    return re.sub(r"\s+", "", page)


def test_the_town_takes_a_page_down_and_the_public_reads_why(
    officer: Officer, client: Client, one: Publication
) -> None:
    town, here = officer("town_agri_head"), reverse("office:publication", args=[one.ext_id])
    act = reverse("office:publication_withdraw", args=[one.ext_id])
    public = reverse("portal:publication", args=[WILLOW, one.ext_id])
    board = reverse("portal:bulletin", args=[WILLOW])
    assert WORDS in client.get(public).content.decode()
    page = town.get(here).content.decode()
    assert "还挂着" in page
    assert f'action="{act}"' in page
    assert f'href="{public}"' in page

    short = town.post(act, {"reason": "写错了"}, follow=True).content.decode()
    assert "至少写8个字" in short
    assert ">写错了</textarea>" in short, "what was typed is still there"
    assert WORDS in client.get(public).content.decode()

    done = town.post(act, {"reason": WHY}, follow=True).content.decode()
    assert "撤下了" in done
    assert "为什么撤" in done
    assert f'action="{act}"' not in done

    gone = client.get(public)
    assert gone.status_code == 410
    said = gone.content.decode()
    assert WHY in said
    assert "实施结果和评议" in said
    assert WORDS not in said
    assert "后塘清淤" not in said, "a title may be what leaks"
    listed = client.get(board).content.decode()
    assert WHY in listed
    assert "后塘清淤" not in listed
    assert "后塘清淤" not in client.get(f"{board}?item=V03").content.decode()

    again = town.post(act, {"reason": WHY}, follow=True).content.decode()
    assert "已经不在网上了" in again


def test_others_see_it_and_have_no_button(officer: Officer, one: Publication) -> None:
    here = reverse("office:publication", args=[one.ext_id])
    act = reverse("office:publication_withdraw", args=[one.ext_id])

    page = officer("village_secretary").get(here)

    assert page.status_code == 200
    assert act not in page.content.decode()
    assert officer("village_secretary").post(act, {"reason": WHY}).status_code == 404
    assert officer("stone_cashier").get(here).status_code == 404
    assert officer("stone_cashier").post(act, {"reason": WHY}).status_code == 404
    assert officer("town_agri_head").get(act).status_code == 405
    one.refresh_from_db()
    assert one.unpublished_at is None


def test_a_new_version_leads_on_from_the_old_one_that_is_gone(
    officer: Officer, client: Client, one: Publication
) -> None:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V03", "后塘清淤的结果", {"facts": []})
    new = publishing.publish(sheet=sheet, by=SYSTEM, at=AT, replaces=one, reason="遮住名字")
    old = reverse("portal:publication", args=[WILLOW, one.ext_id])
    town = officer("town_agri_head")
    assert "换过新的一份了" in town.get(
        reverse("office:publication", args=[one.ext_id])
    ).content.decode()  # fmt: skip

    town.post(reverse("office:publication_withdraw", args=[one.ext_id]), {"reason": WHY})

    on = reverse("portal:publication", args=[WILLOW, new.ext_id])
    assert f'href="{on}"' in client.get(old).content.decode()
    assert f'href="{old}"' in client.get(on).content.decode(), "why it went stays to be read"


def test_what_left_the_web_by_itself_is_absent(
    officer: Officer, client: Client, one: Publication
) -> None:
    Publication.objects.update(unpublished_at=AT)

    public = client.get(reverse("portal:publication", args=[WILLOW, one.ext_id]))
    page = officer("town_agri_head").get(reverse("office:publication", args=[one.ext_id]))

    assert public.status_code == 404
    assert "撤下的" not in client.get(reverse("portal:bulletin", args=[WILLOW])).content.decode()
    assert "到期撤下的" in page.content.decode()
    assert "publication_withdraw" not in page.content.decode()


def test_the_village_finds_it_on_its_desk(officer: Officer, one: Publication) -> None:
    act = reverse("office:publication_withdraw", args=[one.ext_id])
    officer("town_agri_head").post(act, {"reason": WHY})

    assert Notice.objects.filter(template="publication_withdrawn").exists()
    desk = officer("village_clerk").get(reverse("office:home")).content.decode()
    assert reverse("office:publication", args=[one.ext_id]) in desk
    assert WHY in desk


def test_what_was_published_is_listed_by_state_and_words_and_taken_away_as_a_table(
    officer: Officer, one: Publication
) -> None:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V03", "东塘清淤", {"facts": []})
    new = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    town, here = officer("town_agri_head"), reverse("office:publications")
    act = reverse("office:publication_withdraw", args=[one.ext_id])
    town.post(act, {"reason": WHY})

    def listed(**asked: str) -> set[str]:
        page = town.get(here, asked).content.decode()
        return {each for each in (one.ext_id, new.ext_id) if f"/publications/{each}/" in page}

    assert listed() == {one.ext_id, new.ext_id}
    assert listed(state="standing") == {new.ext_id}
    assert listed(state="withdrawn") == {one.ext_id}
    assert listed(state="replaced") == set()
    assert listed(text="东塘") == {new.ext_id}
    assert listed(village=WILLOW) == {one.ext_id, new.ext_id}
    assert "没有这样的" in town.get(here, {"text": "西塘"}).content.decode()
    table = b"".join(town.get(here, {"as": "csv"})).decode()
    assert f"{one.ext_id}," in table
    assert WHY in table
    assert one.ext_id not in officer("stone_cashier").get(here).content.decode()
    assert here in town.get(reverse("office:due")).content.decode()


def test_a_longer_list_asks_no_more_questions(
    officer: Officer, django_assert_max_num_queries, one: Publication
) -> None:
    for number in range(30):
        sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V03", f"第{number}份", {"facts": []})
        made = publishing.publish(sheet=sheet, by=SYSTEM, at=AT, replaces=one, reason="再改")
        one = made
    town = officer("town_agri_head")
    town.get(reverse("office:publications"))

    with django_assert_max_num_queries(14):
        page = town.get(reverse("office:publications")).content.decode()

    assert "第29份" in page
    assert "第3份" not in page, "twenty on a page"
