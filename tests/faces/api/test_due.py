"""What villages must publish, read by programs: the same rows as the page and the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sanzi.disclosure.models import DueSheet, HeldSheet
from worlds import village
from worlds.cases import AT

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_program_of_the_office_reads_what_the_models_could_not_judge(
    program: Callable[[str], Any],
) -> None:
    for item, since in (("F01", AT - HOUR), ("F02", AT - 3 * HOUR), ("F03", AT), ("F04", None)):
        HeldSheet.objects.create(
            ext_id=f"S-{item}", division_id=village.WILLOW, org_ext_id="O-WILLOW", item_code=item,
            period="2026-10", title=f"公开{item}", body={}, is_by_hand=False, held_at=AT - 3 * HOUR,
            unjudged_at=since,
        )  # fmt: skip
    DueSheet.objects.create(
        division_id=village.WILLOW, org_ext_id="O-WILLOW", item_code="F01", period="2026-09",
        title="九月", due_at=AT - 30 * 24 * HOUR,
    )  # fmt: skip

    office, clerk = program("town_agri_head"), program("village_clerk")
    told = office("GET", "/publishing-duties/unjudged").body

    assert [one["item"] for one in told["items"]] == ["F02", "F01"], "the longest waiting first"
    assert {one["state"] for one in told["items"]} == {"unjudged"}
    assert told["items"][1] == {
        "village_code": village.WILLOW, "village_name": "柳湾村", "item": "F01",
        "title": "公开F01", "state": "unjudged", "due_at": None, "published_at": None,
        "unjudged_at": (AT - HOUR).isoformat().replace("+00:00", "Z"), "publication": "",
    }  # fmt: skip
    assert clerk("GET", "/publishing-duties/unjudged").body["total"] == 0, "of no such office"

    [counts] = office("GET", "/publishing-duties").body["items"]
    found = {name: value for name, value in counts.items() if value and name.islower()}
    assert found == {
        "village_code": village.WILLOW, "village_name": "柳湾村",
        "missing": 1, "held": 1, "unjudged": 3,
    }  # fmt: skip
    rows = clerk("GET", f"/publishing-duties/{village.WILLOW}?limit=4").body
    assert (rows["total"], rows["next_offset"]) == (5, 4)
    assert {one["state"] for one in rows["items"]} == {"held", "unjudged"}
    assert program("stone_cashier")("GET", "/publishing-duties").body["items"] == []
    assert program("stone_cashier")("GET", f"/publishing-duties/{village.WILLOW}").status == 404
