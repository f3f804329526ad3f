"""The log of what happened: added once, signed, proved, and no change around it stays hidden."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from flushing import lifted_triggers
from sanzi.audit import actions as audit
from sanzi.kernel import merkle, notes
from sanzi.kernel.merkle import SHA256, SM3
from sanzi.kernel.notes import Note
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, keys, queries, rules
from sanzi.transparency.errors import CosignatureRefused, NotInLog
from sanzi.transparency.models import Checkpoint, Leaf, Log, Tile
from worlds import village

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, log_keys=tmp_path / "keys"))


def write(count: int, chain: str = "A") -> None:
    for number in range(count):
        audit.write(
            chain=chain, kind="tests.thing.done", by=SYSTEM, at=village.AT,
            subject=("thing", str(number)), after={"number": number},
        )  # fmt: skip


def told() -> list[str]:
    return list(queries.verify())


def change(sql: str, *values: Any) -> None:
    """Change a table around the application and its guards, as an owner of the file can."""
    with lifted_triggers(), connection.cursor() as cursor:
        cursor.execute(sql, list(values))


def test_what_happened_is_added_once_and_its_head_is_signed() -> None:
    write(3)
    assert actions.work(village.AT) == 3
    assert actions.work(village.AT) == 0
    write(2, "B")
    assert actions.work(village.AT) == 2

    assert [one.kind for one in Leaf.objects.order_by("index")] == ["event"] * 5
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    assert sizes == [3, 5]
    head = notes.read(Checkpoint.objects.get(size=5).note)
    assert head.signers(keys.verifiers()) == keys.verifiers()
    assert notes.read_checkpoint(head.text).origin == "localhost:8000/log"
    assert told() == []


def test_a_row_is_proved_by_its_salt_and_its_paths() -> None:
    write(7)
    actions.work(village.AT)
    subject = Leaf.objects.get(index=4).subject

    with CaptureQueriesContext(connection) as asked:
        found = queries.proof("event", subject)

    assert len(asked) == 3, "the leaf, the head, all tiles at once"
    head = notes.read_checkpoint(notes.read(found.note).text)
    assert (found.index, found.size, head.size) == (4, 7, 7)
    place = found.index, found.size
    assert merkle.is_included(SHA256, SHA256.leaf(found.leaf), place, found.path, head.root)
    assert merkle.is_included(SM3, SM3.leaf(found.leaf), place, found.sm3_path, head.sm3_root)
    [content] = actions.sources.of("event").contents(
        list(actions.sources.of("event").rows().filter(pk=int(subject)))
    )
    assert found.salt is not None
    assert rules.is_committed(found.leaf, "event", found.salt, content)


def test_an_old_head_is_shown_to_be_a_beginning() -> None:
    write(3)
    actions.work(village.AT)
    write(6)
    actions.work(village.AT)
    old, new = (
        notes.read_checkpoint(notes.read(one.note).text)
        for one in Checkpoint.objects.order_by("size")
    )
    for hasher, roots in ((SHA256, (old.root, new.root)), (SM3, (old.sm3_root, new.sm3_root))):
        path = queries.consistency(3, 9, hasher)
        assert merkle.is_consistent(hasher, (3, 9), roots, path)
    with pytest.raises(ValueError, match="10 leaves"):
        queries.consistency(3, 10, SHA256)


def test_what_is_not_in_the_log_yet_is_refused() -> None:
    write(1)
    with pytest.raises(NotInLog):
        queries.proof("event", "1")
    actions.append(at=village.AT)
    with pytest.raises(NotInLog):
        queries.proof("event", Leaf.objects.get().subject)
    assert Checkpoint.objects.count() == 0


def test_a_row_that_committed_late_is_found() -> None:
    write(3)
    late = Leaf.objects.count()
    change("UPDATE audit_event SET id = id + 50000 WHERE number = 3")
    actions.work(village.AT)
    assert Leaf.objects.count() == late + 3
    change("UPDATE audit_event SET id = 7 WHERE number = 2")
    assert actions.append(at=village.AT) == 0, "far below what was looked at"
    assert actions.append(at=village.AT, is_whole=True) == 1


def test_a_changed_event_is_named() -> None:
    write(4)
    actions.work(village.AT)
    key = Leaf.objects.get(index=2).subject
    change("UPDATE audit_event SET change = '{}' WHERE id = %s", int(key))
    assert told() == [f"event {key}：和日志对不上，改过"]


def test_a_removed_event_is_named() -> None:
    write(4)
    actions.work(village.AT)
    key = Leaf.objects.get(index=3).subject
    change("DELETE FROM audit_event WHERE id = %s", int(key))
    assert told() == [f"event {key}：日志里有，库里没有了"]


def test_who_changes_the_leaf_too_breaks_tile_and_head() -> None:
    write(4)
    actions.work(village.AT)
    leaf = Leaf.objects.get(index=1)
    text = rules.commitment("event", bytes(32), b"forged").decode()
    change("UPDATE transparency_leaf SET text = %s, salt = %s WHERE subject = %s",
           text, bytes(32), leaf.subject)  # fmt: skip
    wrong = told()
    assert "日志：第0层第0块和条目对不上" in wrong
    assert f"event {leaf.subject}：和日志对不上，改过" in wrong


def test_who_builds_the_tiles_anew_breaks_the_signed_head() -> None:
    write(4)
    actions.work(village.AT)
    change("UPDATE transparency_leaf SET text = 'x' WHERE \"index\" = 1")
    fresh = rules.Tiles(0, lambda _: None)
    fresh.append(one.text.encode() for one in Leaf.objects.order_by("index"))
    with lifted_triggers():
        Tile.objects.filter(level=0, index=0).update(**fresh.changed[0, 0])
    assert "日志：4条时的签名和条目对不上：改过历史" in told()


def test_a_log_cut_short_is_found() -> None:
    write(4)
    actions.work(village.AT)
    change('DELETE FROM transparency_leaf WHERE "index" = 3')
    assert "日志：应当有4条，只有3条" in told()
    with lifted_triggers():
        Log.objects.update(size=3)
        Tile.objects.all().delete()
        fresh = rules.Tiles(0, lambda _: None)
        fresh.append(one.text.encode() for one in Leaf.objects.order_by("index"))
        Tile.objects.create(level=0, index=0, **fresh.changed[0, 0])
    assert "日志：签过4条，只有3条" in told()


def test_a_head_signed_by_another_key_is_not_believed() -> None:
    write(2)
    actions.work(village.AT)
    head = Checkpoint.objects.get()
    text = notes.read(head.note).text
    other = notes.new_signer("localhost:8000/log", notes.ED25519)
    change(
        "UPDATE transparency_checkpoint SET note = %s", Note(text).signed(other.sign(text)).whole()
    )
    assert told() == ["日志：2条时的签名不是本县的钥匙"]


def test_a_lost_key_is_seen_and_old_heads_are_not_trusted_by_a_new_one(tmp_path: Path) -> None:
    write(2)
    actions.work(village.AT)
    for file in (tmp_path / "keys").iterdir():
        file.unlink()
    assert told() == ["日志：2条时的签名不是本县的钥匙"]


def test_a_tile_too_many_is_found() -> None:
    write(2)
    actions.work(village.AT)
    Tile.objects.create(level=3, index=0, sha256=bytes(32), sm3=bytes(32))
    assert told() == ["日志：块的个数和条目对不上"]


def test_a_long_log_is_held_against_its_full_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 150)
    write(600)
    assert actions.work(village.AT) == 600
    assert {(one.level, one.index) for one in Tile.objects.all()} == {
        (0, 0), (0, 1), (0, 2), (1, 0),
    }  # fmt: skip
    assert told() == []
    with lifted_triggers():
        Tile.objects.filter(level=0, index=0).update(sm3=bytes(8192))
    assert "日志：第0层第0块和条目对不上" in told()


def test_a_destroyed_salt_proves_nothing_and_breaks_nothing() -> None:
    write(3)
    actions.work(village.AT)
    subject = Leaf.objects.get(index=1).subject
    assert actions.destroy_salt(kind="event", subject=subject) == 1
    assert queries.proof("event", subject).salt == b""
    assert told() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE transparency_leaf SET text = 'x'",
        "UPDATE transparency_leaf SET salt = NULL",
        "UPDATE transparency_leaf SET salt = text",
        "DELETE FROM transparency_leaf",
        "DELETE FROM transparency_tile",
        "UPDATE transparency_checkpoint SET note = 'x'",
        "DELETE FROM transparency_checkpoint",
    ],
)
def test_the_database_refuses_what_is_not_adding(sql: str) -> None:
    write(1)
    actions.work(village.AT)
    if connection.vendor == "postgresql":
        sql = sql.replace("salt = text", "salt = convert_to(text, 'UTF8')")
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert told() == []


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> notes.Signer:
    """A witness whose key the county knows, over a log of one leaf."""
    signer = notes.new_signer("town.example/witness", notes.COSIGNED)
    file = tmp_path / "witnesses"
    file.write_text(f"# 青山镇\n{signer.verifier.text()}\n", encoding="utf-8")
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, log_witnesses=file))
    write(1)
    actions.work(village.AT)
    return signer


def handed_in(signer: notes.Signer, size: str = "1") -> str:
    text = notes.read(Checkpoint.objects.get().note).text
    return f"{size}\n{signer.sign(text, int(village.AT.timestamp())).line()}\n"


def test_a_witness_signs_below_once_and_the_head_stays(town: notes.Signer) -> None:
    assert actions.cosign(body=handed_in(town)) == 1
    assert actions.cosign(body=handed_in(town)) == 0
    found = notes.read(Checkpoint.objects.get().note)
    assert found.signers([town.verifier]) == [town.verifier]
    assert len(found.signatures) == len(keys.KINDS) + 1
    assert told() == []


def test_who_is_no_witness_or_signed_something_else_is_refused(town: notes.Signer) -> None:
    stranger = notes.new_signer("town.example/witness", notes.COSIGNED)
    before = Checkpoint.objects.get().note
    good = handed_in(town)
    false = f"1\n{town.sign('something else', 5).line()}\n"
    more = good + stranger.sign("x", 5).line() + "\n"
    for body in (handed_in(stranger), false, more, handed_in(town, "2"), handed_in(town, "x"),
                 handed_in(town, "9" * 40), "", "1\n", "1", good[:-9], "\0"):  # fmt: skip
        with pytest.raises(CosignatureRefused):
            actions.cosign(body=body)
    assert Checkpoint.objects.get().note == before


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = keys.verifiers()
    assert keys.verifiers() == first
    assert {one.kind for one in first} == {notes.ED25519, notes.SM2}
    assert {oct(one.stat().st_mode)[-3:] for one in (tmp_path / "keys").iterdir()} == {"600"}
    (tmp_path / "keys" / "sm2.key").write_text("nothing", encoding="ascii")
    with pytest.raises(notes.BadNote, match="holds no key"):
        keys.signers()


def test_time_is_kept_with_the_leaf() -> None:
    write(1)
    at = village.AT + dt.timedelta(hours=1)
    actions.append(at=at)
    assert Leaf.objects.get().added_at == at
