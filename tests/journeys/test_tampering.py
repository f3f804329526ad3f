"""A payee altered by SQL after the last approval: nothing is sent, and an alert opens at once."""

from __future__ import annotations

import pytest
from django.db import connection

from sanzi.kernel import clock
from sanzi.orgs import secrets
from sanzi.payments.actions import dispatch, gateways, release
from sanzi.payments.errors import OrderTampered
from sanzi.payments.models import Instruction, PaymentOrder
from sanzi.supervision.actions import nightly
from sanzi.supervision.models import Alert
from worlds import money as money_world
from worlds.fake_bank import FakeBank

pytestmark = pytest.mark.django_db
FIRES = ("payment-altered",)
THIEF = "6228480000000099999"


@pytest.fixture
def bank():
    bank = FakeBank()
    gateways.use(bank)
    yield bank
    gateways.use(None)


def alter(sql: str, *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def test_an_altered_payee_is_not_paid_and_the_discipline_office_hears_of_it(bank) -> None:
    money = money_world.build()
    money_world.approved_order(money)
    alter(
        "UPDATE payments_payment SET sealed_account = %s, account_index = %s WHERE line_no = 2",
        secrets.seal("account", THIEF),
        secrets.index("account", THIEF),
    )

    with pytest.raises(OrderTampered):
        release.instruct(
            case_number=money_world.CASE,
            by=money.actor("agency_cashier"),
            at=money_world.AT,
        )

    assert dispatch.work(money_world.AT) == 0
    assert not Instruction.objects.exists()
    assert bank.sent == []
    alert = Alert.objects.get()
    assert (alert.model_code, alert.severity, alert.route_role) == (
        "payment-altered",
        "block",
        "town_discipline_office",
    )
    assert "批准以后被改过" in alert.sentence
    assert PaymentOrder.objects.get().stopped_reason


def test_bytes_altered_between_release_and_send_are_not_sent(bank) -> None:
    money = money_world.build()
    money_world.released_order(money)
    alter("UPDATE payments_payment SET amount_fen = amount_fen + 1 WHERE line_no = 1")

    dispatch.work(money_world.AT)

    assert bank.sent == []
    assert Alert.objects.get().model_code == "payment-altered"


def test_the_night_keeps_the_alert_and_opens_no_second(bank) -> None:
    money = money_world.build()
    money_world.released_order(money)
    alter("UPDATE payments_payment SET payee_name = '别人' WHERE line_no = 1")
    dispatch.work(money_world.AT)

    nightly.run(as_of=clock.now(), by=money.actor("county_discipline"))

    assert Alert.objects.filter(model_code="payment-altered").count() == 1
