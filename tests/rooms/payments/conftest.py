"""Fixtures of the payments room: the village, a bank in memory, and the real sandbox bank."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fixtures_bank import Sandbox, bank_process
from sanzi.payments.actions import gateways
from worlds import money as worlds_money
from worlds.fake_bank import FakeBank

__all__ = ["bank_process"]


@pytest.fixture
def money(db: None) -> worlds_money.Money:
    """A village with four payees."""
    return worlds_money.build()


@pytest.fixture
def bank() -> Iterator[FakeBank]:
    """The bank in memory, put in as the gateway in use."""
    found = FakeBank()
    gateways.use(found)
    yield found
    gateways.use(None)


@pytest.fixture
def sandbox(bank_process: Sandbox, money: worlds_money.Money) -> Sandbox:
    """The sandbox bank, with the accounts of the village and its payees."""
    if bank_process.process is None:
        bank_process.start()
    bank_process.control("reset")
    bank_process.control("clock", at=worlds_money.AT.isoformat())
    bank_process.control("accounts", accounts=worlds_money.bank_accounts(money))
    return bank_process
