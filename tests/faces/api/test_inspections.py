"""Inspections over the wire: the same story as in the office, the same refusals."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sanzi.inspection.models import Finding, Inspection, Lead, Task
from worlds import inspections
from worlds.cases import AT
from worlds.inspections import COUNTY_AGRI, FINANCE
from worlds.labour import picture
from worlds.village import WILLOW

pytestmark = pytest.mark.django_db
ORDER = {
    "title": "村级支出专项检查", "basis": "云纪〔2026〕12号", "method": "special", "fields": ["C"],
    "starts_date": "2026-11-12", "ends_date": "2026-12-12", "period_from_date": "2026-01-01",
    "period_until_date": "2026-11-12", "sample_size": 3,
    "villages": [{"village": WILLOW, "people": [COUNTY_AGRI, FINANCE]}],
}  # fmt: skip


def shot(mark: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG.jpg", picture(mark, AT), "image/jpeg")


@pytest.fixture
def office(desk: Any, program: Any) -> Any:
    """The county's discipline office, in a village with four cases of October."""
    for number in range(4):
        inspections.case(desk.world, f"M10-W{number}", 10_000 + number)
    return program("county_discipline")


def test_from_the_order_to_the_close_over_the_wire(office: Any, program: Any) -> None:
    agri, finance = program("county_agri"), program("county_finance")
    made = office("POST", "/inspections", ORDER)
    assert made.status == 201
    plan = made.body["ext_id"]
    [task] = office("GET", f"/inspections/{plan}").body["tasks"]
    assert (task["state"], task["inspectors"]) == ("ordered", [COUNTY_AGRI, FINANCE])
    there = f"/inspection-tasks/{task['ext_id']}"
    assert agri("POST", f"{there}/draw").status == 200
    again = agri("POST", f"{there}/draw")
    assert (again.status, again.body["code"]) == (409, "inspection.drawn_already")
    drawn = agri("GET", there).body
    assert len(drawn["samples"]) == 3
    assert len(drawn["seed"]) == 32

    first = drawn["samples"][0]
    seen = {
        "form": "C1", "facts": "三笔维修款没有审批就付了", "amount_fen": "320000",
        "demand": "补办审批", "sample": first["ext_id"],
    }  # fmt: skip
    found = agri("POST", f"{there}/findings", files={**seen, "file": shot(1)})
    assert found.status == 201, found.body
    problem = f"/inspection-findings/{found.body['ext_id']}"
    for sample in drawn["samples"][1:]:
        path = f"/inspection-samples/{sample['ext_id']}/fine"
        assert finance("POST", path, {"words": "齐全"}).status == 200
    assert finance("POST", f"{there}/finish", {"words": "账目基本清楚"}).status == 200

    secretary = program("village_secretary")
    said = {"words": "审批补上了，写了说明", "file": shot(50)}
    assert secretary("POST", f"{problem}/answers", files=said).status == 201
    verdict = {"is_accepted": True, "words": "审批单看过了"}
    own = agri("POST", f"{problem}/verdict", verdict)
    assert (own.status, own.body["code"]) == (409, "inspection.verify_own")
    assert finance("POST", f"{problem}/verdict", verdict).status == 200
    result = {"kind": "papers", "decided_date": "2026-11-12", "words": "手续补齐"}
    assert agri("POST", f"{problem}/outcomes", result).status == 201
    assert office("GET", problem).body["answers"][0]["is_accepted"] is True
    assert office("POST", f"/inspections/{plan}/close", {"words": "都补齐了"}).status == 200
    assert Inspection.objects.get().state == "closed"
    report = office("GET", f"/inspections/{plan}/report.pdf")
    assert report.raw.content[:4] == b"%PDF"


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"method": "picnic"}, 422, "inspection.wrong"),
        ({"villages": [{"village": WILLOW, "people": [COUNTY_AGRI]}]}, 422,
         "inspection.too_few_inspectors"),
        ({"villages": [{"village": "110101001001", "people": [COUNTY_AGRI]}]}, 404,
         "orgs.not_found"),
        ({"sample_size": -1}, 400, "api.bad_input"),
        ({"fields": ["cc"]}, 400, "api.bad_input"),
    ],
)  # fmt: skip
def test_a_wrong_order_is_refused_in_one_form_and_nothing_is_kept(
    office: Any, changed: dict[str, Any], status: int, code: str
) -> None:
    answer = office("POST", "/inspections", {**ORDER, **changed})

    assert (answer.status, answer.body["code"]) == (status, code)
    assert not Inspection.objects.exists()


def test_a_finding_without_its_file_and_a_lead_for_others_are_refused(
    office: Any, program: Any
) -> None:
    office("POST", "/inspections", ORDER)
    agri, there = program("county_agri"), f"/inspection-tasks/{Task.objects.get().ext_id}"
    agri("POST", f"{there}/draw")
    bare = {"form": "C1", "facts": "没有审批就付了", "amount_fen": "0", "demand": "补办审批"}
    assert agri("POST", f"{there}/findings", files=bare).status == 400
    assert not Finding.objects.exists()

    told = {"words": "报账员三次把维修款打进自己的卡", "named": []}
    lead = agri("POST", f"{there}/leads", told)
    assert lead.status == 201
    path = f"/inspection-leads/{lead.body['ext_id']}"
    town = program("town_discipline_office")
    assert town("GET", path).body["words"] == told["words"]
    assert agri("GET", path).status == 404
    assert program("town_leader")("GET", "/inspection-leads").status == 404
    assert town("POST", f"{path}/take").status == 200
    result = {"kind": "talk", "decided_date": "2026-11-12", "words": "提醒谈话"}
    assert town("POST", f"{path}/outcomes", result).status == 201
    assert Lead.objects.get().state == "concluded"


def test_reasons_and_returns_pass_over_the_wire(office: Any, program: Any) -> None:
    office("POST", "/inspections", {**ORDER, "fields": ["K"]})
    agri, there = program("county_agri"), f"/inspection-tasks/{Task.objects.get().ext_id}"
    agri("POST", f"{there}/draw")
    bare = {"form": "K1", "facts": "用印登记缺三次", "amount_fen": "0", "demand": "补登记三次"}
    found = agri("POST", f"{there}/findings", files={**bare, "file": shot(3)})
    problem = f"/inspection-findings/{found.body['ext_id']}/keep-here"
    short = office("POST", problem, {"reason": "不用"})
    assert (short.status, short.body["code"]) == (422, "inspection.words_too_short")
    assert office("POST", problem, {"reason": "核实是漏登，印章没有外借"}).status == 200
    assert agri("POST", f"{there}/finish", {"words": "用印有漏登"}).status == 200
    assert office("POST", f"{there}/send-back", {"reason": "再看留影"}).status == 200
    assert Task.objects.get().state == "drawn"
