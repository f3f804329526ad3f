"""Letters at the public door and in the office, through HTTP: nothing kept, nothing shown twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sanzi.audit.models import Event
from sanzi.voice.models import Complaint, State
from worlds import letters
from worlds.village import WILLOW, World

pytestmark = pytest.mark.django_db
WRITE = f"/village/{WILLOW}/letter/"
FOLLOW = "/letters/"
XSS = "<script>alert(1)</script>“\"'&"


@pytest.fixture
def world(db: None) -> World:
    return letters.build()


def token(client: Client) -> str:
    page = client.get(WRITE).content.decode()
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def send(client: Client, **more: Any) -> str:
    body = {
        "token": token(client), "kind": "corruption", "words": XSS * 2, "place": XSS,
        "is_named": "no", "do": "send", **more,
    }  # fmt: skip
    answer = client.post(WRITE, body, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="PhoneSeven")
    assert answer.status_code == 200
    return answer.content.decode()


def receipt_in(page: str) -> str:
    found = re.search(r'<p class="code">([0-9A-Z-]{19})</p>', page)
    assert found, page
    return found[1]


def test_a_letter_without_a_name_leaves_no_address_device_or_session(world: World) -> None:
    client = Client()
    photo = SimpleUploadedFile("a.jpg", letters.picture(), "image/jpeg")

    code = receipt_in(send(client, photos=[photo], accused=[letters.SECRETARY]))

    assert Session.objects.count() == 0
    assert "sessionid" not in client.cookies
    kept = str(list(Event.objects.values())) + str(list(Complaint.objects.values()))
    assert "203.0.113.77" not in kept
    assert "PhoneSeven" not in kept
    assert code not in kept
    assert [one.actor_id for one in Event.objects.filter(kind__startswith="voice.complaint")] == [
        None, None,
    ]  # fmt: skip


def test_its_writer_follows_it_by_the_code_and_every_text_is_escaped(world: World) -> None:
    client = Client()
    code = receipt_in(send(client))

    answer = client.post(FOLLOW, {"code": code, "do": "open"})

    page = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "清河镇 镇纪委" in page


def test_a_wrong_code_shows_the_same_page_as_no_letter_at_all(world: World) -> None:
    client = Client()
    code = receipt_in(send(client))
    wrong = ("0" if code[0] != "0" else "1") + code[1:]

    pages = {
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", client.post(
            FOLLOW, {"code": one, "do": "agree"}).content.decode())
        for one in (wrong, "", "ZZZZ")
    }  # fmt: skip

    assert len(pages) == 1
    assert Complaint.objects.get().state == State.DISPATCHED


def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World) -> None:
    client = Client()

    page = send(client, kind="", words="路灯不亮，三个月了。")

    assert "还没有选是哪一类事" in page
    assert "路灯不亮，三个月了。" in page
    assert not Complaint.objects.exists()


def test_a_threat_is_one_tap_and_agreeing_is_another(world: World) -> None:
    client = Client()
    code = receipt_in(send(client))

    page = client.post(FOLLOW, {"code": code, "do": "threat"}).content.decode()

    assert "上一级已经收到" in page
    assert Complaint.objects.get().threatened_at is not None
    refused = client.post(FOLLOW, {"code": code, "do": "agree"}).content.decode()
    assert "不能评价" in refused
    assert Complaint.objects.get().closed_at is None


def test_a_post_without_the_form_s_own_mark_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(WRITE, {"words": "x"}).status_code == 403
    assert client.post(FOLLOW, {"code": "x"}).status_code == 403


def test_a_film_of_100_megabytes_is_refused_in_words_before_it_is_read() -> None:
    answer = Client().post(
        WRITE, b"", content_type="video/mp4", CONTENT_LENGTH=str(100 * 1024 * 1024),
        HTTP_ACCEPT="text/html",
    )  # fmt: skip

    assert answer.status_code == 413
    assert "不收录像" in answer.content.decode()


def test_the_web_servers_keep_no_line_of_who_asked() -> None:
    root = Path(__file__).parents[3]

    nginx = (root / "deploy" / "nginx.conf").read_text("utf-8")
    assert "access_log off;" in nginx
    place = nginx.split("location ~ ^/(letters/|village/[0-9]+/letter/)")[1].split("}")[0]
    assert "error_log /dev/null crit;" in place
    assert "X-Forwarded-For" not in place
    for file in (
        root / "deploy" / "sanzi-web.service",
        root / "src/sanzi/interfaces/cli/commands/demo.py",
    ):
        assert "--access-log" not in file.read_text("utf-8")


def test_the_page_of_a_village_leads_to_the_letter(world: World) -> None:
    assert (
        reverse("portal:voice", args=[WILLOW])
        in Client().get(reverse("portal:village", args=[WILLOW])).content.decode()
    )


def test_a_writer_sees_his_photos_again_with_his_code_alone(world: World) -> None:
    client = Client()
    photo = SimpleUploadedFile("a.jpg", letters.picture(), "image/jpeg")
    code = receipt_in(send(client, photos=[photo], accused=[letters.SECRETARY]))
    assert "看第1张照片" in client.post(FOLLOW, {"code": code, "do": "open"}).content.decode()

    sent = client.post(FOLLOW, {"code": code, "do": "own", "number": "1"})

    assert (sent["Content-Type"], sent.content[:4]) == ("image/webp", b"RIFF")
    assert "no-store" in sent["Cache-Control"]
    other = ("0" if code[0] != "0" else "1") + code[1:]
    for wrong in ({"code": other, "number": "1"}, {"code": code, "number": "2"}, {"code": code}):
        assert client.post(FOLLOW, {"do": "own", **wrong}).status_code == 404
