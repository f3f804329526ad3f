"""One body each under three standards and under the old one: templates post, accounts roll up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from sanzi.ledger import queries, rules, standards
from sanzi.ledger.actions import books, posting
from sanzi.ledger.errors import AccountNotOpen, AuxiliaryMissing
from sanzi.ledger.models import Voucher
from sanzi.ledger.queries import subjects
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Organisation
from worlds import village

DAY = date(2026, 11, 12)


@pytest.fixture
def company(world: village.World) -> str:
    """Liuwan's enterprise, with a book by the rules of its kind."""
    Organisation.objects.create(
        ext_id="O-WILLOW-CO",
        division_id=world.bodies["willow"].division_id,
        kind="enterprise",
        name="柳湾村强村发展有限公司",
    )
    books.ensure_book(org_ext_id="O-WILLOW-CO", first_period="2026-01", by=SYSTEM, at=village.AT)
    return "O-WILLOW-CO"


def book(world: village.World, org: str, rule_code: str, **event: object) -> str:
    """Post an event and return its lines: side, account, fen."""
    posted = posting.post_event(
        book_org_ext_id=org,
        rule_code=rule_code,
        event={"purpose": "样本", "account_id": "A-1", **event},
        source_kind="payment",
        source_id=f"{rule_code}-{Voucher.objects.count()}",
        date=DAY,
        at=world.at,
        by=SYSTEM,
    )
    lines = Voucher.objects.get(ext_id=posted.ext_id).lines.order_by("line_no")
    return " ".join(
        f"{'借' if line.debit_fen else '贷'}{line.account_code} {line.debit_fen or line.credit_fen}"
        for line in lines
    )


def test_an_enterprise_keeps_its_book_by_codes_of_four_figures(
    company: str, world: village.World, balances: Callable[..., str]
) -> None:
    buyer = {"aux_kind": "counterparty", "aux_id": "C-1"}

    assert (
        book(
            world,
            company,
            "sales.credited",
            income_code="500101",
            net_fen=100_000,
            tax_fen=3_000,
            items=[{"total_fen": 103_000, **buyer}],
        )
        == "借1122 103000 贷500101 100000 贷222101 3000"
    )
    assert book(world, company, "rent.collected", items=[{"amount_fen": 103_000, **buyer}]) == (
        "借1002 103000 贷1122 103000"
    )
    assert book(world, company, "payment.settled", subject_code="560207", amount_fen=5_000) == (
        "借560207 5000 贷1002 5000"
    )

    assert balances("2026-11", company) == (
        "1002 0.00 1030.00 50.00 980.00\n"
        "1122 0.00 1030.00 1030.00 0.00\n"
        "2221 0.00 0.00 30.00 -30.00\n"
        "222101 0.00 0.00 30.00 -30.00\n"
        "5001 0.00 0.00 1000.00 -1000.00\n"
        "500101 0.00 0.00 1000.00 -1000.00\n"
        "5602 0.00 50.00 0.00 50.00\n"
        "560207 0.00 50.00 0.00 50.00"
    )


@pytest.mark.parametrize("code", standards.codes())
def test_every_sample_of_a_standard_is_posted(code: str, world: village.World) -> None:
    """All of a standard's templates in one book of its own, and the book balances."""
    standard = standards.get(code)
    Organisation.objects.create(
        ext_id="O-SAMPLES",
        division_id=world.bodies["willow"].division_id,
        kind="enterprise",
        name=standard.title,
    )
    books.ensure_book(
        org_ext_id="O-SAMPLES",
        standard_code=code,
        first_period="2026-01",
        by=SYSTEM,
        at=village.AT,
    )
    drafts = [
        rules.from_event(
            entry, entry.sample, date=DAY, source=("payment", entry.rule_code), posted_by="系统"
        )
        for entry in standard.entries.values()
    ]

    posted = posting.post_many(book_org_ext_id="O-SAMPLES", drafts=drafts, at=world.at, by=SYSTEM)

    assert len(posted) == len(standard.entries)
    actor = world.actor("agency_accountant")
    sheet = queries.trial_balance(by=actor, org_ext_id="O-SAMPLES", period="2026-11")
    assert sheet.is_balanced
    assert sheet.total_movement[0] == sum(draft.total_fen for draft in drafts)
    heads = {row.account.code for row in sheet.rows if row.account.level == 1}
    assert {standard.first_level(line.account_code) for d in drafts for line in d.lines} >= heads


def test_a_receivable_of_an_enterprise_names_who_owes(company: str, world: village.World) -> None:
    with pytest.raises(AuxiliaryMissing, match="科目1122要写明是哪一个往来单位、人员、组织"):
        book(world, company, "rent.accrued", amount_fen=100)

    assert Voucher.objects.count() == 0


def test_the_same_code_is_another_account_in_another_book(world: village.World) -> None:
    """211 takes wages under the rules of 2004 and payables under those of 2023."""
    Organisation.objects.create(
        ext_id="O-OLD",
        division_id=world.bodies["stone"].division_id,
        kind="collective",
        name="照老制度记账的村",
    )
    books.ensure_book(
        org_ext_id="O-OLD",
        standard_code="vce2004",
        first_period="2026-01",
        by=SYSTEM,
        at=village.AT,
    )
    worker = {"aux_kind": "person", "aux_id": "P-1"}

    items = [{"amount_fen": 350_000, **worker}]
    assert book(world, "O-OLD", "cadre_pay.accrued", items=items) == "借54101 350000 贷211 350000"
    new = book(world, "O-WILLOW", "cadre_pay.accrued", items=items)
    assert new == "借5130101 350000 贷212 350000"
    assert standards.get("rce2023").accounts["211"].name == "应付款"
    assert standards.get("vce2004").accounts["211"].name == "应付工资"


def test_a_committee_is_told_why_an_account_is_closed(world: village.World) -> None:
    draft_lines = [{"amount_fen": 100}]
    before = Voucher.objects.count()

    with pytest.raises(AccountNotOpen, match="村民委员会不得举债兴办公益事业"):
        book(world, "O-WILLOW-VC", "payment.settled", subject_code="201", items=draft_lines)
    assert Voucher.objects.count() == before


def test_the_forms_of_an_enterprise_offer_its_own_accounts(world: village.World) -> None:
    offered = dict(subjects.choices("enterprise", "payment.settled"))

    assert offered["560207"] == "560207 管理费用／办公费"
    assert "5602" not in offered
    assert "1002" not in offered
