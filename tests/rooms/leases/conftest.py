"""Fixtures of the leases register: the village with its account and book."""

from __future__ import annotations

import pytest

from worlds import money as worlds_money


@pytest.fixture
def money(db: None) -> worlds_money.Money:
    """A village with a book and its people."""
    return worlds_money.build()
