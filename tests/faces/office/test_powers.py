"""A power without payees in the office: its form by type, its record step, its page."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sanzi.matters import catalogue, registry
from sanzi.matters.models import Case, CaseEntry
from worlds import cases as worlds_cases

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
POWER = Path(__file__).parents[2] / "rooms" / "matters" / "try-power.yaml"
FORM = {
    "post_title": "保洁员", "pay": "9600", "start": "2026-12-01", "has_kin": "no",
    "panel-count": "2", "panel-0-name": "高大林", "panel-0-score": "92.5",
    "panel-1-name": "", "panel-1-score": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def power(monkeypatch: pytest.MonkeyPatch) -> None:
    """The power of the tests stands in the list; its register says yes."""
    known = {**catalogue.matters(), "M29": catalogue.load(POWER)}
    monkeypatch.setattr(catalogue, "matters", lambda: known)
    for name in ("saved", "approved", "finished", "ended", "visited"):
        registry.effect(f"trial.{name}", lambda _turn: None)
    registry.check("trial.check", lambda _turn: None)


def photo(name: str = "照.jpg", mark: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, worlds_cases.photo(mark))


def begun(clerk: Client) -> str:
    clerk.post("/office/start/", {"matter": "M29", "body": "O-WILLOW"})
    return Case.objects.get(matter_code="M29").number


def handed_in(officer: Any) -> str:
    clerk = officer("village_clerk")
    number = begun(clerk)
    clerk.post(f"/office/cases/{number}/papers/add/", {"kind": "notice", "file": photo(mark=5)})
    clerk.post(f"/office/cases/{number}/form/", {**FORM, "do": "submit"})
    assert Case.objects.get(number=number).state == "SUBMITTED"
    return number


def approved(officer: Any) -> str:
    number = handed_in(officer)
    seen = Case.objects.get(number=number).content_digest
    officer("village_secretary").post(
        f"/office/cases/{number}/act/", {"do": "approve", "seen": seen, "line": "0"}
    )
    return number


def test_the_form_has_inputs_by_type_and_asks_for_no_payee(desk: Any, officer: Any) -> None:
    clerk = officer("village_clerk")
    number = begun(clerk)
    page = clerk.get(f"/office/cases/{number}/form/").content.decode()

    assert re.search(r'<input type="date" name="start"', page)
    assert re.search(r'name="pay"[^>]*inputmode="decimal"', page)
    assert 'name="panel-0-name"' in page
    assert 'name="panel-count" value="2"' in page
    assert "收款人" not in page
    assert "户名" not in page

    saved = clerk.post(f"/office/cases/{number}/form/", {**FORM, "do": "more-panel"})
    assert 'name="panel-count" value="3"' in saved.content.decode()
    form = Case.objects.get(number=number).form
    assert form["panel"] == [{"name": "高大林", "score": "92.5"}]


def test_a_wrong_value_is_told_and_what_was_kept_stays(desk: Any, officer: Any) -> None:
    clerk = officer("village_clerk")
    number = begun(clerk)
    clerk.post(f"/office/cases/{number}/form/", {**FORM, "do": "save"})
    told = clerk.post(f"/office/cases/{number}/form/", {**FORM, "start": "明天", "do": "save"})

    assert told.status_code == 409
    assert "“从哪天”不是日期" in told.content.decode()
    assert Case.objects.get(number=number).form["start"] == "2026-12-01"


def test_the_page_of_a_case_says_its_form_in_words(desk: Any, officer: Any) -> None:
    number = handed_in(officer)
    page = officer("village_secretary").get(f"/office/cases/{number}/").content.decode()

    for words in ("保洁员", "9,600.00元", "有没有亲属", "92.5", "招聘公告", "审批"):
        assert words in page
    assert "付给谁" not in page


def test_a_record_step_is_filled_in_on_the_page_with_its_files(desk: Any, officer: Any) -> None:
    number = approved(officer)
    member = officer("committee_member")
    page = member.get(f"/office/cases/{number}/").content.decode()
    assert 'name="said"' in page
    assert 'name="file-photo"' in page

    address = f"/office/cases/{number}/record/"
    refused = member.post(address, {"said": "", "do": "record", "file-photo": photo()})
    assert refused.status_code == 409
    assert "已经传上" in refused.content.decode()
    member.post(address, {"said": "去看过", "days": "2", "do": "record"})
    assert (CaseEntry.objects.count(), Case.objects.get(number=number).state) == (1, "APPROVED")
    again = member.get(f"/office/cases/{number}/").content.decode()
    assert "去看过" in again
    assert "走访第1次" in again

    member.post(address, {"do": "finish"})
    assert Case.objects.get(number=number).state == "DONE"
    assert officer("village_clerk").post(address, {"do": "finish"}).status_code == 404


def test_a_page_of_a_step_that_is_over_writes_nothing_into_the_next(
    desk: Any, officer: Any
) -> None:
    number = approved(officer)
    late = {"said": "去看过", "days": "2", "do": "record", "seen": "0", "at-step": "before"}
    told = officer("committee_member").post(f"/office/cases/{number}/record/", late)

    assert told.status_code == 409
    assert "这一次没有再记" in told.content.decode()
    assert not CaseEntry.objects.exists()


def test_the_cashier_goes_on_to_the_payment_of_an_approved_case(desk: Any, officer: Any) -> None:
    registry.prefill("pay", lambda _number: registry.Prefill({"note": "第一季度"}))
    number = approved(officer)
    cashier = officer("cashier_reporter")
    assert "去付款" in cashier.get(f"/office/cases/{number}/").content.decode()

    cashier.post("/office/start/", {"matter": "M10", "body": "O-WILLOW", "source": number})

    payment = Case.objects.get(matter_code="M10")
    assert (payment.form["source_kind"], payment.form["source_id"], payment.form["note"]) == (
        "pay", number, "第一季度",
    )  # fmt: skip
    refused = cashier.post(
        "/office/start/",
        {"matter": "M10", "body": "O-WILLOW", "source": "999901101202-2026-000001"},
    )
    assert refused.status_code == 404
    assert Case.objects.filter(matter_code="M10").count() == 1


def test_what_is_saved_as_typed_on_an_older_page_is_not_taken(desk: Any, officer: Any) -> None:
    clerk = officer("village_clerk")
    number = begun(clerk)
    address = f"/office/cases/{number}/form/"
    page = clerk.get(address).content.decode()
    as_of = re.search(r'name="as-of" value="([^"]+)"', page)
    assert as_of
    Case.objects.filter(number=number).update(saved_at=worlds_cases.AT + timedelta(seconds=5))

    typed = {**FORM, "as-of": as_of[1]}
    late = clerk.post(address, typed, headers={"HX-Request": "true"}).content.decode()

    assert "没存上：这张表刚才在别处存过" in late
    assert "pay" not in Case.objects.get(number=number).form
    clerk.post(address, {**typed, "do": "save"})
    assert Case.objects.get(number=number).form["pay"] == "9600"
