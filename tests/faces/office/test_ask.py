"""The pages of questions: an answer leads to its rows, is kept, shared, leaves as a file."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from sanzi.insight.models import Question
from sanzi.interfaces.look import row_pages
from worlds import deals
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


def test_a_period_that_was_left_open_is_shown_as_it_was_understood(officer: Any) -> None:
    asked = {"subject": "cases", "m": ["rows"], "by": "matter"}
    page = officer("county_agri").get(reverse("office:ask_form"), asked).content.decode()
    [period] = re.findall(r'<select[^>]*name="period".*?</select>', page, re.DOTALL)
    assert re.findall(r'value="(\w+)"[^>]* selected', period) == ["all"]


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


def test_an_organisation_is_found_by_its_name_and_only_in_ones_own_place(
    officer: Any, desk: Desk
) -> None:
    desk.submitted()
    client, clerk = officer("county_agri"), officer("cashier_reporter")
    here, found = reverse("office:ask_form"), reverse("office:ask_bodies")

    page = client.get(here, {**ASKED, "body": "柳湾村股份经济合作社"}).content.decode()
    assert "只看柳湾村股份经济合作社的。" in page
    assert 'value="柳湾村股份经济合作社"' in page
    assert set(re.findall(r"/ask/rows/[^\"]*body=([^&\"]*)", page)) == {"O-WILLOW"}
    offered = client.get(found, {"body": "石桥"}).content.decode()
    assert re.findall(r'value="([^"]*)"', offered) == ["石桥村股份经济合作社"]
    assert "石桥" not in clerk.get(found).content.decode()
    for foreign in ("石桥村股份经济合作社", "O-STONE", "没有这个组织"):
        answer = clerk.get(here, {**ASKED, "body": foreign})
        assert (answer.status_code, "您管的地方没有叫" in answer.content.decode()) == (409, True)


def test_a_row_leads_to_its_page_only_for_whom_it_opens(desk: Desk) -> None:
    deals.party("C-1")
    contract, number = deals.contract(desk.world), desk.submitted()
    here, away = desk.actor("cashier_reporter"), desk.actor("stone_cashier")
    rows = {
        "contract": ({"contract_id": contract}, reverse("office:contract", args=[contract])),
        "award": ({"case_id": number}, reverse("office:case", args=[number])),
    }

    for table, (row, url) in rows.items():
        told = {"mine": row, "imported": {f"{table}_id": "X-1"}}
        assert row_pages.urls(here, table, told) == {"mine": url}
        assert row_pages.urls(away, table, told) == {}
    for table, column in (("receipt", "receipt_id"), ("labour_day", "request_id")):
        assert row_pages.urls(here, table, {"imported": {column: "X-1"}}) == {}
