"""Which item of the disclosure board an account stands under, as data of its standard.

Source: 农村集体经济组织财务公开规定（农经发〔2011〕13号）, the items of income and spending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanzi.ledger import standards
from sanzi.ledger.statements import source


@dataclass(frozen=True)
class Publicity:
    """Items by account code, of what came in and what was spent."""

    into: Mapping[str, str]
    out_of: Mapping[str, str]

    def item(self, code: str, *, is_in: bool) -> str:
        """Return the item of an account, the longest code first; '' when it has none."""
        items = self.into if is_in else self.out_of
        ends = (code[:end] for end in range(len(code), 0, -1))
        return next((items[head] for head in ends if head in items), "")


@cache
def of(standard_code: str) -> Publicity:
    """Return the items of a standard. Raises: BadLayout."""
    return load(standards.FOLDER / standard_code / "publicity.yaml", standard_code)


def load(path: Path, standard_code: str) -> Publicity:
    """Read one file. Raises: BadLayout, for an account that the standard has not."""
    standard = standards.get(standard_code)
    head = source.read(path, f"{standard_code}/{path.name}")
    head.only("in", "out")
    for key in ("in", "out"):
        for code in head.pairs(key):
            if code not in standard.accounts and code not in standard.closed:
                head.fail(key, f"{code} is no account of {standard_code}")
    return Publicity(head.pairs("in"), head.pairs("out"))
