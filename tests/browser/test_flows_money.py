"""Powers about money and seals, each walked on phones from its form to what the villagers read."""

from __future__ import annotations

import pytest

from browser.flows import Flows

pytestmark = [pytest.mark.browser, pytest.mark.database]

V, T = "101201", "101000"
COMMITTEE, WATCH = f"committee_member.{V}", f"supervision_head.{V}"
SECRETARY, CLERK = f"village_secretary.{V}", f"village_clerk.{V}"


def test_a_small_purchase_goes_from_the_wish_to_the_goods(flows: Flows) -> None:
    flow = flows.begin("M08", COMMITTEE)
    flow.fill(
        {
            "title": "村口花苗", "category_code": "苗木", "quantity": "40", "unit": "株",
            "estimate": "120", "method": "直接买", "need": "村口花坛补种", "kin_statement": "no",
        }
    )  # fmt: skip
    flow.hang("list")
    flow.submit()
    flow.expect_waits("村监会主任")
    flow.agree(WATCH)
    flow.agree(SECRETARY)
    flow.expect_waits("村文书")
