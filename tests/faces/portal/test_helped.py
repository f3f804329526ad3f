"""Somebody helps an old villager on his phone: said on every page, written down, over by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from sanzi.audit.models import Event
from sanzi.disclosure import rules
from sanzi.disclosure.actions import helping, publishing
from sanzi.disclosure.errors import NoSuchHelper
from sanzi.disclosure.models import Comment, HouseholdLook
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from sanzi.voice import queries as letter_queries
from sanzi.voice.models import Complaint
from worlds import doors, letters
from worlds.village import AT, WILLOW, World

pytestmark = pytest.mark.django_db
HOME = f"/village/{WILLOW}/family/money/"
HELP = f"/village/{WILLOW}/family/help/"
BANNER = "亲属在帮忙"


class Now:
    """The hour, as the test turns it."""

    at: datetime = AT


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    found = Now()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def world(db: None, now: Now) -> World:
    return doors.build()


def helped_by(helper: str = "kin") -> Client:
    home = doors.enter(at=AT)
    answer = home.post(HELP, {"do": "begin", "helper": helper})
    assert answer["Location"] == HOME
    return home


def kinds() -> list[str]:
    rows = Event.objects.filter(kind__startswith="disclosure.help.").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_help_begins_after_the_proof_is_said_on_every_page_and_ends_on_one_tap(
    world: World,
) -> None:
    assert Client().get(HELP)["Location"] == f"/village/{WILLOW}/family/"
    home = helped_by()

    page = home.get(HOME).content.decode()
    assert BANNER in page
    assert "亲属帮着看" in page
    assert BANNER in home.get(f"/village/{WILLOW}/").content.decode()
    assert BANNER not in Client().get(f"/village/{WILLOW}/").content.decode()

    home.post(HELP, {"do": "end"})
    assert BANNER not in home.get(HOME).content.decode()
    assert kinds() == ["disclosure.help.begun", "disclosure.help.ended"]
    event = Event.objects.get(kind="disclosure.help.begun")
    assert event.subject_id == "H1"


def test_it_ends_by_itself_and_the_proof_with_it(world: World, now: Now) -> None:
    home = helped_by("near")
    assert "邻居在帮忙" in home.get(f"/village/{WILLOW}/").content.decode()

    home.get(HOME)
    now.at = AT + rules.HELP_LASTS + timedelta(seconds=1)

    assert "邻居在帮忙" not in home.get(f"/village/{WILLOW}/").content.decode()
    assert home.get(HOME)["Location"] == f"/village/{WILLOW}/family/"


@pytest.mark.parametrize("helper", ["", "cadre", "help_kin"])
def test_who_does_not_say_who_he_is_does_not_help(world: World, helper: str) -> None:
    home = doors.enter(at=AT)
    before = (Event.objects.count(), HouseholdLook.objects.count())

    page = home.post(HELP, {"do": "begin", "helper": helper}).content.decode()
    with pytest.raises(NoSuchHelper):
        helping.begin(helper=helper, by=doors.villager(), at=AT)

    assert "还没有选是谁在帮忙" in page
    assert (Event.objects.count(), HouseholdLook.objects.count()) == before
    assert "在帮忙。" not in home.get(HOME).content.decode()


def test_what_binds_is_asked_again_and_written_down_as_done_with_help(world: World) -> None:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V01", "东塘招租方案", {"facts": []})
    one = publishing.publish(sheet=sheet, by=SYSTEM, at=AT - timedelta(days=1))
    home, url = helped_by("station"), f"/village/{WILLOW}/bulletin/{one.ext_id}/say/"
    assert 'name="sure"' in home.get(url).content.decode()

    page = home.post(url, {"stance": "for", "words": ""}).content.decode()
    assert "要您自己点一下头" in page
    assert not Comment.objects.exists()
    assert kinds() == ["disclosure.help.begun"]
    home.post(url, {"stance": "for", "words": "", "sure": "yes"})

    assert Comment.objects.count() == 1
    assert kinds()[-1] == "disclosure.help.used"
    assert "帮着交了" in home.get(HOME).content.decode()


def test_nothing_is_asked_again_when_nobody_helps(world: World) -> None:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V01", "东塘招租方案", {"facts": []})
    one = publishing.publish(sheet=sheet, by=SYSTEM, at=AT - timedelta(days=1))
    home, url = doors.enter(at=AT), f"/village/{WILLOW}/bulletin/{one.ext_id}/say/"
    assert 'name="sure"' not in home.get(url).content.decode()

    home.post(url, {"stance": "for", "words": ""})

    assert Comment.objects.count() == 1
    assert kinds() == []


def test_a_letter_written_with_help_says_so_in_itself_and_nowhere_else(world: World) -> None:
    for office in (letters.TOWN_OFFICE, letters.COUNTY_OFFICE, letters.OUTSIDE):
        letters.give_key(office)
    home = helped_by()
    before = HouseholdLook.objects.count()
    sent: dict[str, Any] = {
        "token": "H" * 20, "kind": "business", "words": letters.WORDS, "is_named": "no",
        "do": "send",
    }  # fmt: skip
    page = home.post(f"/village/{WILLOW}/letter/", sent).content.decode()
    assert "要您自己点一下头" in page
    assert not Complaint.objects.exists()

    page = home.post(f"/village/{WILLOW}/letter/", {**sent, "sure": "yes"}).content.decode()

    code = page.split('<p class="code">')[1].split("</p>")[0]
    assert letter_queries.followed(code=code).helper == "亲属"
    assert (kinds(), HouseholdLook.objects.count()) == (["disclosure.help.begun"], before)
