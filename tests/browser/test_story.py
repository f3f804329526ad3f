"""The main job, whole: a village pays 365,591.00 yuan of land rent to 352 households.

One test on purpose: each step stands on the one before, as in the village. Runs against the real
programs (gunicorn, worker, sandbox bank) in Chromium, on the engine of the run.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.bank import Bank, wait_until
from browser.office import Office
from browser.portal import Portal
from browser.site import Site
from sanzi.interfaces.cli.scene import draw_paper

pytestmark = [pytest.mark.browser, pytest.mark.database]

TITLE = "柳湾村土地租金352户"
TOTAL, TOTAL_FEN = "365,591.00", 36_559_100
BODY = "柳湾村股份经济合作社"
V, T = "101201", "101000"
REVIEWS = (
    ("committee_member", V), ("supervision_head", V), ("agency_cashier", T),
    ("agency_accountant", T), ("village_secretary", V), ("town_agri_head", T),
    ("town_leader", T), ("town_head", T),
)  # fmt: skip
NEW_ACCOUNTS = ("6299990000000888014", "6299990000000888022")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Name a part of the story, and say how long it took."""
    began = time.monotonic()
    try:
        yield
    except BaseException as problem:
        problem.add_note(f"in the step: {name}")
        raise
    print(f"{time.monotonic() - began:6.1f} s  {name}")


@pytest.fixture
def bank(site: Site) -> Bank:
    """The sandbox bank of the site."""
    return Bank(site)


@pytest.fixture
def heads(site: Site) -> list[dict[str, str]]:
    """The 352 rows of the list to pay, with the right accounts."""
    extras = site.var / "county" / "extras"
    (given,) = extras.glob("land_rent_2*.csv")
    (fixes,) = extras.glob("land_rent_fixes_*.csv")
    with fixes.open(encoding="utf-8", newline="") as source:
        right = {row["household_id"]: row["account"] for row in csv.DictReader(source)}
    with given.open(encoding="utf-8", newline="") as source:
        return [
            {**row, "account": right.get(row["household_id"], row["account"])}
            for row in csv.DictReader(source)
        ]


def test_a_village_pays_352_households_from_application_to_disclosure(
    site: Site, office: Office, chromium: Browser, bank: Bank, heads: list[dict[str, str]]
) -> None:
    village_account = _account_of(site, BODY)
    before_fen = bank.balance_fen(village_account)
    closed, refused = heads[10], heads[20]

    with step("the cashier begins, by password and six digits, and fills the form"):
        cashier = office.officer(f"cashier_reporter.{V}", by_password=True)
        number = cashier.start_payment(BODY)
        cashier.fill(
            {"purpose": TITLE},
            {
                "source_kind": "contract", "source_id": "LW-2024-017",
                "contract_id": "LW-2024-017", "subject_code": "11302",
                "debit_account_id": "A-E0101", "method": "transfer", "proof_kind": "roster",
                "budget_line_id": f"YE0101-{date.today().year}-11302",
                "handler_person_id": _clerk(cashier.page),
            },
        )  # fmt: skip

    with step("the list of 352 goes in whole; two payees cannot be paid"):
        cashier.upload_payees(site.var / "payees-352.xlsx")
        expect(cashier.said).to_contain_text(f"352户，共{TOTAL}元")
        expect(cashier.page.locator("#total")).to_have_value(TOTAL)
        cashier.check_payees()
        expect(cashier.said).to_contain_text("第88行不能付。")
        expect(cashier.said).to_contain_text("第204行不能付。")
        submit = cashier.page.locator("#bar").get_by_role("button", name="提交")
        expect(submit).to_be_disabled()

    with step("the corrected list passes; papers and the vote are added"):
        cashier.upload_payees(site.var / "payees-352-corrected.xlsx")
        cashier.check_payees()
        expect(cashier.said).not_to_contain_text("不能付")
        cashier.hang_papers(
            [
                ("handler_statement", "事由说明.png", draw_paper("STATEMENT", number)),
                ("roster", "签字名单.png", draw_paper("ROSTER", number)),
                ("contract", "流转合同.png", draw_paper("CONTRACT", number)),
            ]
        )
        cashier.fill({}, {"decision_id": "D0101001"})

    with step("submitted: 365,591.00 yuan is tier three"):
        cashier.submit()
        expect(cashier.said).to_contain_text("已交给村委会成员")

    with step("eight officers approve, each with his own log-in"):
        for role, place in REVIEWS:
            officer = office.officer(f"{role}.{place}", by_password=role == "agency_cashier")
            officer.open_todo(TITLE)
            expect(officer.said).to_contain_text(TOTAL)
            officer.approve("同意")
            expect(officer.said).not_to_contain_text("轮到您")

    with step("between approval and payment one payee closes his account"):
        bank.close_account(closed["account"])
        bank.reject_next(refused["account"], "AC06")

    with step("maker and checker send the money, two people with fresh second factors"):
        maker = office.officer(f"agency_cashier.{T}")
        maker.open_todo(TITLE)
        maker.approve()
        checker = office.officer(f"agency_reviewer.{T}", by_password=True)
        checker.open_todo(TITLE)
        checker.approve()
        expect(checker.said).to_contain_text("已交银行")

    with step("the bank pays 350 and refuses two"):
        wait_until(lambda: len(bank.paid_out(village_account)) == 350, "350 payments")
        _wait_for(checker.page, f"{site.url}/office/payments/{number}/", "350")
        refused_fen = int(closed["amount_fen"]) + int(refused["amount_fen"])
        paid_fen = TOTAL_FEN - refused_fen
        assert before_fen - bank.balance_fen(village_account) == paid_fen

    with step("each payee has a text"):
        _wait_for_texts(bank, 350)
        text = next(one for one in _texts(bank) if one["params"]["name"] == heads[0]["name"])
        assert text["params"]["amount"] == _yuan(heads[0]["amount_fen"])
        assert text["params"]["tail"] == heads[0]["account"][-4:]

    with step("the two are corrected, approved again for their line, and paid"):
        for payee, account, paid in zip((closed, refused), NEW_ACCOUNTS, (351, 352), strict=True):
            bank.open_account(account, payee["name"])
            _pay_again(office, payee, account)
            _wait_for_texts(bank, paid)
        assert len(bank.paid_out(village_account)) == 352
        assert before_fen - bank.balance_fen(village_account) == TOTAL_FEN

    with step("all settled: the books say the same as the bank"):
        _wait_for(cashier.page, f"{site.url}/office/cases/{number}/", "已办结")
        _assert_books(office, before_fen)

    with step("a villager finds the payment, its voucher, its slip and its approvals"):
        with Portal(site, chromium) as phone:
            _assert_three_taps(phone, number)
            told = site.told
            phone.open_my_household(told["household_name"], told["household_code"])
            expect(phone.page.locator("main")).to_contain_text("土地租金")

    with step("a red alert goes from new to disposed"):
        _dispose_alert(office)


