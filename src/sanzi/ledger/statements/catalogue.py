"""All layouts of a standard: its own, those for every standard, and a county's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sanzi.ledger import standards
from sanzi.ledger.statements import layouts, source
from sanzi.ledger.statements.layouts import Layout
from sanzi.ledger.statements.source import BadLayout

FOLDER = Path(__file__).resolve().parent.parent.parent / "data"
STANDARDS = FOLDER / "standards"
SHARED = FOLDER / "statements"


@cache
def shipped(standard_code: str) -> dict[str, Layout]:
    """Return the layouts that come with the platform, by code. Raises: BadLayout."""
    standard = standards.get(standard_code)
    own = sorted((STANDARDS / standard_code / "statements").glob("*.yaml"))
    shared = [
        path
        for path in sorted(SHARED.glob("*.yaml"))
        if standard_code in (layouts.standards_of(path) or standards.codes())
    ]
    found = [layouts.load(path, standard) for path in (*own, *shared)]
    return {each.code: each for each in sorted(found, key=lambda one: (one.order, one.code))}


def of(standard_code: str, folder: Path | None = None) -> dict[str, Layout]:
    """Return all layouts by code in order; of the folder, those files that are right."""
    found = dict(shipped(standard_code))
    for path in sorted(folder.glob("*.yaml")) if folder else ():
        try:
            wanted = layouts.standards_of(path)
            if standard_code in wanted:
                custom = check(path)[standard_code]
                found[custom.code] = custom
        except BadLayout:
            continue
    return found


def check(path: Path) -> dict[str, Layout]:
    """Return what a county's own file gives under each standard it names.

    Raises: BadLayout for a mistake, a standard that is not there, or a code that is shipped.
    """
    head = source.read(path)
    wanted = head.texts("standards")
    for code in wanted:
        if code not in standards.codes():
            head.fail("standards", f"no standard {code}; expected {', '.join(standards.codes())}")
        if path.stem in shipped(code):
            head.fail("statement", f"{path.stem} is a shipped statement of {code}; take another")
    if not wanted:
        head.fail("standards", "must name the standards it is for")
    return {code: layouts.load(path, standards.get(code), is_custom=True) for code in wanted}
