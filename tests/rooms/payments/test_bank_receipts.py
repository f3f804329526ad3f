"""E-receipts of bank lines: fetched from the real sandbox bank, kept, opened, missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fixtures_bank import Sandbox
from sanzi.audit.models import Event
from sanzi.bank.port import Entry, ReceiptFile
from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import files
from sanzi.ledger.queries import desk as desks
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import bank_receipts, dispatch, gateways, statements
from sanzi.payments.models import BankReceipt, BankTransaction, Payment
from sanzi.payments.queries import bank_receipts as queries
from worlds.fake_bank import FakeBank
from worlds.money import AT, CASE, Money, released_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def real_bank(sandbox: Sandbox):
    found = sandbox.gateway(timeout_seconds=5.0)
    gateways.use(found)
    yield found
    gateways.use(None)
    found.close()


@pytest.fixture
def line(money: Money, bank: FakeBank) -> BankTransaction:
    """A credit that came in over the gateway, its e-receipt still to be fetched."""
    bank.entries = [Entry(7, AT, 50_000, True, "BK7", party_name="张三", memo="租金")]
    statements.work_notices(AT)
    return BankTransaction.objects.get()


MINIMAL = b"".join(
    (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n",
        b"trailer<</Root 1 0 R>>\n%%EOF\n",
    )
)
FILE = ReceiptFile("BK7", MINIMAL, b"<?xml version='1.0'?><BankReceipt/>", "signed")


def kinds(ext_id: str) -> list[tuple[str, str]]:
    return [(one.kind, one.media_type) for one in evidence.attachments("bank_line", ext_id)]


def events(kind: str) -> int:
    return Event.objects.filter(kind=f"payments.bank_receipt.{kind}").count()


def test_each_paid_line_gets_its_receipt_from_the_real_bank(money, sandbox, real_bank) -> None:
    released_order(money)
    dispatch.work(AT)
    statements.work_notices(AT)
    sandbox.fault("receipt_late")

    assert bank_receipts.work(AT) == 3
    assert bank_receipts.work(AT + timedelta(minutes=2)) == 1

    assert set(BankReceipt.objects.values_list("state", flat=True)) == {"STORED"}
    for row in BankReceipt.objects.all():
        assert kinds(row.line_ext_id) == [
            ("bank_receipt", "application/pdf"), ("bank_receipt_data", "application/xml"),
        ]  # fmt: skip
        hung = evidence.attachments("bank_line", row.line_ext_id)
        assert (hung[0].ext_id, hung[0].preview_count) == (row.picture_ext_id, 1)
        found = evidence.access_original(by=money.actor("agency_accountant"), ext_id=hung[1].ext_id)
        assert real_bank._link.bank.is_valid(found.path.read_bytes(), row.signature)
    by_line = queries.receipts_of_order(
        by=money.actor("agency_accountant"), case_number=CASE, line_nos=range(1, 5)
    )
    assert sorted(by_line) == [1, 2, 3, 4]
    assert {one.bank_ref for one in by_line.values()} == set(
        Payment.objects.values_list("bank_ref", flat=True)
    )


def test_a_receipt_comes_once_and_is_kept_once(line, bank) -> None:
    bank.receipts["BK7"] = FILE

    assert bank_receipts.work(AT) == 1
    assert bank_receipts.work(AT + timedelta(days=1)) == 0

    row = BankReceipt.objects.get()
    assert (row.state, row.signature, row.fetched_at) == ("STORED", "signed", AT)
    assert len(kinds(line.ext_id)) == 2


def test_a_worker_that_died_while_keeping_keeps_the_same_files_again(line, bank) -> None:
    bank.receipts["BK7"] = FILE
    bank_receipts.work(AT)
    BankReceipt.objects.update(state="WAITING", picture_ext_id="", next_at=AT)

    bank_receipts.work(AT + timedelta(minutes=1))

    assert len(kinds(line.ext_id)) == 2
    assert BankReceipt.objects.get().picture_ext_id


def test_a_receipt_that_is_not_there_is_asked_for_ever_more_slowly_then_given_up(
    money, line, bank
) -> None:
    at, tries = AT, []
    while (row := BankReceipt.objects.get()).state == "WAITING":
        bank_receipts.work(row.next_at)
        tries.append(row.next_at - at)
        at = row.next_at

    assert tries == [timedelta(0), *bank_receipts.WAITS]
    assert (row.state, row.said) == ("GIVEN_UP", "银行还没有出")
    assert events("given_up") == 1
    bank.receipts["BK7"] = FILE
    assert bank_receipts.work(at + timedelta(days=30)) == 0

    bank_receipts.try_again(by=money.actor("agency_accountant"), at=at, line_ext_id=line.ext_id)
    assert bank_receipts.work(at) == 1
    with pytest.raises(NotFound):
        bank_receipts.try_again(by=money.actor("agency_accountant"), at=at, line_ext_id=line.ext_id)


def test_a_bank_that_gives_no_receipts_is_not_asked_again(line, bank) -> None:
    bank.caps = replace(bank.caps, can_give_receipts=False)

    assert bank_receipts.work(AT) == 0

    assert BankReceipt.objects.get().state == "NOT_OFFERED"
    assert events("given_up") == 0


def test_a_receipt_that_is_no_picture_is_not_kept(line, bank) -> None:
    bank.receipts["BK7"] = replace(FILE, pdf=b"%PDF-1.4 broken")

    assert bank_receipts.work(AT) == 0

    assert BankReceipt.objects.get().state == "WAITING"
    assert kinds(line.ext_id) == []


def test_opening_a_receipt_is_logged_and_only_for_those_who_may_see_the_line(
    money, line, bank
) -> None:
    bank.receipts["BK7"] = FILE
    with pytest.raises(NotFound):
        bank_receipts.open_receipt(
            by=money.actor("agency_accountant"), at=AT, line_ext_id=line.ext_id
        )
    bank_receipts.work(AT)

    paper = bank_receipts.open_receipt(
        by=money.actor("agency_accountant"), at=AT, line_ext_id=line.ext_id
    )

    assert paper == BankReceipt.objects.get().picture_ext_id
    assert events("opened") == 1
    stranger = money.actor("stone_cashier")
    with pytest.raises(NotFound):
        bank_receipts.open_receipt(by=stranger, at=AT, line_ext_id=line.ext_id)
    with pytest.raises(NotFound):
        evidence.access_original(by=stranger, ext_id=paper)
    assert events("opened") == 1


def test_nobody_but_the_worker_hangs_files_on_a_bank_line(money, line) -> None:
    upload = files.Upload("a.pdf", "bank_receipt", MINIMAL)
    with pytest.raises(NotFound):
        files.store(
            by=money.actor("agency_accountant"), at=AT, upload=upload,
            subject_kind="bank_line", subject_id=line.ext_id,
        )  # fmt: skip

    assert kinds(line.ext_id) == []


def test_a_month_says_which_receipts_it_lacks_and_may_be_closed_without_them(
    money, line, bank
) -> None:
    by = money.actor("agency_accountant")

    missing = queries.missing_receipts(by=by, org_ext_id="O-WILLOW", period="2026-11")
    other = queries.missing_receipts(by=by, org_ext_id="O-WILLOW", period="2026-10")
    hindrances = desks.month_end(
        by=by, org_ext_id="O-WILLOW", period="2026-11", on=AT.date()
    ).hindrances

    assert [one.bank_ref for one in missing] == ["BK7"]
    assert other == []
    assert not any("回单" in one.words for one in hindrances)
    assert queries.missing_receipts(
        by=money.actor("stone_cashier"), org_ext_id="O-WILLOW", period="2026-11"
    ) == []  # fmt: skip


def test_lines_that_a_package_brought_expect_no_receipt(money) -> None:
    BankTransaction.objects.create(
        ext_id="B-OLD", account=money.account, booked_at=datetime(2025, 1, 1, tzinfo=UTC),
        direction="in", amount_fen=1, bank_ref="OLD",
    )  # fmt: skip

    assert bank_receipts.work(AT) == 0
    with pytest.raises(NotFound):
        queries.receipt_of(by=money.actor("agency_accountant"), line_ext_id="B-OLD")
