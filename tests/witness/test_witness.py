"""A witness over real HTTP: it cosigns what begins with what it saw, and accuses what does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from sanzi.audit import actions as audit
from sanzi.kernel import key_turns, notes
from sanzi.kernel.merkle import SHA256, SM3
from sanzi.kernel.notes import Note
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, key_turning, keys, rules
from sanzi.transparency.models import Checkpoint, Leaf, Log, Tile
from sanzi_witness import main as program
from sanzi_witness.log import address
from worlds import village

pytestmark = pytest.mark.django_db(transaction=True)
AT = int(village.AT.timestamp())


@pytest.fixture
def log(live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A log with three leaves, served; returns its address."""
    known = replace(settings.SANZI, log_keys=tmp_path / "keys", log_witnesses=tmp_path / "known")
    monkeypatch.setattr(settings, "SANZI", known)
    (tmp_path / "known").write_text("", encoding="utf-8")
    grow(3)
    return f"{live_server.url}/log"


def grow(count: int) -> None:
    for number in range(count):
        audit.write(
            chain="A", kind="tests.thing.done", by=SYSTEM, at=village.AT,
            subject=("thing", str(number)),
        )  # fmt: skip
    actions.work(village.AT)


def look(log: str, folder: Path, *more: str) -> int:
    own = [word for one in keys.verifiers() for word in ("--key", one.text())]
    return program.main(
        ["--log", log, "--folder", str(folder), "--name", "town.example", *own, *more]
    )


def sign_anew(size: int) -> None:
    """Sign the log as it is now as its head of a size, with the county's own keys."""
    tiles = rules.Tiles(size, program_tile)
    head = notes.Checkpoint(settings.SANZI.log_origin, size, tiles.root(SHA256), tiles.root(SM3))
    note = Note(head.text()).signed(*(one.sign(head.text()) for one in keys.signers()))
    Checkpoint.objects.filter(size__gte=size).delete()
    Checkpoint.objects.create(size=size, note=note.whole(), signed_at=village.AT)


def program_tile(place: rules.Place) -> rules.Hashes | None:
    found = Tile.objects.filter(level=place[0], index=place[1]).first()
    return {"sha256": bytes(found.sha256), "sm3": bytes(found.sm3)} if found else None


