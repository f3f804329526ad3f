"""The gates connected for real: the models of supervision judge the case before it goes on."""

from __future__ import annotations

import pytest

from sanzi.matters import errors, queries
from sanzi.matters.actions import cases
from sanzi.matters.models import Case
from worlds import cases as worlds_cases
from worlds import money as worlds_money
from worlds.cases import AT, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged(db: None, bank: object) -> Desk:
    """The village with the real gates."""
    return worlds_cases.build()


def test_an_ordinary_case_is_not_blocked_by_the_models(judged: Desk) -> None:
    number = judged.submitted()

    assert Case.objects.get(number=number).state == "SUBMITTED"
    page = queries.case_page(by=judged.actor("supervision_head"), number=number, at=AT)
    assert page.check is not None
    assert (page.check.gate, page.check.blocks) == ("submit", 0)


def test_money_for_the_reporter_himself_is_blocked_at_the_submission(judged: Desk) -> None:
    reporter = judged.world.people["cashier_reporter"]
    number = judged.start()
    line = {
        "kind": "person",
        "payee_id": reporter.ext_id,
        "name": reporter.name,
        "account": worlds_money.card(77),
        "bank_code": worlds_money.BANK_CODE,
        "amount": "300",
    }
    judged.fill(number, [line])

    with pytest.raises(errors.Blocked) as caught:
        cases.submit(number=number, by=judged.actor("cashier_reporter"), at=AT)

    assert "报账员" in caught.value.text
    assert Case.objects.get(number=number).state == "DRAFT"
