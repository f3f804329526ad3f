"""Which row is the header, which column is which field, and whether a file looks as before. Pure.

A proposal is only that: by the heading's words first, then by what stands below it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanzi.kernel import digest
from sanzi.record.outside import errors, values
from sanzi.record.outside.opening import Line, column_letter

HEAD_WITHIN: Final = 20
LOOKED_AT: Final = 200
SURE: Final = 80
"""Percent of the cells of a column that must read as a kind before it is proposed by content."""
BY_NAME, BY_PART, BY_CONTENT = "按表头", "按表头里的字", "按内容"
_BRACKETS: Final = re.compile(r"[(\[【].*?[)\]】]")
_NOISE: Final = re.compile(r"[\s*:,.。、/_\-]+")


@dataclass(frozen=True)
class Field:
    """A field that a file may bring: its kind, its words in other people's headers."""

    name: str
    title: str
    kind: str
    names: tuple[str, ...]
    is_required: bool = False
    is_future_refused: bool = False
    codes: Mapping[str, str] | None = None
    synonyms: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Proposal:
    """A column proposed for a field, how sure, and in which unit its heading says amounts are."""

    heading: str
    reason: str
    unit: str = "yuan"


@dataclass(frozen=True)
class Change:
    """How headings differ from those of a saved mapping."""

    gone: tuple[str, ...]
    new: tuple[str, ...]
    is_moved: bool

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not (self.gone or self.new or self.is_moved)

    @property
    def words(self) -> str:
        """What changed, in one sentence."""
        said = []
        if self.gone:
            said.append(f"少了{'、'.join(self.gone)}")
        if self.new:
            said.append(f"多了{'、'.join(self.new)}")
        if self.is_moved:
            said.append("列的次序变了")
        return "，".join(said) or "表头和上次一样"


def normal(heading: str) -> str:
    """Return a heading as it is compared: half-width, without brackets, marks and case."""
    text = unicodedata.normalize("NFKC", heading).lower()
    return _NOISE.sub("", _BRACKETS.sub("", text))


def find_row(lines: Sequence[Line], fields: Sequence[Field]) -> int:
    """Return the number of the line that looks most like the header; 0 when there is no line."""
    words = {normal(word) for field in fields for word in (field.title, *field.names)}
    best, found = 0, lines[0][0] if lines else 0
    for number, cells in lines[:HEAD_WITHIN]:
        texts = [normal(one) for one in cells if isinstance(one, str) and one]
        points = 10 * sum(text in words for text in texts) + min(len(texts), 9)
        if points > best:
            best, found = points, number
    return found


def headings(lines: Sequence[Line], row: int, sheet: str) -> list[str]:
    """Return the headings of a line; a column without one is called by its letters.

    Raises: HeaderMissing, HeaderRepeated.
    """
    cells = next((cells for number, cells in lines if number == row), None)
    if cells is None:
        raise errors.HeaderMissing(sheet=sheet, row=row, why="这一行是空的")
    texts = [" ".join(str(one).split()) if one is not None else "" for one in cells]
    if sum(1 for one in cells if isinstance(one, str) and one) * 2 < len(cells):
        raise errors.HeaderMissing(sheet=sheet, row=row, why="一半以上不是文字")
    width = max((len(cells) for _, cells in lines), default=0)
    texts += [""] * (width - len(texts))
    known: dict[str, int] = {}
    for place, text in enumerate(texts):
        key = normal(text) or text
        if text and key in known:
            both = f"{column_letter(known[key])}、{column_letter(place)}"
            raise errors.HeaderRepeated(heading=text, columns=both)
        known[key] = place
    return [text or f"（{column_letter(place)}列）" for place, text in enumerate(texts)]


def fingerprint(found: Sequence[str]) -> str:
    """Return the digest by which the same look is found again."""
    return digest.sm3_of([normal(one) or one for one in found])


def change(before: Sequence[str], now: Sequence[str]) -> Change:
    """Return how the headings of now differ from those of before."""
    old, new = [normal(one) for one in before], [normal(one) for one in now]
    kept_old = [one for one in old if one in new]
    kept_new = [one for one in new if one in old]
    return Change(
        tuple(text for text, key in zip(before, old, strict=True) if key not in new),
        tuple(text for text, key in zip(now, new, strict=True) if key not in old),
        kept_old != kept_new,
    )


def propose(
    fields: Sequence[Field], found: Sequence[str], below: Sequence[Sequence[Any]]
) -> dict[str, Proposal]:
    """Return a column for each field that can be told, no column twice.

    `below` are some lines under the header.
    """
    free = dict(enumerate(found))
    made: dict[str, Proposal] = {}
    for rule, reason in ((_is_named, BY_NAME), (_is_named_in_part, BY_PART)):
        for field in fields:
            if field.name in made:
                continue
            place = next((at for at, text in free.items() if rule(field, normal(text))), None)
            if place is not None:
                made[field.name] = Proposal(free[place], reason, _unit(free[place]))
                del free[place]
    for field in fields:
        if field.name in made or field.kind not in values.SPEAKING or not field.is_required:
            continue
        place = _by_content(field, free, below)
        if place is not None:
            made[field.name] = Proposal(free[place], BY_CONTENT, _unit(free[place]))
            del free[place]
    return made


def _is_named(field: Field, heading: str) -> bool:
    return heading in {normal(one) for one in (field.title, field.name, *field.names)}


def _is_named_in_part(field: Field, heading: str) -> bool:
    return any(len(word) > 1 and normal(word) in heading for word in (field.title, *field.names))


def _by_content(
    field: Field, free: Mapping[int, str], below: Sequence[Sequence[Any]]
) -> int | None:
    """Return the only free column that reads as this kind, None when it is none or several."""
    fitting = []
    for place in free:
        cells = [line[place] for line in below[:LOOKED_AT] if place < len(line)]
        filled = [one for one in cells if one not in (None, "")]
        right = sum(1 for one in filled if values.read(field.kind, one, values.Formats()).text)
        if filled and right * 100 >= SURE * len(filled):
            fitting.append(place)
    return fitting[0] if len(fitting) == 1 else None


def _unit(heading: str) -> str:
    return "wan" if "万元" in heading else "yuan"


def words_of(lines: Sequence[Sequence[Any]], place: int, most: int = 60) -> list[str]:
    """Return the different words of a column in the order they come, for a list of codes."""
    found: dict[str, None] = {}
    for line in lines:
        text = values.half(line[place]) if place < len(line) and line[place] is not None else ""
        if text:
            found.setdefault(text)
        if len(found) > most:
            break
    return list(found)
