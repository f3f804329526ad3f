"""The small world with its first firm and source."""

import pytest

from worlds import spending, village


@pytest.fixture
def world(db):
    built = village.build()
    spending.source(built, "S1")
    built.bodies["shop"] = spending.firm("SHOP")
    return built
