"""What the log calls each kind of event, in plain words: the one loader of `data/events.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sanzi.kernel import yamls

EVENTS_FILE = Path(__file__).resolve().parent.parent / "data" / "events.yaml"


class BadEvents(Exception):
    """The file of event words is wrong; the sentence names the entry."""


def read_titles(path: Path) -> dict[str, str]:
    """Read the words by kind, and by noun for all kinds of it.

    Raises: BadEvents, naming the first entry that is wrong.
    """
    content = yamls.read(path)
    found: dict[str, str] = {}
    for key, dots in (("nouns", 1), ("kinds", 2)):
        for name, words in content[key].items():
            if name.count(".") != dots or not words:
                raise BadEvents(f"{key}: {name!r} is not a name with words")
            found[name] = words
    return found


@cache
def _titles() -> dict[str, str]:
    return read_titles(EVENTS_FILE)


def title(kind: str) -> str:
    """Return the words for a kind, those of its noun, or the kind itself."""
    noun = kind.rpartition(".")[0]
    return _titles().get(kind) or _titles().get(noun) or kind


def called(words: str) -> list[str]:
    """Return the kinds and nouns whose words hold these."""
    return [name for name, title in _titles().items() if words in title]
