"""Fixtures of the labour room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from worlds import labour as worlds_labour


@pytest.fixture
def labour(db: None) -> worlds_labour.Labour:
    """A village with a rate card and four people on its labour list."""
    from worlds import labour as worlds_labour

    return worlds_labour.build()
