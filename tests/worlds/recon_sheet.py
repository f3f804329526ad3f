"""A month of two sides of many accounts with the answers beside it, and how the rules did.

    measured = reconcile_benchmark(lines=100_000)

Deterministic by seed. Every line carries the group it belongs to; what must stay open is in no
group. Right is a line that ended as its answer says; wrong is a match that joins strangers, or
anything that should have stayed open. Needs Django and a database that holds `worlds.money`.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from random import Random
from typing import Any, Final

from sanzi.kernel import clock
from sanzi.ledger.actions import posting
from sanzi.ledger.actions.books import ensure_book
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Organisation
from sanzi.payments.actions import matching
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    Instruction,
    InstructionLine,
    MatchedBankLine,
    MatchedBookLine,
    Payment,
    PaymentOrder,
    Receipt,
)
from sanzi.record import bulk

LINES_AN_ACCOUNT: Final = 2_000
START, LAST = date(2026, 9, 1), date(2026, 10, 31)
AT: Final = datetime(2026, 11, 18, 2, 0, tzinfo=clock.SHANGHAI)
NAMES: Final = Names("制单人", "审核人", "记账人")
BANK, COST, INCOME, FEES, HELD = "102", "51404", "50103", "5130199", "231"
YUAN: Final = 100


@dataclass(frozen=True)
class Measured:
    """What one run gave. `right_share` is of all lines, `wrong` counts matches."""

    lines: int
    seconds: float
    right_share: float
    wrong: int
    by_rule: dict[str, int]


@dataclass
class Told:
    """The two sides of one account and the group of each line; '' stays open."""

    place: int
    account: BankAccount
    organisation: Organisation
    dice: Random
    drafts: list[Draft] = field(default_factory=list)
    bank: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    book_group: dict[str, str] = field(default_factory=dict)
    bank_group: dict[str, str] = field(default_factory=dict)
    fee_days: set[date] = field(default_factory=set)
    event: int = 0
    number: int = 0

    @property
    def line_count(self) -> int:
        """Lines of both sides so far."""
        return len(self.drafts) + len(self.bank)

    def group(self) -> str:
        """A new group, and with it a new thing that happens."""
        self.event += 1
        return f"{self.place}-{self.event}"

    def amount(self) -> int:
        """An amount that many others have too."""
        return self.dice.randrange(1, 60) * 50 * YUAN

    def day(self) -> date:
        """A day of the two months, not so near to their ends."""
        return START + timedelta(days=self.dice.randrange(4, 54))

    def voucher(self, group: str, day: date, fen: int, **said: Any) -> str:
        """A voucher of one bank line: money in positive; return its id."""
        self.number += 1
        ext_id = f"V-{self.place}-{self.number}"
        other = said.get("other", COST if fen < 0 else INCOME)
        account = ("account", self.account.ext_id)
        debit, credit = ((BANK, *account), (other, "", "")) if fen > 0 else (
            (other, "", ""), (BANK, *account)
        )  # fmt: skip
        amount = abs(fen)
        lines = (
            Line(debit[0], debit_fen=amount, aux_kind=debit[1], aux_id=debit[2]),
            Line(credit[0], credit_fen=amount, aux_kind=credit[1], aux_id=credit[2]),
        )
        if said.get("red"):
            # A red voucher keeps the sides and turns the sign.
            debit, credit = credit, debit
            lines = (
                Line(debit[0], debit_fen=-amount, aux_kind=debit[1], aux_id=debit[2]),
                Line(credit[0], credit_fen=-amount, aux_kind=credit[1], aux_id=credit[2]),
            )
        self.drafts.append(
            Draft(
                date=day,
                summary=said.get("summary", "日常收支"),
                lines=lines,
                source_kind=said.get("kind", "manual"),
                source_id=said.get("source", ext_id),
                names=NAMES,
                reversal_of=said.get("red", ""),
                ext_id=ext_id,
            )
        )
        self.book_group[ext_id] = group
        return ext_id

    def line(self, group: str, day: date, fen: int, **said: Any) -> None:
        """A line of the bank, money in positive."""
        self.number += 1
        ext_id = f"B-{self.place}-{self.number}"
        at = datetime.combine(day, clock_time(10), clock.SHANGHAI)
        self.bank.append(
            {
                "ext_id": ext_id,
                "account_id": self.account.pk,
                "booked_at": at,
                "direction": "in" if fen > 0 else "out",
                "amount_fen": abs(fen),
                "peer_account_index": said.get("account", ""),
                "peer_name": said.get("name", ""),
                "channel": said.get("channel", "direct"),
                "memo": said.get("memo", ""),
                "e2e_id": said.get("e2e", ""),
                "msg_id": said.get("msg", ""),
                "bank_ref": f"K{ext_id}",
                "payment_id": said.get("payment"),
                "receipt_id": said.get("receipt"),
            }
        )
        self.bank_group[ext_id] = group

    def party(self) -> tuple[str, str]:
        """Account index and name of somebody new."""
        self.number += 1
        return f"ix{self.place}-{self.number}", f"收款人{self.place}之{self.number}"

    def pay(self, day: date, fens: list[int], status: str = "SETTLED") -> Paid:
        """An order with its payments and its message; nothing of it is booked yet."""
        self.number += 1
        stem = f"{self.place}-{self.number}"
        paid = Paid(f"Z{stem}", f"MSG{stem}", [])
        self.orders.append(
            {
                "ext_id": f"O-{stem}",
                "case_number": f"M10-{stem}",
                "organisation_id": self.organisation.pk,
                "division_code": self.organisation.division_id,
                "matter_code": "M10",
                "debit_account_id": self.account.pk,
                "created_at": AT,
                "state": "SETTLED",
            }
        )
        self.messages.append({"msg_id": paid.msg_id, "order": f"O-{stem}", "lines": len(fens)})
        for line_no, fen in enumerate(fens, start=1):
            account, name = self.party()
            ext_id = f"{paid.stem}-{line_no}"
            self.payments.append(
                {
                    "ext_id": ext_id,
                    "order": f"O-{stem}",
                    "line_no": line_no,
                    "payee_name": name,
                    "account_index": account,
                    "amount_fen": fen,
                    "status": status,
                    "paid_at": datetime.combine(day, clock_time(9), clock.SHANGHAI),
                    "voucher_ext_id": "",
                    "msg_id": paid.msg_id,
                }
            )
            paid.lines.append((ext_id, account, name, fen))
        return paid

    def booked(self, paid: Paid, voucher: str) -> None:
        """Say which voucher took the payments in."""
        for one in self.payments[-len(paid.lines) :]:
            one["voucher_ext_id"] = voucher


@dataclass
class Paid:
    """Payments of one order: (end-to-end id, account, name, amount)."""

    stem: str
    msg_id: str
    lines: list[tuple[str, str, str, int]]


Scenario = Callable[[Told], None]


def ordinary(told: Told) -> None:
    """One payee, all ids there."""
    group, day, fen = told.group(), told.day(), told.amount()
    paid = told.pay(day, [fen])
    e2e, account, name, _ = paid.lines[0]
    told.booked(paid, told.voucher(group, day, -fen, kind="payment", source=e2e))
    told.line(group, day, -fen, e2e=e2e, account=account, name=name, msg=paid.msg_id)


def batch(told: Told) -> None:
    """One voucher for several payees, one bank line for each."""
    group, day = told.group(), told.day()
    paid = told.pay(day, [told.amount() for _ in range(told.dice.randrange(3, 9))])
    total = sum(fen for *_, fen in paid.lines)
    told.booked(paid, told.voucher(group, day, -total, kind="payment", source=paid.lines[0][0]))
    for e2e, account, name, fen in paid.lines:
        told.line(group, day, -fen, e2e=e2e, account=account, name=name, msg=paid.msg_id)


def booked_as_sum(told: Told) -> None:
    """One voucher for several payees, and the bank books the message as one sum."""
    group, day = told.group(), told.day()
    paid = told.pay(day, [told.amount() for _ in range(4)])
    total = sum(fen for *_, fen in paid.lines)
    told.booked(paid, told.voucher(group, day, -total, kind="payment", source=paid.lines[0][0]))
    told.line(group, day, -total, msg=paid.msg_id, memo="批量代发")


def income(told: Told) -> None:
    """Money that came in, claimed by a receipt."""
    group, day, fen = told.group(), told.day(), told.amount()
    account, name = told.party()
    ext_id = f"R-{group}"
    told.receipts.append({"ext_id": ext_id, "payer_name": name, "amount_fen": fen, "day": day})
    told.voucher(group, day, fen, kind="receipt", source=ext_id)
    told.line(group, day, fen, account=account, name=name, receipt=ext_id)


def without_id(told: Told) -> None:
    """The bank gives no id back, only the payee's account, up to three days later."""
    group, day, fen = told.group(), told.day(), told.amount()
    paid = told.pay(day, [fen])
    e2e, account, name, _ = paid.lines[0]
    told.booked(paid, told.voucher(group, day, -fen, kind="payment", source=e2e))
    told.line(group, day + timedelta(days=told.dice.randrange(4)), -fen, account=account, name=name)


