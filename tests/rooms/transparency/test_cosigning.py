"""Township and county cosign with keys of their own, and never what does not begin with before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from flushing import lifted_triggers
from sanzi.audit import actions as audit
from sanzi.config import env
from sanzi.kernel import notes
from sanzi.kernel.notes import Verifier
from sanzi.orgs.actors import SYSTEM
from sanzi.transparency import actions, keys, rules
from sanzi.transparency.models import Checkpoint, Leaf, Log, Tile
from worlds import village

pytestmark = pytest.mark.django_db
LEVELS = (("town", "镇里"), ("county", "县里"))


@pytest.fixture(autouse=True)
def _levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = replace(settings.SANZI, log_keys=tmp_path / "keys", log_cosigners=LEVELS)
    monkeypatch.setattr(settings, "SANZI", own)


def grow(count: int) -> notes.Note:
    for number in range(count):
        audit.write(
            chain="A", kind="tests.thing.done", by=SYSTEM, at=village.AT,
            subject=("thing", str(number)),
        )  # fmt: skip
    actions.work(village.AT)
    return notes.read(Checkpoint.objects.order_by("-size")[0].note)


def level_keys() -> list[Verifier]:
    return [one.verifier for level in keys.levels() for one in level.signers]


def test_every_level_signs_each_head_once_with_keys_of_its_own(tmp_path: Path) -> None:
    first = grow(3)
    assert first.signers(level_keys()) == level_keys()
    assert {one.name.rpartition("/")[2] for one in level_keys()} == {"town", "county"}
    assert actions.cosign_here(at=village.AT) == 0
    assert grow(2).signers(level_keys()) == level_keys()
    files = sorted((tmp_path / "keys" / "town").glob("*.key"))
    assert [oct(one.stat().st_mode)[-3:] for one in files] == ["600", "600"]


def test_no_level_signs_a_rewritten_log() -> None:
    grow(3)
    with lifted_triggers():
        Leaf.objects.filter(index=1).update(text="another")
        fresh = rules.Tiles(0, lambda _: None)
        fresh.append(one.text.encode() for one in Leaf.objects.order_by("index"))
        Tile.objects.filter(level=0, index=0).update(**fresh.changed[0, 0])
    head = grow(1)
    assert head.signers(keys.verifiers()) == keys.verifiers()
    assert head.signers(level_keys()) == []


def test_no_level_signs_a_log_that_was_cut() -> None:
    grow(5)
    with lifted_triggers():
        for table in (Leaf, Tile, Checkpoint, Log):
            table.objects.all().delete()
        actions.Reach.objects.all().delete()
    Log.objects.create(pk=1, size=0)
    actions.append(at=village.AT)
    with lifted_triggers():
        Leaf.objects.filter(index__gte=3).delete()
        Tile.objects.all().delete()
        fresh = rules.Tiles(0, lambda _: None)
        fresh.append(one.text.encode() for one in Leaf.objects.order_by("index"))
        Tile.objects.create(level=0, index=0, **fresh.changed[0, 0])
        Log.objects.update(size=3)
    actions.checkpoint(at=village.AT)
    assert actions.cosign_here(at=village.AT) == 0


def test_a_log_without_heads_or_levels_is_not_cosigned(monkeypatch: pytest.MonkeyPatch) -> None:
    assert actions.cosign_here(at=village.AT) == 0
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, log_cosigners=()))
    assert len(grow(1).signatures) == len(keys.KINDS)


def test_levels_and_quorum_come_from_the_environment() -> None:
    demo = env.read({})
    assert (demo.log_cosigners, demo.log_quorum) == (LEVELS, 2)
    told = env.read({"SANZI_LOG_COSIGNERS": "county=县里", "SANZI_LOG_QUORUM": "0"})
    assert (told.log_cosigners, told.log_quorum) == ((("county", "县里"),), 0)
    assert env.read({"SANZI_ENV": "test"}).log_cosigners == ()
    for wrong in ({"SANZI_LOG_COSIGNERS": "../x=镇里"}, {"SANZI_LOG_COSIGNERS": "town"},
                  {"SANZI_LOG_QUORUM": "-1"}):  # fmt: skip
        with pytest.raises(env.BadEnvironment):
            env.read(wrong)
