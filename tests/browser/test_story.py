"""The main job, whole: a village pays 365,591.00 yuan of land rent to 352 households.

One test on purpose: each step stands on the one before, as in the village. Runs against the real
programs (gunicorn, worker, sandbox bank) in Chromium, on the engine of the run.
"""

from __future__ import annotations

import csv
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.bank import Bank, wait_until
from browser.office import Office
from browser.portal import Portal
from browser.site import Site
from sanzi.interfaces.cli.scene import draw_paper
from sanzi.kernel import clock

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.browser, pytest.mark.database]

TITLE = "柳湾村土地租金352户"
TOTAL, TOTAL_FEN = "365,591.00", 36_559_100
BODY = "柳湾村股份经济合作社"
V, T = "101201", "101000"
CASHIER, ACCOUNTANT = f"cashier_reporter.{V}", f"agency_accountant.{T}"
MAKER, CHECKER = f"agency_cashier.{T}", f"agency_reviewer.{T}"
REVIEWS = (
    ("committee_member", V), ("supervision_head", V), ("agency_cashier", T),
    ("agency_accountant", T), ("village_secretary", V), ("town_agri_head", T),
    ("town_leader", T), ("town_head", T),
)  # fmt: skip
NEW_ACCOUNTS = ("6299990000000888014", "6299990000000888022")


@dataclass
class Story:
    """Who and what the story is about; each method is one part of it, in order."""

    site: Site
    office: Office
    chromium: Browser
    bank: Bank
    heads: list[dict[str, str]]
    account: str
    before_fen: int
    number: str = ""

    @property
    def failing(self) -> tuple[dict[str, str], dict[str, str]]:
        """Two payees to whom the bank will not pay at first."""
        return self.heads[10], self.heads[20]

    def the_cashier_fills_the_form(self) -> None:
        """By password and six digits; every field from a list that the village has."""
        cashier = self.office.officer(CASHIER, by_password=True)
        self.number = cashier.start_payment(BODY)
        cashier.fill_rent(TITLE)

    def the_list_goes_in_whole_and_two_payees_block_it(self) -> None:
        """One account is closed, one belongs to somebody else: the form cannot be handed in."""
        cashier = self.office.officer(CASHIER)
        cashier.upload_payees(self.site.var / "payees-352.xlsx")
        expect(cashier.said).to_contain_text(f"352户，共{TOTAL}元")
        expect(cashier.page.locator("#total")).to_have_value(TOTAL)
        cashier.check_payees()
        expect(cashier.said).to_contain_text("第88行不能付。")
        expect(cashier.said).to_contain_text("第204行不能付。")
        submit = cashier.page.locator("#bar").get_by_role("button", name="提交")
        expect(submit).to_be_disabled()

    def the_corrected_list_passes(self) -> None:
        """The bank knows all 352; papers and the vote are added."""
        cashier = self.office.officer(CASHIER)
        cashier.upload_payees(self.site.var / "payees-352-corrected.xlsx")
        cashier.check_payees()
        expect(cashier.said).not_to_contain_text("不能付")
        cashier.hang_papers(
            [
                ("handler_statement", "事由说明.png", draw_paper("STATEMENT", self.number)),
                ("roster", "签字名单.png", draw_paper("ROSTER", self.number)),
                ("contract", "流转合同.png", draw_paper("CONTRACT", self.number)),
            ]
        )
        vote = cashier.page.locator("#id_decision_id option", has_text="委托流转土地").first
        cashier.fill({}, {"decision_id": str(vote.get_attribute("value"))})
        cashier.submit()
        expect(cashier.said).to_contain_text("已交给村委会成员")

    def eight_officers_approve(self) -> None:
        """365,591.00 yuan is tier three: four of the village and agency, the rest of the town."""
        for role, place in REVIEWS:
            by_password = role == "agency_cashier"
            officer = self.office.officer(f"{role}.{place}", by_password=by_password)
            officer.open_todo(TITLE)
            expect(officer.said).to_contain_text(TOTAL)
            officer.approve("同意")
            expect(officer.said).not_to_contain_text("轮到您")

    def one_payee_closes_his_account(self) -> None:
        """Between approval and payment; the bank will refuse another one for its own reason."""
        closed, refused = self.failing
        self.bank.close_account(closed["account"])
        self.bank.reject_next(refused["account"], "AC06")

    def maker_and_checker_send_the_money(self) -> None:
        """Two people, each with a fresh second factor."""
        maker = self.office.officer(MAKER)
        maker.open_todo(TITLE)
        maker.approve()
        checker = self.office.officer(CHECKER, by_password=True)
        checker.open_todo(TITLE)
        checker.approve()
        expect(checker.said).to_contain_text("已交银行")

    def the_bank_pays_350_and_refuses_two(self) -> None:
        """To the fen; each payee who has his money has a text."""
        wait_until(lambda: len(self.bank.paid_out(self.account)) == 350, "350 payments")
        refused_fen = sum(int(one["amount_fen"]) for one in self.failing)
        paid_fen = TOTAL_FEN - refused_fen
        assert self.before_fen - self.bank.balance_fen(self.account) == paid_fen
        self._wait_for_texts(350)
        first = self.heads[0]
        text = next(one for one in _texts(self.bank) if one["params"].get("name") == first["name"])
        assert text["params"]["amount"] == _yuan(int(first["amount_fen"]))
        assert text["params"]["tail"] == first["account"][-4:]
        page = self.office.officer(MAKER).page
        page.goto(f"{self.site.url}/office/payments/{self.number}/")
        expect(page.locator("main")).to_contain_text(re.compile(r"\b350\b"))
        page.goto(f"{self.site.url}/office/cases/{self.number}/")
        expect(page.locator("main")).to_contain_text("部分到账")

    def the_two_are_corrected_and_paid(self) -> None:
        """One after the other: only the failed line goes round again, the others stay paid."""
        for payee, account, paid in zip(self.failing, NEW_ACCOUNTS, (351, 352), strict=True):
            self.bank.open_account(account, payee["name"])
            maker = self.office.officer(MAKER)
            maker.open_todo(TITLE)
            expect(maker.said).to_contain_text(payee["name"])
            maker.correct_account(account, "村文书到户核对过新卡")
            maker.check_payees()
            maker.approve("已核对")
            maker.open_todo(TITLE)
            maker.approve()
            checker = self.office.officer(CHECKER)
            checker.open_todo(TITLE)
            checker.approve()
            self._wait_for_texts(paid)
        assert len(self.bank.paid_out(self.account)) == 352
        assert self.before_fen - self.bank.balance_fen(self.account) == TOTAL_FEN
        assert sorted(abs(row["amount_fen"]) for row in self.bank.paid_out(self.account)) == sorted(
            int(row["amount_fen"]) for row in self.heads
        )

    def the_books_say_the_same_as_the_bank(self) -> None:
        """Case settled; three vouchers; trial balance: bank less by the sum, rent owed is nil."""
        cashier = self.office.officer(CASHIER)
        _wait_for(cashier.page, f"{self.site.url}/office/cases/{self.number}/", "已办结")
        books = self.office.officer(ACCOUNTANT)
        period = f"{clock.today():%Y-%m}"
        books.go(f"/office/statements/E0101/trial/{period}/")
        bank_row = books.page.get_by_role("row", name=re.compile("^银行存款 102 "))
        expect(bank_row).to_contain_text(_yuan(self.before_fen - TOTAL_FEN))
        owed = books.page.get_by_role("row", name=re.compile("^代收代付款 11302 "))
        assert owed.get_by_role("cell").all_inner_texts()[-2:] == ["0", "0"]
        books.go(f"/office/books/E0101/{period}/vouchers/")
        refused = [int(one["amount_fen"]) for one in self.failing]
        for fen in (TOTAL_FEN - sum(refused), *refused):
            expect(books.said).to_contain_text(_yuan(fen))

    def a_villager_follows_the_money_in_three_taps(self) -> None:
        """From the figure: voucher, bank slip, approvals. Then my own household's money."""
        with Portal(self.site, self.chromium) as phone:
            phone.open_village()
            phone.tap("看每一笔")
            phone.tap(TITLE)
            main = phone.page.locator("main")
            expect(main).to_contain_text("365,591元")
            phone.taps = 0
            phone.tap("点开看")
            expect(main).to_contain_text("代收代付款")
            phone.tap("看银行回单")
            expect(phone.page.locator("h1")).to_contain_text("银行回单")
            phone.tap("看谁批的")
            for role in ("村党组织书记", "镇主要领导", "代理中心审核"):
                expect(phone.page.locator("#course")).to_contain_text(role)
            assert phone.taps == 3
            told = self.site.told
            phone.open_my_household(told["household_name"], told["household_code"])
            expect(main).to_contain_text(TITLE)

    def _wait_for_texts(self, count: int) -> None:
        names = {one["name"] for one in self.heads}
        wait_until(
            lambda: sum(one["params"].get("name") in names for one in _texts(self.bank)) == count,
            f"{count} texts",
        )


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