def by_name(told: Told) -> None:
    """Only the payee's name is there, written in full width with a space."""
    group, day, fen = told.group(), told.day(), told.amount()
    paid = told.pay(day, [fen])
    e2e, _, name, _ = paid.lines[0]
    told.booked(paid, told.voucher(group, day, -fen, kind="payment", source=e2e))
    told.line(group, day, -fen, name=name[:1] + " " + name[1:])


def swapped_names(told: Told) -> None:
    """Two payees of the same amount, each line with the other's name and his own account."""
    day, fen = told.day(), told.amount()
    first, second = told.pay(day, [fen]), told.pay(day, [fen])
    for one, other in ((first, second), (second, first)):
        group = told.group()
        e2e, account, _, _ = one.lines[0]
        voucher = told.voucher(group, day, -fen, kind="payment", source=e2e)
        for payment in told.payments[-2:]:
            if payment["ext_id"] == e2e:
                payment["voucher_ext_id"] = voucher
        told.line(group, day, -fen, account=account, name=other.lines[0][2])


def fee(told: Told) -> None:
    """Two fees of a day and one voucher made by hand for both."""
    group, day = told.group(), START + timedelta(days=len(told.fee_days) % 60)
    fens = [told.dice.randrange(1, 40) * 50 for _ in range(2)]
    if day in told.fee_days:
        return
    told.fee_days.add(day)
    told.voucher(group, day, -sum(fens), other=FEES, summary="手续费")
    for fen in fens:
        told.line(group, day, -fen, channel="fee", memo="手续费")


