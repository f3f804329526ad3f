"""An accountant reconciles a month in the browser, another signs, the close lets it through."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sanzi.ledger.actions import posting
from sanzi.ledger.models import VoucherLine
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.models import (
    BankMatch,
    BankTransaction,
    DayBalance,
    Reconciliation,
    StatementProblem,
)
from worlds.books import read_ledger

pytestmark = pytest.mark.django_db
HERE = "/office/reconcile/A-WILLOW/2026-10/"
BOOK = """
2026-10-12 付广告费
  51401                   860.00
  102 account:A-WILLOW   -860.00
2026-10-20 付清洁费
  51401                   140.00
  102 account:A-WILLOW   -140.00
"""


@pytest.fixture
def october(desk):
    """October: one payment on both sides under other names, one on its way, one outside."""
    account, at = desk.money.account, datetime(2026, 11, 2, tzinfo=UTC)
    posting.post_many(book_org_ext_id="O-WILLOW", drafts=read_ledger(BOOK), at=at, by=SYSTEM)
    told = (("B-1", 13, 86_000, "清河广告"), ("B-2", 15, 30_000, "陌生人"))
    for ext_id, day, fen, name in told:
        BankTransaction.objects.create(
            ext_id=ext_id, account=account, booked_at=datetime(2026, 10, day, 3, tzinfo=UTC),
            direction="out", amount_fen=fen, peer_name=name, bank_ref=ext_id, channel="counter",
        )  # fmt: skip
    DayBalance.objects.create(
        account=account, balance_date=date(2026, 10, 31), balance_fen=-116_000
    )
    return desk


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_workbench_shows_both_sides_with_a_reason_and_joins_what_is_picked(
    october, officer
) -> None:
    accountant = officer("agency_accountant")
    text = page(accountant, HERE)
    assert "金额一样，差1天" in text
    assert "没有付款单的支出，要查" in text
    assert "-860.00" in text.replace("−", "-")

    line = VoucherLine.objects.get(aux_id="A-WILLOW", credit_fen=86_000)
    accountant.post(HERE, {"do": "match", "book": line.pk, "bank": "B-2"})
    assert not BankMatch.objects.exists(), "sums differ"
    accountant.post(HERE, {"do": "match", "book": line.pk, "bank": "B-1", "note": "看过合同"})
    match = BankMatch.objects.get()
    assert "人工勾对" in page(accountant, HERE)

    accountant.post(HERE, {"do": "undo", "match": match.ext_id, "reason": "勾错了一笔"})
    match.refresh_from_db()
    assert match.undone_reason == "勾错了一笔"


def test_a_month_is_prepared_signed_by_another_and_taken_as_a_file(october, officer) -> None:
    accountant, reviewer = officer("agency_accountant"), officer("agency_reviewer")
    line = VoucherLine.objects.get(aux_id="A-WILLOW", credit_fen=86_000)
    accountant.post(HERE, {"do": "match", "book": line.pk, "bank": "B-1"})
    accountant.post(HERE, {"do": "prepare"})
    made = Reconciliation.objects.get()
    address = f"/office/reconciliations/{made.ext_id}/"
    assert "这张是您编的" in page(accountant, address)

    text = page(reviewer, address)
    assert "有2笔未达账项" in text
    assert made.digest in text
    assert officer("agency_accountant").post(f"{address}sign/", {}).status_code == 404
    reviewer.post(f"{address}sign/", {"digest": made.digest})
    made.refresh_from_db()
    assert made.signed_by_name == "许复核"

    for form, start in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", "\ufeff".encode())):
        answer = reviewer.get(f"{address}?as={form}")
        assert answer.content.startswith(start)
    assert "已签字" in page(accountant, "/office/reconciliations/?month=2026-10")


def test_a_batch_on_the_list_tells_what_was_left(october, officer) -> None:
    accountant = officer("agency_accountant")

    answer = accountant.post(
        "/office/reconciliations/", {"month": "2026-10", "do": "all"}, follow=True
    )

    assert "没有一起编" in answer.content.decode()
    assert not Reconciliation.objects.exists()
    listed = accountant.get("/office/reconciliations/?month=2026-10&as=csv")
    assert "还没对账" in b"".join(listed.streaming_content).decode()


def test_the_discipline_office_sees_money_that_left_without_an_order(october, officer) -> None:
    text = page(officer("town_discipline_office"), "/office/outside/")

    assert "2笔钱出去了，没有付款单" in text
    assert "陌生人" in text


def test_a_problem_of_a_statement_says_what_to_do(october, officer) -> None:
    StatementProblem.objects.create(
        account=october.money.account,
        day=date(2026, 10, 17),
        kind="NUMBER",
        why="编号从3跳到5",
        first_seen_at=datetime(2026, 10, 18, tzinfo=UTC),
        last_seen_at=datetime(2026, 10, 18, tzinfo=UTC),
    )

    text = page(officer("agency_accountant"), "/office/statement-checks/")

    assert "编号从3跳到5" in text
    assert "补发缺的那几号" in text
