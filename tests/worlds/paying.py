"""From an approved case to the money: its M10 through every hand, to the bank's word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sanzi.bank.port import SubmitAck
from sanzi.evidence.actions import files
from sanzi.ledger.actions.books import ensure_book
from sanzi.ledger.models import VoucherLine
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseStep
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Person
from sanzi.payments.actions import dispatch, payee_check
from sanzi.payments.models import BankAccount, BudgetLine, Payment
from worlds import cases as worlds_cases
from worlds import money
from worlds.fake_bank import FakeBank
from worlds.village import WILLOW, World

SUBJECT = "51404"
PAPERS = ("handler_statement", "roster")


@dataclass
class Till:
    """What pays the cases of a village: its account, its book, its budget, its bank."""

    world: World
    bank: FakeBank
    account: str
    at: datetime
    pictures: int = field(default=200)

    def begin(self, source: str, **form: str) -> str:
        """Begin the payment of an approved case with what its register knows; hang the papers."""
        by = self.world.actor("cashier_reporter", self.at)
        number = cases.start(
            matter_code="M10", organisation_ext_id="O-WILLOW", by=by, at=self.at, source=source
        )
        rest = {
            "subject_code": SUBJECT, "debit_account_id": self.account, "budget_line_id": "BL-PAY",
            "handler_person_id": "P-HANDLER", **form,
        }  # fmt: skip
        cases.save(number=number, by=by, at=self.at, form=rest)
        for kind in PAPERS:
            self.pictures += 1
            files.store(
                by=by, at=self.at, subject_kind="case", subject_id=number,
                upload=files.Upload("照片.jpg", kind, worlds_cases.photo(self.pictures)),
            )  # fmt: skip
        return number

    def submit(self, number: str) -> None:
        """Let the bank look at the payees and hand the payment in."""
        by = self.world.actor("cashier_reporter", self.at)
        payee_check.check_payees(case_number=number, by=by, at=self.at)
        cases.submit(number=number, by=by, at=self.at)

    def approve(self, number: str, line_no: int = 0) -> list[str]:
        """Let everybody whose turn it is agree, maker and checker too; return their roles."""
        done = []
        while True:
            row = CaseStep.objects.filter(
                case__number=number, line_no=line_no, state="OPEN"
            ).first()
            if row is None:
                return done
            seen = Case.objects.get(number=number).content_digest
            cases.act(
                number=number, by=self.world.actor(row.role_code, self.at), at=self.at,
                line_no=line_no, opinion=cases.Opinion("approve", seen),
            )  # fmt: skip
            done.append(row.role_code)

    def send(self, refused: dict[int, str] | None = None) -> None:
        """Let the worker send what is ready; the bank refuses lines by place, from 1."""

        def answer(msg_id: str) -> SubmitAck:
            return self.bank.answer(msg_id, refused=refused)

        self.bank.on_send = answer
        dispatch.work(self.at)

    def pay(self, source: str, refused: dict[int, str] | None = None, **form: str) -> str:
        """Pay an approved case to the bank's answer; return the number of the payment's case."""
        number = self.begin(source, **form)
        self.submit(number)
        self.approve(number)
        self.send(refused)
        return number

    def pay_again(self, number: str, line_no: int, account: str) -> None:
        """Correct the account of a line that the bank sent back, and pay it once more."""
        self.at += timedelta(hours=1)
        line = Payment.objects.get(order__case_number=number, line_no=line_no)
        assert line.payee_person is not None
        by = self.world.actor("agency_cashier", self.at)
        cases.correct_line(
            number=number, line_no=line_no, by=by, at=self.at,
            line={
                "kind": "person", "payee_id": line.payee_person.ext_id, "name": line.payee_name,
                "account": account, "bank_code": money.BANK_CODE,
                "amount": f"{line.amount_fen / 100:.2f}",
            },
            confirmation="报账员吴小芬当面看过新卡",
        )  # fmt: skip
        payee_check.check_payees(case_number=number, by=by, at=self.at)
        self.approve(number, line_no)
        self.send()


def open_till(world: World, bank: FakeBank, at: datetime) -> Till:
    """Give the village what payments ask for, as far as it has it not."""
    body = world.bodies["willow"]
    if not Person.objects.filter(ext_id="P-HANDLER").exists():
        Person.objects.create(ext_id="P-HANDLER", name="赵经办", division_id=WILLOW)
    account = BankAccount.objects.filter(organisation=body, kind="basic").order_by("pk").first()
    if account is None:
        account = BankAccount.objects.create(
            ext_id="A-WILLOW", organisation=body, holder_name=money.DEBIT_NAME, kind="basic",
            sealed_number=secrets.seal("account", money.DEBIT), bank_code=money.BANK_CODE,
            number_index=secrets.index("account", money.DEBIT), tail=money.DEBIT[-4:],
            opened_date=date(2020, 1, 1),
        )  # fmt: skip
    BudgetLine.objects.create(
        ext_id="BL-PAY", organisation=body, year=at.year, subject_code=SUBJECT, name="发放",
        amount_fen=100_000_000,
    )  # fmt: skip
    ensure_book(org_ext_id=body.ext_id, first_period="2026-01", by=SYSTEM, at=at)
    return Till(world, bank, account.ext_id, at)


def booked(number: str) -> dict[str, int]:
    """Return what the vouchers of a payment's case book on its subject, by payee's ext id."""
    paid = Payment.objects.filter(order__case_number=number, status="SETTLED")
    rows = VoucherLine.objects.filter(
        account_code=SUBJECT, voucher__ext_id__in=set(paid.values_list("voucher_ext_id", flat=True))
    )
    return dict(rows.order_by("pk").values_list("aux_id", "debit_fen"))