def interest(told: Told) -> None:
    """Interest of the quarter that the book does not have yet."""
    told.group()
    told.line("", told.day(), told.dice.randrange(100, 9_000), channel="interest", memo="结息")


def returned(told: Told) -> None:
    """Paid, and back on the next day under the same id; both are booked."""
    day, fen = told.day(), told.amount()
    paid = told.pay(day, [fen], status="RETURNED")
    e2e, account, name, _ = paid.lines[0]
    out, back = told.group(), told.group()
    told.booked(paid, told.voucher(out, day, -fen, kind="payment", source=e2e))
    told.line(out, day, -fen, e2e=e2e, account=account, name=name, msg=paid.msg_id)
    later = day + timedelta(days=1)
    told.voucher(back, later, fen, kind="payment", source=f"{e2e}-TH", other=HELD)
    told.line(back, later, fen, e2e=e2e, account=account, name=name, memo="退汇")


def returned_without_id(told: Told) -> None:
    """Back without an id; the statement's import knew the payment."""
    day, fen = told.day(), told.amount()
    paid = told.pay(day, [fen], status="RETURNED")
    e2e, account, name, _ = paid.lines[0]
    out, back = told.group(), told.group()
    told.booked(paid, told.voucher(out, day, -fen, kind="payment", source=e2e))
    told.line(out, day, -fen, e2e=e2e, account=account, name=name)
    later = day + timedelta(days=2)
    told.voucher(back, later, fen, kind="payment", source=f"{e2e}-TH", other=HELD)
    told.line(back, later, fen, memo="退汇", payment=e2e)


def counter_and_back(told: Told) -> None:
    """A transfer the system knows nothing of, and its return: the bank's side cancels."""
    group, day, fen = told.group(), told.day(), told.amount()
    account, name = told.party()
    e2e = f"CTR{group}"
    told.line(group, day, -fen, e2e=e2e, account=account, name=name)
    told.line(group, day + timedelta(days=1), fen, e2e=e2e, account=account, name=name)


def neighbours(told: Told) -> None:
    """The same payee and amount twice within two days, no ids: nobody can tell which is which."""
    day, fen = told.day(), told.amount()
    account, name = told.party()
    for later in (0, 2):
        paid = told.pay(day, [fen])
        payment = told.payments[-1]
        payment["account_index"], payment["payee_name"] = account, name
        voucher = told.voucher(
            "", day + timedelta(days=later), -fen, kind="payment", source=paid.lines[0][0]
        )
        told.booked(paid, voucher)
        told.line("", day + timedelta(days=later + 1), -fen, account=account, name=name)


def neighbours_with_id(told: Told) -> None:
    """The same payee and amount twice, with ids, and the bank's days the other way round."""
    day, fen = told.day(), told.amount()
    account, name = told.party()
    for later in (2, 0):
        group = told.group()
        paid = told.pay(day, [fen])
        payment = told.payments[-1]
        payment["account_index"], payment["payee_name"] = account, name
        e2e = paid.lines[0][0]
        told.booked(paid, told.voucher(group, day, -fen, kind="payment", source=e2e))
        told.line(group, day + timedelta(days=later), -fen, e2e=e2e, account=account, name=name)


