"""Measure six kinds of portal pages with Lighthouse as a phone: the worst page, median of three.

The pages come from a small county that runs as `sanzi demo` runs it. Lighthouse is a tool of this
measure alone: it lies in `bench/lighthouse`, with a lock file of its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

import httpx

from measure import ROOT, Figure, report

sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
TOOL = ROOT / "bench" / "lighthouse"
RUNS, DRAWN_SECONDS = 3, 180
PERFORMANCE_MIN, ACCESSIBILITY_MIN = 95.0, 100.0
ENDS = {
    "month": r"/village/\d+/items/",
    "publication": r"/village/\d+/bulletin/[^/\"]+/",
    "project": r"/works/[^/\"]+/",
}


def main() -> int:
    """Install the tool, run a county, audit its pages, report; 2 where npm is not installed."""
    if shutil.which("npm") is None:
        print("missing: npm (Node 20)")
        return 2
    subprocess.run(["npm", "ci", "--silent"], cwd=TOOL, check=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
    from browser import site as sites

    with tempfile.TemporaryDirectory() as folder:
        running = sites.start(Path(folder) / "var")
        try:
            pages = _pages(running.url, running.village)
            pages["file"] = f"{running.url}/site/{_drawn(running.var / 'site', running.village)}"
            scores = _audited(pages)
        finally:
            running.stop()
    figures = {
        f"lighthouse_{name}": Figure(
            min(median(one[name]) for one in scores.values()), None, "", floor
        )
        for name, floor in (
            ("performance", PERFORMANCE_MIN), ("accessibility", ACCESSIBILITY_MIN),
        )
    }  # fmt: skip
    for kind, one in scores.items():
        figures |= {f"{kind}_{name}": Figure(median(rows)) for name, rows in one.items()}
    return report("lighthouse", figures, {"pages": len(pages), "runs": RUNS})


def _pages(site: str, village: str) -> dict[str, str]:
    """Return five kinds of pages: two by their addresses, three by links that lead to them."""
    start = f"{site}/village/{village}/"
    read = "".join(_read(address) for address in (start, f"{start}bulletin/", f"{start}items/"))
    found = {"village": start, "household": f"{start}family/"}
    for kind, pattern in ENDS.items():
        match = re.search(pattern, read)
        if match is None:
            raise LookupError(kind)
        found[kind] = site + match.group()
    return found


def _drawn(folder: Path, village: str) -> str:
    """Return a published page of a village, once the worker has drawn it. Raises: TimeoutError."""
    end = time.monotonic() + DRAWN_SECONDS
    while time.monotonic() < end:
        for file in sorted((folder / village).rglob("*.html")):
            if file.stem != "index":
                return file.relative_to(folder).as_posix()
        time.sleep(1)
    raise TimeoutError(village)


def _read(address: str) -> str:
    return httpx.get(address, timeout=60, trust_env=False).raise_for_status().text


def _audited(pages: dict[str, str]) -> dict[str, dict[str, list[float]]]:
    """Return the scores of each kind by category, one for each run."""
    kinds = {address: kind for kind, address in pages.items()}
    done = subprocess.run(
        ["node", str(TOOL / "audit.mjs"), str(RUNS), *kinds],
        cwd=TOOL, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, dict[str, list[float]]] = {}
    for line in done.stdout.splitlines():
        told = json.loads(line)
        scores = found.setdefault(kinds[told["address"]], defaultdict(list))
        for name in ("performance", "accessibility"):
            scores[name].append(float(told[name]))
        if told["weak"]:
            print(kinds[told["address"]], *told["weak"])
    return found


if __name__ == "__main__":
    raise SystemExit(main())
