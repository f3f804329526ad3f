"""The bank's story, whole: a batch that partly fails, income, a return, a month told and closed.

Runs against the real programs (gunicorn, worker, sandbox bank) in Chromium, with both clocks ahead
of the present so that a month can end. Each step stands on the one before, as in the village.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import days as calendar
from browser import site as sites
from browser.bank import Bank, wait_until
from browser.conftest import FAILED
from browser.days import Days
from browser.office import Office, Officer
from browser.site import Site
from browser.test_story import _account_of, _wait_for, _yuan, tell
from sanzi.interfaces.cli.scene import Bill, draw_paper, invoice_xml
from sanzi.payments.actions.payee_file import write_payee_template
from sanzi.payments.actions.payees import PayeeLine
from worlds import invoice_papers

pytestmark = [pytest.mark.browser, pytest.mark.database]

V, NEIGHBOUR, T = "101201", "101202", "101000"
CASHIER, ACCOUNTANT = f"cashier_reporter.{V}", f"agency_accountant.{T}"
MAKER, CHECKER = f"agency_cashier.{T}", f"agency_reviewer.{T}"
SECRETARY, HEAD = f"village_secretary.{V}", f"town_agri_head.{T}"
REVIEWERS = (
    f"committee_member.{V}", f"supervision_head.{V}", MAKER, ACCOUNTANT, SECRETARY,
)  # fmt: skip
BODY, COMMITTEE = "柳湾村股份经济合作社", "柳湾村村民委员会"
WAITING, WAITING_FEN = "村部复印纸和档案盒", 42_600
CARD_FEN = 15_600
RENT_FEN = 36_559_100
TITLE = "柳湾村土地租金8户"
PAYEES = slice(30, 38)  # none of them holds a post
NEW_ACCOUNTS = ("6299990000000777016", "6299990000000777024", "6299990000000777032")
POND_FEN, LET_FEN = 186_000, 1_300_000
CARD, CARD_INVOICE, BANK_CODE = "6228480000000077771", "26997000000000042655", "402999900017"
PAYER, TENANT = "青山垂钓俱乐部", "清河瑞丰食品有限公司"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo of its own: its days go by."""
    var = tmp_path_factory.mktemp("days") / "var"
    var.mkdir()
    calendar.begin(var / "ahead")
    running = sites.start(var, villages=2, clock_file=var / "ahead")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def days(site: Site) -> Days:
    """The clocks of platform and bank."""
    return Days(site, site.var / "ahead")


@pytest.fixture(scope="module")
def office(
    site: Site, days: Days, chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Office]:
    """The office of this county; a failure leaves pictures in build/failed."""
    found = Office(site, chromium)
    yield found
    found.close(FAILED if request.session.testsfailed else None)


@pytest.fixture
def console(site: Site, chromium: Browser) -> Iterator[Page]:
    """The bank's control page in a window without JavaScript."""
    page = chromium.new_page(java_script_enabled=False)
    page.goto(f"{site.bank_url}/_ctl/")
    yield page
    page.close()


def closing_of(officer: Officer, body: str, period: str, subject: str) -> str:
    """Return the last figure that is not nil in a row of a trial balance, as the page shows it."""
    officer.go(f"/office/statements/{body}/trial/{period}/")
    row = officer.page.get_by_role("row", name=re.compile(f"^{subject} "))
    return [one for one in row.get_by_role("cell").all_inner_texts() if one != "0"][-1]


def leave_code_out(officer: Officer) -> None:
    """Let a form go without six digits: who has just come in needs none, and codes are today's."""
    officer.page.evaluate("document.querySelectorAll('#id_code').forEach(f => f.required = false)")


