"""A payment's way through the interface: started, filled, submitted, approved, released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sanzi.audit.models import Event
from sanzi.evidence.models import Attachment
from sanzi.matters.models import Case, CaseStep
from sanzi.payments.actions import payee_file
from sanzi.payments.models import Instruction, Payment, PaymentOrder
from worlds import cases as worlds_cases

pytestmark = pytest.mark.django_db
Make = Callable[[str], Any]


def _start(ask: Any, **headers: str) -> Any:
    return ask("POST", "/cases", {"matter": "M10", "organisation": "O-WILLOW"}, headers=headers)


def _counts() -> tuple[int, ...]:
    tables = (Case, CaseStep, PaymentOrder, Payment, Instruction, Attachment)
    told = Event.objects.exclude(kind="orgs.token.made").count()
    return (told, *(one._default_manager.count() for one in tables))


def _photo(name: str, mark: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, worlds_cases.photo(mark), "image/jpeg")


def _filled(ask: Any, desk: worlds_cases.Desk) -> str:
    number = _start(ask).body["number"]
    saved = ask("PATCH", f"/cases/{number}", {"form": desk.form(), "lines": desk.lines()})
    assert saved.status == 200, saved.body
    for mark, kind in enumerate(worlds_cases.PAPERS):
        said = ask(
            "POST", f"/cases/{number}/evidence", files={"kind": kind, "file": _photo("a.jpg", mark)}
        )
        assert said.status == 201, said.body
    checked = ask("POST", f"/cases/{number}/check-payees")
    assert {one["verdict"] for one in checked.body} == {"MATCH"}
    return str(number)


def test_a_payment_goes_the_whole_way_over_the_interface(
    desk: worlds_cases.Desk, program: Make, code: Make
) -> None:
    clerk = program("cashier_reporter")
    number = _filled(clerk, desk)

    submitted = clerk("POST", f"/cases/{number}/submit")

    assert submitted.status == 200, submitted.body
    assert (submitted.body["state"], submitted.body["tier"]) == ("SUBMITTED", "T0")
    done = []
    while True:
        row = CaseStep.objects.filter(case__number=number, state="OPEN").first()
        if row is None:
            break
        role = worlds_cases.ROLE_OF[row.step_no]
        ask = program(role)
        todo = ask("GET", "/todo").body["items"]
        assert [one["number"] for one in todo] == [number]
        view = ask("GET", f"/cases/{number}").body
        turn = view["turn"]
        headers = code(role) if turn["needs_code"] else {}
        body = {"seen_digest": view["content_digest"]}
        if turn["effect"]:
            said = ask("POST", f"/orders/{number}/{turn['effect']}", body, headers=headers)
        else:
            body["verdict"] = "approve"
            said = ask("POST", f"/cases/{number}/act", body, headers=headers)
        assert said.status == 200, said.body
        done.append(turn["effect"] or "approve")

    assert done[-2:] == ["instruct", "release"]
    order = clerk("GET", f"/orders/{number}").body
    assert (order["state"], sum(order["counts"].values())) == ("RELEASED", 4)
    assert [one["line_count"] for one in clerk("GET", f"/orders/{number}/messages").body] == [4]
    payees = clerk("GET", f"/orders/{number}/payees?limit=3").body
    assert (len(payees["items"]), payees["total"], payees["next_offset"]) == (3, 4, 3)
    assert Instruction.objects.count() == 1


def test_starting_needs_the_role_and_leaves_nothing_when_refused(
    desk: worlds_cases.Desk, program: Make
) -> None:
    before = _counts()

    by_leader = _start(program("town_leader"))
    by_stone = _start(program("stone_cashier"))

    assert (by_leader.status, by_leader.body["code"]) == (409, "matters.may_not_start")
    assert set(by_leader.body) == {"code", "sentence", "next_step", "data"}
    assert (by_stone.status, by_stone.body["code"]) == (404, "orgs.not_found")
    assert _counts() == before


def test_the_same_idempotency_key_starts_one_case(desk: worlds_cases.Desk, program: Make) -> None:
    ask = program("cashier_reporter")

    first = _start(ask, **{"Idempotency-Key": "clerk-0001"})
    again = _start(ask, **{"Idempotency-Key": "clerk-0001"})
    other = ask(
        "POST",
        "/cases",
        {"matter": "M10", "organisation": "O-WILLOW-VC"},
        headers={"Idempotency-Key": "clerk-0001"},
    )

    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert again.raw["Idempotent-Replayed"] == "true"
    assert (other.status, other.body["code"]) == (422, "orgs.key_reused")
    assert Case.objects.count() == 1


def test_a_refused_start_may_be_repeated_with_its_key(
    desk: worlds_cases.Desk, program: Make
) -> None:
    ask = program("cashier_reporter")
    bad = {"matter": "M99", "organisation": "O-WILLOW"}
    key = {"Idempotency-Key": "clerk-0002"}

    refused = ask("POST", "/cases", bad, headers=key)
    started = _start(ask, **key)

    assert refused.status == 409
    assert started.status == 201


def test_a_wrong_field_or_line_is_named_and_nothing_is_kept(
    desk: worlds_cases.Desk, program: Make
) -> None:
    ask = program("cashier_reporter")
    number = _start(ask).body["number"]
    before = _counts()

    unknown = ask("PATCH", f"/cases/{number}", {"form": {"no_such_field": "x"}})
    line = ask("PATCH", f"/cases/{number}", {"lines": [{"name": "王一", "account": "12"}]})
    unread = ask("PATCH", f"/cases/{number}", {"form": {"purpose": "坏\x00字"}})
    broken = ask("PATCH", f"/cases/{number}", None, data="{", content_type="application/json")

    assert (unknown.status, unknown.body["code"]) == (422, "matters.bad_field")
    assert (line.status, line.body["code"]) == (422, "matters.bad_payee_line")
    assert (unread.status, unread.body["code"]) == (400, "api.bad_input")
    assert (broken.status, broken.body["code"]) == (400, "api.bad_input")
    assert _counts() == before
    assert "purpose" not in Case.objects.get().form


def test_a_draft_is_filled_from_the_last_one_and_not_from_another_villages(
    desk: worlds_cases.Desk, program: Make
) -> None:
    ask = program("cashier_reporter")
    source = desk.submitted()
    Case.objects.filter(number=source).update(state="SETTLED")
    number = _start(ask).body["number"]
    elsewhere = ask("POST", f"/cases/{number}/repeat", {"like": "999901101202-2026-000001"})
    said = ask("POST", f"/cases/{number}/repeat", {})
    strange = program("stone_cashier")("POST", f"/cases/{number}/repeat", {"like": source})

    assert (elsewhere.status, said.status, strange.status) == (404, 200, 404)
    assert (said.body["source"], said.body["amounts"]) == (source, ["付给谁"])
    assert Case.objects.get(number=number).form["purpose"] == "重阳节慰问金"


def test_an_incomplete_case_is_not_taken(desk: worlds_cases.Desk, program: Make) -> None:
    ask = program("cashier_reporter")
    number = _start(ask).body["number"]
    before = _counts()

    said = ask("POST", f"/cases/{number}/submit")

    assert (said.status, said.body["code"]) == (422, "matters.form_incomplete")
    assert _counts() == before


def test_who_is_not_on_turn_or_saw_something_else_does_not_act(
    desk: worlds_cases.Desk, program: Make
) -> None:
    number = desk.submitted()
    seen = Case.objects.get().content_digest
    before = _counts()

    wrong_turn = program("town_leader")(
        "POST", f"/cases/{number}/act", {"verdict": "approve", "seen_digest": seen}
    )
    stale = program("committee_member")(
        "POST", f"/cases/{number}/act", {"verdict": "approve", "seen_digest": "00" * 32}
    )
    no_reason = program("committee_member")(
        "POST", f"/cases/{number}/act", {"verdict": "return", "seen_digest": seen}
    )

    assert (wrong_turn.status, wrong_turn.body["code"]) == (409, "matters.no_open_step")
    assert (stale.status, stale.body["code"]) == (409, "matters.content_changed")
    assert (no_reason.status, no_reason.body["code"]) == (422, "matters.reason_missing")
    assert _counts() == before


def test_money_asks_for_the_second_factor(
    desk: worlds_cases.Desk, program: Make, code: Make
) -> None:
    number = desk.submitted()
    desk.walk(number, 10)
    ask = program("agency_cashier")
    seen = {"seen_digest": Case.objects.get().content_digest}
    headers = code("agency_cashier")
    before = _counts()

    without = ask("POST", f"/orders/{number}/instruct", seen)
    wrong = ask("POST", f"/orders/{number}/instruct", seen, headers={"X-Second-Factor": "000000"})

    assert (without.status, without.body["code"]) == (409, "orgs.second_factor_needed")
    assert (wrong.status, wrong.body["code"]) == (409, "orgs.second_factor_needed")
    assert _counts() == before
    right = ask("POST", f"/orders/{number}/instruct", seen, headers=headers)
    assert right.status == 200, right.body
    same_hand = ask("POST", f"/orders/{number}/release", seen)
    assert (same_hand.status, same_hand.body["code"]) == (409, "matters.no_open_step")


def test_five_wrong_codes_lock_the_second_factor(
    desk: worlds_cases.Desk, program: Make, code: Make
) -> None:
    number = desk.submitted()
    desk.walk(number, 10)
    ask = program("agency_cashier")
    headers = code("agency_cashier")
    seen = {"seen_digest": Case.objects.get().content_digest}
    for _ in range(5):
        ask("POST", f"/orders/{number}/instruct", seen, headers={"X-Second-Factor": "000000"})

    said = ask("POST", f"/orders/{number}/instruct", seen, headers=headers)

    assert said.body["code"] == "orgs.second_factor_needed"
    assert PaymentOrder.objects.get().state == "APPROVED"


def test_a_sheet_of_payees_is_taken_whole_or_not_at_all(
    desk: worlds_cases.Desk, program: Make
) -> None:
    ask = program("cashier_reporter")
    number = _start(ask).body["number"]
    before = _counts()
    template = ask("GET", "/payee-template")
    sheet = SimpleUploadedFile("payees.xlsx", template.raw.content)

    empty = ask("POST", f"/cases/{number}/payees", files={"file": sheet})
    noise = SimpleUploadedFile("payees.xlsx", b"not a sheet")
    broken = ask("POST", f"/cases/{number}/payees", files={"file": noise})

    assert template.status == 200
    assert payee_file.COLUMNS
    assert (empty.status, empty.body["code"]) == (422, "payments.payee_file_refused")
    assert (broken.status, broken.body["code"]) == (422, "payments.payee_file_refused")
    assert _counts() == before


def test_evidence_goes_up_comes_down_as_an_attachment_and_is_judged_by_content(
    desk: worlds_cases.Desk, program: Make
) -> None:
    ask = program("cashier_reporter")
    number = _start(ask).body["number"]
    stored = ask(
        "POST", f"/cases/{number}/evidence", files={"kind": "roster", "file": _photo("a.jpg", 1)}
    ).body

    original = ask("GET", f"/evidence/{stored['ext_id']}/original")
    page = ask("GET", f"/evidence/{stored['ext_id']}/pages/1")
    outside = program("stone_cashier")("GET", f"/evidence/{stored['ext_id']}/original")
    script = SimpleUploadedFile("a.jpg", b"<html><script>1</script></html>")
    refused = ask("POST", f"/cases/{number}/evidence", files={"kind": "roster", "file": script})

    assert original.raw["Content-Disposition"].startswith("attachment")
    assert "sandbox" in original.raw["Content-Security-Policy"]
    assert original.raw.content[:2] == b"\xff\xd8"
    assert (page.status, page.raw["Content-Type"]) == (200, "image/webp")
    assert outside.status == 404
    assert (refused.status, refused.body["code"][:9]) == (422, "evidence.")
    assert Attachment.objects.filter(removed_at=None).count() == 1
    assert ask("DELETE", f"/evidence/{stored['ext_id']}").status == 200
    assert Attachment.objects.filter(removed_at=None).count() == 0


def test_a_case_shows_no_account_number_and_no_ciphertext(
    desk: worlds_cases.Desk, program: Make
) -> None:
    number = desk.submitted()

    text = program("town_leader")("GET", f"/cases/{number}").raw.content.decode()

    assert "sealed" not in text
    assert "k1." not in text
    assert desk.lines()[0]["account"] not in text
    assert f"****{desk.lines()[0]['account'][-4:]}" in text


def test_withdrawing_is_the_starters_alone(desk: worlds_cases.Desk, program: Make) -> None:
    number = desk.submitted()
    before = _counts()

    refused = program("village_secretary")("POST", f"/cases/{number}/withdraw")
    assert (refused.status, refused.body["code"]) == (409, "matters.not_yours")
    assert _counts() == before

    assert program("cashier_reporter")("POST", f"/cases/{number}/withdraw").status == 200
    assert Case.objects.get().state == "WITHDRAWN"


def test_lists_page_by_limit_and_offset_up_to_a_hundred(
    desk: worlds_cases.Desk, program: Make
) -> None:
    ask = program("cashier_reporter")
    numbers = [_start(ask).body["number"] for _ in range(3)]

    first = ask("GET", "/cases?limit=2").body
    rest = ask("GET", f"/cases?limit=2&offset={first['next_offset']}").body
    too_many = ask("GET", "/cases?limit=101")
    endless = ask("GET", f"/cases?offset={10**30}")

    shown = [one["number"] for one in first["items"] + rest["items"]]
    assert sorted(shown) == sorted(numbers)
    assert (first["total"], rest["next_offset"]) == (3, None)
    assert (too_many.status, endless.status) == (400, 400)
    assert ask("GET", "/cases?mine=true&state=DRAFT").body["total"] == 3
    assert program("stone_cashier")("GET", "/cases").body["total"] == 0
