"""Who gets in: every operation, with and without a token, inside and outside of the scope."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sanzi.orgs import errors
from sanzi.orgs.actions import tokens
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import ApiToken
from worlds import cases as worlds_cases

pytestmark = pytest.mark.django_db
Make = Callable[[str], Any]
AT = worlds_cases.AT

READS = {
    # path: statuses of the reporter here, of another village's, of the town leader
    "/me": (200, 200, 200),
    "/todo": (200, 200, 200),
    "/powers": (200, 200, 200),
    "/powers/M10": (200, 200, 200),
    "/bodies": (200, 200, 200),
    "/cases": (200, 200, 200),
    "/cases/{number}": (200, 404, 200),
    "/orders": (200, 200, 200),
    "/orders/{number}": (200, 404, 200),
    "/orders/{number}/payees": (200, 404, 200),
    "/orders/{number}/messages": (200, 404, 200),
    "/messages": (200, 200, 200),
    "/invoices": (200, 200, 200),
    "/invoices/I-NONE": (404, 404, 404),
    "/accounts": (200, 200, 200),
    "/accounts/A-WILLOW": (200, 404, 200),
    "/accounts/A-WILLOW/lines": (200, 404, 200),
    "/accounts/differences": (200, 200, 200),
    "/account-proposals": (200, 200, 200),
    "/publications/P-NONE": (404, 404, 404),
    "/account-proposals/AP-NONE": (404, 404, 404),
    "/credits": (200, 200, 200),
    "/receipt-books": (200, 200, 200),
    "/receipt-books/RB-NONE": (404, 404, 404),
    "/receipt-books/RB-NONE/numbers": (404, 404, 404),
    "/books": (200, 200, 200),
    "/books/O-WILLOW/periods": (200, 404, 200),
    "/books/O-WILLOW/trial-balance/2026-11": (200, 404, 200),
    "/books/O-WILLOW/vouchers?period=2026-11": (200, 404, 200),
    "/books/O-WILLOW/accounts/101?first=2026-01&last=2026-11": (200, 404, 200),
    "/books/O-WILLOW/month-ends/2026-10": (200, 404, 200),
    "/books/O-WILLOW/year-ends/2026": (200, 404, 200),
    "/books/O-WILLOW/plans": (200, 404, 200),
    "/desk?period=2026-10": (200, 200, 200),
    "/handovers": (200, 200, 200),
    "/handovers/HO-NONE": (404, 404, 404),
    "/vouchers/V-NONE": (404, 404, 404),
    "/vouchers/V-NONE/file": (404, 404, 404),
    "/journal-kinds": (200, 200, 200),
    "/books/O-WILLOW/journals/general?first=2026-01&last=2026-11": (200, 404, 200),
    "/books/O-WILLOW/journals/general/file/csv?first=2026-01&last=2026-11": (200, 404, 200),
    "/books/O-WILLOW/journals/nothing?first=2026-01&last=2026-11": (404, 404, 404),
    "/books/O-WILLOW/statements/2026-11": (200, 404, 200),
    "/books/O-WILLOW/statement/nothing/2026-11": (404, 404, 404),
    "/books/O-WILLOW/statement/balance/2026-13": (404, 404, 404),
    "/places/999901101000/statements/2020-01/file": (404, 404, 404),
    "/charts/rce2023": (200, 200, 200),
    "/charts/nothing": (404, 404, 404),
    "/charts/rce2023/rules": (200, 200, 200),
    "/charts/rce2023/rules/payment.settled": (200, 200, 200),
    "/cash-policies": (200, 200, 200),
    "/drafts": (200, 200, 200),
    "/alerts": (200, 200, 200),
    "/alerts/counts": (200, 200, 200),
    "/alerts/silences": (200, 200, 200),
    "/alerts/statistics": (200, 200, 200),
    "/alerts/AL-NONE/matter": (404, 404, 404),
    "/cockpit/999901101201": (200, 404, 200),
    "/cockpit/999901101000": (404, 404, 200),
    "/cockpit/999901101201/panels/alerts": (200, 404, 200),
    "/cockpit/999901101201/panels/closed_alerts": (404, 404, 404),
    "/cockpit/999901101201/panels/matters/rows": (200, 404, 200),
    "/indices": (200, 200, 200),
    "/indices?index=flags": (200, 200, 200),
    "/indices/mine": (200, 200, 200),
    "/index-settings?index=flags": (404, 404, 200),
    "/indices/IX-NONE": (404, 404, 404),
    "/alert-models": (200, 200, 200),
    "/alert-models/payment-duplicate": (200, 200, 200),
    "/alert-models/no-such-model": (404, 404, 404),
    "/parameter-changes": (200, 200, 200),
    "/parameter-changes/PC-NONE": (404, 404, 404),
    "/alerts/AL-NONE": (404, 404, 404),
    "/own-models": (404, 404, 200),
    "/own-models/own-0": (404, 404, 404),
    "/question-subjects": (200, 200, 200),
    "/questions": (200, 200, 200),
    "/questions/Q-NONE": (404, 404, 404),
    "/log": (404, 404, 404),
    "/reports": (200, 200, 200),
    "/reports/BG-NONE": (404, 404, 404),
    "/reports/BG-NONE/report.pdf": (404, 404, 404),
    "/reports/BG-NONE/report.docx": (404, 404, 404),
    "/reports/BG-NONE/report.xlsx": (404, 404, 404),
    "/report-templates?place=999901101000": (404, 404, 200),
    "/lake-counties": (404, 404, 404),
    "/lake-counties/320500000000/alerts": (404, 404, 404),
    "/matches": (404, 404, 404),
    "/publishing-duties": (200, 200, 200),
    "/publishing-duties/unjudged": (200, 200, 200),
    "/publishing-duties/999901101201": (404, 404, 404),
    "/inspection-checklist": (200, 200, 200),
    "/inspections": (404, 404, 200),
    "/inspections/JH-NONE": (404, 404, 404),
    "/inspections/JH-NONE/report.pdf": (404, 404, 404),
    "/inspections/JH-NONE/report.xlsx": (404, 404, 404),
    "/inspection-findings.xlsx": (200, 200, 200),
    "/inspection-tasks/JR-NONE": (404, 404, 404),
    "/inspection-findings": (200, 200, 200),
    "/inspection-findings/JW-NONE": (404, 404, 404),
    "/inspection-leads": (404, 404, 404),
    "/inspection-leads/JX-NONE": (404, 404, 404),
    "/exchange/sources": (404, 404, 404),
    "/exchange/sources/deaths/files": (404, 404, 404),
    "/exchange/sources/deaths/quality.xlsx": (404, 404, 404),
    "/exchange/returns/2026.xlsx": (404, 404, 404),
    "/exchange/proposals": (404, 404, 404),
    "/exchange/files/WB-NONE": (404, 404, 404),
    "/exchange/files/WB-NONE/left-out": (404, 404, 404),
    "/station/promise": (404, 404, 404),
    "/station/reports": (404, 404, 404),
    "/station/reports/XF-NONE": (404, 404, 404),
}
ROLES = ("cashier_reporter", "stone_cashier", "town_leader")


def _operations() -> list[tuple[str, str, bool]]:
    from sanzi.interfaces.api.app import api

    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        plain = path.removeprefix("/api/v1")
        for name in re.findall(r"{(\w+)}", plain):
            plain = plain.replace("{" + name + "}", "1")
        found += [(method.upper(), plain, "security" in one) for method, one in methods.items()]
    return found


def test_nobody_gets_in_without_a_token_except_to_what_is_public(
    desk: worlds_cases.Desk,
) -> None:
    answers = {}
    for method, path, is_closed in _operations():
        raw = Client().generic(method, f"/api/v1{path}")
        answers[method, path] = (raw.status_code, is_closed)

    closed = {key: status for key, (status, is_closed) in answers.items() if is_closed}
    opened = {key: status for key, (status, is_closed) in answers.items() if not is_closed}
    assert len(closed) > 45
    assert set(closed.values()) == {401}
    # Banks, DingTalk and seal machines sign what they send; no user stands behind it.
    assert {path.split("/")[1] for _, path in opened} == {"villages", "bank", "dingtalk", "seals"}
    assert set(opened.values()) <= {200, 400, 404}


@pytest.mark.parametrize("path", sorted(READS))
def test_each_read_answers_each_role_as_its_scope_says(
    desk: worlds_cases.Desk, program: Make, path: str
) -> None:
    number = desk.submitted()

    found = tuple(program(role)("GET", path.format(number=number)).status for role in ROLES)

    assert found == READS[path]


@pytest.mark.parametrize("harm", ["wrong", "expired", "revoked", "closed", "empty"])
def test_a_token_that_does_not_count_is_nobody(desk: worlds_cases.Desk, harm: str) -> None:
    user = desk.world.users["town_leader"]
    day = AT - timedelta(days=3) if harm == "expired" else AT
    made = tokens.make(username=user.username, days=2, title="", by=SYSTEM, at=day)
    if harm == "revoked":
        tokens.revoke(ext_id=made.ext_id, by=SYSTEM, at=AT)
    if harm == "closed":
        user.is_active = False
        user.save(update_fields=["is_active"])
    text = {"wrong": made.text[:-1] + "ñ", "empty": ""}.get(harm, made.text)

    raw = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {text}"})

    assert raw.status_code == 401
    assert raw.json()["code"] == "api.no_actor"


def test_a_token_is_kept_only_as_a_digest(desk: worlds_cases.Desk) -> None:
    user = desk.world.users["town_leader"]

    made = tokens.make(username=user.username, days=2, title="", by=SYSTEM, at=AT)

    row = ApiToken.objects.values().get()
    assert made.text not in str(row)
    assert made.text.replace("-", "") not in str(row)


def test_a_token_lives_for_a_bounded_time_and_belongs_to_a_known_user(
    desk: worlds_cases.Desk,
) -> None:
    user = desk.world.users["town_leader"]

    for days in (0, 367):
        with pytest.raises(errors.TokenDays):
            tokens.make(username=user.username, days=days, title="", by=SYSTEM, at=AT)
    with pytest.raises(errors.NotFound):
        tokens.make(username="nobody", days=5, title="", by=SYSTEM, at=AT)
    with pytest.raises(errors.NotFound):
        tokens.make(username=user.username, days=5, title="", by=desk.actor("village_clerk"), at=AT)

    assert not ApiToken.objects.exists()


def test_a_browser_without_second_factor_or_csrf_token_is_nobody(
    desk: worlds_cases.Desk,
) -> None:
    from allauth.mfa.totp.internal import auth as totp

    user = desk.world.users["cashier_reporter"]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    body = {"matter": "M10", "organisation": "O-WILLOW"}
    kind = "application/json"

    without_device = browser.get("/api/v1/me").status_code
    totp.TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    with_device = browser.get("/api/v1/me").status_code
    without_csrf = browser.post("/api/v1/cases", data=body, content_type=kind).status_code

    assert (without_device, with_device, without_csrf) == (401, 200, 401)


@pytest.mark.parametrize(
    "path",
    [
        f"/villages/{10**40}",
        "/villages/1",
        "/villages/999901101201/months/2026-13",
        "/cases/" + "9" * 200,
        "/cases/%00",
        "/evidence/x/pages/" + "9" * 60,
        "/books/O-WILLOW/accounts/" + "1" * 30 + "?first=2026-01&last=2026-02",
    ],
)
def test_a_malformed_address_is_an_absent_one(
    desk: worlds_cases.Desk, program: Make, path: str
) -> None:
    said = program("town_leader")("GET", path)

    assert (said.status, said.body["code"]) == (404, "orgs.not_found")