def _account_of(site: Site, holder: str) -> str:
    with (site.var / "county" / "extras" / "bank_accounts.csv").open(encoding="utf-8") as source:
        return next(
            row["account"] for row in csv.DictReader(source) if row["holder_name"] == holder
        )


def _clerk(page: Page) -> str:
    """The choice of the village clerk in the list of handlers."""
    option = page.locator("#id_handler_person_id option", has_text="村文书").first
    return str(option.get_attribute("value"))


def _yuan(fen: str) -> str:
    return f"{int(fen) / 100:,.2f}"


def _texts(bank: Bank) -> list[dict[str, Any]]:
    return [one for one in bank.texts() if one["template"] == "payment_settled"]


def _wait_for_texts(bank: Bank, count: int) -> None:
    wait_until(lambda: len(_texts(bank)) == count, f"{count} texts")


def _wait_for(page: Page, address: str, words: str) -> None:
    """Reload a page until it says something: the worker works on its own."""

    def is_there() -> bool:
        page.goto(address)
        return words in page.locator("main").inner_text()

    wait_until(is_there, f"{words!r} on {address}")


def _pay_again(office: Office, payee: dict[str, str], account: str) -> None:
    """Correct one line, check it, approve it again and pay it; the other lines stay paid."""
    maker = office.officer(f"agency_cashier.{T}")
    maker.go("/office/")
    maker.open_todo(TITLE)
    expect(maker.said).to_contain_text(payee["name"])
    maker.correct_account(account, "村文书到户核对过新卡")
    maker.check_payees()
    maker.approve("已核对")
    maker.open_todo(TITLE)
    maker.approve()
    checker = office.officer(f"agency_reviewer.{T}")
    checker.open_todo(TITLE)
    checker.approve()


def _assert_books(office: Office, before_fen: int) -> None:
    accountant = office.officer(f"agency_accountant.{T}")
    accountant.go("/office/books/")
    accountant.page.get_by_role("link", name=re.compile(BODY)).first.click()
    accountant.page.wait_for_load_state()
    rows = accountant.page.locator("table").first
    expect(rows).to_contain_text(f"{(before_fen - TOTAL_FEN) / 100:,.2f}")


def _assert_three_taps(phone: Portal, number: str) -> None:
    phone.open_village()
    phone.page.goto(f"{phone.site.url}/village/{phone.site.village}/pay/{number}/")
    expect(phone.page.locator("main")).to_contain_text("365,591元")
    phone.taps = 0
    phone.tap("点开看")
    expect(phone.page.locator("main")).to_contain_text("代收代付款")
    phone.tap("看银行回单")
    expect(phone.page.locator("h1")).to_contain_text("银行回单")
    phone.tap("看谁批的")
    for role in ("村党组织书记", "镇主要领导", "代理中心审核"):
        expect(phone.page.locator("#course")).to_contain_text(role)
    assert phone.taps == 3


def _dispose_alert(office: Office) -> None:
    handler = office.officer(f"town_discipline_office.{T}")
    handler.go("/office/alerts/?colour=red&severity=block")
    handler.page.locator("main a.row").first.click()
    handler.page.wait_for_load_state()
    alert = handler.page.url
    expect(handler.said).to_contain_text("新增")
    handler.press("我来办")
    expect(handler.said).to_contain_text("待处置")
    handler.conclude("属实，责令整改", "核对了凭证和银行回单，情况属实，已责令整改")
    verifier = office.officer(f"town_discipline_office.{T}-2")
    verifier.page.goto(alert)
    verifier.page.get_by_label("复核意见").fill("核过材料，同意按此办结这条预警")
    verifier.press("同意，办结")
    expect(verifier.said).to_contain_text("已处置")