def test_a_payment_without_an_answer_is_paid_once_and_ends_in_a_right_book(
    site: Site, office: Office, days: Days, console: Page
) -> None:
    """The steps of docs/handbook/bank-trouble.md."""
    office.next_day()
    bank, account = Bank(site), _account_of(site, COMMITTEE)
    wait_until(
        lambda: -CARD_FEN in [one["amount_fen"] for one in bank.paid_out(account)],
        "the village's card is repaid: what is still on its way would meet the fault first",
    )
    before, earlier = bank.balance_fen(account), len(bank.paid_out(account))
    console.get_by_text("前置机压住").first.click()
    fault = console.locator("form", has=console.locator('input[value="queued_silent"]'))
    fault.get_by_label("什么时候").select_option(label="只下一次")
    fault.get_by_role("button", name="打开").click()
    expect(console.locator(".lead")).to_contain_text("开着1个故障")

    for username in (SECRETARY, MAKER, CHECKER):
        officer = office.officer(username)
        officer.open_todo(WAITING)
        officer.approve()
    number = officer.page.url.split("/cases/")[1].split("/")[0]
    cashier = office.officer(CASHIER)
    here = f"{site.url}/office/payments/{number}/"
    _wait_for(cashier.page, here, "1户银行还没有回话，没有再付一次")
    console.reload()
    expect(console.locator(".lead")).to_contain_text("压着1批没办")
    assert bank.balance_fen(account) == before

    _wait_for(cashier.page, here, "1户都到账了")
    console.reload()
    if console.get_by_role("button", name="现在办").count():
        console.get_by_role("button", name="现在办").click()
    assert [-one["amount_fen"] for one in bank.paid_out(account)[earlier:]] == [WAITING_FEN]
    assert bank.balance_fen(account) == before - WAITING_FEN
    period = f"{days.today():%Y-%m}"
    assert closing_of(office.officer(ACCOUNTANT), "X0101", period, "银行存款 102") == _yuan(
        before - WAITING_FEN
    )


