"""Two villages with two banks: each payment, statement and question goes to the right one.

One sandbox plays both, over both of its doors. What is asserted of money is asserted of its books.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fixtures_bank import Sandbox
from fixtures_push import Subscriber, subscriber
from sanzi.bank.actions import EventsSeen
from sanzi.bank.direct.gateway import DirectGateway, Terms
from sanzi.bank.errors import ConnectionsWrong, NotConnected
from sanzi.bank.http import Iso20022Gateway
from sanzi.bank.models import BankEventSeen
from sanzi.ledger.models import VoucherLine
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import (
    cancelling,
    dispatch,
    events,
    gateways,
    orders,
    payee_check,
    statements,
)
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    DayBalance,
    Instruction,
    Payment,
)
from worlds.counterparties import direct_gateway
from worlds.money import AT, CASE, DEBIT, Money, bank_accounts, card, fields, lines, released_order

__all__ = ["subscriber"]

pytestmark = pytest.mark.django_db

FARM = "103999900025"
TWO = """
- {{name: rural, title: 农商银行, adapter: iso20022, url: "{url}", customer: sanzi,
    customer_key: "{keys}/sanzi.key", bank_key: "{keys}/bank.pub", bank_codes: ["402"]}}
- {{name: farm, title: 农业银行, adapter: direct, url: "{url}", customer: sanzi,
    customer_key: "{keys}/sanzi.key", bank_key: "{keys}/bank.pub", bank_codes: ["103"]}}
