"""What villagers call the uses of money: the one loader of `data/disclosure/uses.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from sanzi.kernel import yamls

USES_FILE = Path(__file__).resolve().parent.parent / "data" / "disclosure" / "uses.yaml"
Direction = Literal["in", "out"]
OTHER = {"in": "其他收入", "out": "其他支出"}


class BadUses(Exception):
    """The file of uses is wrong; the text names the entry."""


def read_uses(path: Path) -> dict[Direction, list[tuple[str, str]]]:
    """Read a file of uses, longest prefix first.

    Raises: BadUses, naming the entry.
    """
    content = yamls.read(path)
    found: dict[Direction, list[tuple[str, str]]] = {}
    directions: tuple[Direction, Direction] = ("in", "out")
    for direction in directions:
        entries = []
        for entry in content[direction]:
            if set(entry) != {"prefix", "word"} or not str(entry["prefix"]).isdigit():
                raise BadUses(f"{direction}: {entry!r} is not {{prefix, word}}")
            entries.append((str(entry["prefix"]), str(entry["word"])))
        prefixes = [prefix for prefix, _ in entries]
        if len(set(prefixes)) != len(prefixes):
            raise BadUses(f"{direction}: a prefix stands twice")
        found[direction] = sorted(entries, key=lambda pair: -len(pair[0]))
    return found


@cache
def _uses() -> dict[Direction, list[tuple[str, str]]]:
    return read_uses(USES_FILE)


def word(direction: Direction, account_code: str) -> str:
    """Return the villagers' word for an account."""
    for prefix, found in _uses()[direction]:
        if account_code.startswith(prefix):
            return found
    return OTHER[direction]
