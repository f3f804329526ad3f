"""What members of a station promise: dated texts of `data/voice/promise.yaml`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import digest, yamls

FILE: Final = Path(__file__).resolve().parent.parent / "data" / "voice" / "promise.yaml"
_KEYS: Final = {"valid_from_date", "source_ref", "sentences"}


class BadPromiseFile(Exception):
    """The file is wrong; the sentence names the place."""


@dataclass(frozen=True)
class PromiseText:
    """What is promised from a day on, until the next text."""

    valid_from_date: date
    source_ref: str
    sentences: tuple[str, ...]

    @property
    def text_digest(self) -> str:
        """The SM3 of the sentences: what was signed."""
        return digest.sm3_of(list(self.sentences))


def read(path: Path) -> tuple[PromiseText, ...]:
    """Read a file of texts. Raises: BadPromiseFile."""
    content = yamls.read(path)
    found = [_text(path, one) for one in content["lists"]]
    if not found or sorted(found, key=lambda one: one.valid_from_date) != found:
        raise BadPromiseFile(f"{path.name}: texts must stand in the order of their days")
    return tuple(found)


def _text(path: Path, raw: dict[str, Any]) -> PromiseText:
    words = raw.get("sentences") or []
    if set(raw) != _KEYS or not words or not all(isinstance(one, str) and one for one in words):
        raise BadPromiseFile(f"{path.name}: a text has {', '.join(sorted(_KEYS))}")
    return PromiseText(raw["valid_from_date"], raw["source_ref"], tuple(words))


@cache
def _texts() -> tuple[PromiseText, ...]:
    return read(FILE)


def text_on(day: date) -> PromiseText:
    """Return the text in force on a day."""
    return ([one for one in _texts() if one.valid_from_date <= day] or list(_texts()[:1]))[-1]