@dataclass
class Story:
    """Who and what the story is about; each method is one part of it, in order."""

    site: Site
    office: Office
    bank: Bank
    days: Days
    payees: list[dict[str, str]]
    account: str
    before_fen: int
    number: str = ""
    first_day: date = field(init=False)

    def __post_init__(self) -> None:
        """Remember the day on which it begins."""
        self.first_day = self.days.today()

    @property
    def period(self) -> str:
        """The month of the story."""
        return f"{self.first_day:%Y-%m}"

    @property
    def total_fen(self) -> int:
        """What the eight households get together."""
        return sum(int(one["amount_fen"]) for one in self.payees)

    @property
    def moved_fen(self) -> int:
        """What the account has less than at first."""
        return self.before_fen - self.bank.balance_fen(self.account)

    def a_batch_of_eight_is_approved(self) -> None:
        """Below ten thousand yuan: five officers."""
        cashier = self.office.officer(CASHIER)
        self.number = cashier.start_payment(BODY)
        cashier.fill_rent(TITLE, self.first_day.year)
        cashier.upload_payees(self._sheet())
        expect(cashier.page.locator("#total")).to_have_value(_yuan(self.total_fen))
        cashier.check_payees()
        expect(cashier.said).not_to_contain_text("不能付")
        expect(cashier.page.locator("#total")).to_have_value(_yuan(self.total_fen))
        cashier.hang_papers(
            [
                ("handler_statement", "事由说明.png", draw_paper("STATEMENT", self.number)),
                ("roster", "签字名单.png", draw_paper("ROSTER", self.number)),
                ("contract", "流转合同.png", draw_paper("CONTRACT", self.number)),
            ]
        )
        cashier.submit()
        expect(cashier.said).to_contain_text("已交给村委会成员")
        for username in REVIEWERS:
            officer = self.office.officer(username)
            officer.open_todo(TITLE)
            officer.approve("同意")

    def the_bank_refuses_two_and_pays_six(self) -> None:
        """One account is closed, one is blocked; a third payment will come back tomorrow."""
        closed, blocked, late = self.payees[:3]
        self.bank.close_account(closed["account"])
        self.bank.reject_next(blocked["account"], "AC06")
        self.bank.return_next(late["account"])
        self._make_and_check()
        wait_until(lambda: len(self.bank.paid_out(self.account)) == 6, "6 payments")
        refused = int(closed["amount_fen"]) + int(blocked["amount_fen"])
        assert self.moved_fen == self.total_fen - refused
        page = self.office.officer(MAKER).page
        _wait_for(page, self._order, "2户没付成，改好账户只重付这2户")
        expect(page.locator("main")).to_contain_text(_yuan(self.total_fen - refused))
        for one in (closed, blocked):
            expect(page.locator("main")).to_contain_text(one["name"])

    def the_two_are_corrected_and_paid(self) -> None:
        """Each with a new account, a new approval and a new instruction."""
        for payee, account, paid in zip(self.payees, NEW_ACCOUNTS[:2], (7, 8), strict=False):
            self._correct(payee, account)
            wait_until(
                lambda n=paid: len(self.bank.paid_out(self.account)) == n, f"{paid} payments"
            )
        assert self.moved_fen == self.total_fen
        _wait_for(self.office.officer(MAKER).page, self._order, "8户都到账了")

    def income_with_a_reference_is_booked_by_itself(self) -> None:
        """A bill with its code; the credit names the bill; receipt and voucher follow."""
        cashier = self.office.officer(CASHIER)
        cashier.go("/office/bills/new/")
        cashier.page.get_by_label("交给哪个单位").select_option(label=BODY)
        cashier.page.get_by_label("谁交").fill(PAYER)
        cashier.page.get_by_label("什么收入").select_option("contracting")
        cashier.page.get_by_label("什么钱").fill("水塘承包款")
        cashier.page.get_by_label("多少元").fill(_yuan(POND_FEN))
        cashier.press("开缴款单")
        expect(cashier.page.get_by_role("img", name=re.compile("交款二维码"))).to_be_visible()
        bill, said = cashier.page.url, cashier.said.inner_text()
        reference = re.search(r"附言编号 ([0-9A-Z ]+)", said)
        assert reference is not None
        memo = "水塘承包款 " + reference.group(1).strip().replace(" ", "")
        self.bank.credit(self.account, POND_FEN, name=PAYER, said=memo)
        _wait_for(cashier.page, bill, f"交清了{_yuan(POND_FEN)}元")
        assert self.moved_fen == self.total_fen - POND_FEN

    def income_without_a_reference_is_claimed_from_the_queue(self) -> None:
        """The tenant forgot the number: payer and sum suggest the bill, one tap claims it."""
        self.bank.credit(self.account, LET_FEN, name=TENANT, said="厂房")
        accountant = self.office.officer(ACCOUNTANT)
        queue = f"{self.site.url}/office/income/"
        _wait_for(accountant.page, queue, f"{TENANT}：厂房")
        claim = accountant.page.locator("section", has_text=f"{TENANT}：厂房")
        expect(claim).to_contain_text("交款人相同")
        claim.get_by_role("button", name="就是这笔，认领").first.click()
        expect(accountant.said).to_contain_text("收据开好，账也记了")
        accountant.go(f"/office/books/E0101/{self.period}/vouchers/")
        for fen in (POND_FEN, LET_FEN):
            expect(accountant.said).to_contain_text(_yuan(fen))

    def an_invoice_of_one_village_is_refused_in_another(self) -> None:
        """The same number, whatever the file."""
        told = []
        for username, body in (
            (CASHIER, COMMITTEE),
            (f"cashier_reporter.{NEIGHBOUR}", None),
        ):
            clerk = self.office.officer(username)
            clerk.start_payment(body)
            clerk.hang_papers([("invoice", "电子发票.xml", invoice_papers.xml())])
            told.append(clerk.said.inner_text())
        assert f"发票{invoice_papers.NUMBER}" in told[0]
        assert "报过" not in told[0]
        assert "报过" in told[1], told[1]

    def a_card_is_registered_used_settled_and_repaid(self) -> None:
        """A committee member buys at a shop; one settlement with its invoice; we repay the card."""
        self._register_card()
        self.site.bank_control(
            "card-spend", card=CARD, amount_fen=WAITING_FEN, merchant="清河宏图文具店", mcc="5943"
        )
        self.office.next_day()
        self.days.half_an_hour()
        owed, account = self._card_owed_fen(), _account_of(self.site, COMMITTEE)
        before = self.bank.balance_fen(account)
        assert owed == WAITING_FEN
        cashier = self.office.officer(CASHIER)
        _wait_for(cashier.page, f"{self.site.url}/office/cards/", _yuan(WAITING_FEN))
        cashier.page.get_by_role("link", name=re.compile(f"尾号{CARD[-4:]}")).first.click()
        cashier.page.get_by_role("checkbox", name=re.compile("宏图文具店")).check()
        cashier.page.get_by_label("办什么事").fill("村部办公用品")
        cashier.page.get_by_label("记到哪个科目").select_option("5130102")
        cashier.press("这几笔是一件事")
        bill = Bill(CARD_INVOICE, COMMITTEE, "清河宏图文具店", _yuan(WAITING_FEN), "*纸制品*复印纸")
        paper = invoice_xml(bill, self.days.today())
        cashier.page.get_by_label(re.compile("^拍照或选文件")).set_input_files(
            {"name": "发票.xml", "mimeType": "text/xml", "buffer": paper}
        )
        cashier.press("挂上")
        cashier.press("交给镇里批")
        expect(cashier.said).to_contain_text("交给镇农经负责人批了")
        here = cashier.page.url
        for username, button, done in (
            (HEAD, "^同意$", "批了"),
            (MAKER, "做付款指令", "付款指令做好了"),
            (CHECKER, "复核，还到卡上", "交给银行了"),
        ):
            officer = self.office.officer(username)
            officer.page.goto(here)
            leave_code_out(officer)
            officer.press(button)
            expect(officer.said).to_contain_text(done)
        _wait_for(cashier.page, here, "还清")
        assert self._card_owed_fen() == 0
        assert before - self.bank.balance_fen(account) == WAITING_FEN
        assert closing_of(
            self.office.officer(ACCOUNTANT), "X0101", self.period, "银行存款 102"
        ) == _yuan(self.bank.balance_fen(account))

    def _register_card(self) -> None:
        head = self.office.officer(HEAD)
        head.go("/office/cards/new/?organisation=X0101")
        choice = head.page.get_by_label("持卡人").locator("option").last
        holder = choice.inner_text().split("，")[0].split("（")[0].split(" ")[0]
        self.site.bank_control(
            "card", card=CARD, holder=holder, limit_fen=500_000, bill_day=5, due_day=25
        )
        head.page.get_by_label("持卡人").select_option(str(choice.get_attribute("value")))
        typed = {
            "number": CARD, "bank_code": BANK_CODE, "limit": "5,000.00",
            "bill_day": "5", "due_day": "25",
        }  # fmt: skip
        for name, text in typed.items():
            head.page.locator(f"#id_{name}").fill(text)
        leave_code_out(head)
        head.press("同银行核对，登记")
        expect(head.said).to_contain_text("登记好了")

    def _card_owed_fen(self) -> int:
        cards = self.site.bank("/_ctl/state.json")["cards"]
        return next(int(one["owed_fen"]) for one in cards if one["card"] == CARD)

    def one_payment_comes_back_the_next_day(self) -> None:
        """The books take it back in red; the payee has a second text; it is paid anew."""
        payee = self.payees[2]
        self.office.next_day()
        self.days.morning_of(date.fromordinal(self.first_day.toordinal() + 1))
        page = self.office.officer(MAKER).page
        _wait_for(page, self._order, "1户没付成")
        assert [one["amount_fen"] for one in self.bank.came_back(self.account)] == [
            int(payee["amount_fen"])
        ]
        wait_until(lambda: "payment_returned" in self._texts_to(payee), "a text of the return")
        self._correct(payee, NEW_ACCOUNTS[2])
        _wait_for(page, self._order, "8户都到账了")
        assert len(self.bank.paid_out(self.account)) == 9
        assert self.moved_fen == self.total_fen - POND_FEN - LET_FEN

    def the_books_say_the_same_as_the_bank(self) -> None:
        """Bank, and what is still owed of the rent."""
        accountant = self.office.officer(ACCOUNTANT)
        bank_fen = self.bank.balance_fen(self.account)
        assert closing_of(accountant, "E0101", self.period, "银行存款 102") == _yuan(bank_fen)
        assert closing_of(accountant, "E0101", self.period, "代收代付款 11302") == _yuan(
            RENT_FEN - self.total_fen
        )

    def the_month_is_reconciled_by_one_and_signed_by_another(self) -> None:
        """Prepared by the accountant, signed by the reviewer: two balances, to the fen."""
        self.office.next_day()
        last = self.first_day.replace(day=28).toordinal() + 5
        self.days.morning_of(date.fromordinal(last).replace(day=1))
        accountant, figure = (
            self.office.officer(ACCOUNTANT),
            _yuan(self.bank.balance_fen(self.account)),
        )
        bench = f"{self.site.url}/office/reconcile/A-E0101/{self.period}/"
        _wait_for(accountant.page, bench, "两边都对上了")
        accountant.press("编余额调节表")
        expect(accountant.said).to_contain_text("请另一个人来签字")
        reviewer = self.office.officer(CHECKER)
        reviewer.go(f"/office/reconciliations/?month={self.period}&text={BODY}")
        reviewer.page.get_by_role("link", name=re.compile(BODY)).first.click()
        for row in ("账面存款余额", "对账单余额"):
            expect(reviewer.page.get_by_role("row", name=f"{row} {figure}")).to_be_visible()
        for total in reviewer.page.get_by_role("row", name=re.compile("^调节后余额")).all():
            expect(total).to_contain_text(figure)
        reviewer.press("签字")
        reviewer.press("确定签")
        expect(reviewer.said).to_contain_text("签好了")

    def the_bank_is_told(self) -> None:
        """The worker sends the result; the bank takes it, because its balance is the same."""
        self.days.half_an_hour()
        reviewer = self.office.officer(CHECKER)
        reviewer.go(f"/office/reconciliations/?month={self.period}&text={BODY}")
        reviewer.page.get_by_role("link", name=re.compile(BODY)).first.click()
        reviewer.page.wait_for_load_state()
        _wait_for(reviewer.page, reviewer.page.url, "已告诉银行")
        (told,) = self.bank.exchanges("reconciliation")
        assert (told["key"], told["outcome"]) == (self.account, "200")

    def the_month_is_closed(self) -> None:
        """Nothing stands in its way any more."""
        accountant = self.office.officer(ACCOUNTANT)
        accountant.go(f"/office/month-ends/E0101/{self.period}/")
        accountant.press("的账")
        accountant.press("确定结")
        expect(accountant.page.locator("h1")).to_contain_text("已经结账")

    @property
    def _order(self) -> str:
        return f"{self.site.url}/office/payments/{self.number}/"

    def _sheet(self) -> Path:
        lines = [
            PayeeLine(
                kind="person", payee_name=one["name"], amount_fen=int(one["amount_fen"]),
                account=one["account"], bank_code=one["bank_code"], id_no=one["id_no"],
                note="土地租金",
            )
            for one in self.payees
        ]  # fmt: skip
        file = self.site.var / "payees-8.xlsx"
        file.write_bytes(write_payee_template(lines))
        return file

    def _make_and_check(self) -> None:
        for username in (MAKER, CHECKER):
            officer = self.office.officer(username)
            officer.open_todo(TITLE)
            officer.approve()

    def _correct(self, payee: dict[str, str], account: str) -> None:
        self.bank.open_account(account, payee["name"])
        maker = self.office.officer(MAKER)
        maker.open_todo(TITLE)
        expect(maker.said).to_contain_text(payee["name"])
        maker.correct_account(account, "村文书到户核对过新卡")
        maker.check_payees()
        maker.approve("已核对")
        self._make_and_check()

    def _texts_to(self, payee: dict[str, str]) -> list[str]:
        return [
            one["template"]
            for one in self.bank.texts()
            if one["params"].get("name") == payee["name"]
        ]


@pytest.fixture
def story(site: Site, office: Office, days: Days) -> Story:
    """The story before it begins."""
    (given,) = (site.var / "county" / "extras").glob("land_rent_2*.csv")
    with given.open(encoding="utf-8", newline="") as source:
        payees = list(csv.DictReader(source))[PAYEES]
    bank, account = Bank(site), _account_of(site, BODY)
    return Story(site, office, bank, days, payees, account, bank.balance_fen(account))


def test_a_month_at_the_bank_from_a_batch_that_fails_in_part_to_its_close(story: Story) -> None:
    for part in (
        story.a_batch_of_eight_is_approved,
        story.the_bank_refuses_two_and_pays_six,
        story.the_two_are_corrected_and_paid,
        story.income_with_a_reference_is_booked_by_itself,
        story.income_without_a_reference_is_claimed_from_the_queue,
        story.an_invoice_of_one_village_is_refused_in_another,
        story.a_card_is_registered_used_settled_and_repaid,
        story.one_payment_comes_back_the_next_day,
        story.the_books_say_the_same_as_the_bank,
        story.the_month_is_reconciled_by_one_and_signed_by_another,
        story.the_bank_is_told,
        story.the_month_is_closed,
    ):
        tell(part)
