"""The tax office is asked, its answers stay, and nothing is paid on a paper that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from sanzi.audit import queries as log
from sanzi.evidence import errors
from sanzi.evidence.actions import checks, files, invoices
from sanzi.evidence.actions import release as proofs
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Invoice, InvoiceCheck, InvoiceEntry, InvoiceWaiver
from sanzi.evidence.verification.http import FOLDER, BadVerifier, HttpVerifier, read_wire
from sanzi.evidence.verification.port import InvoiceQuery, Verdict
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds.cases import AT, Desk, photo
from worlds.fake_tax import FakeTax, tax_office

pytestmark = pytest.mark.django_db
FIELDS = InvoiceFields(
    number="26332000000012345600", issue_date=date(2026, 11, 3), seller_name="柳湾农资店",
    amount_fen=126_000,
)  # fmt: skip


@pytest.fixture
def tax() -> Iterator[FakeTax]:
    """An office that knows everything as valid."""
    with tax_office() as found:
        yield found


def record(desk: Desk, number: str = "", fields: InvoiceFields = FIELDS, part=None) -> Invoice:
    """Write an invoice on a new draft."""
    ext_id = invoices.record_invoice(
        by=desk.actor("cashier_reporter"), at=AT, case_number=number or desk.start(),
        fields=fields, part_fen=part,
    )  # fmt: skip
    return Invoice.objects.get(ext_id=ext_id)


def ask(desk: Desk, one: Invoice, at=AT) -> InvoiceCheck:
    """Ask as the agency's accountant."""
    return checks.verify(by=desk.actor("agency_accountant", at), at=at, ext_id=one.ext_id)


def test_an_answer_is_kept_and_every_use_of_the_invoice_follows_it(desk: Desk, tax) -> None:
    one, other = record(desk), record(desk)

    made = ask(desk, one)

    assert (made.result, made.channel, made.raw) == ("VALID", "simulator", "raw VALID")
    assert tax.asked == [
        InvoiceQuery("einv_general", "", FIELDS.number, date(2026, 11, 3), gross_fen=126_000)
    ]
    for use in (one, other):
        use.refresh_from_db()
        assert (use.verify_status, use.verified_at) == ("ok", AT)
    assert [event.kind for event in log.history("invoice", one.ext_id)] == [
        "evidence.invoice.verified"
    ]
    assert record(desk).verify_status == "ok"


@pytest.mark.parametrize(
    ("answer", "told", "status", "result"),
    [
        ("VOID", {}, "voided", "VOID"), ("RED", {}, "red_flushed", "RED"),
        ("MISMATCH", {}, "failed", "MISMATCH"), ("NOT_FOUND", {}, "failed", "NOT_FOUND"),
        ("TOO_OLD", {}, "pending", "TOO_OLD"), ("CAPTCHA", {}, "pending", "CAPTCHA"),
        ("UNAVAILABLE", {}, "pending", "UNAVAILABLE"),
        ("VALID", {"gross": "1260.01"}, "failed", "MISMATCH"),
        ("VALID", {"seller_name": "别的店", "gross": "1,260.00"}, "failed", "MISMATCH"),
        ("VALID", {"seller_name": "柳湾农资店"}, "ok", "VALID"),
    ],
)  # fmt: skip
def test_what_an_answer_makes_of_the_invoice(desk, tax, answer, told, status, result) -> None:
    tax.answer, tax.told = Verdict(answer), told
    one = record(desk)

    made = ask(desk, one)

    one.refresh_from_db()
    assert (one.verify_status, made.result) == (status, result)


def test_an_invoice_of_today_may_not_be_known_yet(desk: Desk, tax) -> None:
    tax.answer = Verdict.NOT_FOUND
    one = record(desk, fields=replace(FIELDS, issue_date=date(2026, 11, 18)))

    assert ask(desk, one).result == "TOO_NEW"
    one.refresh_from_db()
    assert one.verify_status == "pending"


