"""Receipts, books, alerts, villages and exports over the interface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.ledger.models import Voucher
from sanzi.orgs.models import ExportRequest
from sanzi.payments.models import BankTransaction, Receipt
from sanzi.record import envelope
from sanzi.supervision.actions import routing
from sanzi.supervision.models import Alert, Disposal
from worlds import cases as worlds_cases
from worlds import village

pytestmark = pytest.mark.django_db
Make = Callable[[str], Any]


def _told() -> int:
    return Event.objects.exclude(kind="orgs.token.made").count()


def _bank_line(desk: worlds_cases.Desk) -> str:
    made = BankTransaction.objects.create(
        ext_id="B-1", account=desk.money.account, booked_at=datetime(2026, 11, 17, 3, tzinfo=UTC),
        direction="in", amount_fen=1_200_000, peer_name="青石果业", bank_ref="R1",
    )  # fmt: skip
    return made.ext_id


def _receipt(**changed: str) -> dict[str, str]:
    return {
        "bank_line": "B-1", "kind": "rent", "subject_code": "50101",
        "purpose": "果园租金", **changed,
    }  # fmt: skip


def test_money_that_came_in_gets_one_receipt_and_is_booked(
    desk: worlds_cases.Desk, program: Make
) -> None:
    _bank_line(desk)
    ask = program("agency_accountant")
    key = {"Idempotency-Key": "receipt-0001"}
    waiting = ask("GET", "/credits").body["items"]

    issued = ask("POST", "/receipts", _receipt(), headers=key)
    again = ask("POST", "/receipts", _receipt(), headers=key)
    twice = ask("POST", "/receipts", _receipt())

    assert [one["ext_id"] for one in waiting] == ["B-1"]
    assert issued.status == 201, issued.body
    assert again.body == issued.body
    assert (twice.status, twice.body["code"]) == (409, "payments.bank_line_taken")
    assert Receipt.objects.count() == 1
    voucher = ask("GET", f"/vouchers/{issued.body['voucher_ext_id']}").body
    assert voucher["total_fen"] == 1_200_000
    period = voucher["period"]
    balance = ask("GET", f"/books/O-WILLOW/trial-balance/{period}").body
    assert balance["is_balanced"] is True
    assert balance["total_movement"] == [1_200_000, 1_200_000]
    listed = ask("GET", f"/books/O-WILLOW/vouchers?period={period}").body
    assert [one["ext_id"] for one in listed] == [voucher["ext_id"]]
    voided = ask("POST", f"/receipts/{issued.body['ext_id']}/void", {"reason": "开错了付款人"})
    assert voided.status == 200, voided.body
    assert ask("GET", "/credits").body["total"] == 1


def test_a_receipt_needs_the_accountant_and_a_known_kind(
    desk: worlds_cases.Desk, program: Make
) -> None:
    _bank_line(desk)
    before = _told()

    by_clerk = program("cashier_reporter")("POST", "/receipts", _receipt())
    kind = program("agency_accountant")("POST", "/receipts", _receipt(kind="gift"))

    assert (by_clerk.status, by_clerk.body["code"]) == (404, "orgs.not_found")
    assert (kind.status, kind.body["code"]) == (422, "payments.wrong_field")
    assert (Receipt.objects.count(), Voucher.objects.count(), _told()) == (0, 0, before)


def _alert() -> Alert:
    at = worlds_cases.AT
    made = Alert.objects.create(
        ext_id="AL-1", model_code="payment-cash", model_version="1", finding_kind="payment",
        finding_id="P-1", org_ext_id="O-WILLOW", division_code=village.WILLOW, severity="warn",
        sentence="这笔钱付了现金。", figures={}, parameters={}, rows={}, rows_digest="0" * 64,
        route="village", route_role="town_discipline_office", route_division=village.TOWN,
        opened_at=at, due_at=at,
    )  # fmt: skip
    made.route_step = [one.letter for one in routing.signs_of(made)].index("D")
    made.save(update_fields=["route_step"])
    return made


def test_an_alert_is_taken_concluded_and_closed_by_another(
    desk: worlds_cases.Desk, program: Make
) -> None:
    _alert()
    ask = program("town_discipline_office")
    said = {"conclusion": "false_positive", "text": "收款人没有银行账户，当面付清，有签字",
            "until_date": "2027-03-31"}  # fmt: skip

    assert [one["ext_id"] for one in ask("GET", "/alerts").body["items"]] == ["AL-1"]
    assert ask("POST", "/alerts/AL-1/take").status == 200
    concluded = ask("POST", "/alerts/AL-1/conclude", said)
    assert concluded.status == 200, concluded.body
    before = Disposal.objects.count()
    verdict = {"agrees": True, "text": "核对了签字表，属实"}
    own = ask("POST", "/alerts/AL-1/verify", verdict)
    assert (own.status, own.body["code"]) == (409, "supervision.same_handler")
    assert Disposal.objects.count() == before
    closed = program("county_discipline")("POST", "/alerts/AL-1/verify", verdict)
    assert closed.status == 200, closed.body
    assert ask("GET", "/alerts/AL-1").body["row"]["state"] == "disposed"
    assert ask("GET", "/alerts/counts").body == [
        {"colour": "green", "severity": "warn", "count": 1}
    ]


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("take", None),
        ("ask", {"text": "请说明为什么付现金"}),
        ("explain", {"text": "收款人没有银行账户"}),
        ("rectify", {"plan": "以后一律转账支付，不付现金", "finish_date": "2026-12-01"}),
        ("feed-back", {"text": "已经改成转账支付"}),
        ("conclude", {"conclusion": "false_positive", "text": "核对过了，属实没有问题"}),
        ("verify", {"agrees": True, "text": "核对过了，属实没有问题"}),
        ("reopen", {"text": "又有新的情况要查"}),
        ("snooze", {"until": "2026-11-30T00:00:00+08:00", "text": "等合作社下个月的流水"}),
    ],
)
def test_each_step_of_an_alert_is_refused_out_of_turn_and_out_of_scope(
    desk: worlds_cases.Desk, program: Make, step: str, body: Any
) -> None:
    _alert()
    before = _told()

    outside = program("stone_cashier")("POST", f"/alerts/AL-1/{step}", body)
    out_of_turn = program("county_agri")("POST", f"/alerts/AL-1/{step}", body)

    assert outside.status == 404
    assert (out_of_turn.status, out_of_turn.body["code"][:12]) == (409, "supervision.")
    assert (Alert.objects.get().state, Disposal.objects.count(), _told()) == ("new", 0, before)


def test_a_hold_that_is_not_there_is_not_released(desk: worlds_cases.Desk, program: Make) -> None:
    number = desk.submitted()
    before = _told()

    said = program("town_leader")(
        "POST",
        f"/cases/{number}/release-hold",
        {"model_code": "payment-cash", "finding_id": "P-1", "reason": "看过材料了，可以照付"},
    )

    assert (said.status, said.body["code"]) == (409, "supervision.nothing_held")
    assert _told() == before


def test_anybody_reads_a_village_and_nobody_reads_an_unpaid_order(
    desk: worlds_cases.Desk, program: Make
) -> None:
    number = desk.submitted()
    ask = program("town_leader")
    ask.token = ""
    path = f"/villages/{village.WILLOW}"

    listed = ask("GET", "/villages").body["items"]
    shown = ask("GET", path).body
    month = ask("GET", f"{path}/months/2026-11").body
    items = ask("GET", f"{path}/months/2026-11/items").body

    assert [one["code"] for one in listed] == [village.WILLOW, village.STONE]
    assert (shown["name"], shown["town_name"]) == ("柳湾村", "清河镇")
    assert (month["period"], month["out_fen"]) == ("2026-11", 0)
    assert items == {"items": [], "total": 0, "next_offset": None}
    assert ask("GET", f"{path}/payments/{number}").status == 404
    assert ask("GET", "/villages/999901101999").status == 404


def test_an_export_is_asked_for_and_decided_by_two_persons(
    desk: worlds_cases.Desk, program: Make, code: Make
) -> None:
    body = {
        "purpose": "年度审计核对付款名单", "recipient": "县审计局",
        "recipient_key": envelope.new_key()[1],
    }  # fmt: skip

    refused = program("town_leader")("POST", "/exports", body)
    short = program("county_agri")("POST", "/exports", {**body, "purpose": "审计"})
    assert (refused.status, short.status) == (404, 422)
    assert not ExportRequest.objects.exists()
    asked = program("county_agri")("POST", "/exports", body)
    path = f"/exports/{asked.body['ext_id']}/decide"
    without = program("county_discipline")("POST", path, {"is_approved": True})
    assert (without.status, without.body["code"]) == (409, "orgs.second_factor_needed")
    assert ExportRequest.objects.get().state == "REQUESTED"
    headers = code("county_discipline")
    decided = program("county_discipline")("POST", path, {"is_approved": True}, headers=headers)
    assert decided.status == 200, decided.body
    assert ExportRequest.objects.get().state == "APPROVED"


def test_who_must_not_stand_aside_keeps_his_step_and_lines_in_order_are_not_corrected(
    desk: worlds_cases.Desk, program: Make
) -> None:
    number = desk.submitted()
    before = _told()

    kept = program("committee_member")("POST", f"/cases/{number}/pass-on", {"line_no": 0})
    line = {"line": desk.lines()[0], "confirmation": "报账员当面看过存折"}
    wrong = program("cashier_reporter")("POST", f"/cases/{number}/lines/1/correct", line)

    assert kept.status in (200, 409)
    assert (wrong.status, wrong.body["code"]) == (409, "matters.no_open_step")
    assert _told() == before
