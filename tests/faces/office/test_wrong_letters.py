"""Wrong input in every form of the letters' office: refused in words, and nothing changed."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from faces.office.test_letters import HERE, browser, unlock
from sanzi.kernel import clock
from sanzi.voice.models import Complaint
from worlds import letters
from worlds.village import AT, World

KEEPER, CIVIL = "town_discipline_office", "town_civil_office"
SHORT = ("", " \n", "好", "\x00\x00\x00\x00\x00\x00\x00\x00", "\u202e" * 9)


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return letters.build()


def counted() -> dict[str, int]:
    return {
        one._meta.db_table: one._base_manager.count()
        for one in apps.get_models()
        if one._meta.app_label in ("voice", "audit")
    }


def refused(client: Any, url: str, sent: dict[str, Any], said: str) -> None:
    """Assert that a form is answered with a sentence, and that no letter and no log changed."""
    rows, before = list(Complaint.objects.order_by("pk").values()), counted()
    page = client.post(url, sent, follow=True)
    assert page.status_code == 200, sent
    assert said in page.content.decode(), sent
    assert "Traceback" not in page.content.decode()
    assert (list(Complaint.objects.order_by("pk").values()), counted()) == (rows, before), sent


def test_an_answer_more_time_and_the_writer_need_words_that_can_be_read(world: World) -> None:
    _, one = letters.write(is_named=True)
    client, here = browser(world, KEEPER), f"{HERE}{one.ext_id}/"
    unlock(client)
    client.post(here, {"do": "take"})

    for words in SHORT:
        refused(client, here, {"do": "answer", "words": words}, "写得太短")
        refused(client, here, {"do": "extend", "words": words}, "写得太短")
        refused(client, f"{here}writer/", {"words": words}, "写得太短")
    long = "长" * 2001
    refused(client, here, {"do": "answer", "words": long}, "写得太长")
    refused(client, here, {"do": "take"}, "不能接办")
    refused(client, here, {"do": "pass_on", "kind": "other", "words": "不归我们管的事"}, "不能转办")
    refused(client, here, {"do": "close", "words": "写信人一直没有回话"}, "不能办结")


def test_without_the_key_nothing_is_answered(world: World) -> None:
    _, one = letters.write(is_named=True)
    client, here = browser(world, KEEPER), f"{HERE}{one.ext_id}/"
    client.post(here, {"do": "take"})

    refused(client, here, {"do": "answer", "words": "已经查清，钱退回来了"}, "钥匙")
    refused(client, f"{here}writer/", {"words": "要打电话核实是哪张发票"}, "钥匙")


@pytest.mark.parametrize(
    "kind", ["", "nobody", "petition", "'; --", pytest.param("x" * 10_000, id="long"), "\x00"]
)
def test_an_open_letter_is_passed_on_to_a_kind_that_is_one(world: World, kind: str) -> None:
    _, one = letters.write(kind="petition", accused=())
    role = one.route_role
    client, here = browser(world, role), f"{HERE}{one.ext_id}/"
    client.post(here, {"do": "take"})

    refused(client, here, {"do": "pass_on", "kind": kind, "words": "这件事归别的口管"}, "一类")


@pytest.mark.parametrize("do", ["", "burn", "take ", "\x00", "ANSWER"])
def test_a_deed_that_is_none_is_not_found(world: World, do: str) -> None:
    _, one = letters.write()
    client, before = browser(world, KEEPER), counted()

    assert client.post(f"{HERE}{one.ext_id}/", {"do": do, "words": "写了几个字"}).status_code == 404
    assert client.post(f"{HERE}none-{'9' * 99}/", {"do": "take"}).status_code == 404
    assert counted() == before


@pytest.mark.parametrize(
    "file",
    [b"", b"{}", b"\xff\xfe\x00", b'{"format": 1}', b"[" * 9_000, b"null", b"A" * 99_999],
    ids=["empty", "bare", "binary", "old", "nested", "null", "long"],
)
def test_a_file_that_is_no_key_opens_nothing(world: World, file: bytes) -> None:
    client = browser(world, KEEPER)
    sent = {"do": "open", "passphrase": letters.PASSPHRASE,
            "file": SimpleUploadedFile("key.json", file)}  # fmt: skip

    refused(client, f"{HERE}key/", sent, "钥匙")
    assert "letter_key" not in client.cookies


@pytest.mark.parametrize(
    ("one", "other"),
    [("", ""), ("短", "短"), ("这是一个够长的口令一二三", "不一样"), ("\x00" * 20, "")],
)
def test_a_new_key_needs_two_long_passphrases_that_agree(
    world: World, one: str, other: str
) -> None:
    client = browser(world, KEEPER)

    refused(client, f"{HERE}key/new/", {"passphrase": one, "again": other}, "口令")