def test_five_times_a_day_and_no_more_and_silence_does_not_count(desk: Desk, tax) -> None:
    one = record(desk)
    tax.answer = Verdict.UNAVAILABLE
    ask(desk, one)
    tax.answer = Verdict.VALID
    for _ in range(5):
        ask(desk, one)

    with pytest.raises(errors.TooManyChecks):
        ask(desk, one)
    assert len(tax.asked) == 6
    assert ask(desk, one, AT + timedelta(days=1)).result == "VALID"


def test_an_answer_is_never_changed_and_never_removed(desk: Desk, tax) -> None:
    made = ask(desk, record(desk))
    for change in (
        lambda: InvoiceCheck.objects.filter(pk=made.pk).update(result="VOID"),
        lambda: InvoiceCheck.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert InvoiceCheck.objects.get().result == "VALID"


def test_what_is_missing_is_said_and_nothing_is_asked(desk: Desk, tax) -> None:
    old = InvoiceFields(
        kind="paper_invoice", code="3300171130", number="12345678", issue_date=date(2026, 11, 3),
        seller_name="柳湾农资店", amount_fen=126_000,
    )  # fmt: skip
    with pytest.raises(errors.QueryIncomplete, match="校验码"):
        ask(desk, record(desk, fields=old))
    assert tax.asked == []
    assert not InvoiceCheck.objects.exists()
    ask(desk, record(desk, fields=replace(old, check_code="12345678901234567890")))
    assert tax.asked[0].check_code == "12345678901234567890"


@pytest.mark.parametrize("role", ["cashier_reporter", "stone_cashier", "village_secretary"])
def test_only_the_agency_asks(desk: Desk, tax, role: str) -> None:
    one = record(desk)
    with pytest.raises(NotFound):
        checks.verify(by=desk.actor(role), at=AT, ext_id=one.ext_id)
    assert tax.asked == []


def test_the_round_asks_once_about_what_is_new(desk: Desk, tax) -> None:
    record(desk)
    record(desk, fields=replace(FIELDS, kind="roster", number=""))

    assert checks.work(AT) == 1
    assert checks.work(AT + timedelta(hours=2)) == 0
    assert Invoice.objects.filter(verify_status="ok").count() == 1


def picture(desk: Desk, one: Invoice, role: str) -> None:
    """Hang the picture of the tax office's page."""
    files.store(
        by=desk.actor(role), at=AT, subject_kind="invoice", subject_id=one.ext_id,
        upload=files.Upload("截图.jpg", "tax_page", photo()),
    )  # fmt: skip


def enter(desk: Desk, one: Invoice, role: str, result: str = "VALID"):
    """Read the page as somebody."""
    return checks.enter(by=desk.actor(role), at=AT, ext_id=one.ext_id, result=result)


def test_two_persons_read_the_page_and_the_second_makes_it_an_answer(desk: Desk) -> None:
    one = record(desk)
    with pytest.raises(errors.NoVerifier):
        ask(desk, one)
    with pytest.raises(errors.EntryNeedsPicture):
        enter(desk, one, "agency_accountant")
    picture(desk, one, "agency_accountant")

    assert enter(desk, one, "agency_accountant") is None
    with pytest.raises(errors.SecondPersonNeeded):
        enter(desk, one, "agency_accountant")
    with pytest.raises(errors.EntriesDiffer):
        enter(desk, one, "agency_reviewer", "RED")
    assert not InvoiceCheck.objects.exists()
    made = enter(desk, one, "agency_reviewer")

    one.refresh_from_db()
    assert (made.channel, made.asked_by_id != made.second_by_id) == ("manual", True)
    assert made.file_digest
    assert one.verify_status == "ok"
    assert not InvoiceEntry.objects.exists()


def test_who_read_wrongly_takes_it_back_and_nobody_else(desk: Desk) -> None:
    one = record(desk)
    picture(desk, one, "agency_accountant")
    enter(desk, one, "agency_accountant", "RED")
    with pytest.raises(NotFound):
        checks.take_back(by=desk.actor("agency_reviewer"), at=AT, ext_id=one.ext_id)
    checks.take_back(by=desk.actor("agency_accountant"), at=AT, ext_id=one.ext_id)
    assert not InvoiceEntry.objects.exists()
    with pytest.raises(errors.BadInvoice):
        enter(desk, one, "agency_accountant", "CAPTCHA")


def claim(desk: Desk, number: str, at=AT) -> None:
    """Take a case's invoices as the release does."""
    with transaction.atomic():
        proofs.claim(case_number=number, by=desk.actor("agency_reviewer", at), at=at)


def before(desk: Desk, number: str, reason: str = "", at=AT) -> None:
    """Ask as the release does, then take."""
    proofs.ask(case_number=number, by=desk.actor("agency_reviewer", at), at=at, reason=reason)
    claim(desk, number, at)


def test_a_valid_invoice_is_paid_and_asked_again_in_a_month_and_at_the_end(desk: Desk, tax) -> None:
    number = desk.start()
    one = record(desk, number)

    before(desk, number)
    before(desk, number, at=AT + timedelta(hours=3))

    one.refresh_from_db()
    assert (len(tax.asked), one.claimed_at) == (1, AT)
    assert one.next_check_date == date(2026, 12, 18)
    assert checks.work(AT + timedelta(days=30)) == 1
    one.refresh_from_db()
    assert one.next_check_date == date(2026, 12, 20)


@pytest.mark.parametrize("answer", ["VOID", "RED", "MISMATCH", "NOT_FOUND"])
def test_what_does_not_hold_is_not_paid_whatever_is_written(desk: Desk, tax, answer) -> None:
    tax.answer = Verdict(answer)
    number = desk.start()
    one = record(desk, number)

    with pytest.raises(errors.InvoiceNotPayable):
        before(desk, number, reason="书记说一定要付")

    one.refresh_from_db()
    assert one.claimed_at is None
    assert InvoiceCheck.objects.get().occasion == "payment"
    assert not InvoiceWaiver.objects.exists()


@pytest.mark.parametrize("answer", ["UNAVAILABLE", "CAPTCHA", "TOO_OLD"])
def test_without_an_answer_the_checker_writes_why_he_pays(desk: Desk, tax, answer: str) -> None:
    tax.answer = Verdict(answer)
    number = desk.start()
    one = record(desk, number)

    with pytest.raises(errors.InvoiceUnverified):
        before(desk, number, reason="急")
    with pytest.raises(errors.InvoiceUnverified):
        claim(desk, number)
    assert not InvoiceWaiver.objects.exists()
    before(desk, number, reason="发票原件已当面核对，税局停机")

    one.refresh_from_db()
    assert one.claimed_at == AT
    assert InvoiceWaiver.objects.get().reason == "发票原件已当面核对，税局停机"
    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceWaiver.objects.all().delete()


def test_where_two_persons_verify_an_unread_invoice_waits_for_them_or_a_reason(desk: Desk) -> None:
    number = desk.start()
    one = record(desk, number)
    with tax_office("manual"):
        with pytest.raises(errors.InvoiceUnverified):
            before(desk, number)
        picture(desk, one, "agency_accountant")
        enter(desk, one, "agency_accountant")
        enter(desk, one, "agency_reviewer")
        before(desk, number)


def test_parts_of_one_invoice_never_come_to_more_than_it_says(desk: Desk) -> None:
    first, second, third = desk.start(), desk.start(), desk.start()
    record(desk, first, part=60_000)
    record(desk, second, part=66_000)
    record(desk, third, part=1)

    claim(desk, first)
    claim(desk, second)
    claim(desk, second)
    with pytest.raises(errors.InvoiceOverused) as refused:
        claim(desk, third)

    assert refused.value.data["used"] == "1,260.00"
    assert Invoice.objects.filter(claimed_at__isnull=False).count() == 2
    for part in (0, -1, 126_001):
        with pytest.raises(errors.BadInvoice):
            record(desk, desk.start(), part=part)


def test_an_invoice_that_turned_red_after_payment_is_found_by_the_round(desk: Desk, tax) -> None:
    number = desk.start()
    one = record(desk, number)
    before(desk, number)
    tax.answer = Verdict.RED

    checks.work(AT + timedelta(days=30))

    one.refresh_from_db()
    assert (one.verify_status, one.next_check_date) == ("red_flushed", None)


def test_the_provider_file_is_the_whole_adapter(provider) -> None:
    wire = read_wire(FOLDER / "provider-example.yaml")
    asks = HttpVerifier(wire, provider.url, "secret")
    query = InvoiceQuery(
        "e_special", "033001900104", "12345678", date(2026, 11, 3), net_fen=118_868
    )

    provider.answer = {"code": "0000", "msg": "成功", "data": {"fpzt": 30, "xfmc": "柳湾农资店"}}
    red = asks.verify(query, AT)
    provider.answer = {"code": "1003", "msg": "超过次数"}
    many = asks.verify(query, AT)
    provider.answer = {"code": "9999"}
    strange = asks.verify(query, AT)
    provider.answer = None
    broken = asks.verify(query, AT)

    assert provider.seen[0] == {
        "version": "1.0", "fplx": "08", "fpdm": "033001900104", "fphm": "12345678",
        "kprq": "20261103", "je": "1188.68",
    }  # fmt: skip
    assert provider.tokens[0] == "Bearer secret"
    assert [one.verdict for one in (red, many, strange, broken)] == [
        Verdict.RED, Verdict.TOO_MANY, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE,
    ]  # fmt: skip
    assert red.told == {"seller_name": "柳湾农资店"}


def test_a_provider_that_is_not_there_is_unavailable() -> None:
    wire = read_wire(FOLDER / "simulator.yaml")
    query = InvoiceQuery("einv_general", "", FIELDS.number, date(2026, 11, 3), gross_fen=1)
    found = HttpVerifier(wire, "http://127.0.0.1:9/tax", timeout_seconds=1).verify(query, AT)
    assert (found.verdict, found.words) == (Verdict.UNAVAILABLE, "查验系统没有回应")


@pytest.mark.parametrize(
    ("old", "new"), [("number: fphm", "nummer: fphm"), ("VALID\n", "GUT\n")]
)  # fmt: skip
def test_a_broken_provider_file_says_what_is_wrong(tmp_path: Path, old: str, new: str) -> None:
    text = (FOLDER / "provider-example.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "mine.yaml"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadVerifier, match="mine"):
        read_wire(broken)


def test_the_sandbox_answers_as_the_port_expects(sandbox) -> None:
    tax = HttpVerifier(read_wire(FOLDER / "simulator.yaml"), f"{sandbox.url}/tax/verify")
    query = InvoiceQuery("einv_general", "", "", date(2026, 11, 2), gross_fen=128_650)
    answers = {
        suffix: tax.verify(replace(query, number=f"263300000000000001{suffix}"), AT).verdict
        for suffix in ("01", "90", "91", "92", "93", "95", "96", "97")
    }
    assert answers == {
        "01": "VALID", "90": "NOT_FOUND", "91": "MISMATCH", "92": "VOID", "93": "RED",
        "95": "CAPTCHA", "96": "UNAVAILABLE", "97": "TOO_OLD",
    }  # fmt: skip
    old = InvoiceQuery(
        "e_general", "033001900111", "12345601", date(2026, 11, 2), check_code="9" * 20
    )
    fiscal = InvoiceQuery(
        "fiscal", "33010126", "0012345601", date(2026, 11, 2), 15_000, None, "a1b2c3"
    )
    assert [tax.verify(one, AT).verdict for one in (old, fiscal)] == ["VALID", "VALID"]
    sandbox.fault("tax_outage", scope="all")
    assert tax.verify(old, AT).verdict == "UNAVAILABLE"


def test_the_system_asks_everywhere(desk: Desk, tax) -> None:
    one = record(desk)
    assert checks.verify(by=SYSTEM, at=AT, ext_id=one.ext_id).result == "VALID"
