"""What the demo finds ready of outside data: one bad file put away, a good one loaded, one to try.

The lists are the county's own deaths, written as civil affairs writes them; a visitor finds a
third file beside the demo's data and takes it through the page himself.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sanzi.exchange.actions import receiving
from sanzi.exchange.actions.receiving import Said
from sanzi.interfaces.cli import scene

HEAD = ("序号", "姓名", "身份证号", "死亡时间", "户籍村", "备注")
NAME = "县民政局死亡名单"
TO_TRY = "outside-deaths.csv"
LOADED_MOST = 40
CODING = "gb18030"


def leave_lists(folder: Path, target: Path, village: str, at: datetime) -> None:
    """Load a list of deaths with a mapping kept for it; leave another for who tries the demo."""
    people = {row["id_no"]: row for row in _rows(folder / "person.csv")}
    known = [row for row in _rows(folder / "ext_death.csv") if row["id_no"] in people]
    rows = [
        (
            people[row["id_no"]]["name"], row["id_no"], row["death_date"].replace("-", "."),
            people[row["id_no"]]["village_id"],
        )
        for row in known
    ]  # fmt: skip
    if len(rows) < 2:
        return
    half = min(len(rows) // 2, LOADED_MOST)
    by = scene.officer("county_civil_affairs", village, at)
    bad = [rows[0], (rows[1][0], rows[1][1][:-1] + "?", rows[1][2], rows[1][3])]
    for name, part in (("死亡名单（初稿）.csv", bad), ("死亡名单.csv", rows[:half])):
        made = receiving.receive(source="deaths", name=name, data=_file(part), by=by, at=at)
        checked = receiving.look(ext_id=made.ext_id, said=Said(made.columns), by=by, at=at)
        if checked.faults:
            receiving.drop(ext_id=made.ext_id, by=by, at=at)
            continue
        receiving.save_mapping(ext_id=made.ext_id, name=NAME, by=by, at=at)
        made.refresh_from_db()
        receiving.confirm(ext_id=made.ext_id, seen=made.seen_digest, by=by, at=at)
    (target / TO_TRY).write_bytes(_file(rows[half:]))


def _file(rows: Sequence[tuple[str, ...]]) -> bytes:
    lines = [HEAD, *((str(number), *row, "") for number, row in enumerate(rows, start=1))]
    return "\r\n".join(",".join(line) for line in lines).encode(CODING)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))
