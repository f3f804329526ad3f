"""Registers over the wire: what there is, the rows of one, one row with its tables."""

from __future__ import annotations

import pytest

from sanzi.orgs.models import Counterparty, Organisation
from sanzi.registers.procurement.models import Procurement, Quote
from worlds.money import AT

pytestmark = pytest.mark.django_db


def test_registers_rows_and_tables_over_the_wire(desk, program) -> None:
    body = Organisation.objects.get(ext_id="O-WILLOW")
    lamp = Procurement.objects.create(
        ext_id="CG-1", organisation=body, division_code=body.division_id, category_code="lamp",
        title="太阳能路灯", quantity_milli=12_000, unit="盏", estimate_fen=1_860_000,
        method="quote", submitted_at=AT,
    )  # fmt: skip
    firm = Counterparty.objects.create(ext_id="K-LAMP", name="明亮路灯厂", kind="company")
    Quote.objects.create(
        ext_id="BJ-1", procurement=lamp, counterparty=firm, price_fen=1_800_000, quoted_at=AT
    )
    head = program("town_agri_head")
    known = {one["key"]: one for one in head("GET", "/registers").body}
    assert {"key": "estimate", "title": "估价", "kind": "money"} in known["procurement"]["columns"]

    listed = head("GET", "/registers/procurement?state=requested").body
    assert listed["total"] == 1
    assert listed["items"][0]["values"]["estimate"] == 1_860_000
    assert listed["items"][0]["values"]["quantity"] == "12盏"

    whole = head("GET", "/registers/procurement/CG-1").body
    assert whole["parts"]["quotes"] == [
        {"seller": "明亮路灯厂", "price": 1_800_000, "chosen": False}
    ]

    other = program("stone_cashier")
    assert other("GET", "/registers/procurement").body["total"] == 0
    assert other("GET", "/registers/procurement/CG-1").status == 404
    assert other("GET", "/registers/no_such").status == 404