def over_the_month(told: Told) -> None:
    """Booked on the last of September, at the bank on the second of October."""
    group, fen = told.group(), told.amount()
    day = date(2026, 9, 30)
    paid = told.pay(day, [fen])
    e2e, account, name, _ = paid.lines[0]
    told.booked(paid, told.voucher(group, day, -fen, kind="payment", source=e2e))
    told.line(group, date(2026, 10, 2), -fen, e2e=e2e, account=account, name=name)


def on_the_way(told: Told) -> None:
    """Booked on the last day, not at the bank yet; and a stranger of the same sum came in."""
    fen = told.amount()
    paid = told.pay(LAST, [fen])
    told.booked(paid, told.voucher("", LAST, -fen, kind="payment", source=paid.lines[0][0]))
    account, name = told.party()
    told.line("", LAST, -fen, account=account, name=name, e2e=f"XX{told.group()}")


def corrected(told: Told) -> None:
    """A voucher of a wrong sum, struck out in red, and the right one in blue."""
    wrong, right = told.group(), told.group()
    day, fen = told.day(), told.amount()
    account, name = told.party()
    ext_id = f"R-{right}"
    told.receipts.append({"ext_id": ext_id, "payer_name": name, "amount_fen": fen, "day": day})
    first = told.voucher(wrong, day, fen + YUAN, kind="receipt", source=ext_id)
    told.voucher(wrong, day, -fen - YUAN, red=first, summary="注销", other=INCOME)
    told.voucher(right, day, fen, summary="订正")
    told.line(right, day, fen, account=account, name=name, receipt=ext_id)


def collected(told: Told) -> None:
    """Three payments by one code on one day, one voucher for their sum."""
    group, day = told.group(), told.day()
    _, name = told.party()
    fens = [told.amount() for _ in range(3)]
    ext_id = f"R-{group}"
    told.receipts.append(
        {"ext_id": ext_id, "payer_name": name, "amount_fen": sum(fens), "day": day}
    )
    told.voucher(group, day, sum(fens), kind="receipt", source=ext_id)
    for fen in fens:
        told.line(group, day, fen, name=name)


def other_amount(told: Told) -> None:
    """The id is right and the amount is not: for a person to look at."""
    day, fen = told.day(), told.amount()
    paid = told.pay(day, [fen])
    e2e, account, name, _ = paid.lines[0]
    told.booked(paid, told.voucher("", day, -fen, kind="payment", source=e2e))
    told.line("", day, -fen - YUAN, e2e=e2e, account=account, name=name)


SCENARIOS: Final[tuple[tuple[Scenario, int], ...]] = (
    (ordinary, 420), (batch, 60), (booked_as_sum, 20), (income, 160), (without_id, 60),
    (by_name, 40), (swapped_names, 15), (fee, 10), (interest, 8), (returned, 30),
    (returned_without_id, 15), (counter_and_back, 8), (neighbours, 8), (neighbours_with_id, 15),
    (over_the_month, 15), (on_the_way, 8), (corrected, 12), (collected, 20), (other_amount, 8),
)  # fmt: skip


