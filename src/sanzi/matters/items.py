"""The catalogue of what villagers may read: `data/disclosure/items.yaml`. Pure.

Matter files name what they publish by these codes, publications carry them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

ITEMS_FILE = Path(__file__).resolve().parent.parent / "data" / "disclosure" / "items.yaml"


@dataclass(frozen=True)
class PublicItem:
    """One kind of publication.

    `min_days` is how long it stays at least; `leaves` says that it goes off the web then.
    """

    code: str
    title: str
    module: str
    min_days: int
    leaves: bool = False


@cache
def items() -> dict[str, PublicItem]:
    """Return the catalogue by code, in its order."""
    content = yaml.safe_load(ITEMS_FILE.read_text(encoding="utf-8"))
    return {one["code"]: PublicItem(**one) for one in content["items"]}
