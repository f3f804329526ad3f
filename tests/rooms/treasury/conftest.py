"""Fixtures of the treasury: a bank in memory, put in as the gateway in use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sanzi.payments.actions import gateways
from worlds.fake_bank import FakeBank


@pytest.fixture
def bank() -> Iterator[FakeBank]:
    """The bank in memory."""
    found = FakeBank()
    gateways.use(found)
    yield found
    gateways.use(None)
