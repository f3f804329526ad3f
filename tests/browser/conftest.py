"""Fixtures of the browser tests: the running site, Chromium, and a page for each officer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from browser import days as calendar
from browser import machines as seal_machines
from browser import site as sites
from browser.days import Days
from browser.flows import Flows
from browser.machines import Machines
from browser.office import Office
from browser.site import Site

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--lang=zh-CN", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
FAILED = Path(__file__).parents[2] / "build" / "failed"
SHOTS = Path(__file__).parents[2] / "docs" / "screenshots"


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Stop the counties after the last test of the browser: their workers never rest."""
    if nextitem is None or nextitem.get_closest_marker("browser") is None:
        sites.stop_all()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The running programs with a small county."""
    running = sites.start(tmp_path_factory.mktemp("site") / "var")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Seal machines beside the county of the flows."""
    running = seal_machines.start(tmp_path_factory.mktemp("machines"))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def later_site(tmp_path_factory: pytest.TempPathFactory, machines: Machines) -> Iterator[Site]:
    """A small county of its own whose clocks are ahead: the flows of powers let days go by."""
    var = tmp_path_factory.mktemp("flows") / "var"
    var.mkdir()
    calendar.begin(var / "ahead")
    running = sites.start(var, villages=2, clock_file=var / "ahead", settings=machines.settings)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, one for a module: its event loop must not outlive the module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def office(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Office]:
    """The office with a window for every officer; a failure leaves pictures in build/failed."""
    found = Office(site, chromium)
    yield found
    found.close(FAILED if request.session.testsfailed else None)


@pytest.fixture(scope="session")
def looked_at() -> set[str]:
    """The kinds of pages that axe has seen on a phone."""
    return set()


@pytest.fixture
def flows(
    later_site: Site,
    chromium: Browser,
    shots: Path | None,
    looked_at: set[str],
    request: pytest.FixtureRequest,
) -> Iterator[Flows]:
    """The phones of that county, nobody logged in; a failure leaves pictures in build/failed."""
    office = Office(later_site, chromium)
    days = Days(later_site, later_site.var / "ahead")
    yield Flows(office, days, chromium, shots, looked_at)
    office.close(FAILED if request.session.testsfailed else None)


@pytest.fixture(scope="session")
def shots() -> Path | None:
    """Where pictures for the README go, None unless SANZI_SCREENSHOTS=1."""
    return SHOTS if os.environ.get("SANZI_SCREENSHOTS") == "1" else None
