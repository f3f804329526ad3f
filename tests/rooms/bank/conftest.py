"""The fixtures of the sandbox bank, and each adapter in turn with a bank behind it."""

from collections.abc import Iterator

import pytest

from fixtures_bank import Sandbox, bank_process, gateway, sandbox
from fixtures_push import subscriber
from worlds import counterparties
from worlds.counterparties import Counterparty
from worlds.mock_bank import OfMockBank

__all__ = ["bank_process", "gateway", "sandbox", "subscriber"]


@pytest.fixture(scope="module")
def mock_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfMockBank]:
    """One mock-bank for the module."""
    found = OfMockBank(tmp_path_factory.mktemp("mock-bank"))
    yield found
    found.fall_silent()


@pytest.fixture(params=["iso20022", "direct", "mock-bank"])
def bank(request: pytest.FixtureRequest) -> Iterator[Counterparty]:
    """Each adapter in turn."""
    found: Counterparty
    if request.param == "mock-bank":
        other: OfMockBank = request.getfixturevalue("mock_bank")
        other.begin()
        found = other
    else:
        sandbox: Sandbox = request.getfixturevalue("sandbox")
        is_iso = request.param == "iso20022"
        found = counterparties.iso(sandbox) if is_iso else counterparties.direct(sandbox)
    yield found
    found.end()
