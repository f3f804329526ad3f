"""Keys grow old and are lost: old heads stay true by the old keys, new ones by the new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from sanzi.audit import actions as audit
from sanzi.audit.models import Event
from sanzi.disclosure import verifier_page
from sanzi.interfaces.cli.main import main
from sanzi.kernel import key_turns, notes
from sanzi.kernel.notes import BadNote, Note
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, key_turning, keys, queries
from sanzi.transparency.errors import KeysNotTurned
from sanzi.transparency.models import Checkpoint
from worlds import village
from worlds.village import AT

pytestmark = pytest.mark.django_db
LEVELS = (("town", "镇里"),)


@pytest.fixture(autouse=True)
def _log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = replace(settings.SANZI, log_keys=tmp_path / "keys", log_cosigners=LEVELS)
    monkeypatch.setattr(settings, "SANZI", own)
    village.build()
    grow()


def grow() -> notes.Note:
    audit.write(chain="A", kind="tests.thing.done", by=SYSTEM, at=AT, subject=("thing", "1"))
    actions.work(AT)
    return notes.read(Checkpoint.objects.order_by("-size")[0].note)


def test_a_turn_is_signed_by_old_and_new_and_both_kinds_of_heads_hold() -> None:
    old = keys.verifiers()
    told = key_turning.turn(by=SYSTEM, at=AT)
    new = keys.verifiers()
    head = grow()

    assert set(old).isdisjoint(new)
    assert (told.old, told.new, told.is_lost) == (tuple(old), tuple(new), False)
    assert head.signers(new) == new
    assert head.signers(old) == []
    assert list(queries.verify()) == []
    [before, now] = keys.generations()
    assert (before.until, before.keys, now.keys) == (told.until, told.old, told.new)
    assert key_turns.read(before.note) == told
    level = [one.verifier for one in keys.levels()[0].signers]
    assert notes.read(before.note).signers(level) == level
    assert Event.objects.get(kind="transparency.keys.turned").subject_kind == "log"


def test_old_keys_sign_no_head_after_the_turn() -> None:
    held = keys.signers()
    key_turning.turn(by=SYSTEM, at=AT)
    text = grow().text
    forged = Note(text).signed(*(one.sign(text) for one in held)).whole()
    newest = Checkpoint.objects.order_by("-size")[0]
    from flushing import lifted_triggers

    with lifted_triggers():
        Checkpoint.objects.filter(pk=newest.pk).update(note=forged)
    assert list(queries.verify()) == [f"日志：{newest.size}条时的签名不是本县的钥匙"]


def test_lost_keys_are_declared_and_the_old_heads_stay_true(tmp_path: Path) -> None:
    public = [one.text() for one in keys.verifiers()]
    for kind in keys.KINDS:
        (tmp_path / "keys" / f"{kind}.key").unlink()

    told = key_turning.turn(by=SYSTEM, at=AT, lost=public)
    grow()

    assert told.is_lost
    assert [one.text() for one in told.old] == public
    assert list(queries.verify()) == []
    kept = notes.read(keys.generations()[0].note)
    assert kept.signers(told.old) == []


def test_the_page_and_the_address_tell_every_generation() -> None:
    told = key_turning.turn(by=SYSTEM, at=AT)
    grow()
    answer = Client().get("/log/keys").content.decode()
    assert answer.splitlines()[:2] == [one.text() for one in keys.verifiers()]
    assert keys.generations()[0].note in answer
    content = verifier_page.page().content
    assert f'"until": {told.until}}}' in content
    assert all(one.text() in content for one in (*told.old, *told.new))


def test_keys_turn_once_for_a_head_and_strange_keys_are_not_declared_lost() -> None:
    stranger = [notes.new_signer("else", kind).verifier.text() for kind in keys.KINDS]
    before = keys.verifiers()
    one = before[0].text()
    for lost in (stranger, ["x"], [one]):
        with pytest.raises(KeysNotTurned):
            key_turning.turn(by=SYSTEM, at=AT, lost=lost)
    assert keys.verifiers() == before
    key_turning.turn(by=SYSTEM, at=AT)
    now = keys.verifiers()
    with pytest.raises(KeysNotTurned):
        key_turning.turn(by=SYSTEM, at=AT)
    assert keys.verifiers() == now
    assert len(keys.generations()) == 2


def test_a_turn_that_the_old_keys_did_not_sign_is_not_believed(tmp_path: Path) -> None:
    told = key_turning.turn(by=SYSTEM, at=AT)
    [file] = (tmp_path / "keys" / "turns").glob("*.note")
    note = notes.read(file.read_text(encoding="utf-8"))
    ids = {one.key_id for one in told.old}
    forged = Note(note.text, tuple(one for one in note.signatures if one.key_id not in ids))
    file.write_text(forged.whole(), encoding="utf-8")
    with pytest.raises(BadNote, match="did not sign"):
        keys.generations()
    for text in (
        "x",
        f"{note.text}more",
        note.text.replace("turned", "found"),
        note.text.replace("log-keys/1", "log-keys/2"),
        note.text.split("new ")[0],
    ):
        signed = Note(text if text.endswith("\n") else f"{text}\n", note.signatures)
        with pytest.raises(BadNote):
            key_turns.read(signed.whole())


def test_the_command_turns_them(capsys: pytest.CaptureFixture[str]) -> None:
    before = keys.verifiers()
    assert main(["log", "--turn-keys"]) == 0
    assert "换了钥匙" in capsys.readouterr().out
    assert keys.verifiers() != before
    assert main(["log", "--lost-key", before[0].text()]) == 2
