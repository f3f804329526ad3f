"""Fixtures of the room's tests."""

from __future__ import annotations

import pytest

from worlds import outside
from worlds.village import World


@pytest.fixture
def world(db: None) -> World:
    return outside.build()
