"""The bank in memory, for the scenarios in which money moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

# Nothing of Django is imported before pytest has set it up.
if TYPE_CHECKING:
    from worlds.fake_bank import FakeBank


@pytest.fixture
def bank() -> Iterator[FakeBank]:
    """The bank in memory, put in as the gateway in use."""
    from sanzi.payments.actions import gateways
    from worlds.fake_bank import FakeBank

    found = FakeBank()
    gateways.use(found)
    yield found
    gateways.use(None)
