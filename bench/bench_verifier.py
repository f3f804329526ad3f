"""Measure the page that verifies papers: one paper of a log of 8 million leaves, in Chromium.

Timed inside the page, from the code's text to the verdict, with the browser's Ed25519 and with the
page's own arithmetic, which older phones need.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from measure import ROOT, Figure, report

sys.path.insert(0, str(ROOT / "tests"))

LEVELS, RUNS = 23, 15
LIMIT_MS = 200
SCRIPT = """async ([text, figure, runs, own]) => {
  if (own) Object.defineProperty(crypto, "subtle", { value: undefined, configurable: true });
  const taken = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    const found = await judge({ text, figure, kept: [], shown: [] }, pinned);
    taken.push(performance.now() - start);
    if (found.kind !== "good") throw new Error(found.sentence);
  }
  return taken;
}"""


def main() -> int:
    """Make a paper and the page, judge it again and again, report."""
    from playwright.sync_api import sync_playwright

    from browser.conftest import ARGUMENTS, CHROMIUM

    text, content = _made()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "verifier.html"
        file.write_text(content, encoding="utf-8", newline="\n")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(file.as_uri())
        taken = page.evaluate(SCRIPT, [text, "12196.5", RUNS, False])
        own = page.evaluate(SCRIPT, [text, "12196.5", RUNS, True])
        browser.close()
    figures = {
        "verify_ms": Figure(round(median(taken), 1), LIMIT_MS, "ms"),
        "verify_first_ms": Figure(round(taken[0], 1), LIMIT_MS, "ms"),
        "verify_own_ms": Figure(round(median(own), 1), LIMIT_MS, "ms"),
    }
    return report("verifier", figures, {"leaves": 1 << LEVELS, "letters": len(text)})


def _made() -> tuple[str, str]:
    """Return a paper's text and the page, of a log whose other leaves are made up."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
    django.setup()
    from sanzi.disclosure import verifier_page
    from sanzi.kernel.merkle import SHA256
    from sanzi.kernel.notes import Checkpoint, Note
    from sanzi.kernel.paper_proofs import of_note
    from worlds import paper_log

    log = paper_log.month()
    path = [hashlib.sha256(bytes([level])).digest() for level in range(LEVELS)]
    root = SHA256.leaf(log.leaves[5])
    for one in path:
        root = SHA256.node(root, one)
    text = Checkpoint(log.origin, 1 << LEVELS, root, bytes(32)).text()
    made = [one.sign(text, paper_log.AT) for one in (*log.own, *log.town, *log.county)]
    paper = of_note(Note(text).signed(*made).whole(), 0, path, log.leaves[5])
    return paper.text(), verifier_page.made(log.pinned()).content


if __name__ == "__main__":
    raise SystemExit(main())