"""


@pytest.fixture(autouse=True)
def two_banks(sandbox: Sandbox, settings, tmp_path: Path) -> Iterator[Path]:
    """The settings name a file of two banks."""
    path = tmp_path / "banks.yaml"
    path.write_text(TWO.format(url=sandbox.url, keys=sandbox.keys), encoding="utf-8")
    settings.SANZI = replace(settings.SANZI, bank_connections=path)
    gateways.use(None)
    return path


@pytest.fixture
def farm(money: Money, sandbox: Sandbox) -> Iterator[Money]:
    """The village has its account with the second bank, spoken to over the direct dialect."""
    BankAccount.objects.filter(pk=money.account.pk).update(bank_code=FARM)
    money.account.refresh_from_db()
    known = next(one for one in bank_accounts(money) if one["account"] == DEBIT)
    sandbox.control("accounts", accounts=[{**known, "bank_code": FARM}])
    bank = direct_gateway(sandbox, terms=Terms(seen=EventsSeen(), name="farm"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateways.banks(), "_made", {"farm": bank})
        yield money
    bank.close()


def statuses() -> list[str]:
    return list(Payment.objects.order_by("line_no").values_list("status", flat=True))


def test_the_bank_code_of_an_account_says_who_is_spoken_to(money: Money) -> None:
    assert isinstance(gateways.of(money.account), Iso20022Gateway)
    money.account.bank_code = FARM
    assert isinstance(gateways.of(money.account), DirectGateway)
    assert gateways.of(money.account) is gateways.by_name("farm")
    assert gateways.by_name("nobody") is None
    assert [one.title for one in gateways.connected()] == ["农商银行", "农业银行"]


def test_an_account_of_a_bank_that_is_not_connected_waits_and_nothing_is_lost(money: Money) -> None:
    released_order(money)
    BankAccount.objects.filter(pk=money.account.pk).update(bank_code="313330782015")

    dispatch.work(AT)

    assert statuses() == ["APPROVED"] * 4
    assert Instruction.objects.get().state == "READY"
    with pytest.raises(NotConnected):
        gateways.of(BankAccount.objects.get(pk=money.account.pk))


def test_a_file_with_a_mistake_stops_release_with_its_line(money, two_banks, settings) -> None:
    wrong = two_banks.with_name("wrong.yaml")
    wrong.write_text(two_banks.read_text().replace("adapter: direct", "adapter: fax"))
    settings.SANZI = replace(settings.SANZI, bank_connections=wrong)

    with pytest.raises(ConnectionsWrong, match="第4行：没有“fax”这种接法"):
        released_order(money)

    assert Instruction.objects.count() == 0


def test_a_village_of_the_second_bank_is_paid_booked_and_its_statement_agrees(
    farm: Money, sandbox: Sandbox
) -> None:
    released_order(farm)

    dispatch.work(AT)
    assert bytes(Instruction.objects.get().body).startswith(b'<?xml version="1.0" encoding="GBK"?>')
    assert statuses() == ["ACCEPTED"] * 4  # the cards are another bank's
    sandbox.advance(minutes=1)
    dispatch.work(AT + timedelta(minutes=1))
    assert statuses() == ["SETTLED"] * 4

    sandbox.advance(days=1)
    assert statements.work(AT + timedelta(days=1)) == 1
    assert len(sandbox.paid(DEBIT)) == 4
    assert DayBalance.objects.get().balance_fen == sandbox.balance_fen(DEBIT)
    told = BankTransaction.objects.filter(direction="out")
    assert set(told.values_list("payment__line_no", flat=True)) == {1, 2, 3, 4}
    credited = VoucherLine.objects.filter(account_code="102").values_list("credit_fen", flat=True)
    assert sum(credited) == -sum(one["amount_fen"] for one in sandbox.ledger(DEBIT))


@pytest.mark.parametrize("fault", ["reply_lost", "request_lost", "garbled", "queued_silent"])
def test_a_fault_of_the_second_bank_is_lived_through_and_paid_once(
    farm: Money, sandbox: Sandbox, fault: str
) -> None:
    sandbox.fault(fault)
    released_order(farm)

    dispatch.work(AT)
    assert statuses() == ["UNKNOWN"] * 4
    for minutes in (1, 3, 18, 34, 50, 70):
        sandbox.advance(minutes=15)
        dispatch.work(AT + timedelta(minutes=minutes))

    assert statuses() == ["SETTLED"] * 4
    assert len(sandbox.paid(DEBIT)) == 4


def test_money_that_the_second_bank_sends_back_finds_its_payment_without_a_number(
    farm: Money, sandbox: Sandbox
) -> None:
    sandbox.fault("return", scope=f"account:{card(2)}", count=1)
    released_order(farm)
    dispatch.work(AT)
    sandbox.advance(days=1, hours=1)
    dispatch.work(AT + timedelta(minutes=1))

    assert statements.work_notices(AT + timedelta(days=1)) == 5

    assert statuses() == ["SETTLED", "RETURNED", "SETTLED", "SETTLED"]


def test_the_second_bank_tells_by_itself_and_only_over_its_own_connection(
    farm: Money, sandbox: Sandbox, subscriber: Subscriber
) -> None:
    sandbox.control("setting", name="direct_bank", value="103")
    for name in ("push_url", "direct_push_url"):
        sandbox.control("setting", name=name, value=f"{subscriber.url}/{name}")
    released_order(farm)
    dispatch.work(AT)
    assert statuses() == ["ACCEPTED"] * 4
    subscriber.wait_for(1)
    sandbox.advance(minutes=1)

    told = subscriber.wait_for(3)
    assert all(raw[8:].startswith(b"<?xml") for raw, _ in told)
    with pytest.raises(NotFound):
        events.take(connection="rural", raw=told[-1][0], headers=told[-1][1], at=AT)
    assert statuses() == ["ACCEPTED"] * 4

    taken = [events.take(connection="farm", raw=raw, headers=to, at=AT) for raw, to in told]
    again = [events.take(connection="farm", raw=raw, headers=to, at=AT) for raw, to in told]

    assert statuses() == ["SETTLED"] * 4
    assert sum(one.new_lines for one in taken) == 4
    assert again == [events.Taken()] * len(told)
    assert BankTransaction.objects.filter(direction="out").count() == 4
    assert BankEventSeen.objects.filter(bank="farm").count() == len(told)


def test_the_second_bank_takes_back_what_it_has_not_booked(farm: Money, sandbox: Sandbox) -> None:
    sandbox.fault("delay", scope=f"account:{card(2)}", minutes=20)
    released_order(farm)
    dispatch.work(AT)
    by = farm.actor("agency_cashier", AT)
    cancelling.call_back(case_number=CASE, by=by, at=AT, line_nos=[2])

    assert dispatch.work(AT + timedelta(seconds=1))
    sandbox.advance(hours=1)
    dispatch.work(AT + timedelta(hours=1))

    assert statuses() == ["SETTLED", "CANCELLED", "SETTLED", "SETTLED"]
    assert len(sandbox.paid(DEBIT)) == 3


def test_names_are_asked_of_the_bank_that_keeps_the_paying_account(
    farm: Money, sandbox: Sandbox
) -> None:
    said = lines(farm)
    orders.save_draft(
        case_number=CASE,
        by=farm.actor("cashier_reporter"),
        at=AT,
        fields=fields(farm),
        lines=[said[0], replace(said[1], payee_name="赵大"), *said[2:]],
    )

    found = payee_check.check_payees(case_number=CASE, by=farm.actor("agency_cashier"), at=AT)

    assert [one.verdict for one in found] == ["MATCH", "NO_MATCH", "MATCH", "MATCH"]
    asked = [one["what"] for one in sandbox.read("/_ctl/state.json")["messages"]]
    assert asked == ["direct D120"]


def test_a_bank_that_gives_no_statement_does_not_hold_up_the_other(
    money: Money, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        BankAccount.objects.create(
            ext_id=f"A-{number}",
            organisation=money.organisation,
            sealed_number=money.account.sealed_number,
            number_index=f"{number}",
            holder_name="别的账户",
            kind="general",
            bank_code=FARM,
        )
    BankAccount.objects.filter(pk=money.account.pk).update(bank_code="402999900017")
    quiet = direct_gateway(sandbox, now=lambda: AT - timedelta(hours=9, minutes=30))
    monkeypatch.setattr(gateways.banks(), "_made", {"farm": quiet})
    sandbox.advance(days=1)

    assert statements.work(AT + timedelta(days=1)) == 1
    quiet.close()


def test_a_bank_that_says_ask_later_is_left_alone_for_a_quarter_of_an_hour(
    farm: Money, sandbox: Sandbox
) -> None:
    sandbox.fault("queued", minutes=60)
    released_order(farm)
    dispatch.work(AT)
    later = AT + timedelta(seconds=20)

    dispatch.work(later)

    message = Instruction.objects.get()
    assert message.last_error.startswith("银行说结果还不清楚，请过15分钟再查")
    assert message.next_at >= later + timedelta(minutes=15)
    asked = len(sandbox.read("/_ctl/state.json")["messages"])
    dispatch.work(later + timedelta(minutes=10))
    assert len(sandbox.read("/_ctl/state.json")["messages"]) == asked
    sandbox.advance(minutes=61)
    dispatch.work(later + timedelta(minutes=62))
    assert len(sandbox.paid(DEBIT)) == 4
