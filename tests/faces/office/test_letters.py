"""Letters in the office: shut without the key, open for a quarter of an hour with it, 404 else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanzi.kernel import clock
from sanzi.voice.models import OfficeKey
from worlds import letters
from worlds.village import AT, World

HERE = "/office/letters/"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return letters.build()


def browser(world: World, role: str) -> Client:
    """Return a browser of an officer, second factor just shown."""
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator

    user = world.users[role]
    Authenticator.objects.get_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP")}},
    )
    client = Client()
    client.force_login(user)
    session = client.session
    session["second_factor_at"] = AT.timestamp()
    session.save()
    return client


def unlock(client: Client, passphrase: str = letters.PASSPHRASE) -> Any:
    file = SimpleUploadedFile("letter-key.json", letters.key_file().encode())
    return client.post(f"{HERE}key/", {"do": "open", "file": file, "passphrase": passphrase})


def test_a_sealed_letter_is_shut_until_the_office_opens_its_key(world: World) -> None:
    _, one = letters.write(photos=(("a.jpg", letters.picture()),), is_named=True)
    client, here = browser(world, "town_discipline_office"), f"{HERE}{one.ext_id}/"

    shut = client.get(here).content.decode()
    assert "信是封着的" in shut
    assert letters.WORDS not in shut
    assert client.get(f"{here}photo/1/").status_code == 404
    unlock(client, "猜的口令不会是这个吧")
    assert letters.WORDS not in client.get(here).content.decode()

    assert unlock(client).status_code == 302
    cookie = client.cookies["letter_key"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", HERE)
    assert letters.opener().private not in cookie.value
    assert letters.WORDS in client.get(here).content.decode()
    assert client.get(f"{here}photo/1/")["Content-Type"] == "image/webp"
    seen = client.post(f"{here}writer/", {"words": "要打电话核实是哪张发票"}).content.decode()
    assert letters.PHONE in seen


def test_the_opened_key_serves_one_log_in_and_a_quarter_of_an_hour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    _, one = letters.write()
    client, here = browser(world, "town_discipline_office"), f"{HERE}{one.ext_id}/"
    unlock(client)
    other = browser(world, "second_town_discipline_office")
    other.cookies["letter_key"] = client.cookies["letter_key"].value

    assert letters.WORDS not in other.get(here).content.decode()
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(minutes=16))
    assert letters.WORDS not in client.get(here).content.decode()


def test_from_the_list_to_the_answer(world: World) -> None:
    code, one = letters.write(kind="business", accused=())
    client, here = browser(world, "town_agri_head"), f"{HERE}{one.ext_id}/"
    assert "钱、工程、名单不对" in client.get(HERE).content.decode()

    client.post(here, {"do": "take"})
    client.post(here, {"do": "answer", "words": "<b>查过了，发票退回</b>"})

    page = Client().post("/letters/", {"code": code, "do": "open"}).content.decode()
    assert "&lt;b&gt;查过了，发票退回&lt;/b&gt;" in page
    assert "满意，可以办结" in page
    assert "答复了" in client.get(f"{HERE}?state=done").content.decode()


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("village_secretary", "corruption"),
        ("cashier_reporter", "corruption"),
        ("platform_admin", "corruption"),
        ("platform_admin", "business"),
        ("town_head", "corruption"),
        ("village_secretary", "own_matter"),
        ("village_clerk", "own_matter"),
    ],
)
def test_everybody_else_meets_the_same_nothing(world: World, role: str, kind: str) -> None:
    _, one = letters.write(kind=kind)
    client = browser(world, role)

    for path in (f"{HERE}{one.ext_id}/", f"{HERE}{one.ext_id}/photo/1/", f"{HERE}key/"):
        assert client.get(path).status_code == 404
    for path in (f"{HERE}{one.ext_id}/", f"{HERE}{one.ext_id}/writer/"):
        assert client.post(path, {"do": "take", "words": "x" * 20}).status_code == 404
    listed = client.get(HERE)
    assert listed.status_code == 404 or one.ext_id not in listed.content.decode()


def test_an_office_takes_its_new_key_away_as_a_file_once(world: World) -> None:
    OfficeKey.objects.filter(role_code="town_discipline_office").delete()
    client, words = browser(world, "town_discipline_office"), "一句只有我们两个记得的话"
    assert "还没有钥匙" in client.get(f"{HERE}key/").content.decode()

    wrong = {"passphrase": words, "again": "不一样的话不一样的话"}
    client.post(f"{HERE}key/new/", wrong)
    assert not OfficeKey.objects.filter(role_code="town_discipline_office").exists()
    answer = client.post(f"{HERE}key/new/", {"passphrase": words, "again": words})

    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert OfficeKey.objects.get(role_code="town_discipline_office").public_key in (
        answer.content.decode()
    )


def test_the_town_follows_counts_only(world: World) -> None:
    _, one = letters.write()
    letters.write(kind="business", accused=(), token="B" * 20)

    page = browser(world, "town_head").get(f"{HERE}counts/").content.decode()

    assert "一年来收到2封信" in page
    assert one.ext_id not in page
    assert "柳湾" not in page.split("<main", 1)[1].split("</main>")[0]


def test_the_discipline_office_sends_a_letter_on_from_its_page(world: World) -> None:
    code, one = letters.write(kind="petition", accused=())
    client, here = browser(world, "town_discipline_office"), f"{HERE}{one.ext_id}/"
    page = client.get(here).content.decode()
    assert 'value="business:0"' in page
    assert "转给该办的单位" not in browser(world, "town_leader").get(here).content.decode()

    client.post(
        here, {"do": "send_on", "office": "business:0", "words": "这件事归农经管，请答复。"}
    )

    assert one.ext_id in browser(world, "town_agri_head").get(HERE).content.decode()
    follow = Client().post("/letters/", {"code": code, "do": "open"}).content.decode()
    assert "纪委转给该办的单位" in follow
    assert "这件事归农经管，请答复。" in follow
