"""`sanzi log`: the keys to hand out, the newest head, and adding at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from sanzi.audit import actions as audit
from sanzi.interfaces.cli.main import main
from sanzi.kernel import notes
from sanzi.orgs.actors import SYSTEM
from worlds import village

pytestmark = pytest.mark.django_db


def test_it_prints_keys_and_head_and_adds_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, log_keys=tmp_path))
    audit.write(chain="A", kind="tests.thing.done", by=SYSTEM, at=village.AT, subject=("a", "1"))

    assert main(["log"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    known = [notes.read_verifier(one) for one in lines]
    assert last == "这一条还没有进公开日志。"

    assert main(["log", "--append"]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[0] == "新记了1条。"
    note = notes.read(told.split("\n", 1 + len(known))[-1])
    assert note.signers(known) == known
    assert notes.read_checkpoint(note.text).size == 1
