"""The station on the phone: from the list to the photo, and what the writer then reads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from faces.office.test_letters import browser
from sanzi.kernel import clock
from sanzi.voice.models import Complaint, Rectification, Visit
from worlds import letters
from worlds.village import AT, World

HERE = "/office/station/"
SAW, FIXED = "桥栏杆断了两根，<b>三米</b>长。", "换了两根新栏杆，刷了漆。"


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    found = letters.build()
    letters.add_station(found)
    return found


def urgent(**more: Any) -> tuple[str, Complaint]:
    given = {"kind": "urgent", "accused": (), "photos": (("a.jpg", letters.picture()),)}
    return letters.write(**{**given, **more})


def taken(colour: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG.jpg", letters.picture(colour=colour), "image/jpeg")


def test_from_the_list_to_the_spot_to_the_writer(world: World) -> None:
    code, one = urgent(is_named=True)
    client, here = browser(world, "supervision_member"), f"{HERE}{one.ext_id}/"

    listed = client.get(HERE).content.decode()
    assert "1件等着去看" in listed
    assert here in listed
    page = client.get(here).content.decode()
    assert letters.WORDS in page
    assert letters.NAME not in page
    assert client.get(f"{here}photo/1/")["Content-Type"] == "image/webp"
    answer = client.post(
        f"{here}visit/",
        {"finding": "REAL", "words": SAW, "place": "村口小桥", "photo": taken("red")},
    )
    assert answer["Location"] == here
    doer = f"person:{world.people['committee_member'].ext_id}"
    assert 'value="2026-11-12"' in client.get(f"{here}put-right/").content.decode()
    client.post(
        f"{here}put-right/",
        {"doer": doer, "done_date": "2026-11-12", "words": FIXED, "photo": taken("blue")},
    )

    follow = Client().post("/letters/", {"code": code, "do": "open"}).content.decode()
    for words in (
        "有人去看过了",
        "情况属实，在村口小桥",
        "&lt;b&gt;三米",
        FIXED,
        "改好了，您看行不行",
    ):
        assert words in follow
    seen = r'name="number" value="([0-9])"><button class="btn" type="submit" name="do" value="seen"'
    steps = re.findall(seen, follow)
    assert len(steps) == 2
    sent = Client().post("/letters/", {"code": code, "do": "seen", "number": steps[0]})
    assert (sent["Content-Type"], sent.content[:4]) == ("image/webp", b"RIFF")
    for wrong in ({"code": "WRONG", "number": "2"}, {"code": code, "number": "0"}, {"code": code}):
        assert Client().post("/letters/", {"do": "seen", **wrong}).status_code == 404
    letter = browser(world, "town_civil_office").get(f"/office/letters/{one.ext_id}/")
    assert FIXED in letter.content.decode()
    assert "改好了，等写信人看" in client.get(here).content.decode()


def test_what_is_refused_stands_in_the_form_with_the_words_still_there(world: World) -> None:
    _, one = urgent()
    client, here = browser(world, "supervision_member"), f"{HERE}{one.ext_id}/"

    page = client.post(f"{here}visit/", {"finding": "REAL", "words": SAW}).content.decode()
    assert "还没有拍" in page
    assert "&lt;b&gt;三米" in page
    page = client.post(f"{here}put-right/", {"doer": "person:X"}).content.decode()
    assert "还差2处" in page
    assert not Visit.objects.exists()
    assert not Rectification.objects.exists()


@pytest.mark.parametrize(
    ("role", "more"),
    [
        ("supervision_head", {"kind": "corruption"}),
        ("supervision_head", {"accused": (letters.SECRETARY,)}),
        ("village_secretary", {}),
        ("town_leader", {}),
        ("platform_admin", {}),
    ],
)
def test_everybody_else_meets_the_same_nothing(
    world: World, role: str, more: dict[str, Any]
) -> None:
    _, one = urgent(**more)
    client = browser(world, role)

    for path in ("", "photo/1/", "visit/", "put-right/"):
        assert client.get(f"{HERE}{one.ext_id}/{path}").status_code == 404
        sent = {"finding": "REAL", "words": SAW, "photo": taken("red")}
        assert client.post(f"{HERE}{one.ext_id}/{path}", sent).status_code == 404
    listed = client.get(HERE)
    assert listed.status_code == 404 or one.ext_id not in listed.content.decode()
    assert not Visit.objects.exists()


def test_the_same_over_the_wire(world: World) -> None:
    from sanzi.orgs.actions import tokens
    from sanzi.orgs.actors import SYSTEM

    _, one = urgent()
    user = world.users["supervision_member"].username
    made = tokens.make(username=user, days=2, title="", by=SYSTEM, at=AT)
    wire, api = Client(headers={"Authorization": f"Bearer {made.text}"}), "/api/v1/station/reports"

    (row,) = wire.get(f"{api}?standing=visit").json()
    assert (row["ext_id"], row["kind"]) == (one.ext_id, "urgent")
    sent = {"finding": "REAL", "words": SAW, "file": taken("red")}
    assert wire.post(f"{api}/{one.ext_id}/visits", sent).status_code == 201
    wrong = {"doer": "person:P-NONE", "done_date": "2026-11-12", "words": FIXED}
    refused = wire.post(
        f"{api}/{one.ext_id}/rectifications", {**wrong, "file": taken("blue")}
    ).json()
    assert refused["code"] == "voice.visit_wrong"
    right = {**wrong, "doer": f"person:{world.people['committee_member'].ext_id}"}
    done = wire.post(f"{api}/{one.ext_id}/rectifications", {**right, "file": taken("blue")})
    assert done.status_code == 201
    page = wire.get(f"{api}/{one.ext_id}").json()
    assert page["standing"] == "rectified"
    assert [step["action"] for step in page["steps"]][-2:] == ["visited", "put_right"]
    assert wire.get(f"{api}?standing=visit").json() == []
    assert Rectification.objects.get().ext_id == done.json()["ext_id"]
