"""Each door that writes to an alert or a parameter refuses with its code, and writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from worlds import village

if TYPE_CHECKING:
    from sanzi.supervision.models import Alert
    from worlds.cases import Desk

WHY = "已经核对发票和送货单"
TOWN, COUNTY, OFFICE = "town_discipline_office", "county_discipline", "town_agri_head"
S = "supervision."
SAID, SHORT = {"text": WHY}, {"text": "好的"}
PLAN = {"plan": WHY, "finish_date": "2026-12-01"}
FEED = {"text": WHY, "rectifications": ["talk"]}
ENDS = {"conclusion": "explained", "text": WHY}
FALSE = {**ENDS, "conclusion": "false_positive", "until_date": "2027-03-31"}
WAIT = {"until": "2026-11-20T00:00:00+08:00", "text": WHY}
REST = {"ground": "court", "until_date": "2027-01-08", "text": WHY}
Row = tuple[str, str, dict[str, Any], Any, str]


TABLE: list[tuple[str, str, str, Any, str]] = [
    (OFFICE, "take", "done", None, S + "wrong_state"),
    (COUNTY, "take", "new", None, S + "not_your_turn"),
    (OFFICE, "take", "taken", None, S + "not_your_turn"),
    (OFFICE, "take", "kin", None, S + "kin_stands_aside"),
    ("town_leader", "take", "new", None, S + "not_your_turn"),
    ("county_finance", "take", "new", None, "orgs.not_found"),
    ("stone_cashier", "take", "new", None, "orgs.not_found"),
    (OFFICE, "ask", "", SHORT, S + "reason_too_short"),
    (OFFICE, "ask", "done", SAID, S + "wrong_state"),
    (COUNTY, "ask", "", SAID, S + "not_your_turn"),
    (OFFICE, "explain", "", SAID, S + "wrong_state"),
    (OFFICE, "explain", "explaining", SHORT, S + "reason_too_short"),
    ("town_leader", "explain", "explaining", SAID, S + "not_your_turn"),
    (OFFICE, "explain", "explaining", SAID, S + "not_your_turn"),
    ("county_finance", "explain", "explaining", SAID, "orgs.not_found"),
    (OFFICE, "rectify", "", {**PLAN, "plan": "改"}, S + "reason_too_short"),
    (OFFICE, "rectify", "", {**PLAN, "finish_date": "2026-11-01"}, S + "bad_finish_date"),
    (COUNTY, "rectify", "", PLAN, S + "not_your_turn"),
    (OFFICE, "rectify", "done", PLAN, S + "wrong_state"),
    (OFFICE, "feed-back", "", {**FEED, "text": "好"}, S + "reason_too_short"),
    (OFFICE, "feed-back", "rectifying", FEED, S + "evidence_needed"),
    (OFFICE, "feed-back", "", {**FEED, "rectifications": ["no"]}, S + "unknown_rectification"),
    (OFFICE, "feed-back", "", {**FEED, "amount_involved_fen": 1, "money_back_fen": 2},
     S + "money_does_not_add_up"),
    (OFFICE, "feed-back", "", {**FEED, "circumstances": ["no"]}, S + "unknown_circumstance"),
    (OFFICE, "feed-back", "", {**FEED, "person_count": -1}, "api.bad_input"),
    (COUNTY, "feed-back", "", FEED, S + "not_your_turn"),
    (OFFICE, "feed-back", "done", FEED, S + "wrong_state"),
    (OFFICE, "conclude", "", {**ENDS, "text": "好"}, S + "reason_too_short"),
    (OFFICE, "conclude", "", {**ENDS, "conclusion": "no"}, S + "unknown_conclusion"),
    (OFFICE, "conclude", "", FALSE, S + "only_discipline"),
    (OFFICE, "conclude", "", {**ENDS, "conclusion": "transferred"}, S + "hand_over_first"),
    (OFFICE, "conclude", "", {**ENDS, "conclusion": "confirmed"}, S + "not_rectified"),
    (TOWN, "conclude", "town", {**FALSE, "until_date": None}, S + "expiry_needed"),
    (TOWN, "conclude", "town", {**FALSE, "until_date": "2026-11-12"}, S + "expiry_needed"),
    (TOWN, "conclude", "town", {**FALSE, "scope": "all"}, S + "unknown_scope"),
    (TOWN, "conclude", "town", {**FALSE, "scope": "parties"}, S + "silence_too_wide"),
    (TOWN, "conclude", "town_warn", {**FALSE, "scope": "parties"},
     S + "no_party_pair"),
    (COUNTY, "conclude", "", ENDS, S + "not_your_turn"),
    (OFFICE, "conclude", "done", ENDS, S + "wrong_state"),
    (TOWN, "verify", "", {"agrees": True, "text": WHY}, S + "wrong_state"),
    (TOWN, "verify", "checking", {"agrees": True, "text": "好"}, S + "reason_too_short"),
    (TOWN, "verify", "own",
     {"agrees": True, "text": WHY}, S + "same_handler"),
    (TOWN, "verify", "unsaid", {"agrees": True, "text": WHY},
     S + "wrong_state"),
    (TOWN, "verify", "data_error", {"agrees": True, "text": WHY},
     S + "still_found"),
    (OFFICE, "verify", "checking", {"agrees": True, "text": WHY}, "orgs.not_found"),
    (TOWN, "reopen", "", SAID, S + "wrong_state"),
    (TOWN, "reopen", "done", SHORT, S + "reason_too_short"),
    (OFFICE, "reopen", "done", SAID, "orgs.not_found"),
    (OFFICE, "snooze", "", WAIT, S + "only_warn_snoozes"),
    (OFFICE, "snooze", "warn", {**WAIT, "until": "2027-02-01T00:00:00+08:00"},
     S + "only_warn_snoozes"),
    (OFFICE, "snooze", "warn", {**WAIT, "until": "2026-11-20T00:00:00"},
     "api.bad_input"),
    (OFFICE, "snooze", "warn", {**WAIT, "text": "等"}, S + "reason_too_short"),
    (OFFICE, "extend", "", {"days": 1, **SAID}, "orgs.not_found"),
    ("town_leader", "extend", "", {"days": 4, **SAID}, S + "extension_too_long"),
    ("town_leader", "extend", "", {"days": 1, **SHORT}, S + "reason_too_short"),
    ("town_leader", "extend", "extended", {"days": 1, **SAID},
     S + "extended_once"),
    ("town_leader", "extend", "done", {"days": 1, **SAID}, S + "wrong_state"),
    (OFFICE, "suspend", "", REST, "orgs.not_found"),
    ("town_leader", "suspend", "", {**REST, "ground": "tired"}, S + "unknown_ground"),
    ("town_leader", "suspend", "", {**REST, "until_date": "2026-11-12"}, S + "bad_until"),
    ("town_leader", "suspend", "", {**REST, "text": "等"}, S + "reason_too_short"),
    ("town_leader", "suspend", "done", REST, S + "wrong_state"),
    ("town_leader", "resume", "", SAID, S + "wrong_state"),
    ("town_leader", "resume", "suspended", SHORT, S + "reason_too_short"),
    (OFFICE, "resume", "suspended", SAID, "orgs.not_found"),
    (OFFICE, "hand-over", "", SHORT, S + "reason_too_short"),
    (COUNTY, "hand-over", "", SAID, S + "not_your_turn"),
    (TOWN, "hand-over", "town", SAID, S + "already_there"),
    (OFFICE, "hand-over", "done", SAID, S + "wrong_state"),
    (TOWN, "accept", "", None, S + "wrong_state"),
    (OFFICE, "accept", "over", None, S + "not_your_turn"),
    ("town_leader", "accept", "over", None, S + "not_your_turn"),
    ("county_finance", "accept", "over", None, "orgs.not_found"),
    (TOWN, "send-back", "over", SHORT, S + "reason_too_short"),
    (TOWN, "send-back", "back_once", SAID, S + "sent_back_once"),
    (OFFICE, "send-back", "over", SAID, S + "not_your_turn"),
    (TOWN, "recheck", "done", None, S + "wrong_state"),
    ("stone_cashier", "recheck", "", None, "orgs.not_found"),
    ("town_leader", "dossier", "", None, "orgs.not_found"),
]  # fmt: skip


def rows() -> list[Any]:
    """Return all that a step of the loop writes."""
    from sanzi.audit.models import Event
    from sanzi.evidence.models import Attachment
    from sanzi.notices.models import Notice
    from sanzi.supervision import models

    tables = (models.Alert, models.Disposal, models.Silence, models.Parameter,
              models.ParameterChange, models.BackTest, Attachment, Notice, Event)  # fmt: skip
    return [list(one.objects.order_by("pk").values()) for one in tables]


def alert(name: str = "AL-1", matter: str = "") -> Alert:
    """Make a red line that the agriculture office of the town has."""
    from sanzi.supervision.models import Alert
    from worlds import cases

    return Alert.objects.create(
        ext_id=name, model_code="payment-cash", model_version="1", finding_kind="payment",
        finding_id=name, org_ext_id="O-WILLOW", division_code=village.WILLOW, severity="block",
        sentence="这笔钱付了现金。", figures={}, parameters={}, rows={}, rows_digest="0" * 64,
        route="F:agri 3", route_role=OFFICE, route_division=village.TOWN,
        opened_at=cases.AT, due_at=cases.AT + dt.timedelta(days=3), limit_days=3,
        limit_began_at=cases.AT, matter_key=matter,
    )  # fmt: skip


def sister(desk: Desk) -> str:
    """Give the agriculture office a sister in the village, and return who she is."""
    from sanzi.orgs.models import Kinship

    found = desk.world.people["committee_member"]
    Kinship.objects.create(
        person=desk.world.people[OFFICE], relative=found, relation="sibling",
        is_statutory_kin=True, is_extended_kin=True, source="declared",
    )  # fmt: skip
    return str(found.ext_id)


def states(desk: Desk) -> dict[str, dict[str, Any]]:
    """Return what an alert is like in each state that a refusal is tried in."""
    town = desk.world.users[TOWN].pk
    nobody = {"handler_id": None, "handler_name": ""}
    checking = {"state": "verifying", "conclusion": "explained"}
    over = {**nobody, "state": "transferred", "route_step": 1, "route_role": TOWN}
    at_town = {"handler_id": town, "route_step": 1, "route_role": TOWN}
    new = {**nobody, "state": "new"}
    return {
        "": {}, "new": new, "done": {"state": "disposed"}, "checking": checking, "over": over,
        "town": at_town, "town_warn": {**at_town, "severity": "warn"}, "warn": {"severity": "warn"},
        "kin": {**new, "subject_person_ext_ids": [sister(desk)]},
        "taken": {"handler_id": 99, "handler_name": "别人"},
        "own": {**checking, "handler_id": town}, "unsaid": {**checking, "conclusion": ""},
        "data_error": {**checking, "conclusion": "data_error"},
        "extended": {"extended_at": desk.world.at},
        "back_once": {**over, "handed_back_at": desk.world.at},
        **{one: {"state": one} for one in ("explaining", "rectifying", "suspended")},
    }  # fmt: skip


def run(program: Any, base: dict[str, Any], table: list[Row], prefix: str) -> dict[int, Any]:
    """Try each row of a table; return those that did not answer as they should, or wrote."""
    from sanzi.supervision.models import Alert

    speakers: dict[str, Any] = {}
    wrong: dict[int, Any] = {}
    for number, (role, path, state, body, code) in enumerate(table):
        Alert.objects.filter(ext_id="AL-1").update(**{**base, **state})
        speaker = speakers.setdefault(role, program(role))
        before = rows()
        said = speaker("POST", f"{prefix}{path}", body)
        found = (said.body or {}).get("code") if said.status >= 400 else said.status
        if found != code or rows() != before:
            wrong[number] = (path, code, found, rows() == before)
    return wrong


def test_each_step_of_an_alert_is_refused_with_its_code(
    desk: Desk, program: Callable[[str], Any]
) -> None:
    alert()
    base = {
        "state": "pending", "handler_id": desk.world.users[OFFICE].pk, "handler_name": "何农经",
        "severity": "block", "route_step": 0, "route_role": OFFICE, "conclusion": "",
        "extended_at": None, "handed_back_at": None, "subject_person_ext_ids": [],
    }  # fmt: skip
    named = states(desk)
    table: list[Row] = [
        (role, path, named[state], body, code) for role, path, state, body, code in TABLE
    ]

    assert run(program, base, table, "/alerts/AL-1/") == {}


def test_files_that_no_alert_takes_are_refused(desk: Desk, program: Callable[[str], Any]) -> None:
    from sanzi.supervision.models import Alert
    from worlds.loop import picture

    alert()

    def hang(role: str, kind: str, content: bytes) -> str:
        speaker, before = program(role), rows()
        file = SimpleUploadedFile("x.png", content, content_type="image/png")
        said = speaker("POST", "/alerts/AL-1/files", files={"kind": kind, "file": file})
        assert rows() == before
        return str(said.body["code"])

    assert hang(OFFICE, "holiday", picture()) == "orgs.not_found"
    assert hang("stone_cashier", "rectified", picture()) == "orgs.not_found"
    assert hang(OFFICE, "rectified", picture()) == "supervision.wrong_state"
    Alert.objects.update(state="rectifying")
    assert hang(OFFICE, "rectified", b"MZ not a picture").startswith("evidence.")


def test_several_together_and_silences_are_refused_with_their_codes(
    desk: Desk, program: Callable[[str], Any]
) -> None:
    from sanzi.supervision.models import Silence

    one, _ = alert(matter="M1"), alert("AL-2", matter="M2")
    made = Silence.objects.create(
        ext_id="FA-1", alert=one, model_code="payment-cash", division_code=village.WILLOW,
        scope="facts", key="0" * 64, reason=WHY, made_by_id=1, verified_by_id=2,
        made_at=one.opened_at, until_date=dt.date(2027, 1, 1), revoked_at=one.opened_at,
    )  # fmt: skip
    ends = {"conclusion": "explained", "text": WHY}
    s = "supervision."
    table: list[Row] = [
        (OFFICE, "together", {}, {**ends, "ext_ids": []}, s + "nothing_chosen"),
        (OFFICE, "together", {}, {**ends, "ext_ids": ["AL-1", "AL-2"]}, s + "not_together"),
        (OFFICE, "together", {}, {**ends, "ext_ids": ["AL-1", "AL-9"]}, "orgs.not_found"),
        ("stone_cashier", "together", {}, {**ends, "ext_ids": ["AL-1"]}, "orgs.not_found"),
        (TOWN, "silences/FA-1/revoke", {}, {"text": WHY}, s + "already_revoked"),
        (TOWN, "silences/FA-1/revoke", {}, {"text": "好"}, s + "reason_too_short"),
        (TOWN, "silences/FA-9/revoke", {}, {"text": WHY}, "orgs.not_found"),
        (OFFICE, "silences/FA-1/revoke", {}, {"text": WHY}, "orgs.not_found"),
    ]

    assert run(program, {}, table, "/alerts/") == {}
    assert made.kept_silent_count == 0


def test_changes_of_parameters_are_refused_with_their_codes(
    desk: Desk, program: Callable[[str], Any]
) -> None:
    maker, checker = program("county_agri"), program(COUNTY)
    wish = {
        "division_code": village.COUNTY, "value": 400, "valid_from_date": "2026-12-01",
        "reason": "县里统一口径，三十天太短", "source_ref": "县农业农村局会议纪要〔2026〕8号",
    }  # fmt: skip
    path = "/alert-models/payment-duplicate/parameters/window_days"
    made = maker("POST", path, wish)
    assert made.status == 201, made.body
    change = f"/parameter-changes/{made.body['ext_id']}"
    agreed = {"is_approved": True}
    s = "supervision."
    wrong: dict[str, Any] = {}

    def refused(speaker: Any, where: str, body: Any, code: str, method: str = "POST") -> None:
        before = rows()
        said = speaker(method, where, body)
        if (said.body or {}).get("code") != code or rows() != before:
            wrong[f"{where} {code}"] = said.body

    for changed, code in (
        ({"value": -1}, s + "bad_parameter_value"),
        ({"value": "四百"}, s + "bad_parameter_value"),
        ({"value": 3_661}, s + "bad_parameter_value"),
        ({"source_ref": " "}, s + "source_missing"),
        ({"reason": "太短"}, s + "reason_too_short"),
        ({"division_code": village.WILLOW}, s + "not_a_place"),
        ({"valid_from_date": "2026-11-01"}, s + "period_past"),
        ({}, s + "period_overlaps"),
    ):
        refused(maker, path, {**wish, **changed}, code)
    in_force = maker("GET", "/alert-models/payment-duplicate").body["parameters"]
    now = next(one["now"] for one in in_force if one["name"] == "window_days")
    refused(maker, path, {**wish, "value": int(now.removesuffix("天"))}, s + "same_value")
    refused(maker, path.replace("window_days", "no"), wish, "orgs.not_found")
    refused(program("cashier_reporter"), path, wish, "orgs.not_found")
    refused(checker, change, agreed, s + "no_backtest")
    refused(checker, change, {"is_approved": False, "reason": "不"}, s + "reason_too_short")
    refused(maker, change, agreed, "orgs.not_found")
    refused(program(OFFICE), change, agreed, "orgs.not_found")
    refused(checker, f"{change}X", agreed, "orgs.not_found")
    refused(checker, change, None, s + "not_your_change", "DELETE")
    assert maker("POST", f"{change}/test").status == 200
    refused(maker, f"{change}/test", None, s + "backtest_running")
    assert maker("DELETE", change).status == 200
    refused(checker, change, agreed, s + "change_decided")
    refused(maker, f"{change}/test", None, s + "change_decided")

    assert wrong == {}
