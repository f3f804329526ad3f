"""The matter's examples: role and action give the state or the refusal that the file says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sanzi.audit.models import Event
from sanzi.kernel.refusals import Refusal
from sanzi.matters.models import Case, CaseStep
from worlds.cases import Desk, decision

pytestmark = pytest.mark.django_db
CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_the_example_holds(desk: Desk, case: dict[str, Any]) -> None:
    decision(desk)
    number = desk.submitted(case["yuan"], decision_id="D-1")
    desk.walk(number, case["walk"])
    before = _rows(number)

    try:
        found = desk.act(
            number, case["role"], case["action"], reason_code=case.get("reason", "")
        ).state
    except Refusal as refusal:
        found = refusal.code
        assert _rows(number) == before

    assert found == case.get("state", case.get("refusal"))


def _rows(number: str) -> Any:
    return (
        Case.objects.filter(number=number).values().get(),
        list(CaseStep.objects.order_by("id").values()),
        Event.objects.count(),
    )
