"""Powers before their use: drawn as they will be, mistakes by line, nothing kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from sanzi.matters.models import Case, MatterText

MATTERS = Path(__file__).parents[3] / "src" / "sanzi" / "data" / "matters"
M08 = (MATTERS / "M08-procurement.yaml").read_text("utf-8")


def sent(officer: Any, text: str) -> str:
    answer = officer("county_agri").post(reverse("office:matter_preview"), {"text": text})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_pasted_file_is_drawn_with_its_form_its_steps_and_its_chart(officer: Any) -> None:
    page = sent(officer, M08.replace("提出采购", "先说一声"))
    assert "买什么" in page
    assert "各家报价" in page or "选了哪家" in page
    assert "先说一声，民主监督" in page
    assert "<svg" in page
    assert MatterText.objects.count() == 0
    assert Case.objects.filter(matter_code="M08").count() == 0


@pytest.mark.parametrize("text", ["", "code: [", M08.replace("kind: review", "kind: dance", 1)])
def test_a_wrong_file_is_told_by_line_and_not_drawn(officer: Any, text: str) -> None:
    page = sent(officer, text)
    assert "行：" in page or "<li>" in page
    assert "走哪几步" not in page


def test_a_power_in_force_is_drawn_and_one_that_is_not_is_absent(officer: Any) -> None:
    client = officer("county_agri")
    shown = client.get(reverse("office:matter_preview_of", args=["M08"]))
    assert "物资服务采购" in shown.content.decode()
    assert client.get(reverse("office:matter_preview_of", args=["M99"])).status_code == 404
