"""Every page of the portal without scripts, with letters twice as large, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page

from browser.office import PHONE
from browser.site import Site
from browser.test_pages import FURTHER, HERE, PORTAL, first_link

pytestmark = pytest.mark.browser  # what a page looks like is asked once: see tools/test.sh

DEEP = (
    *FURTHER, (f"{HERE}/items/?kind=out", r"/pay/[^/]+/$"), (f"{HERE}/search/?q=元", r"/village/"),
)  # fmt: skip
TRIES = 3
"""The county lives: what it publishes between two looks is looked at again."""
# What there is to read and to use: words of the main part, headings, links, forms with a button.
CONTENT = """() => {
  const main = document.querySelector('main');
  const shown = el => el.getClientRects().length > 0;
  return {
    words: main.innerText.replace(/\\s+/g, ' ').trim(),
    heads: [...document.querySelectorAll('h1')].map(one => one.textContent.trim()),
    links: [...document.querySelectorAll('main a')].filter(shown)
      .map(one => one.getAttribute('href') || '').sort(),
    dead: [...document.querySelectorAll('a')]
      .filter(one => shown(one) && !/^[^#]|^#./.test(one.getAttribute('href') || ''))
      .map(one => one.outerHTML),
    hidden: [...main.querySelectorAll('[hidden],[style*="display:none"]')]
      .filter(one => one.textContent.trim()).map(one => one.outerHTML),
    mute: [...main.querySelectorAll('form')]
      .filter(one => ![...one.querySelectorAll('button:not([type=button])')].some(shown))
      .map(one => one.outerHTML),
    buttons: [...main.querySelectorAll('button[type=button]')].filter(shown)
      .map(one => one.outerHTML),
  };
}"""
# What runs out of the page, or out of its own box, when letters are twice as large.
CUT = """() => {
  const found = [], width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push(`page ${
    document.documentElement.scrollWidth}`);
  for (const el of document.querySelectorAll(
      'a, button, summary, label, h1, h2, h3, p, dt, dd, li, b, span, legend')) {
    if (el.closest('.frame, .vh, svg, .skip') || !el.getClientRects().length) continue;
    const box = el.getBoundingClientRect(), style = getComputedStyle(el);
    if (box.right > width + 1 || box.left < -1) found.push(`out ${el.textContent.trim()}`);
    const inner = style.overflow !== 'visible' && style.display !== 'inline' &&
      (el.scrollWidth > el.clientWidth + 1 || el.scrollHeight > el.clientHeight + 1);
    if (inner) found.push(`cut ${el.textContent.trim()}`);
  }
  return found;
}"""
# Number what can be reached; a group of choices is one stop. Then note where the focus goes.
STOPS = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
    '[tabindex="0"]';
  document.querySelectorAll('details').forEach(one => { one.open = true; });
  window.stops = [...document.querySelectorAll(all)]
    .filter(one => one.getClientRects().length && !one.disabled && one.tabIndex >= 0);
  const groups = {};
  window.stops = window.stops.filter(one => {
    if (one.type !== 'radio') return true;
    const first = !groups[one.name];
    groups[one.name] = groups[one.name] || one.name;
    return first;
  });
  window.told = new Map();
  document.addEventListener('focusin', () => {
    const on = document.activeElement, style = getComputedStyle(on);
    const seen = style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 3;
    const at = window.stops.findIndex(
      one => one === on || (one.type === 'radio' && one.name === on.name));
    window.told.set(at, seen ? '' : on.outerHTML.slice(0, 120));
  });
  return window.stops.length;
}"""
MISSED = """() => [
  window.stops.filter((_, at) => !window.told.has(at)).map(one => one.outerHTML.slice(0, 120)),
  [...window.told.values()].filter(one => one),
]"""


@pytest.fixture(scope="module")
def scripted(site: Site, chromium: Browser) -> Iterator[Page]:
    """A phone as most people have it."""
    context = chromium.new_context(bypass_csp=True, viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def plain(site: Site, chromium: Browser) -> Iterator[Page]:
    """A phone that runs no scripts."""
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    yield context.new_page()
    context.close()


def go(site: Site, page: Page, path: str, address: str = "") -> None:
    """Open a page of the portal; with an address, the first link on it that looks so."""
    page.goto(site.url + path.format(village=site.village))
    if address:
        page.goto(urljoin(page.url, first_link(page, address)))


@pytest.mark.parametrize(
    ("path", "address"), [*((one, "") for one in PORTAL), *DEEP], ids=lambda one: one or None
)
def test_a_page_needs_no_script_no_mouse_and_bears_large_letters(
    site: Site, scripted: Page, plain: Page, path: str, address: str
) -> None:
    for _ in range(TRIES):
        go(site, scripted, path, address)
        go(site, plain, path, address)
        with_scripts, without = scripted.evaluate(CONTENT), plain.evaluate(CONTENT)
        if without["words"] == with_scripts["words"]:
            break
    assert without == with_scripts | {"buttons": [], "hidden": []}
    assert (without["dead"], without["mute"], len(without["heads"])) == ([], [], 1)
    assert len(without["words"]) > 10
    assert_reached_by_keyboard(scripted)
    scripted.add_style_tag(content="html{font-size:200%!important}")
    assert scripted.evaluate(CUT) == []


def assert_reached_by_keyboard(page: Page) -> None:
    """Assert that Tab comes to every control, and that each shows that it is there."""
    count: int = page.evaluate(STOPS)
    for _ in range(count + 2):
        page.keyboard.press("Tab")
    assert page.evaluate(MISSED) == [[], []]


FORMS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("/", {"找一找": "柳湾"}, "柳湾村"),
    (f"{HERE}/search/", {"找一找": "没有这样的事"}, "换个找法"),
    (f"{HERE}/family/", {"姓名": "没有这个人", "家庭码": "AAAAAAAA"}, "没有打开"),
    (f"{HERE}/receipt/", {"回执号": "1", "查询码": "AAAAAAAA"}, "没有"),
    (f"{HERE}/letter/", {}, "还没有交上去"),
)


@pytest.mark.parametrize(("path", "typed", "told"), FORMS, ids=[one[0] for one in FORMS])
def test_a_form_without_scripts_answers_in_words(
    site: Site, plain: Page, path: str, typed: dict[str, str], told: str
) -> None:
    go(site, plain, path)
    for label, text in typed.items():
        plain.get_by_label(label).first.fill(text)
    plain.locator("main form button:not([type=button])").last.click()
    assert told in plain.locator("main").inner_text()
