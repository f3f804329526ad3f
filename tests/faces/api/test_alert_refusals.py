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
Row = tuple[str, str, dict[str, Any], Any, str]


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
    one = alert()
    office = desk.world.users[OFFICE]
    base = {
        "state": "pending", "handler_id": office.pk, "handler_name": "何农经",
        "severity": "block", "route_step": 0, "route_role": OFFICE, "conclusion": "",
        "extended_at": None, "handed_back_at": None, "vanished_at": None,
        "subject_person_ext_ids": [], "model_code": "payment-cash",
    }  # fmt: skip
    nobody = {"handler_id": None, "handler_name": ""}
    new, done = {**nobody, "state": "new"}, {"state": "disposed"}
    checking = {"state": "verifying", "conclusion": "explained"}
    over = {**nobody, "state": "transferred", "route_step": 1, "route_role": TOWN}
    kin = {**new, "subject_person_ext_ids": [sister(desk)]}
    said, short = {"text": WHY}, {"text": "好的"}
    plan = {"plan": WHY, "finish_date": "2026-12-01"}
    feed = {"text": WHY, "rectifications": ["talk"]}
    ends = {"conclusion": "explained", "text": WHY}
    false = {**ends, "conclusion": "false_positive", "until_date": "2027-03-31"}
    at_town = {"handler_id": desk.world.users[TOWN].pk, "route_step": 1, "route_role": TOWN}
    wait = {"until": "2026-11-20T00:00:00+08:00", "text": WHY}
    rest = {"ground": "court", "until_date": "2027-01-08", "text": WHY}
    s = "supervision."
    table: list[Row] = [
        (OFFICE, "take", done, None, s + "wrong_state"),
        (COUNTY, "take", new, None, s + "not_your_turn"),
        (OFFICE, "take", {"handler_id": 99, "handler_name": "别人"}, None, s + "not_your_turn"),
        (OFFICE, "take", kin, None, s + "kin_stands_aside"),
        ("town_leader", "take", new, None, s + "not_your_turn"),
        ("county_finance", "take", new, None, "orgs.not_found"),
        ("stone_cashier", "take", new, None, "orgs.not_found"),
        (OFFICE, "ask", {}, short, s + "reason_too_short"),
        (OFFICE, "ask", done, said, s + "wrong_state"),
        (COUNTY, "ask", {}, said, s + "not_your_turn"),
        (OFFICE, "explain", {}, said, s + "wrong_state"),
        (OFFICE, "explain", {"state": "explaining"}, short, s + "reason_too_short"),
        ("town_leader", "explain", {"state": "explaining"}, said, s + "not_your_turn"),
        (OFFICE, "explain", {"state": "explaining"}, said, s + "not_your_turn"),
        ("county_finance", "explain", {"state": "explaining"}, said, "orgs.not_found"),
        (OFFICE, "rectify", {}, {**plan, "plan": "改"}, s + "reason_too_short"),
        (OFFICE, "rectify", {}, {**plan, "finish_date": "2026-11-01"}, s + "bad_finish_date"),
        (COUNTY, "rectify", {}, plan, s + "not_your_turn"),
        (OFFICE, "rectify", done, plan, s + "wrong_state"),
        (OFFICE, "feed-back", {}, {**feed, "text": "好"}, s + "reason_too_short"),
        (OFFICE, "feed-back", {"state": "rectifying"}, feed, s + "evidence_needed"),
        (OFFICE, "feed-back", {}, {**feed, "rectifications": ["no"]}, s + "unknown_rectification"),
        (OFFICE, "feed-back", {}, {**feed, "amount_involved_fen": 1, "money_back_fen": 2},
         s + "money_does_not_add_up"),
        (OFFICE, "feed-back", {}, {**feed, "circumstances": ["no"]}, s + "unknown_circumstance"),
        (OFFICE, "feed-back", {}, {**feed, "person_count": -1}, "api.bad_input"),
        (COUNTY, "feed-back", {}, feed, s + "not_your_turn"),
        (OFFICE, "feed-back", done, feed, s + "wrong_state"),
        (OFFICE, "conclude", {}, {**ends, "text": "好"}, s + "reason_too_short"),
        (OFFICE, "conclude", {}, {**ends, "conclusion": "no"}, s + "unknown_conclusion"),
        (OFFICE, "conclude", {}, false, s + "only_discipline"),
        (OFFICE, "conclude", {}, {**ends, "conclusion": "transferred"}, s + "hand_over_first"),
        (OFFICE, "conclude", {}, {**ends, "conclusion": "confirmed"}, s + "not_rectified"),
        (TOWN, "conclude", at_town, {**false, "until_date": None}, s + "expiry_needed"),
        (TOWN, "conclude", at_town, {**false, "until_date": "2026-11-12"}, s + "expiry_needed"),
        (TOWN, "conclude", at_town, {**false, "scope": "all"}, s + "unknown_scope"),
        (TOWN, "conclude", at_town, {**false, "scope": "parties"}, s + "silence_too_wide"),
        (TOWN, "conclude", {**at_town, "severity": "warn"}, {**false, "scope": "parties"},
         s + "no_party_pair"),
        (COUNTY, "conclude", {}, ends, s + "not_your_turn"),
        (OFFICE, "conclude", done, ends, s + "wrong_state"),
        (TOWN, "verify", {}, {"agrees": True, "text": WHY}, s + "wrong_state"),
        (TOWN, "verify", checking, {"agrees": True, "text": "好"}, s + "reason_too_short"),
        (TOWN, "verify", {**checking, "handler_id": desk.world.users[TOWN].pk},
         {"agrees": True, "text": WHY}, s + "same_handler"),
        (TOWN, "verify", {**checking, "conclusion": ""}, {"agrees": True, "text": WHY},
         s + "wrong_state"),
        (TOWN, "verify", {**checking, "conclusion": "data_error"}, {"agrees": True, "text": WHY},
         s + "still_found"),
        (OFFICE, "verify", checking, {"agrees": True, "text": WHY}, "orgs.not_found"),
        (TOWN, "reopen", {}, said, s + "wrong_state"),
        (TOWN, "reopen", done, short, s + "reason_too_short"),
        (OFFICE, "reopen", done, said, "orgs.not_found"),
        (OFFICE, "snooze", {}, wait, s + "only_warn_snoozes"),
        (OFFICE, "snooze", {"severity": "warn"}, {**wait, "until": "2027-02-01T00:00:00+08:00"},
         s + "only_warn_snoozes"),
        (OFFICE, "snooze", {"severity": "warn"}, {**wait, "until": "2026-11-20T00:00:00"},
         "api.bad_input"),
        (OFFICE, "snooze", {"severity": "warn"}, {**wait, "text": "等"}, s + "reason_too_short"),
        (OFFICE, "extend", {}, {"days": 1, **said}, "orgs.not_found"),
        ("town_leader", "extend", {}, {"days": 4, **said}, s + "extension_too_long"),
        ("town_leader", "extend", {}, {"days": 1, **short}, s + "reason_too_short"),
        ("town_leader", "extend", {"extended_at": one.opened_at}, {"days": 1, **said},
         s + "extended_once"),
        ("town_leader", "extend", done, {"days": 1, **said}, s + "wrong_state"),
        (OFFICE, "suspend", {}, rest, "orgs.not_found"),
        ("town_leader", "suspend", {}, {**rest, "ground": "tired"}, s + "unknown_ground"),
        ("town_leader", "suspend", {}, {**rest, "until_date": "2026-11-12"}, s + "bad_until"),
        ("town_leader", "suspend", {}, {**rest, "text": "等"}, s + "reason_too_short"),
        ("town_leader", "suspend", done, rest, s + "wrong_state"),
        ("town_leader", "resume", {}, said, s + "wrong_state"),
        ("town_leader", "resume", {"state": "suspended"}, short, s + "reason_too_short"),
        (OFFICE, "resume", {"state": "suspended"}, said, "orgs.not_found"),
        (OFFICE, "hand-over", {}, short, s + "reason_too_short"),
        (COUNTY, "hand-over", {}, said, s + "not_your_turn"),
        (TOWN, "hand-over", at_town, said, s + "already_there"),
        (OFFICE, "hand-over", done, said, s + "wrong_state"),
        (TOWN, "accept", {}, None, s + "wrong_state"),
        (OFFICE, "accept", over, None, s + "not_your_turn"),
        ("town_leader", "accept", over, None, s + "not_your_turn"),
        ("county_finance", "accept", over, None, "orgs.not_found"),
        (TOWN, "send-back", over, short, s + "reason_too_short"),
        (TOWN, "send-back", {**over, "handed_back_at": one.opened_at}, said, s + "sent_back_once"),
        (OFFICE, "send-back", over, said, s + "not_your_turn"),
        (TOWN, "recheck", done, None, s + "wrong_state"),
        ("stone_cashier", "recheck", {}, None, "orgs.not_found"),
        ("town_leader", "dossier", {}, None, "orgs.not_found"),
    ]  # fmt: skip

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