def test_it_follows_a_log_that_only_grows(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look(log, tmp_path / "w") == program.WHOLE
    grow(300)
    assert look(log, tmp_path / "w") == program.WHOLE
    assert look(log, tmp_path / "w") == program.WHOLE
    assert capsys.readouterr().out.splitlines() == [
        "没有改过历史：第一次看，现在3条。",
        "没有改过历史：上次3条，现在303条。",
        "没有改过历史：上次303条，现在303条。",
    ]
    note = notes.read((tmp_path / "w" / "last.note").read_text(encoding="utf-8"))
    assert {one.name for one in note.signatures} == {"localhost:8000/log", "town.example"}


def test_its_cosignature_stands_under_the_head(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look(log, tmp_path / "w", "--keys") == program.WHOLE
    own = capsys.readouterr().out.splitlines()
    assert look(log, tmp_path / "w", "--send") == program.UNREAD, "nobody knows it yet"
    (tmp_path / "known").write_text("\n".join(own), encoding="utf-8")
    assert look(log, tmp_path / "w", "--send") == program.WHOLE
    witnesses = [notes.read_verifier(one) for one in own]
    assert notes.read(Checkpoint.objects.get().note).signers(witnesses) == witnesses


def test_a_rewritten_log_signed_anew_is_accused(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from flushing import lifted_triggers

    assert look(log, tmp_path / "w") == program.WHOLE
    with lifted_triggers():
        Leaf.objects.filter(index=1).update(text="another")
        fresh = rules.Tiles(0, lambda _: None)
        fresh.append(one.text.encode() for one in Leaf.objects.order_by("index"))
        Tile.objects.filter(level=0, index=0).update(**fresh.changed[0, 0])
        sign_anew(3)
    assert look(log, tmp_path / "w") == program.REWRITTEN
    assert "改过历史" in capsys.readouterr().out
    [folder] = (tmp_path / "w").glob("contradiction-*")
    both = [notes.read(one.read_text(encoding="utf-8")) for one in sorted(folder.iterdir())]
    assert all(one.signers(keys.verifiers()) == keys.verifiers() for one in both)
    assert both[0].text != both[1].text


def test_a_log_cut_short_and_signed_anew_is_accused(log: str, tmp_path: Path) -> None:
    from flushing import lifted_triggers

    assert look(log, tmp_path / "w") == program.WHOLE
    with lifted_triggers():
        Leaf.objects.filter(index=2).delete()
        fresh = rules.Tiles(0, lambda _: None)
        fresh.append(one.text.encode() for one in Leaf.objects.order_by("index"))
        Tile.objects.filter(level=0, index=0).update(**fresh.changed[0, 0])
        Log.objects.update(size=2)
        sign_anew(2)
    assert look(log, tmp_path / "w") == program.REWRITTEN


def test_a_head_over_other_tiles_is_not_cosigned_at_first_sight(log: str, tmp_path: Path) -> None:
    from flushing import lifted_triggers

    with lifted_triggers():
        Tile.objects.filter(level=0, index=0).update(sm3=bytes(96))
    assert look(log, tmp_path / "w") == program.REWRITTEN
    assert not (tmp_path / "w" / "last.note").exists()


def test_it_follows_a_turned_key_by_what_the_old_one_signed(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pinned = known_as_options()
    assert look_with(pinned, log, tmp_path / "w") == program.WHOLE
    for _ in range(2):
        key_turning.turn(by=SYSTEM, at=village.AT)
        grow(2)

    assert look_with(pinned, log, tmp_path / "w") == program.WHOLE
    assert capsys.readouterr().out.splitlines()[-1] == "没有改过历史：上次3条，现在9条。"


def test_it_follows_no_turn_that_was_tampered_with_and_none_of_a_lost_key(
    log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pinned = known_as_options()
    key_turning.turn(by=SYSTEM, at=village.AT)
    grow(2)
    [file] = (tmp_path / "keys" / "turns").iterdir()
    whole = file.read_text(encoding="utf-8")
    shown = "turned 3" if "turned 3" in whole else ""
    assert shown, "the turn tells until when"
    known = key_turns.read_all(whole)
    own = [notes.read_verifier(one) for one in pinned[1::2]]
    assert key_turns.follow(own, known)[-1].keys == tuple(keys.verifiers())
    with pytest.raises(notes.BadNote):
        key_turns.read_all(whole.replace(shown, "turned 2"))

    key_turning.turn(by=SYSTEM, at=village.AT, lost=[one.text() for one in keys.verifiers()])
    grow(2)
    assert look_with(pinned, log, tmp_path / "w") == program.UNREAD
    assert "its keys were lost" in capsys.readouterr().err
    assert not (tmp_path / "w" / "last.note").exists()


def known_as_options() -> list[str]:
    return [word for one in keys.verifiers() for word in ("--key", one.text())]


def look_with(pinned: list[str], log: str, folder: Path) -> int:
    return program.main(["--log", log, "--folder", str(folder), "--name", "town.example", *pinned])


def test_what_cannot_be_read_is_no_verdict(log: str, tmp_path: Path) -> None:
    assert look("http://127.0.0.1:9/log", tmp_path / "w") == program.UNREAD
    stranger = notes.new_signer("localhost:8000/log", notes.ED25519).verifier.text()
    assert program.main(["--log", log, "--folder", str(tmp_path / "w"), "--key", stranger]) == 2
    assert program.main(["--log", log, "--folder", str(tmp_path / "w"), "--key", "none"]) == 2
    assert not (tmp_path / "w" / "last.note").exists()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tile/0/000.p/3", 200), ("tile/0/000.p/2", 200), ("sm3/tile/0/000.p/3", 200),
        ("tile/entries/000.p/3", 200), ("tile/0/000", 404), ("tile/0/000.p/4", 404),
        ("tile/0/001.p/1", 404), ("tile/1/000.p/1", 404), ("tile/0/0", 404), ("tile/9/000", 404),
        ("tile/0/000.p/256", 404), ("tile/0/000.p/0", 404), ("tile/entries/000", 404),
        ("tile/0/x000/x999/999.p/1", 404), ("proof/event/1", 404), ("proof/publication/no", 404),
    ],
)  # fmt: skip
def test_files_of_the_log_are_there_or_are_not(
    log: str, client: Any, path: str, status: int
) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == status
    if status == 200 and "entries" not in path:
        assert len(answer.content) == 32 * int(path.rsplit("/", 1)[1])


@pytest.mark.parametrize(
    ("index", "path"),
    [(0, "000"), (999, "999"), (1000, "x001/000"), (1_234_067, "x001/x234/067")],
)
def test_addresses_of_tiles_are_those_of_the_specification(index: int, path: str) -> None:
    assert address(index) == path
