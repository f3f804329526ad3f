"""Fixtures of the room's tests."""

from __future__ import annotations

import pytest

from worlds import inspections
from worlds.village import World


@pytest.fixture
def world(db: None) -> World:
    return inspections.build()
