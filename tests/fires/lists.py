"""Lists of other offices that come late: who is whose kin, who died, what somebody owns.

They come as packages, the way in which the county takes such lists in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Person
from sanzi.record.packages import write_package

STATUTORY: Final = ("spouse", "parent", "child", "sibling")


def come(
    folder: Path,
    at: datetime,
    *,
    kin: Iterable[tuple[Person, Person, str]] = (),
    dead: Iterable[tuple[str, date]] = (),
    status: Iterable[tuple[str, str, int]] = (),
) -> None:
    """Let lists come: kin with their relation; numbers of the dead; numbers, kinds and sums."""
    tables: dict[str, list[dict[str, Any]]] = {
        "kinship": [
            {
                "person_id": one.ext_id, "relative_person_id": other.ext_id, "relation": relation,
                "is_statutory_kin": relation in STATUTORY, "is_extended_kin": True,
                "source": "hukou",
            }
            for one, other, relation in kin
        ],
        "ext_death": [{"id_no": number, "death_date": day} for number, day in dead],
        "ext_status": [
            {"id_no": number, "kind": kind, "value_fen": fen, "since_date": date(2026, 1, 1)}
            for number, kind, fen in status
        ],
    }  # fmt: skip
    write_package(folder, "outside", {name: rows for name, rows in tables.items() if rows})
    packages.import_folder(folder=folder, by=SYSTEM, at=at)
