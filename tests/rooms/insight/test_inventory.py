"""The inventory: what a register holds is filled in, what none holds is empty and says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sanzi.deals.actions.assets import register_asset
from sanzi.insight.actions import cockpit, reports
from sanzi.insight.models import Report
from sanzi.orgs.actors import SYSTEM
from worlds.assets import HOUSE
from worlds.village import AT, TOWN

pytestmark = pytest.mark.django_db
JANUARY = datetime(2027, 1, 9, 1, tzinfo=UTC)


def test_what_the_register_holds_is_filled_in_and_the_rest_says_why(world, pay):
    pay("K1", 975)
    asset = register_asset(fields=HOUSE, by=world.actor("village_clerk"), at=AT)
    cockpit.run(at=AT + timedelta(days=1), by=SYSTEM)
    asked = reports.ask(code="inventory", division_code=TOWN, period="2026", by=SYSTEM, at=JANUARY)
    is_made = reports.make(ext_id=asked, at=JANUARY)
    kept = Report.objects.get(ext_id=asked)

    assert is_made, kept.error
    forms = {one["number"]: one for one in kept.body["sections"][1]["items"]}
    assert len(forms) == 28
    houses = [*forms["农清明细08-1"]["rows"], *forms["农清明细08-2"]["rows"]]
    assert [["row", "asset", asset.ext_id, ""] in row["from"] for row in houses] == [True]
    empty = forms["农清明细13"]
    assert (empty["rows"], empty["is_empty"]) == ([], True)
    assert "没有应付福利费科目" in empty["note"]
