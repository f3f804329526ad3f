"""The log over the interface."""

from __future__ import annotations

import pytest

from sanzi.audit import actions as audit

pytestmark = pytest.mark.django_db


def test_a_program_of_the_discipline_office_searches_the_log(desk, program) -> None:
    by = desk.world.actor("town_leader")
    for chain in ("O-WILLOW", "O-STONE"):
        audit.write(
            chain=chain, kind="ledger.period.closed", by=by, at=desk.world.at,
            subject=("book", f"B-{chain}"), after={"period": "2026-11"},
        )  # fmt: skip
    ask = program("town_discipline_office")

    all_of_it = ask("GET", "/log?who=林分管&words=结账").body
    one = ask("GET", "/log?words=B-O-STONE&first=2026-01-01&last=2026-12-31").body

    assert all_of_it["total"] == 2
    assert [(row["kind"], row["title"], row["actor"]) for row in one["rows"]] == [
        ("ledger.period.closed", "结账", "林分管")
    ]
    assert ask("GET", "/log?first=2027-01-01").body["total"] == 0
    assert ask("GET", "/log?page=0").body["code"] == "api.bad_input"
