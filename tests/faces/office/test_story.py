"""Cases through HTTP: fill, correct, hand in, approve to the bank; what is refused, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.matters.models import Case, CaseStep
from sanzi.payments.models import PaymentOrder, Receipt
from worlds import cases as worlds_cases
from worlds import money as worlds_money
from worlds import office as worlds_office
from worlds.cases import AT, ROLE_OF, Desk, photo
from worlds.deals import record_rows


def page(client: Client, name: str, *arguments: str) -> str:
    """Return the text of a page."""
    answer = client.get(reverse(f"office:{name}", args=arguments))
    assert answer.status_code == 200, name
    return answer.content.decode()


def post(client: Client, name: str, *arguments: str, **sent: Any) -> Any:
    """Send a form and return the answer."""
    return client.post(reverse(f"office:{name}", args=arguments), sent)


def typed(desk: Desk, **changed: str) -> dict[str, str]:
    """Return the form of one payee as a browser sends it."""
    line = desk.lines()[0]
    fields = {f"line-0-{key}": value for key, value in line.items()}
    return {**desk.form(), **fields, "line-count": "2", **changed}


def approve(client: Client, number: str, **sent: Any) -> Any:
    """Approve the open step, having seen the present content."""
    seen = Case.objects.get(number=number).content_digest
    return post(client, "act", number, do="approve", seen=seen, line="0", **sent)


def test_a_payment_goes_from_the_first_word_to_the_bank(desk: Desk, officer: Any) -> None:
    clerk = officer("cashier_reporter")
    begun = post(clerk, "start", matter="M10", body="O-WILLOW")
    number = Case.objects.get().number
    assert begun["Location"] == reverse("office:form", args=[number])

    saved = clerk.post(reverse("office:form", args=[number]), typed(desk, do="save"))
    assert saved.status_code == 200
    assert "还差" in saved.content.decode()
    assert Case.objects.get().amount_fen == 28_650

    for mark, kind in enumerate(worlds_cases.PAPERS):
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("照片.jpg", photo(mark))
        hung = post(clerk, "add_paper", number, kind=kind, file=file)
        assert hung.status_code == 302
    assert post(clerk, "check", number).status_code == 302
    handed = clerk.post(reverse("office:form", args=[number]), typed(desk, do="submit"))
    assert handed["Location"] == reverse("office:case", args=[number])
    assert Case.objects.get().state == "SUBMITTED"

    while (row := CaseStep.objects.filter(state="OPEN").first()) is not None:
        client = officer(ROLE_OF[row.step_no])
        assert "轮到您" in page(client, "case", number)
        assert approve(client, number, opinion="看过了").status_code == 302
    assert PaymentOrder.objects.get().state == "RELEASED"
    assert "已交银行" in page(clerk, "payment", number)


def test_approvals_tell_the_record_from_which_device_they_came(desk: Desk, officer: Any) -> None:
    number, shared = desk.submitted(), ""
    while (row := CaseStep.objects.filter(state="OPEN").first()) is not None and row.step_no < 6:
        client = officer(ROLE_OF[row.step_no])
        if shared:
            client.cookies["device"] = shared
        page(client, "case", number)
        shared = shared or client.cookies["device"].value
        if row.step_no == 5:
            client.cookies["device"] = "forged"
        assert approve(client, number, opinion="看过了").status_code == 302

    seen = {one["step_no"]: one["device_hash"] for one in record_rows("approval")}
    first, *more = [seen[no] for no in sorted(seen) if no >= min(ROLE_OF)]
    assert first is not None
    assert shared.split(":")[0] not in first
    assert more[:-1] == [first] * len(more[:-1])
    assert more[:-1]
    assert more[-1] is None, "a forged mark is no device"
    assert seen[1] is None, "handed in without a browser: no data"


def test_what_changes_while_typing_comes_back_in_its_places(desk: Desk, officer: Any) -> None:
    clerk, number = officer("cashier_reporter"), desk.start()
    answer = clerk.post(
        reverse("office:form", args=[number]),
        typed(desk, **{"line-0-amount": "120000"}),
        headers={"HX-Request": "true"},
    )
    text = answer.content.decode()
    assert 'id="chain" hx-swap-oob="true"' in text
    assert "镇分管领导" in text
    assert "因金额加" in text
    assert "<html" not in text


def test_a_wrong_account_is_refused_and_nothing_is_lost(desk: Desk, officer: Any) -> None:
    clerk, number = officer("cashier_reporter"), desk.start()
    answer = clerk.post(
        reverse("office:form", args=[number]), typed(desk, **{"line-0-account": "12ab"})
    )
    assert answer.status_code == 409
    assert "第1行" in answer.content.decode()
    assert Case.objects.get().form == {}


def test_a_sheet_with_a_wrong_row_names_the_row_and_is_not_taken(desk: Desk, officer: Any) -> None:
    import io

    import openpyxl
    from django.core.files.uploadedfile import SimpleUploadedFile

    from sanzi.payments.actions import payee_file

    clerk, number = officer("cashier_reporter"), desk.start()
    book = openpyxl.load_workbook(io.BytesIO(payee_file.write_payee_template()))
    book.active.append([1, "王一二", "", worlds_money.card(1), worlds_money.BANK_CODE, -5, ""])
    stream = io.BytesIO()
    book.save(stream)
    book.close()
    answer = post(clerk, "sheet", number, sheet=SimpleUploadedFile("a.xlsx", stream.getvalue()))
    assert answer.status_code == 409
    assert "第2行" in answer.content.decode()
    assert "lines" not in Case.objects.get().form


def test_approval_asks_for_the_six_digits_after_five_minutes(desk: Desk, officer: Any) -> None:
    from faces.office.conftest import logged_in

    number = desk.submitted()
    client = logged_in(desk, "committee_member", minutes_ago=6)
    assert 'name="code"' in page(client, "case", number)
    answer = approve(client, number)
    assert answer.status_code == 409
    assert "动态码" in answer.content.decode()
    assert CaseStep.objects.get(state="OPEN").step_no == 3


def test_the_right_six_digits_let_the_approval_through(desk: Desk, monkeypatch: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    from faces.office.conftest import logged_in

    number = desk.submitted()
    client = logged_in(desk, "committee_member", minutes_ago=6)
    monkeypatch.setattr(TOTP, "validate_code", lambda _self, code: code == "123456")
    assert approve(client, number, code="654321").status_code == 409
    assert approve(client, number, code="123456").status_code == 302
    assert CaseStep.objects.get(state="OPEN").step_no == 4


def test_a_case_is_returned_with_a_reason_only(desk: Desk, officer: Any) -> None:
    number, client = desk.submitted(), officer("committee_member")
    seen = Case.objects.get().content_digest
    assert post(client, "act", number, do="return", seen=seen).status_code == 409
    assert Case.objects.get().state == "SUBMITTED"
    done = post(client, "act", number, do="return", seen=seen, reason="amount_wrong")
    assert done.status_code == 302
    assert Case.objects.get().state == "RETURNED"


def test_a_stale_page_approves_nothing(desk: Desk, officer: Any) -> None:
    number = desk.submitted()
    answer = post(officer("committee_member"), "act", number, do="approve", seen="0" * 64)
    assert answer.status_code == 409
    assert CaseStep.objects.get(state="OPEN").step_no == 3


def test_a_bad_line_is_corrected_and_only_that_line_goes_round(desk: Desk, officer: Any) -> None:
    from sanzi.payments import hooks

    number = desk.submitted()
    desk.walk(number, 12)
    order = PaymentOrder.objects.get()
    order.payments.filter(line_no=2).update(status="REJECTED")
    order.payments.exclude(line_no=2).update(status="SETTLED")
    PaymentOrder.objects.update(state="PART_SETTLED")
    order.instructions.update(state="FINAL")
    from django.db import transaction

    from sanzi.payments.models import InstructionLine

    InstructionLine.objects.filter(payment__line_no=2).update(status="REJECTED")
    with transaction.atomic():
        hooks.on_line_failed.tell(
            hooks.LineFailed(
                number, order.ext_id, "", 2, 28_650, "REJECTED", "account", "户名不符", AT
            )
        )
    clerk = officer("agency_cashier")
    assert "只重付这一户" in page(clerk, "case", number)
    own = page(clerk, "payment", number)
    assert "改收款账户" in own
    assert reverse("office:correct_line", args=[number]) in own
    assert "改收款账户" not in page(officer("agency_accountant"), "payment", number)
    before = order.payments.values().get(line_no=2)
    for wrong in ("", "12", "9" * 60, "卡号不知道"):
        said = post(clerk, "correct_line", number, line="2", account=wrong, confirmation="看过")
        assert said.status_code in {302, 409}
        assert order.payments.values().get(line_no=2) == before
    answer = post(
        clerk,
        "correct_line",
        number,
        line="2",
        account=worlds_money.card(99),
        confirmation="报账员当面看过存折",
    )
    assert answer.status_code == 302
    assert order.payments.get(line_no=2).account_tail == worlds_money.card(99)[-4:]


def test_a_credit_is_claimed_with_its_receipt(desk: Desk, officer: Any) -> None:
    line, client = worlds_office.credit(desk), officer("agency_accountant")
    answer = post(
        client,
        "receive",
        line.ext_id,
        kind="rent",
        subject_code="11301",
        purpose="四季度租金",
        payer_name="绿源农业公司",
    )
    assert answer.status_code in {200, 302}
    if answer.status_code == 200:
        pytest.fail(answer.content.decode()[:3000])
    assert Receipt.objects.get().amount_fen == 1_250_000


def test_a_correction_is_reviewed_by_another_person(desk: Desk, officer: Any) -> None:
    voucher = worlds_office.voucher("E-9")
    made = post(officer("agency_accountant"), "correct", voucher, do="strike")
    draft = made["Location"].rstrip("/").rsplit("/", 1)[-1]
    reviewed = post(officer("agency_reviewer"), "review", draft, do="post")
    assert reviewed["Location"].startswith("/office/vouchers/V-")
    assert "已经冲销" in page(officer("agency_reviewer"), "voucher", voucher)


def test_an_alert_is_taken_concluded_and_verified(desk: Desk, officer: Any) -> None:
    alert = worlds_office.alert(desk.submitted())
    secretary = officer("village_secretary")
    post(secretary, "alert_step", alert.ext_id, "take")
    post(
        secretary,
        "alert_step",
        alert.ext_id,
        "conclude",
        conclusion="explained",
        text="年中表决过调整，决议已经补登记。",
    )
    post(
        officer("town_discipline_office"),
        "alert_step",
        alert.ext_id,
        "verify",
        agrees="1",
        text="决议看过了，票数对得上。",
    )
    alert.refresh_from_db()
    assert (alert.state, alert.conclusion) == ("disposed", "explained")


def test_a_number_is_shown_in_full_only_for_a_reason(desk: Desk, officer: Any) -> None:
    client = officer("agency_cashier")
    assert "13800000001" not in page(client, "person", "V1")
    refused = post(client, "unmask", "V1", field="phone", reason="看")
    assert "13800000001" not in refused.content.decode()
    shown = post(client, "unmask", "V1", field="phone", reason="核对收款账户")
    assert "13800000001" in shown.content.decode()


def test_a_delegation_lets_another_approve(desk: Desk, officer: Any) -> None:
    client = officer("town_agri_head")
    given = post(
        client,
        "delegations",
        post="town_agri_head@O-AGENCY",
        to_person=desk.world.people["town_leader"].ext_id,
        start_date=AT.date().isoformat(),
        end_date=(AT.date() + timedelta(days=3)).isoformat(),
        limit="50000",
    )
    assert given.status_code == 302
    assert "收回" in page(client, "delegations")


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    desk: Desk, officer: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        desk.submitted(f"{300 + number}.00", purpose=f"第{number}笔慰问金")
    client = officer("committee_member")
    with django_assert_max_num_queries(35):
        page(client, "home")
    with django_assert_max_num_queries(25):
        page(client, "cases")
    with django_assert_max_num_queries(25):
        page(client, "payments")


def test_a_list_leaves_as_a_table(desk: Desk, officer: Any) -> None:
    desk.submitted()
    answer = officer("committee_member").get(reverse("office:cases") + "?as=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("办件号,事项")
    assert "1,146.00" in text


def test_what_is_found_stands_in_its_groups(desk: Desk, officer: Any) -> None:
    desk.submitted()
    text = (
        page(officer("agency_accountant"), "find")
        + officer("agency_accountant").get(reverse("office:find"), {"q": "王"}).content.decode()
    )
    assert "收款方" in text
    assert "王一一二" in text


def test_dropping_a_line_never_gives_its_account_to_another(desk: Desk, officer: Any) -> None:
    clerk, number = officer("cashier_reporter"), desk.start()
    desk.fill(number)
    before = Case.objects.get().form["lines"]
    rows = {
        f"line-{place}-{key}": value
        for place, line in enumerate(desk.lines())
        for key, value in {**line, "account": f"****{line['account'][-4:]}"}.items()
    }
    clerk.post(reverse("office:form", args=[number]), {**rows, "line-count": "5", "drop": "0"})
    after = Case.objects.get().form["lines"]
    assert [one["account_index"] for one in after] == [one["account_index"] for one in before[1:]]


def test_a_starred_account_that_is_not_the_kept_one_is_refused(desk: Desk, officer: Any) -> None:
    clerk, number = officer("cashier_reporter"), desk.start()
    answer = clerk.post(
        reverse("office:form", args=[number]), typed(desk, **{"line-0-account": "****0018"})
    )
    assert answer.status_code == 409
    assert "账号不全" in answer.content.decode()


def test_a_draft_is_seen_by_its_clerk_only(desk: Desk, officer: Any) -> None:
    number = desk.start()
    desk.fill(number, purpose="还没交的一笔")
    accountant = officer("agency_accountant")
    for name in ("payment", "case", "form"):
        assert accountant.get(reverse(f"office:{name}", args=[number])).status_code == 404
    found = accountant.get(reverse("office:find"), {"q": "王"}).content.decode()
    assert "还没交的一笔" not in found
