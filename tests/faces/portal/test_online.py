"""What a villager does at the public door in a browser: read, prove, hand in, follow, fetch."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanzi.disclosure.models import Application
from sanzi.kernel import clock
from sanzi.matters import catalogue, plain
from sanzi.matters.models import Case
from sanzi.registers.seals.models import Service
from worlds import cases, doors, walks
from worlds.village import STONE, WILLOW, World

pytestmark = pytest.mark.django_db
HERE = f"/village/{WILLOW}/"
FORM = f"{HERE}powers/M35/apply/"
NAMES = ("王小芳", "李大山", "赵别家")


@pytest.fixture
def world(db: None) -> World:
    return doors.build()


@pytest.fixture
def home(world: World) -> Client:
    """A browser in which the household of 王小芳 has proved itself."""
    return doors.enter(at=clock.now())


def token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def send(home: Client, url: str = FORM, **changed: Any) -> Any:
    page = home.get(url).content.decode()
    return home.post(url, {**doors.CERTIFICATE, "token": token(page), **changed})


def number_of(answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1])


def test_the_powers_of_a_village_are_told_in_plain_words(world: World) -> None:
    page = Client().get(f"{HERE}powers/").content.decode()

    assert set(plain.words()) == {one.code for one in catalogue.powers()}
    for matter in catalogue.matters().values():
        assert plain.of(matter).what in page
        assert f'href="{HERE}powers/{matter.code}/"' in page
    assert page.count("网上办。") == 6
    assert "<script>" not in page
    assert Client().get(f"/village/{STONE}9/powers/").status_code == 404


def test_one_power_says_what_who_how_long_and_is_drawn_as_a_list(world: World) -> None:
    page = Client().get(f"{HERE}powers/M26/").content.decode()

    for words in ("县民政局批", "最多32个工作日定下来", "核对授权书", "网上办：申请救助、低保"):
        assert words in page
    assert page.count('class="dot"') == len(catalogue.matters()["M26"].steps)
    assert '<ol class="tl flow">' in page
    other = Client().get(f"{HERE}powers/M10/").content.decode()
    assert "到村里办" in other
    assert "20万元起才有这一步" in other
    assert Client().get(f"{HERE}powers/M99/").status_code == 404


@pytest.mark.parametrize("code", [one.code for one in catalogue.powers()])
def test_every_power_has_its_page(world: World, code: str) -> None:
    page = Client().get(f"{HERE}powers/{code}/")

    assert page.status_code == 200
    assert "多久" in page.content.decode()
    is_online = catalogue.matters()[code].online is not None
    assert Client().get(f"{HERE}powers/{code}/apply/").status_code == (302 if is_online else 404)


def test_the_proof_comes_first_and_leads_back_to_the_form(world: World) -> None:
    browser = Client()
    assert browser.get(FORM).headers["Location"] == f"{HERE}family/"
    assert "先证明是您家的人" in browser.get(f"{HERE}family/").content.decode()
    code = doors.code_of("H1", clock.now())

    opened = browser.post(f"{HERE}family/", {"name": "王小芳", "code": code})

    assert opened.headers["Location"] == FORM
    page = browser.get(FORM)
    assert "no-store" in page.headers["Cache-Control"]
    text = page.content.decode()
    assert "王*芳（您本人）" in text
    assert "李*山" in text
    assert not any(name in text for name in NAMES)
    assert not re.search(r"\bV2\b", text), "a token may hold the letters, a value may not"
    assert "<script>" not in text


def test_a_form_is_handed_in_with_a_photo_and_gives_a_receipt(home: Client) -> None:
    photo = SimpleUploadedFile("IMG_1.jpg", cases.photo(3), "image/jpeg")
    answer = send(home, **{"paper-other": photo})
    page = home.get(answer.headers["Location"])

    text = page.content.decode()
    number = number_of(answer)
    assert "交上去了" in text
    assert number in text
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    assert "等着：登记" in text
    assert "交了1份材料" in text
    assert "居住情况" in text
    assert "no-store" in page.headers["Cache-Control"]
    assert not any(name in text for name in NAMES)
    own = home.get(f"{HERE}family/money/").content.decode()
    assert f"{HERE}family/matters/{number}/" in own
    assert "孩子上学" in own


def test_the_button_pressed_twice_makes_one_case(home: Client) -> None:
    page = home.get(FORM).content.decode()
    sheet = {**doors.CERTIFICATE, "token": token(page)}
    first, again = home.post(FORM, sheet), home.post(FORM, sheet)

    assert first.headers["Location"] == again.headers["Location"]
    assert (Case.objects.count(), Application.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"purpose": ""}, "用在哪里"),
        ({"applicant_person_id": "V2"}, "要选您家里的人"),
        ({"item_code": "no_crime"}, "派出所"),
        ({"paper-other": SimpleUploadedFile("a.jpg", b"MZ program", "image/jpeg")}, "内容不是照片"),
    ],
)
def test_a_refused_form_comes_back_as_typed_and_leaves_nothing(
    home: Client, changed: dict[str, Any], words: str
) -> None:
    answer = send(home, **{"purpose": "镇小学报名", **changed})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "还没有交上去" in text
    assert words in text
    assert changed.get("purpose", "镇小学报名") in text
    assert (Case.objects.count(), Application.objects.count()) == (0, 0)


def test_a_form_without_its_token_or_without_the_proof_makes_nothing(home: Client) -> None:
    assert home.post(FORM, doors.CERTIFICATE).status_code == 404
    assert Client().post(FORM, doors.CERTIFICATE).status_code == 302
    assert Case.objects.count() == 0


def test_the_sealed_paper_is_fetched_by_its_household_alone(world: World, home: Client) -> None:
    number = number_of(send(home))
    walk = walks.Walk(world, number, clock.now())
    paper = f"{HERE}family/matters/{number}/paper/1/"
    assert home.get(paper).status_code == 404
    walk.approve("village_clerk", "committee_member")
    sealing = walks.Walk(world, Service.objects.get().seal_case_number, walk.at, photos=50)
    sealing.record("seal_keeper", {"is_used": "yes"}, ("before_photo", "after_photo"))

    assert paper in home.get(f"{HERE}family/matters/{number}/").content.decode()
    answer = home.get(paper)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert home.get(f"{HERE}family/matters/{number}/paper/2/").status_code == 404
    stranger = doors.enter("赵别家", "H2", clock.now())
    for url in (paper, paper.replace("paper/1/", ""), paper.replace("paper/1/", "again/")):
        assert stranger.get(url).status_code == 404
        assert Client().get(url).status_code == 302


def test_a_returned_one_shows_the_reason_and_is_put_right(world: World, home: Client) -> None:
    number = number_of(send(home))
    doors.send_back(world, number, clock.now())
    page = f"{HERE}family/matters/{number}/"
    text = home.get(page).content.decode()
    assert "退回来了" in text
    assert "写清哪个学校" in text
    assert "交上去了" not in text

    again = home.get(f"{page}again/").content.decode()
    assert 'value="孩子上学"' in again
    sheet = {**doors.CERTIFICATE, "purpose": "镇小学报名", "token": token(again)}
    refused = home.post(f"{page}again/", {**sheet, "purpose": ""})
    assert "还没有交上去" in refused.content.decode()
    assert home.post(f"{page}again/", sheet).headers["Location"] == page

    assert "镇小学报名" in home.get(page).content.decode()
    assert Case.objects.get().state == "SUBMITTED"
    assert home.get(f"{page}again/").status_code == 302


def test_it_is_withdrawn_and_a_late_wish_to_is_refused(world: World, home: Client) -> None:
    number = number_of(send(home))
    page = f"{HERE}family/matters/{number}/"
    assert "撤回这一件" in home.get(page).content.decode()
    stranger = doors.enter("赵别家", "H2", clock.now())
    assert stranger.post(f"{page}withdraw/").status_code == 404
    assert home.get(f"{page}withdraw/").status_code == 405
    home.post(f"{page}withdraw/")
    assert "您撤回了" in home.get(page).content.decode()

    late = number_of(send(home))
    walks.Walk(world, late, clock.now()).approve("village_clerk", "committee_member")
    refused = home.post(f"{HERE}family/matters/{late}/withdraw/").content.decode()
    assert "撤不回" in refused
    assert Case.objects.get(number=late).state == "APPROVED"


def test_a_receipt_shows_the_course_and_nothing_of_what_was_said(home: Client) -> None:
    answer = send(home)
    number = number_of(answer)
    text = home.get(answer.headers["Location"]).content.decode()
    found = re.search(r'class="code">([0-9A-Z]{4}-[0-9A-Z]{4})<', text)
    assert found is not None
    browser = Client()

    wrong = browser.post(f"{HERE}receipt/", {"number": number, "code": "ZZZZ-ZZZZ"})
    assert "对不上" in wrong.content.decode()
    assert browser.get(f"{HERE}receipt/matter/").status_code == 302
    opened = browser.post(f"{HERE}receipt/", {"number": number, "code": found[1].lower()})
    page = browser.get(opened.headers["Location"])
    shown = page.content.decode()
    assert "等着：登记" in shown
    assert "孩子上学" not in shown
    assert "no-store" in page.headers["Cache-Control"]
    assert browser.get(f"{HERE}family/matters/{number}/").status_code == 302
    assert "用回执" in home.get(f"{HERE}family/money/").content.decode()


def test_what_is_late_says_so(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    number = number_of(send(home))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=59))
    assert "晚了" not in home.get(f"{HERE}family/matters/{number}/").content.decode()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=5))
    fresh = doors.enter(at=clock.now())
    assert "晚了" in fresh.get(f"{HERE}family/matters/{number}/").content.decode()
    assert "晚了" in fresh.get(f"{HERE}family/money/").content.decode()


def test_the_public_pages_hold_no_name_after_somebody_asked(home: Client) -> None:
    send(home)
    for url in ("", "powers/", "powers/M35/", "bulletin/", "receipt/", "items/"):
        text = Client().get(f"{HERE}{url}").content.decode()
        assert not any(name in text for name in NAMES)
        assert "孩子上学" not in text
