"""Pairs and counties over the API: what the pages show, and nothing beside it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings

from sanzi.inspection.models import Lead
from sanzi.levels.models import Standing
from sanzi.matching.models import Pair, PairRow, Run, RunState, Sending
from worlds import village
from worlds.cases import AT

pytestmark = pytest.mark.django_db


def _pair() -> None:
    sending = Sending.objects.create(purpose="supplier", period="2025", made_at=AT, count=1)
    run = Run.objects.create(
        purpose="supplier", period="2025", other_code="320583", other_name="昆山市",
        state=RunState.MATCHED, sending=sending, digest="0" * 64, matched_at=AT, pair_count=1,
    )  # fmt: skip
    pair = Pair.objects.create(run=run, pair_id="P-1")
    PairRow.objects.create(
        pair=pair, row_kind="counterparty", row_id="MASON", division_code=village.WILLOW
    )


def test_the_countys_discipline_reads_pairs(program: Callable[[str], Any]) -> None:
    _pair()

    answer = program("county_discipline")("GET", "/matches")

    assert answer.status == 200
    [told] = answer.body["items"]
    assert (told["pair_id"], told["other_name"], told["lead"]) == ("P-1", "昆山市", None)
    assert told["rows"] == [
        {"kind": "counterparty", "row_id": "MASON", "division_code": village.WILLOW}
    ]


def test_a_program_opens_one_lead_from_a_pair_and_is_refused_as_the_page_is(
    program: Callable[[str], Any],
) -> None:
    _pair()
    discipline, here = program("county_discipline"), "/matches/supplier/2025/P-1/leads"
    told = {"how": "written", "ref": "昆纪函〔2026〕8号", "words": "两县都有，价格差了一倍多"}

    for body, status, code in (
        ({**told, "how": "phone"}, 422, "inspection.wrong"),
        ({**told, "how": ""}, 400, "api.bad_input"),
        ({**told, "ref": " "}, 422, "inspection.words_too_short"),
        ({**told, "words": "短"}, 422, "inspection.words_too_short"),
    ):
        answer = discipline("POST", here, body)
        assert (answer.status, answer.body["code"]) == (status, code), body
    for role, path in (
        ("county_agri", here),
        ("town_discipline_office", here),
        ("county_discipline", "/matches/supplier/2025/P-2/leads"),
        ("county_discipline", "/matches/supplier/2024/P-1/leads"),
    ):
        assert program(role)("POST", path, told).status == 404, (role, path)
    assert not Lead.objects.exists()

    made = discipline("POST", here, told)

    [row] = Lead.objects.all()
    assert (made.status, made.body["ext_id"]) == (201, row.ext_id)
    assert (row.pair_key, row.route_role) == ("supplier/2025/P-1", "county_discipline")
    assert discipline("GET", "/matches").body["items"][0]["lead"] == row.ext_id
    opened = discipline("GET", f"/inspection-leads/{row.ext_id}").body
    assert opened["words"].endswith(told["words"])
    again = discipline("POST", here, told)
    assert (again.status, again.body["code"]) == (409, "inspection.lead_not_now")
    assert Lead.objects.count() == 1


def test_counties_are_read_where_a_lake_is(
    program: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    told = replace(django_settings.SANZI, lake_counties=tmp_path / "counties.yaml")
    monkeypatch.setattr(django_settings, "SANZI", told)
    for code in (village.COUNTY, "320582000000"):
        Standing.objects.create(
            county_code=code[:6], division_code=code, name=code, looked_at=AT, serial=3, as_of=AT,
            rows=9, village_count=2, paid_fen=700,
        )  # fmt: skip

    answer = program("county_agri")("GET", "/lake-counties")

    assert [(one["county_code"], one["paid_fen"]) for one in answer.body] == [
        (village.COUNTY[:6], 700)
    ]
    found = program("county_agri")("GET", f"/lake-counties/{village.COUNTY}/alerts")
    assert (found.status, found.body["panel"], found.body["middle"]) == (200, "alerts", None)