def reconcile_benchmark(lines: int = 100_000, seed: int = 1) -> Measured:
    """Write the sheet, run the rules over it, and hold the result against the answers.

    Only the run is timed. The database needs `worlds.money.build()` done before.
    """
    told = [_tell(place, seed, lines) for place in range(max(1, lines // LINES_AN_ACCOUNT))]
    for one in told:
        _keep(one)
    begun = time.perf_counter()
    by_rule: Counter[str] = Counter()
    for one in told:
        by_rule.update(matching.match_account(account=one.account.ext_id, by=SYSTEM, at=AT).by_rule)
    seconds = time.perf_counter() - begun
    right = wrong = total = 0
    for one in told:
        each_right, each_wrong = _judge(one)
        right, wrong, total = right + each_right, wrong + each_wrong, total + one.line_count
    return Measured(total, round(seconds, 2), right / total, wrong, dict(by_rule))


def _tell(place: int, seed: int, lines: int) -> Told:
    village = Organisation.objects.get(ext_id="O-WILLOW")
    organisation = Organisation.objects.create(
        ext_id=f"O-RECON{place}",
        division_id=village.division_id,
        kind=village.kind,
        name=f"对账{place}社",
    )
    account = BankAccount.objects.create(
        ext_id=f"A-RECON{place}",
        organisation=organisation,
        sealed_number="",
        number_index=f"recon{place}",
        tail="0000",
        holder_name=organisation.name,
        kind="basic",
        bank_code="402999900017",
    )
    told = Told(place, account, organisation, Random(f"{seed} {place}"))  # noqa: S311 - dice
    scenarios = [one for one, _ in SCENARIOS]
    weights = [weight for _, weight in SCENARIOS]
    wanted = min(lines, LINES_AN_ACCOUNT)
    for one in scenarios:
        one(told)
    while told.line_count < wanted:
        told.dice.choices(scenarios, weights)[0](told)
    return told


def _keep(told: Told) -> None:
    ensure_book(org_ext_id=told.organisation.ext_id, first_period="2026-09", by=SYSTEM, at=AT)
    bulk.insert(PaymentOrder, told.orders)
    orders = _keys(PaymentOrder, told.orders)
    bulk.insert(Payment, [_payment(one, orders) for one in told.payments])
    payments = _keys(Payment, told.payments)
    bulk.insert(Instruction, [_message(one, orders, told) for one in told.messages])
    messages = dict(
        Instruction.objects.filter(debit_account=told.account).values_list("msg_id", "pk")
    )
    bulk.insert(
        InstructionLine,
        [
            {
                "instruction_id": messages[one["msg_id"]],
                "payment_id": payments[one["ext_id"]],
                "instr_id": one["ext_id"],
                "e2e_id": one["ext_id"],
                "amount_fen": one["amount_fen"],
                "status": one["status"],
            }
            for one in told.payments
        ],
    )
    bulk.insert(Receipt, [_receipt(one, told) for one in told.receipts])
    receipts = _keys(Receipt, told.receipts)
    bulk.insert(
        BankTransaction,
        [
            {
                **one,
                "payment_id": payments.get(one["payment_id"]),
                "receipt_id": receipts.get(one["receipt_id"]),
            }
            for one in told.bank
        ],
    )
    for part in bulk.chunks(told.drafts, 500):
        posting.post_many(book_org_ext_id=told.organisation.ext_id, drafts=part, at=AT, by=SYSTEM)


def _keys(model: Any, rows: list[dict[str, Any]]) -> dict[str, int]:
    wanted = [one["ext_id"] for one in rows]
    return dict(model.objects.filter(ext_id__in=wanted).values_list("ext_id", "pk"))


def _payment(one: dict[str, Any], orders: dict[str, int]) -> dict[str, Any]:
    kept = {key: value for key, value in one.items() if key not in ("order", "msg_id")}
    return {**kept, "order_id": orders[one["order"]], "payee_kind": "person"}


def _message(one: dict[str, Any], orders: dict[str, int], told: Told) -> dict[str, Any]:
    return {
        "msg_id": one["msg_id"],
        "order_id": orders[one["order"]],
        "debit_account_id": told.account.pk,
        "body": b"",
        "body_digest": "",
        "line_count": one["lines"],
        "amount_fen": 0,
        "state": "FINAL",
        "created_at": AT,
        "next_at": AT,
    }


def _receipt(one: dict[str, Any], told: Told) -> dict[str, Any]:
    return {
        "ext_id": one["ext_id"],
        "organisation_id": told.organisation.pk,
        "division_code": told.organisation.division_id,
        "number": one["ext_id"],
        "kind": "rent",
        "payer_name": one["payer_name"],
        "subject_code": INCOME,
        "amount_fen": one["amount_fen"],
        "issued_at": AT,
        "account_id": told.account.pk,
    }


def _judge(told: Told) -> tuple[int, int]:
    """Return how many lines ended as their answer says, and how many matches are wrong."""
    book = MatchedBookLine.objects.filter(match__account=told.account, is_live=True)
    bank = MatchedBankLine.objects.filter(match__account=told.account, is_live=True)
    joined: dict[str, list[str]] = defaultdict(list)
    for match, voucher in book.values_list("match_id", "line__voucher__ext_id"):
        joined[match].append(f"V {voucher}")
    for match, line in bank.values_list("match_id", "line__ext_id"):
        joined[match].append(f"B {line}")
    answer = {f"V {key}": group for key, group in told.book_group.items()}
    answer |= {f"B {key}": group for key, group in told.bank_group.items()}
    size = Counter(group for group in answer.values() if group)
    right = wrong = 0
    taken: set[str] = set()
    for lines in joined.values():
        groups = {answer[one] for one in lines}
        taken.update(lines)
        if len(groups) == 1 and "" not in groups and size[next(iter(groups))] == len(lines):
            right += len(lines)
        else:
            wrong += 1
    right += sum(1 for key, group in answer.items() if not group and key not in taken)
    return right, wrong
