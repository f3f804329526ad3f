"""Own models over the wire: read by who wrote or judges them, absent for everybody else."""

from __future__ import annotations

from typing import Any

import pytest

from worlds import own_models
from worlds.cases import AT

pytestmark = pytest.mark.django_db


def test_a_draft_is_its_owners_and_a_handed_in_one_is_the_second_officers(
    desk: Any, program: Any
) -> None:
    from sanzi.supervision.actions import own, own_tests

    code = own_models.draft(desk.world, AT)
    writer, checker = program("county_agri"), program("county_finance")

    assert writer("GET", f"/own-models/{code}").body["row"]["state"] == "draft"
    assert checker("GET", f"/own-models/{code}").status == 404
    assert checker("GET", "/own-models").body == []
    own.hand_in(code=code, by=desk.world.actor("county_agri", AT), at=AT)

    whole = checker("GET", f"/own-models/{code}").body
    [version] = whole["versions"]
    assert (whole["row"]["may_judge"], version["sql"]) == (True, own_models.SQL)
    assert version["figures"] == [{"name": "amount_fen", "type": "fen", "title": "金额（元）"}]
    assert [one["action"] for one in version["steps"]] == ["handed_in"]
    assert (whole["test"]["state"], whole["test"]["found"]) == ("waiting", None)
    own_tests.run_waiting(AT)
    tested = checker("GET", f"/own-models/{code}").body["test"]
    assert (tested["state"], tested["found"], tested["judged"]) == ("finished", 0, 0)
    assert program("cashier_reporter")("GET", "/own-models").status == 404
