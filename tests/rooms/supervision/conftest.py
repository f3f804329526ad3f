"""The small world with its first firm and source."""

import pytest


@pytest.fixture
def world(db):
    # Models may only be imported once Django stands, which is after this file is read.
    from worlds import spending, village

    built = village.build()
    spending.source(built, "S1")
    built.bodies["shop"] = spending.firm("SHOP")
    return built
