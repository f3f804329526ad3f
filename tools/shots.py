"""Photograph pages and check them for accessibility.

    tools/shots.py URL [URL …] [--widths 320,390,1440] [--name NAME] [--state FILE] [--face portal]

Writes build/shots/<name>-<width>.png and prints, per page and width, the axe violations and
whether the page scrolls sideways; with --face portal also text under 18 px and targets under
56 px. Exits 1 when there is either. Needs Chromium and `npm ci`.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "build" / "shots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Text and targets below the portal's floor; a link inside a sentence or a table is exempt.
SMALL = """() => {
  const seen = el => { const b = el.getBoundingClientRect(); return b.width > 2 && b.height > 2; };
  const found = [];
  for (const el of document.querySelectorAll('body *')) {
    const own = [...el.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const size = parseFloat(getComputedStyle(el).fontSize);
    if (own && seen(el) && size < 17.9) found.push(`text ${size} px: ${el.textContent.trim()}`);
  }
  for (const el of document.querySelectorAll('a, button, summary, select, textarea, input')) {
    if (!seen(el) || el.closest('p:not(.due), dd, td, .skip')) continue;
    const box = (el.closest('label') || el).getBoundingClientRect();
    if (box.height < 55.5) found.push(`target ${Math.round(box.height)} px: ${el.textContent}`);
  }
  return found.slice(0, 10);
}"""
HEIGHTS = {320: 640, 390: 844, 720: 900}


def look_at(browser: Browser, url: str, width: int, asked: argparse.Namespace) -> list[str]:
    """Photograph one page at one width and return what is wrong with it."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        device_scale_factor=2 if width in HEIGHTS else 1,
        bypass_csp=True,
        storage_state=asked.state,
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    slug = asked.name or re.sub(r"\W+", "-", url.split("//", 1)[-1].split("/", 1)[-1]).strip("-")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})  # sticky bars stand at the end
    page.screenshot(path=SHOTS / f"{slug or 'home'}-{width}.png", full_page=True)
    wrong = []
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if overflow > 0:
        wrong.append(f"scrolls sideways by {overflow} px")
    if asked.face == "portal":
        wrong.extend(page.evaluate(SMALL))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    for found in result["violations"]:
        targets = "; ".join(str(node["target"][0]) for node in found["nodes"][:4])
        wrong.append(f"{found['id']} ({found['impact']}) ×{len(found['nodes'])}: {targets}")
    context.close()
    return wrong


def main() -> int:
    """Look at every page at every width; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--widths", default="390,1440")
    parser.add_argument("--name", default="", help="name of the pictures, for one URL")
    parser.add_argument("--state", default=None, help="Playwright storage state with a session")
    parser.add_argument("--face", default="office", choices=["office", "portal"])
    asked = parser.parse_args()
    SHOTS.mkdir(parents=True, exist_ok=True)
    is_clean = True
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for url in asked.urls:
            for width in map(int, asked.widths.split(",")):
                wrong = look_at(browser, url, width, asked)
                is_clean = is_clean and not wrong
                print(f"{url} at {width}: {'clean' if not wrong else ''}")
                for line in wrong:
                    print(f"  {line}")
        browser.close()
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
