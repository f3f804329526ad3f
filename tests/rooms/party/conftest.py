"""Fixtures of the room of party work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from worlds.money import Money


@pytest.fixture
def money(db: None) -> Money:
    """A village with accounts and those who do its party work."""
    from worlds import money as worlds_money
    from worlds import posts as worlds_posts

    found = worlds_money.build(payees=3)
    worlds_posts.build(found.world)
    return found
