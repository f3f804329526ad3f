"""A few schemes from end to end: told, imported, asked again at each gate as of its moment."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import bench_detect
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi_county.county import write_county
from sanzi_county.schemes import planting
from worlds.village import AT

WANTED = {
    "split-hands": ["payment-tier-split"],
    "cash-purchase": ["payment-cash"],
    "reception-meal": ["expense-reception-ban"],
    "kin-supplier": ["procurement-kin-supplier"],
    "publicity-over-cap": ["expense-publicity-cap"],
    "card-drawn-as-cash": ["card-cash-or-private"],
}
DAY = datetime(2026, 11, 3, 9)


@pytest.mark.django_db
def test_the_gates_stop_schemes_and_let_their_look_alikes_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tuple(one for one in planting.SCHEMES if one.key in WANTED)
    monkeypatch.setattr(planting, "SCHEMES", chosen)
    monkeypatch.setattr(bench_detect, "DRAWN", 0)
    monkeypatch.setattr(bench_detect, "_nights", list)
    until = date.fromisoformat(bench_detect.UNTIL)
    write_county(tmp_path, villages=4, months=9, until=until, seed=7, schemes=1)
    packages.import_folder(folder=tmp_path, by=SYSTEM, at=AT)

    told = bench_detect.measured(tmp_path, 1)

    assert {one["key"]: one["found"] for one in told["schemes"]} == WANTED
    assert {one["key"]: one["stopped"] for one in told["schemes"]} == WANTED
    assert told["alarms"] == []
    assert told["look_alikes"] == planting.LAWFUL_LEAST * len(WANTED)


def telling(turn: int, row: str) -> bench_detect.Telling:
    return bench_detect.Telling("cheat", turn, "", {("payment", row): DAY}, {f"C{row}": DAY})


def alert(row: str, model: str = "rule", gate: str = "submit", *, later: int = 0) -> object:
    at = DAY.replace(day=DAY.day + later)
    return bench_detect.Alert(model, "hold", ("payment", row), f"C{row}", at, gate)


def test_a_model_that_speaks_of_the_look_alike_too_finds_nothing() -> None:
    tellings = [telling(0, "P1"), telling(1, "P2")]

    told = bench_detect.scored(tellings, set(), [alert("P1"), alert("P2"), alert("P1", "other")])

    assert told["schemes"][0]["found"] == ["other"]
    assert (told["false_alarms"], told["lawful_cases"]) == (1, 1)


def test_only_a_gate_before_the_act_stops_it() -> None:
    night = alert("P1", gate="night", later=2)
    late = alert("P1", "late", later=3)

    told = bench_detect.scored([telling(0, "P1")], {"CP9"}, [night, late, alert("P9")])

    (one,) = told["schemes"]
    assert (one["found"], one["stopped"], one["days"]) == (["late", "rule"], [], 2)
    assert (told["false_alarms"], told["lawful_cases"]) == (1, 1)
