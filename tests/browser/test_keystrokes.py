"""How much the system asks people to type: inputs and taps of the main powers, at phone size.

Measured on the forms of the running site as the starter finds them: what is filled in already is
no input. `docs/keystrokes.md` holds the figures; a power that grows by more than a fifth fails.
SANZI_KEYSTROKES=1 writes the figures anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.office import PHONE, Office, Officer
from browser.site import ROOT
from sanzi.matters import catalogue
from sanzi.matters.fields import Field

pytestmark = pytest.mark.browser  # what a page looks like is asked once: see tools/test.sh

TABLE = ROOT / "docs" / "keystrokes.md"
MAIN = (
    "M01", "M05", "M08", "M09", "M10", "M11", "M13", "M17", "M18", "M25", "M26", "M34",
)  # fmt: skip
SAME_PERSON = {"coop_director": "village_secretary"}
SUBMIT_TAPS, APPROVAL_TAPS_MAX, PAYMENT_INPUTS_MAX, ROSTER_MAX = 2, 2, 12, 25
GROWTH = 1.2
ROW = re.compile(r"^\| (M\d\d) \| [^|]+ \| (\d+) \| (\d+) \|$", re.MULTILINE)


def test_no_main_power_asks_for_a_fifth_more_than_is_written_down(
    office: Office, shots: Path | None
) -> None:
    found = {code: measured(office, code, shots) for code in MAIN}
    if os.environ.get("SANZI_KEYSTROKES") == "1":
        write(found)
    told = {code: (int(inputs), int(taps)) for code, inputs, taps in ROW.findall(TABLE.read_text())}
    assert set(told) == set(MAIN)
    grown = {
        code: (found[code], told[code])
        for code in MAIN
        if any(now > then * GROWTH for now, then in zip(found[code], told[code], strict=True))
    }
    assert grown == {}
    assert found["M10"][0] <= PAYMENT_INPUTS_MAX


def test_an_approval_takes_two_taps_from_the_list_to_the_end(office: Office) -> None:
    number = submitted(office)
    watch = office.officer("supervision_head.101201")
    watch.page.set_viewport_size(PHONE)
    watch.go("/office/")
    taps = 0
    watch.page.locator(f'a[href*="{number}"]').first.click()
    taps += 1
    watch.page.get_by_role("region", name="操作").locator("button.p").click()
    taps += 1
    expect(watch.page.locator("main")).to_contain_text("已交给村党组织书记")
    assert taps <= APPROVAL_TAPS_MAX


def submitted(office: Office) -> str:
    """Hand in a small purchase; return its number."""
    officer = office.officer("committee_member.101201")
    number = begin(officer, "M08")[0]
    page = officer.page
    for key, text in (("title", "会议室灯管"), ("quantity", "4"), ("unit", "根"),
                      ("estimate", "120"), ("need", "会议室两根灯管不亮")):  # fmt: skip
        page.locator(f"#id_{key}").fill(text)
    for key, value in (
        ("category_code", "material"),
        ("method", "direct"),
        ("kin_statement", "no"),
    ):
        page.locator(f"#id_{key}").select_option(value)
    page.wait_for_timeout(500)
    page.get_by_role("button", name="存一下").click()
    page.wait_for_load_state()
    officer.submit()
    return number


def measured(office: Office, code: str, shots: Path | None) -> tuple[int, int]:
    """Return (inputs, taps) from the list of powers to a case handed in; keep a picture."""
    matter = catalogue.matters()[code]
    role = SAME_PERSON.get(matter.starts[0], matter.starts[0])
    officer = office.officer(f"{role}.101201")
    officer.page.set_viewport_size(PHONE)
    _, taps = begin(officer, code)
    if shots is not None:
        officer.page.screenshot(path=shots / f"form-{code}.png")
    inputs = sum(asked(officer.page, one) for one in matter.fields)
    papers = [one for one in matter.evidence if one.required]
    inputs += sum(1 for one in papers if not one.when) + any(one.when for one in papers)
    inputs += 1 if matter.payees else 0
    return inputs, taps + SUBMIT_TAPS


def begin(officer: Officer, code: str) -> tuple[str, int]:
    """Begin a case of a power; return its number and the taps it took."""
    officer.go("/office/start/")
    title = catalogue.matters()[code].title
    form = officer.page.get_by_role("region", name=title, exact=True)
    choice = form.get_by_label("哪个单位办")
    taps = 1
    if choice.count() and choice.locator("option").count() > 1:
        choice.select_option(index=0)
        taps += 1
    form.get_by_role("button", name="开始填").click()
    expect(officer.page).to_have_url(re.compile(r"/office/cases/[^/]+/form/$"))
    return officer.page.url.rstrip("/").split("/")[-2], taps


def asked(page: Page, field: Field) -> int:
    """Return how many inputs a field asks for: none when it is filled in or may stay empty."""
    if not field.required or field.required_in_tiers:
        return 0
    if field.columns:
        return sum(1 for column in field.columns if column.required)
    control = page.locator(f"#id_{field.key}")
    if control.count() == 0:
        chosen = page.locator(f"input[name={field.key}]:checked").count()
        return 0 if chosen else 1
    return 0 if control.first.input_value() else 1


def write(found: Mapping[str, tuple[int, int]]) -> None:
    """Write the table anew below the words that stand above it."""
    head = TABLE.read_text().split("| power |")[0]
    rows = [
        f"| {code} | {catalogue.matters()[code].title} | {inputs} | {taps} |"
        for code, (inputs, taps) in found.items()
    ]
    table = ["| power | title | inputs | taps |", "| --- | --- | --- | --- |", *rows]
    TABLE.write_text(head + "\n".join(table) + "\n")
