"""The page behind the link of a text, as a phone shows it: the question, each answer, a wrong sum.

The county's own rooms draw the households and write the texts; the answer goes through Chromium.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page

from browser.office import PHONE
from browser.site import ROOT, Site
from browser.test_pages import WEIGHT, assert_large_enough, assert_open_to_all, sideways
from browser.test_reach import CUT, assert_reached_by_keyboard

pytestmark = [pytest.mark.browser, pytest.mark.database]

BYTES_MAX, REQUESTS_MAX = 100_000, 8
# Runs among the county's programs: orders that the bank has paid to households with phones of
# their own, and the texts.
DRAW = """
import json, types
import django
django.setup()
from datetime import timedelta
from sanzi.kernel import clock
from sanzi.orgs import secrets
from sanzi.orgs.models import Organisation, Person
from sanzi.voice.actions import confirming
from worlds import confirmations as asked

body = Organisation.objects.filter(division_id="999901101201", kind="collective").first()
world = types.SimpleNamespace(bodies={"willow": body})
people = Person.objects.filter(division_id=body.division_id, household__isnull=False)
people = list({one.household_id: one for one in people.order_by("-pk")}.values())[:160]
for number, one in enumerate(people):
    phone = f"1379{number:07d}"
    one.sealed_phone, one.phone_index = secrets.seal("phone", phone), secrets.index("phone", phone)
    one.save(update_fields=["sealed_phone", "phone_index"])
for place in range(0, len(people), 40):
    number = f"M10-20200101-{9000 + place}"
    asked.paid(world, people[place : place + 40], number, at=clock.now() - timedelta(days=2))
confirming.draw_due(clock.now())
print(json.dumps([asked.code(one) for one in asked.texts()]))
"""


@pytest.fixture(scope="module")
def codes(site: Site) -> list[str]:
    """The codes of the texts that went out, one a household."""
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        env={
            **os.environ,
            "SANZI_ENV": "demo",
            "SANZI_VAR": str(site.var),
            "SANZI_DATABASE_URL": site.database_url,
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests"))),
        },
        check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    assert len(found) >= 5
    return found


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def phone(request: pytest.FixtureRequest, chromium: Browser) -> Page:
    """A phone that opens a link out of a text."""
    context = chromium.new_context(
        viewport=PHONE, java_script_enabled=request.param, bypass_csp=True
    )
    return context.new_page()


def test_the_question_is_open_to_all_and_small(
    site: Site, chromium: Browser, codes: list[str]
) -> None:
    page = chromium.new_context(viewport=PHONE, bypass_csp=True).new_page()
    page.goto(f"{site.url}/q/{codes[-1]}")
    page.wait_for_load_state("networkidle")
    size, requests = page.evaluate(WEIGHT)
    assert (size <= BYTES_MAX, requests <= REQUESTS_MAX) == (True, True)
    assert_open_to_all(page)
    assert sideways(page) <= 0
    assert_large_enough(page)
    assert_reached_by_keyboard(page)
    page.add_style_tag(content="html{font-size:200%!important}")
    assert page.evaluate(CUT) == []


def test_an_unclear_sum_is_asked_again_and_then_taken_once(
    site: Site, phone: Page, codes: list[str]
) -> None:
    here = f"{site.url}/q/{codes.pop()}"
    phone.goto(here)
    phone.get_by_label("收到多少元").fill("两百")
    phone.get_by_role("button", name="交上去").click()
    assert "还没有记下" in phone.locator("main").inner_text()

    phone.get_by_label("收到多少元").fill("265.5")
    phone.get_by_role("button", name="交上去").click()
    told = phone.locator("h1").inner_text()
    assert told != "这笔钱您收到了吗"
    assert_kept(phone, here)


def test_not_received_is_taken_and_says_what_comes_next(
    site: Site, phone: Page, codes: list[str]
) -> None:
    here = f"{site.url}/q/{codes.pop(0)}"
    phone.goto(here)
    phone.get_by_role("button", name="没有收到").click()
    assert "还没有记下" not in phone.locator("main").inner_text()
    assert_kept(phone, here)


def assert_kept(page: Page, here: str) -> None:
    """Assert that the thanks do not run out of the phone, and that the link asks no more."""
    assert sideways(page) <= 0
    page.goto(here)
    assert page.get_by_role("button", name="没有收到").count() == 0


def test_a_link_that_nobody_was_sent_says_so(site: Site, phone: Page) -> None:
    answer = phone.goto(f"{site.url}/q/AAAA00000000")
    assert answer is not None
    assert answer.status == 404
    assert phone.locator("h1").count() == 1
