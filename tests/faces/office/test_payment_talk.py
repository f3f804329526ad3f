"""An order on its way: who was not paid and why, the talk with the bank, the cashier's buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.bank import errors
from sanzi.bank.port import CancelResult, LineState
from sanzi.payments.actions import channels, dispatch
from sanzi.payments.models import BankChannel, CancelWish, Instruction, Payment
from worlds import money as worlds_money
from worlds import village
from worlds.bank_days import raising
from worlds.cases import AT, Desk
from worlds.fake_bank import FakeBank

NUMBER = "M10-20261118-0001"


@pytest.fixture
def released(desk: Desk, bank: FakeBank) -> Desk:
    """An order of four payees on its way."""
    bank.caps = replace(bank.caps, can_cancel=True)
    worlds_money.released_order(desk.money, NUMBER, at=AT)
    return desk


def text(client: Client, name: str = "payment", *arguments: str) -> str:
    return client.get(reverse(f"office:{name}", args=arguments or [NUMBER])).content.decode()


def test_failed_payees_stand_in_groups_with_reason_and_next_step(
    released: Desk, bank: FakeBank, officer: Any
) -> None:
    refused = {1: "AC04", 2: "AC06", 3: "MS03"}
    bank.on_send = lambda msg_id: bank.answer(msg_id, refused=refused)
    dispatch.work(AT)

    page = text(officer("agency_cashier"))

    for said in (
        "改好账户、批过就能接着付",
        "收款账号已经销户。",
        "请向收款人要一个在用的账号，重新审批后再付。",
        "先等一等，现在不用重做",
        "收款账号冻结或者挂失了。",
        "要先问清楚",
        "请打电话问开户银行，问清楚再定。",
    ):
        assert said in page
    assert reverse("office:case", args=[NUMBER]) in page


def test_the_talk_with_the_bank_reads_in_words(
    released: Desk, bank: FakeBank, officer: Any
) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    dispatch.work(AT)

    page = text(officer("agency_cashier"))

    for said in ("同银行一来一回", "送给银行", "没有回话", "复核付款，写好了送银行的报文"):
        assert said in page
    assert "现在就问银行" in page
    assert "4户" in page


def test_a_cashier_asks_the_bank_now(released: Desk, bank: FakeBank, officer: Any) -> None:
    bank.on_send = raising(errors.GatewayTimeout())
    bank.on_query = bank.answer
    dispatch.work(AT)
    client = officer("agency_cashier")

    answer = client.post(reverse("office:ask_bank", args=[NUMBER]), follow=True)

    assert "这就去问银行，1批" in answer.content.decode()
    dispatch.work(AT)
    assert set(Payment.objects.filter(order__case_number=NUMBER).values_list("status")) == {
        ("SETTLED",)
    }


def test_a_cashier_takes_one_payee_back_before_the_bank_has_it(
    released: Desk, bank: FakeBank, officer: Any
) -> None:
    client = officer("agency_cashier")

    answer = client.post(reverse("office:call_back", args=[NUMBER]), {"lines": "2"}, follow=True)

    assert "1户还没送银行，已经撤回" in answer.content.decode()
    assert "送银行以前撤回了" in answer.content.decode()
    assert Payment.objects.get(order__case_number=NUMBER, line_no=2).status == "CANCELLED"


def test_a_cashier_asks_the_bank_to_take_back(released: Desk, bank: FakeBank, officer: Any) -> None:
    bank.on_send = lambda msg_id: bank.answer(msg_id, LineState.ACCEPTED)
    bank.on_query = bank.on_send
    bank.on_cancel = lambda msg_id, ids: CancelResult(msg_id, cancelled=ids)
    dispatch.work(AT)
    client = officer("agency_cashier")

    answer = client.post(reverse("office:call_back", args=[NUMBER]), {"lines": "1、3"}, follow=True)
    assert "2户已经在银行，正请银行撤回" in answer.content.decode()
    dispatch.work(AT)

    assert CancelWish.objects.get().answered_at is not None
    assert "按我们的申请，银行撤回了，没有付" in text(client)


def test_who_may_not_pay_gets_no_buttons_and_no_door(
    released: Desk, bank: FakeBank, officer: Any
) -> None:
    client = officer("village_secretary")

    assert "撤回哪几行" not in text(client)
    for name in ("ask_bank", "call_back"):
        assert client.post(reverse(f"office:{name}", args=[NUMBER])).status_code == 404
    assert Instruction.objects.get(order__case_number=NUMBER).state == "READY"


def test_an_operator_lets_a_stopped_channel_go_on(desk: Desk, officer: Any) -> None:
    village.add_operator(desk.world)
    channels.stop("bank", why="银行不认我们的签名。", at=AT)
    client = officer("platform_admin")
    address = reverse("office:bank_channels")

    assert "1条银行通道停着" in client.get(address).content.decode()
    done = client.post(address, {"name": "bank"}, follow=True)

    assert "通道bank放行了" in done.content.decode()
    assert BankChannel.objects.get().stopped_at is None
    assert officer("agency_cashier").get(address).status_code == 404
