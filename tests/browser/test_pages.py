"""Every page at the widths people have: no barrier, no sideways scroll, large enough for a thumb.

Pages are opened as the officer who works there; the portal's without log-in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page

from browser.office import DESK, PHONE, Office
from browser.site import ROOT, Site
from sanzi.kernel import clock

pytestmark = pytest.mark.browser  # what a page looks like is asked once: see tools/test.sh

AXE = (ROOT / "build" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (390, 1440)
NARROW = 320
TEXT_MIN, TARGET_MIN = 18, 56
# What a reader must be able to read and hit. A link inside a sentence or a table is exempt.
SMALL = """([text, target]) => {
  const seen = el => { const b = el.getBoundingClientRect(); return b.width > 2 && b.height > 2; };
  const found = [];
  for (const el of document.querySelectorAll('body *')) {
    const own = [...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const size = parseFloat(getComputedStyle(el).fontSize);
    // The text of a picture is said once more below it, in words.
    const isSmall = size < text - .1 && !el.closest('svg');
    if (own && seen(el) && isSmall) found.push(`text ${size}: ${el.textContent.trim()}`);
  }
  for (const el of document.querySelectorAll('a, button, summary, select, textarea, input')) {
    if (!seen(el) || el.closest('p:not(.due), dd, td, li, .skip')) continue;
    const box = (el.closest('label') || el).getBoundingClientRect();
    if (box.height < target - .5) found.push(`target ${box.height}: ${el.textContent.trim()}`);
  }
  return found;
}"""
FOCUS = """() => {
  const on = document.activeElement, style = getComputedStyle(on);
  const name = `${on.tagName} ${on.name} ${on.textContent.trim().slice(0, 20)}`;
  return [name, style.outlineStyle, parseFloat(style.outlineWidth)];
}"""
CLERK, HEAD, SECRETARY = (
    "cashier_reporter.101201",
    "town_agri_head.101000",
    "village_secretary.101201",
)
ACCOUNTANT, DISCIPLINE = "agency_accountant.101000", "town_discipline_office.101000"
COUNTY_AGRI = "county_agri.000000"
COUNTY_DISCIPLINE, ADMIN = "county_discipline.000000", "platform_admin.000000"
MONTH = f"{clock.today():%Y-%m}"
TOWN = "999901101000"
ASKED = "subject=payments&m=amount&by=village"
OFFICE = (
    ("cockpit of a county", COUNTY_AGRI, "/office/cockpit/"),
    ("cockpit of a village", SECRETARY, "/office/cockpit/999901101201/"),
    ("a panel", HEAD, f"/office/cockpit/{TOWN}/income_spending/"),
    ("rows of a figure", SECRETARY, "/office/cockpit/999901101201/matters/rows/"),
    ("desk", SECRETARY, "/office/"),
    ("find", SECRETARY, "/office/find/?q=柳湾"),
    ("start", CLERK, "/office/start/"),
    ("cases", CLERK, "/office/cases/"),
    ("delegations", SECRETARY, "/office/delegations/"),
    ("payments", ACCOUNTANT, "/office/payments/"),
    ("accounts", ACCOUNTANT, "/office/accounts/"),
    ("invoices", ACCOUNTANT, "/office/invoices/"),
    ("village cards", CLERK, "/office/cards/"),
    ("income", ACCOUNTANT, "/office/income/"),
    ("accounts that differ", ACCOUNTANT, "/office/accounts/differences/"),
    ("proposals of accounts", ACCOUNTANT, "/office/account-proposals/"),
    ("an account asked for", ACCOUNTANT, "/office/account-proposals/new/"),
    ("bills", CLERK, "/office/bills/"),
    ("a new bill", CLERK, "/office/bills/new/"),
    ("receipts", ACCOUNTANT, "/office/receipts/"),
    ("cash not banked", CLERK, "/office/receipts/unbanked/"),
    ("receipt books", ACCOUNTANT, "/office/receipt-books/"),
    ("books", ACCOUNTANT, "/office/books/"),
    ("chart", ACCOUNTANT, "/office/charts/rce2023/"),
    ("entry rules", ACCOUNTANT, "/office/charts/rce2023/rules/"),
    ("entry rule", ACCOUNTANT, "/office/charts/rce2023/rules/payment.settled/"),
    ("cash", ACCOUNTANT, "/office/cash/"),
    ("alerts", DISCIPLINE, "/office/alerts/"),
    ("alerts in figures", DISCIPLINE, "/office/alerts/statistics/"),
    ("the integrity index", DISCIPLINE, "/office/indices/"),
    ("remembered false alarms", DISCIPLINE, "/office/alerts/silences/"),
    ("alert models", DISCIPLINE, "/office/models/"),
    ("changes of parameters", COUNTY_AGRI, "/office/parameter-changes/"),
    (
        "a parameter to change",
        COUNTY_AGRI,
        "/office/models/payment-tier-split/figures/window_days/",
    ),
    ("own models", DISCIPLINE, "/office/own-models/"),
    ("a new own model", DISCIPLINE, "/office/own-models/new/"),
    ("letters", DISCIPLINE, "/office/letters/"),
    ("what is due on the board", SECRETARY, "/office/due/"),
    ("what was published", SECRETARY, "/office/publications/"),
    ("what villagers said", CLERK, "/office/comments/"),
    ("the agency's desk", ACCOUNTANT, "/office/agency/"),
    ("drafts in a batch", ACCOUNTANT, "/office/agency/drafts/"),
    ("close of a month", ACCOUNTANT, f"/office/month-ends/E0101/{MONTH}/"),
    ("a year's end", ACCOUNTANT, f"/office/year-ends/E0101/{MONTH[:4]}/"),
    ("reconciliation of a month", ACCOUNTANT, "/office/reconciliations/"),
    ("both sides of an account", ACCOUNTANT, f"/office/reconcile/A-E0101/{MONTH}/"),
    ("checks of statements", ACCOUNTANT, "/office/statement-checks/"),
    ("money outside the system", DISCIPLINE, "/office/outside/"),
    ("recurring plans", ACCOUNTANT, "/office/plans/of/E0101/"),
    ("handovers", ACCOUNTANT, "/office/handovers/"),
    ("statement", ACCOUNTANT, f"/office/statements/E0101/balance/{MONTH}/"),
    ("account balances", ACCOUNTANT, f"/office/journals/E0101/balances/?to={MONTH}"),
    ("bank journal", ACCOUNTANT, "/office/journals/E0101/bank/"),
    ("many columns", ACCOUNTANT, "/office/journals/E0101/columns/?code=514"),
    ("balances by household", ACCOUNTANT, "/office/journals/E0101/mutual/"),
    ("statements of a town", ACCOUNTANT, f"/office/places/{TOWN}/{MONTH}/"),
    (
        "villages side by side",
        ACCOUNTANT,
        f"/office/places/{TOWN}/rce2023/balance/{MONTH}/",
    ),
    ("reports", HEAD, "/office/reports/"),
    ("a report to ask for", HEAD, f"/office/reports/ask/?place={TOWN}"),
    ("flags", SECRETARY, "/office/indices/?index=flags"),
    ("how an index is counted", COUNTY_AGRI, "/office/indices/settings/integrity/"),
    ("questions", COUNTY_AGRI, "/office/ask/"),
    ("the form of a question", COUNTY_AGRI, "/office/ask/form/?subject=payments"),
    ("an answer", COUNTY_AGRI, f"/office/ask/form/?{ASKED}"),
    ("rows of an answer", COUNTY_AGRI, f"/office/ask/rows/?{ASKED}"),
    ("a question in SQL", COUNTY_AGRI, "/office/ask/sql/"),
    ("files of other offices", COUNTY_AGRI, "/office/exchange/"),
    ("a source of files", COUNTY_AGRI, "/office/exchange/deaths/"),
    ("posts in a directory", "county_org_dept.000000", "/office/exchange/posts/"),
    ("inspections", DISCIPLINE, "/office/inspections/"),
    ("a new inspection", COUNTY_DISCIPLINE, "/office/inspections/new/"),
    ("the checklist", DISCIPLINE, "/office/inspections/checklist/"),
    ("findings", DISCIPLINE, "/office/inspections/findings/"),
    ("leads", DISCIPLINE, "/office/inspections/leads/"),
    ("the station", "supervision_member.101201", "/office/station/"),
    ("letters in figures", DISCIPLINE, "/office/letters/counts/"),
    ("households asked", DISCIPLINE, "/office/confirmations/"),
    ("assets", CLERK, "/office/assets/"),
    ("a new asset", CLERK, "/office/assets/new/"),
    ("assets and books", ACCOUNTANT, "/office/assets/books/"),
    ("counts of assets", CLERK, "/office/assets/counts/"),
    ("leases", ACCOUNTANT, "/office/leases/"),
    ("rents in arrears", ACCOUNTANT, "/office/leases/arrears/"),
    ("works", SECRETARY, "/office/works/"),
    ("contracts", SECRETARY, "/office/contracts/"),
    ("tenders", SECRETARY, "/office/tenders/"),
    ("labour", SECRETARY, "/office/labour/"),
    ("decisions", SECRETARY, "/office/decisions/"),
    ("a new decision", SECRETARY, "/office/decisions/new/"),
    ("registers", SECRETARY, "/office/registers/"),
    ("doors", SECRETARY, "/office/doors/"),
    ("archives", ACCOUNTANT, "/office/archives/"),
    ("the log", COUNTY_DISCIPLINE, "/office/log/"),
    ("messages of banks", COUNTY_DISCIPLINE, "/office/bank-messages/"),
    ("ways to banks", ADMIN, "/office/bank-channels/"),
    ("notices", ADMIN, "/office/notices/"),
    ("bindings", ADMIN, "/office/bindings/"),
    ("programs that listen", ADMIN, "/office/programs/"),
)
# One step further: the first link on a page whose address looks so.
DEEPER = (
    ("case", SECRETARY, "/office/", r"/office/cases/[^/]+/$"),
    ("a past case", ACCOUNTANT, "/office/cases/?state=SETTLED", r"/office/cases/[^/?]+/$"),
    ("payment", ACCOUNTANT, "/office/payments/", r"/office/payments/[^/?]+/$"),
    ("account", ACCOUNTANT, "/office/accounts/", r"/office/accounts/A-[^/?]+/$"),
    ("bill", CLERK, "/office/bills/", r"/office/bills/BL[^/?]+/$"),
    ("receipt", ACCOUNTANT, "/office/receipts/", r"/office/receipts/R[^/?]+/$"),
    ("receipt book", CLERK, "/office/receipt-books/", r"/office/receipt-books/RB[^/?]+/$"),
    ("invoice", ACCOUNTANT, "/office/invoices/", r"/office/invoices/[^/?]+/$"),
    ("month of a book", ACCOUNTANT, "/office/books/", r"/office/books/[^/]+/[^/]+/$"),
    (
        "behind a figure",
        ACCOUNTANT,
        f"/office/statements/E0101/balance/{MONTH}/",
        r"/figure/\?",
    ),
    ("voucher", ACCOUNTANT, f"/office/books/E0101/{MONTH}/vouchers/", r"/office/vouchers/[^/]+/$"),
    ("alert", DISCIPLINE, "/office/alerts/", r"/office/alerts/AL[^/?]+/$"),
    ("alerts about one matter", DISCIPLINE, "/office/alerts/", r"/office/alerts/about/[^/?]+/$"),
    ("alert model", DISCIPLINE, "/office/models/", r"/office/models/[^/?]+/$"),
    (
        "table of own models",
        DISCIPLINE,
        "/office/own-models/new/",
        r"/office/own-models/tables/[^/?]+/",
    ),
    ("report", HEAD, "/office/reports/", r"/office/reports/BG[^/]+/$"),
    ("index of a village", SECRETARY, "/office/indices/", r"/office/indices/[A-Z]+-[^/]+/$"),
    ("kept question", COUNTY_AGRI, "/office/ask/", r"/office/ask/kept/[^/]+/$"),
    ("asset", CLERK, "/office/assets/", r"/office/assets/(?!new|books|counts)[^/?]+/$"),
    ("contract", SECRETARY, "/office/contracts/", r"/office/contracts/(?!new)[^/?]+/$"),
    ("publication", COUNTY_AGRI, "/office/due/999901101201/", r"/office/publications/[^/]+/$"),
    ("lease", ACCOUNTANT, "/office/leases/", r"/office/leases/(?!new|arrears)[^/?]+/$"),
)
HERE = "/village/{village}"
PORTAL = (
    "/", "/powers/", "/powers/M10/", "/subsidies/", "/letters/", "/open/", "/open/{village}/",
    "/site/", "/site/{village}/", "/search/?q=柳湾",
    *(f"{HERE}{one}" for one in (
        "/", "/items/", "/bulletin/", "/people/", "/subsidies/", "/letter/", "/receipt/",
        "/family/", "/family/phone/", "/powers/", "/powers/M35/", "/powers/M35/apply/",
        "/search/?q=元", "/search/?q=没有这样的事", "/prices/",
    )),
)  # fmt: skip
# One step further on the portal: what a project, a unit, a publication, its file look like.
FURTHER = (
    (f"{HERE}/", r"/works/"), (f"{HERE}/", r"/unit/"), (f"{HERE}/bulletin/", r"/bulletin/[^/?]+/$"),
    (f"{HERE}/subsidies/", r"/subsidies/[^/]+/[^/]+/$"), ("/site/{village}/", r"\.html$"),
)  # fmt: skip
BYTES_MAX, REQUESTS_MAX = 100 * 1024, 8
# What a page weighs when nothing of it is kept: (bytes as sent, requests).
WEIGHT = """() => {
  const all = [...performance.getEntriesByType('navigation'),
               ...performance.getEntriesByType('resource')];
  return [all.reduce((sum, one) => sum + one.encodedBodySize, 0), all.length];
}"""


@dataclass(frozen=True)
class Barrier:
    """Something that axe found, at a width."""

    width: int
    what: str


def barriers(page: Page, width: int) -> list[Barrier]:
    """Return what axe finds on the page as it stands."""
    page.set_viewport_size({"width": width, "height": 900})
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        Barrier(width, f"{one['id']}: {'; '.join(str(n['target'][0]) for n in one['nodes'][:4])}")
        for one in result["violations"]
    ]


def sideways(page: Page) -> int:
    """Return by how many pixels the page scrolls sideways at 320."""
    page.set_viewport_size({"width": NARROW, "height": 640})
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def assert_open_to_all(page: Page) -> None:
    """Assert that a page has no barrier at any width and does not scroll sideways."""
    found = [one for width in WIDTHS for one in barriers(page, width)]
    assert found == []
    assert sideways(page) <= 0


@pytest.fixture(scope="module")
def reader(site: Site, chromium: Browser) -> Page:
    """A window without log-in."""
    context = chromium.new_context(bypass_csp=True)
    return context.new_page()


@pytest.mark.parametrize(("name", "who", "path"), OFFICE, ids=[one[0] for one in OFFICE])
def test_office_pages_are_open_to_all(office: Office, name: str, who: str, path: str) -> None:
    officer = office.officer(who)
    officer.go(path)
    assert_open_to_all(officer.page)


@pytest.mark.parametrize(("name", "who", "path", "address"), DEEPER, ids=[one[0] for one in DEEPER])
def test_office_details_are_open_to_all(
    office: Office, name: str, who: str, path: str, address: str
) -> None:
    officer = office.officer(who)
    officer.go(path)
    officer.go(first_link(officer.page, address))
    assert_open_to_all(officer.page)


def test_the_form_of_a_case_is_open_to_all(office: Office) -> None:
    clerk = office.officer(CLERK)
    clerk.start_payment("柳湾村股份经济合作社")
    assert_open_to_all(clerk.page)


@pytest.mark.parametrize("path", PORTAL)
def test_portal_pages_are_open_to_all_and_large_enough(site: Site, reader: Page, path: str) -> None:
    reader.goto(site.url + path.format(village=site.village))
    reader.wait_for_load_state("networkidle")
    size, requests = reader.evaluate(WEIGHT)
    assert (size <= BYTES_MAX, requests <= REQUESTS_MAX) == (True, True), (size, requests)
    assert_open_to_all(reader)
    assert_large_enough(reader)


@pytest.mark.parametrize(("path", "address"), FURTHER, ids=[one[1] for one in FURTHER])
def test_what_lies_one_step_further_is_open_to_all(
    site: Site, reader: Page, path: str, address: str
) -> None:
    reader.goto(site.url + path.format(village=site.village))
    reader.goto(urljoin(reader.url, first_link(reader, address)))
    assert_open_to_all(reader)
    assert_large_enough(reader)


def test_a_payment_its_voucher_and_its_slip_are_open_to_all(site: Site, reader: Page) -> None:
    reader.goto(f"{site.url}/village/{site.village}/items/?kind=out")
    for address in (r"/pay/[^/]+/$", r"/voucher/[^/]+/", r"/slip/[^/]+/$"):
        reader.goto(site.url + first_link(reader, address))
        assert_open_to_all(reader)
        assert_large_enough(reader)


def test_the_page_of_the_demo_and_the_log_in_are_open_to_all(site: Site, reader: Page) -> None:
    for path in ("/demo/", "/account/login/"):
        reader.goto(site.url + path)
        assert_open_to_all(reader)


@pytest.mark.parametrize("path", ["/", "/account/login/", "/demo/"])
def test_the_keyboard_always_shows_where_it_is(site: Site, reader: Page, path: str) -> None:
    reader.set_viewport_size(DESK)
    reader.goto(site.url + path)
    shown = []
    for _ in range(8):
        reader.keyboard.press("Tab")
        shown.append(tuple(reader.evaluate(FOCUS)))
    assert len(set(shown)) > 3
    for tag, style, width in shown:
        assert tag.startswith("BODY") or (style == "solid" and width >= 3), tag


def first_link(page: Page, address: str) -> str:
    """Return the first link of the page's main part whose path looks so."""
    for one in page.locator("main a").all():
        href = one.get_attribute("href") or ""
        if re.search(address, href.split("#", 1)[0]):
            return href
    raise AssertionError(f"no link to {address} on {page.url}")


def assert_large_enough(page: Page) -> None:
    """Assert the portal's floor: text of 18 px, targets 56 px high."""
    page.set_viewport_size(PHONE)
    assert page.evaluate(SMALL, [TEXT_MIN, TARGET_MIN]) == []
