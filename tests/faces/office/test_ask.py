"""The pages of questions: an answer leads to its rows, is kept, shared, leaves as a file."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from sanzi.insight.models import Question
from worlds.cases import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
ASKED = {"subject": "cases", "m": ["rows", "amount"], "by": "matter", "period": "all"}


def test_an_answer_opens_its_rows_is_kept_shared_exported_and_deleted(
    officer: Any, desk: Desk
) -> None:
    number = desk.submitted()
    client = officer("county_agri")
    page = client.get(reverse("office:ask_form"), ASKED).content.decode()
    [rows_url] = set(re.findall(r'href="(/office/ask/rows/\?[^"]*k_matter=M10[^"]*)"', page))
    rows = client.get(rows_url.replace("&amp;", "&")).content.decode()
    assert reverse("office:case", args=[number]) in rows

    query = "subject=cases&m=rows&by=matter"
    kept = client.post(
        reverse("office:ask_save"), {"query": query, "title": "办了几件", "note": ""}
    )
    code = Question.objects.get().code
    here = reverse("office:ask_kept", args=[code])
    assert kept["Location"] == here
    assert "办了几件" in client.get(reverse("office:asks"), {"words": "几件"}).content.decode()
    csv = client.get(here, {"as": "csv"}).content.decode("utf-8-sig")
    assert "合计" in csv
    assert client.get(here, {"as": "xlsx"}).content[:2] == b"PK"

    act = reverse("office:ask_act", args=[code])
    other = officer("cashier_reporter")
    assert other.get(here).status_code == 404
    client.post(act, {"do": "share"})
    assert "这里是您管的地方的数" in other.get(here).content.decode()
    assert other.post(act, {"do": "delete", "sure": "yes"}).status_code == 404
    client.post(act, {"do": "delete"})
    assert Question.objects.exists()
    client.post(act, {"do": "delete", "sure": "yes"})
    assert other.get(here).status_code == 404
    asked = {"sql": "SELECT c.case_id FROM stg_case c", "do": "ask"}
    assert number in client.post(reverse("office:ask_sql"), asked).content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"period": "days", "since": "2026-02-02", "until": "2026-01-01"}, "还早"),
        ({"by": "payee_name"}, "不能这样分"),
        ({"least": "abc"}, "不是金额"),
        ({"place": "x' OR 1=1"}, "区划"),
    ],
)
def test_bad_input_is_refused_in_words(officer: Any, query: dict[str, str], said: str) -> None:
    answer = officer("county_agri").get(reverse("office:ask_form"), {**ASKED, **query})
    assert (answer.status_code, said in answer.content.decode()) == (409, True)
