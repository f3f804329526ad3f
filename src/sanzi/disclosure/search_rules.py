"""What somebody types into the search of the portal, as words and months. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LENGTH_MAX: Final = 40
WORDS_MAX: Final = 6
TEXT_MAX: Final = 2000
"""How many signs of a publication's own text are searched."""
_MONTH = re.compile(r"(?:(20\d\d)[年-])?(1[0-2]|0?[1-9])月份?(?!\d)|(20\d\d)-(1[0-2]|0[1-9])(?!\d)")
_BETWEEN = re.compile(r"[\s,，、。;；]+")


@dataclass(frozen=True)
class Asked:
    """What was asked: each word must stand in the text, each month must be that of the line.

    Shapes: a month is `2026-10`, or `-10` where no year was said.
    """

    text: str
    words: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    is_too_long: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.words and not self.months


def folded(text: str) -> str:
    """Return a text as it is compared: one width, lower case, without signs that nobody sees."""
    seen = "".join(" " if unicodedata.category(one)[0] == "C" else one for one in text)
    return unicodedata.normalize("NFKC", seen).lower()


def asked(typed: str) -> Asked:
    """Return what was typed as words and months; a long text is not looked for at all."""
    text = _BETWEEN.sub(" ", folded(typed[: LENGTH_MAX * 4])).strip()
    if len(typed.strip()) > LENGTH_MAX or len(text) > LENGTH_MAX:
        return Asked(text[:LENGTH_MAX], is_too_long=True)
    words: list[str] = []
    months: list[str] = []
    for one in text.split(" "):
        found = _MONTH.match(one)
        if found is None:
            words.append(one)
            continue
        year, month = found[1] or found[3] or "", int(found[2] or found[4])
        months.append(f"{year}-{month:02d}")
        words.append(one[found.end() :].removeprefix("的"))
    kept = tuple(dict.fromkeys(one for one in words if one))[:WORDS_MAX]
    return Asked(text, kept, tuple(months[:WORDS_MAX]))