@pytest.fixture
def story(site: Site, office: Office, chromium: Browser, heads: list[dict[str, str]]) -> Story:
    """The story before it begins."""
    bank, account = Bank(site), _account_of(site, BODY)
    return Story(site, office, chromium, bank, heads, account, bank.balance_fen(account))


def test_a_village_pays_352_households_from_application_to_disclosure(story: Story) -> None:
    for part in (
        story.the_cashier_fills_the_form,
        story.the_list_goes_in_whole_and_two_payees_block_it,
        story.the_corrected_list_passes,
        story.eight_officers_approve,
        story.one_payee_closes_his_account,
        story.maker_and_checker_send_the_money,
        story.the_bank_pays_350_and_refuses_two,
        story.the_two_are_corrected_and_paid,
        story.the_books_say_the_same_as_the_bank,
        story.a_villager_follows_the_money_in_three_taps,
    ):
        tell(part)


def tell(part: Callable[[], None]) -> None:
    """Tell one part of the story; a failure names it, the log says how long it took."""
    began = time.monotonic()
    try:
        part()
    except BaseException as problem:
        problem.add_note(f"in the part: {part.__name__}")
        raise
    logger.info("%5.1f s  %s", time.monotonic() - began, part.__name__)


def _account_of(site: Site, holder: str) -> str:
    with (site.var / "county" / "extras" / "bank_accounts.csv").open(encoding="utf-8") as source:
        return next(
            row["account"] for row in csv.DictReader(source) if row["holder_name"] == holder
        )


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _texts(bank: Bank) -> list[dict[str, Any]]:
    return [one for one in bank.texts() if one["template"] == "payment_settled"]


def _wait_for(page: Page, address: str, words: str) -> None:
    """Reload a page until it says something: the worker works on its own."""

    def is_there() -> bool:
        page.goto(address)
        return words in page.locator("main").inner_text()

    wait_until(is_there, f"{words!r} on {address}")
