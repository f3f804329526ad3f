"""The demo's own housekeeping: what a reset removes, which port is taken, who ends with whom."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from sanzi.interfaces.cli.commands import demo
from sanzi.interfaces.cli.processes import Children, free_port


def test_a_reset_removes_what_the_demo_made_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("keep")
    (tmp_path / "county").mkdir()
    for name in ("sanzi.sqlite3", "sanzi.sqlite3-wal", "demo.json", "payees-352.xlsx"):
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(
        settings, "SANZI", replace(settings.SANZI, database_url="sqlite:///sanzi.sqlite3")
    )

    assert demo._clear(tmp_path)

    assert [one.name for one in tmp_path.iterdir()] == ["letters"]
    assert (tmp_path / "letters" / "mine.txt").read_text() == "keep"


def test_a_reset_leaves_a_database_elsewhere_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "demo.json").write_text("{}")
    monkeypatch.setattr(
        settings, "SANZI", replace(settings.SANZI, database_url="postgresql://db/sanzi")
    )

    assert not demo._clear(tmp_path)

    assert (tmp_path / "demo.json").exists()


def test_a_county_that_was_stopped_half_way_is_told_from_a_whole_one(tmp_path: Path) -> None:
    assert not demo._is_half_made(tmp_path)
    (tmp_path / "sanzi.sqlite3").write_text("")
    assert demo._is_half_made(tmp_path)
    (tmp_path / "demo.json").write_text("{}")
    assert not demo._is_half_made(tmp_path)


def test_a_busy_port_moves() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert free_port(port) > port


def test_the_children_end_with_the_demo(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], {})
        sleeper = children.running["sleeper"]
        assert children.first_dead() is None

    assert sleeper.returncode is not None
