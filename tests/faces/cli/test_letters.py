"""`sanzi letters`: what is against the highest office leaves as ciphertext, opened outside."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from sanzi.interfaces.cli import letter_scene
from sanzi.interfaces.cli.main import main
from sanzi.voice import queries
from sanzi.voice.actions import keys
from sanzi.voice.models import Complaint, OfficeKey
from worlds import letters, village
from worlds.village import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(getpass, "getpass", lambda _words: letters.PASSPHRASE)
    return letters.build()


def test_letters_against_the_highest_office_are_handed_over_sealed_and_opened_there(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, folder = tmp_path / "key.json", tmp_path / "over"
    assert main(["letters", "--new-key", str(key)]) == 0
    public = capsys.readouterr().out.strip().splitlines()[-1]
    assert main(["letters", "--outside-key", public]) == 0
    assert OfficeKey.objects.get(role_code="outside", ended_at=None).public_key == public
    _, one = letters.write(
        accused=("office:O-county_cdi", "office:O-town_cdi"), is_named=True,
        photos=(("a.jpg", letters.picture()),),
    )  # fmt: skip
    letters.write(token="B" * 20)

    assert main(["letters", "--hand-over", str(folder)]) == 0
    [file] = folder.iterdir()
    assert file.name == f"{one.ext_id}.json"
    assert not any(
        text in file.read_text("utf-8") for text in (letters.WORDS, letters.NAME, letters.PHONE)
    )
    capsys.readouterr()
    photos = tmp_path / "photos"
    assert main(["letters", "--open", str(file), "--key", str(key), "--photos", str(photos)]) == 0
    said = capsys.readouterr().out
    assert letters.WORDS in said
    assert letters.PHONE in said
    assert (photos / "1.webp").read_bytes()[8:12] == b"WEBP"


def test_a_letter_that_was_changed_or_is_for_another_key_does_not_open(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letters.write(accused=("office:O-county_cdi", "office:O-town_cdi"))
    assert main(["letters", "--hand-over", str(tmp_path / "over")]) == 0
    [file] = (tmp_path / "over").iterdir()
    for number, office in enumerate((letters.TOWN_OFFICE, letters.OUTSIDE)):
        key = tmp_path / f"key{number}.json"
        key.write_text(letters.key_file(office), "utf-8")
        told = json.loads(file.read_text("utf-8"))
        if office == letters.OUTSIDE:
            told["parts"][0][1] = "place"
        file.write_text(json.dumps(told), "utf-8")

        assert main(["letters", "--open", str(file), "--key", str(key)]) == 2
        assert letters.WORDS not in capsys.readouterr().out


def test_the_demo_has_keys_and_letters_that_they_open(world: World, tmp_path: Path) -> None:
    OfficeKey.objects.all().delete()
    letter_scene.give_keys(tmp_path, [village.WILLOW], village.AT)
    letter_scene.leave_letters(village.WILLOW, village.AT)

    files = {one.stem: one.read_text("utf-8") for one in (tmp_path / "letter-keys").iterdir()}
    assert len(files) == 3
    sealed = Complaint.objects.get(kind="corruption")
    by = world.actor("town_discipline_office")
    text = next(text for name, text in files.items() if "镇" in name)
    opener = keys.open_file(text=text, passphrase=letter_scene.PASSPHRASE, by=by)
    assert queries.opened(by=by, ext_id=sealed.ext_id, opener=None).is_shut
    assert "小卖部" in queries.opened(by=by, ext_id=sealed.ext_id, opener=opener).words
    assert Complaint.objects.count() == 3
