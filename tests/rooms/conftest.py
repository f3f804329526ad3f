"""Fixtures of the rooms around a case: a desk, a bank in memory, gates under the test's hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

# Nothing of Django is imported before pytest has set it up: this file is read first when one
# folder is tested alone.
if TYPE_CHECKING:
    from worlds import cases as worlds_cases
    from worlds.fake_bank import FakeBank


@dataclass
class Gates:
    """Stands for supervision: which gates ran, what blocks, what holds."""

    ran: list[str] = field(default_factory=list)
    block: str = ""
    hold: str = ""

    def run(self, *, gate: str, **_asked: Any) -> None:
        """Note the gate."""
        self.ran.append(gate)

    def refuse_blocked(self, _result: Any) -> None:
        """Refuse when a block is set."""
        from sanzi.matters import errors

        if self.block:
            raise errors.Blocked(sentence=self.block, what_to_do="请改。", count=1)

    def refuse_held(self, _number: str) -> None:
        """Refuse when a hold is set."""
        from sanzi.matters import errors

        if self.hold:
            raise errors.Held(sentence=self.hold, reviewer="镇分管领导", count=1)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gates:
    """Gates under the test's hand; the models have tests of their own."""
    from sanzi.matters import gates, limits

    found = Gates()
    for name in ("run", "refuse_blocked", "refuse_held"):
        monkeypatch.setattr(gates, name, getattr(found, name))
    limits.forget()
    return found


@pytest.fixture
def bank() -> Iterator[FakeBank]:
    """The bank in memory, put in as the gateway in use."""
    from sanzi.payments.actions import gateways
    from worlds.fake_bank import FakeBank

    found = FakeBank()
    gateways.use(found)
    yield found
    gateways.use(None)


@pytest.fixture
def desk(db: None, gate: Gates, bank: FakeBank) -> worlds_cases.Desk:
    """The village of these tests."""
    from worlds import cases as worlds_cases

    return worlds_cases.build()
