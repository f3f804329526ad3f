"""What a village got of a programme: sums for ever, masked names for thirty days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from sanzi.kernel import clock
from sanzi.orgs.models import Organisation, Person
from sanzi.registers.subsidies.models import Award, Program
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("period", "words"), [("2026", "2026年"), ("2025-10", "2025年10月")])
def test_a_list_names_people_masked_until_its_days_are_over(
    monkeypatch: pytest.MonkeyPatch, period: str, words: str
) -> None:
    village.build()
    body = Organisation.objects.get(ext_id="O-WILLOW")
    program = Program.objects.create(
        ext_id="PG-1", organisation=body, code="land", name="耕地补贴", unit="亩",
        division_code="999901000000",
        rate_fen=8_000, publicity_days=7, pay_within_days=30, department="县农业农村局",
        source_ref="县农〔2026〕1号", valid_from_date=date(2026, 1, 1),
    )  # fmt: skip
    person = Person.objects.order_by("pk")[0]
    Award.objects.create(
        ext_id="AW-1", organisation=body,
        division_code=WILLOW, program=program, period=period, person=person,
        quantity_milli=2_500, amount_fen=20_000, payee_name=person.name, status="approved",
        approved_at=AT,
    )  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=30))
    listed = Client().get(f"/village/{WILLOW}/subsidies/").content.decode()
    assert f"耕地补贴，{words}" in listed
    address = f"/village/{WILLOW}/subsidies/land/{period}/"
    assert f'href="{address}"' in listed
    shown = Client().get(address)
    assert "2.5亩" in shown.content.decode()
    assert person.name not in shown.content.decode()
    assert person.name[0] + "*" in shown.content.decode()
    assert shown.headers["X-Robots-Tag"] == "noindex, noarchive"

    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=31))
    gone = Client().get(address).content.decode()
    assert "已经撤下" in gone
    assert "2.5亩" not in gone
    assert "200" in gone
    assert Client().get(f"/village/{WILLOW}/subsidies/land/1999/").status_code == 404
