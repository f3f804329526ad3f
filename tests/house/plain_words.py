"""What villagers read, sentence by sentence, and how plain it is.

A sentence ends at a stop or where its element ends. Of its characters those outside the 3,500
common ones count as rare, terms of the glossary excepted.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from house import tree

SOURCE = tree.ROOT / "src" / "sanzi"
COMMON_FILE = SOURCE / "data" / "words" / "common.txt"
LENGTH_MAX = 25
STOPS = re.compile(r"[。？！；：\n]|——")
HAN = re.compile(r"[\u3400-\u9fff]")
INLINE = re.compile(r"</?(?:b|i|span|a|small|data|strong|em|code)\b[^>]*>")
FILLED = re.compile(r"{{.*?}}|{[a-z_.|:\[\]0-9]*}", re.DOTALL)
OF_A_MATTER = {"title", "promise", "looks_at", "label", "help"}
"""What a villager reads of a matter's file: its page, its steps, its form."""
DATA_FILES = ("matters/plain.yaml", "disclosure/items.yaml", "disclosure/uses.yaml")
PROGRAMS = ("interfaces/portal", "disclosure", "matters/plain.py", "matters/followed.py")


@dataclass(frozen=True)
class Sentence:
    """A sentence as it is shown, and the file it comes from."""

    text: str
    where: str

    @property
    def length(self) -> int:
        """How many characters are read: Chinese ones, and one for each number or word."""
        return len(HAN.findall(self.text)) + len(re.findall(r"[A-Za-z0-9]+", self.text))


@cache
def common() -> frozenset[str]:
    """Return the common characters."""
    lines = COMMON_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset("".join(one for one in lines if not one.startswith("#")))


@cache
def terms() -> tuple[str, ...]:
    """Return the terms of the glossary, the longest first."""
    rows = (tree.ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    cells = [row.split("|")[1] for row in rows if row.startswith("| ")]
    found = {part for cell in cells for part in re.split(r"[（）、/\s]", cell) if HAN.search(part)}
    return tuple(sorted(found, key=len, reverse=True))


def rare(text: str) -> list[str]:
    """Return the characters of a text that are not common and in no term of the glossary."""
    if not set(HAN.findall(text)) - common():
        return []
    for term in terms():
        text = text.replace(term, "")
    return [one for one in HAN.findall(text) if one not in common()]


def split(text: str, where: str) -> Iterator[Sentence]:
    """Return the sentences of a text."""
    for part in STOPS.split(text):
        shown = " ".join(part.split())
        if HAN.search(shown):
            yield Sentence(shown, where)


def all_sentences() -> list[Sentence]:
    """Return every sentence of the portal's templates, views, refusals and data files."""
    found: list[Sentence] = []
    for folder in ("portal", "pages"):
        for path in sorted((SOURCE / "templates" / folder).rglob("*.html")):
            found += split(template_text(path.read_text(encoding="utf-8")), _name(path))
    for path in _programs():
        for text in strings(path.read_text(encoding="utf-8")):
            found += split(text, _name(path))
    for name in DATA_FILES:
        path = SOURCE / "data" / name
        for text in _values(yaml.safe_load(path.read_text(encoding="utf-8"))):
            found += split(text, _name(path))
    for path in sorted((SOURCE / "data" / "matters").glob("M*.yaml")):
        for text in _of_keys(yaml.safe_load(path.read_text(encoding="utf-8")), OF_A_MATTER):
            found += split(text, _name(path))
    return found


def _programs() -> Iterator[Path]:
    for name in PROGRAMS:
        path = SOURCE / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def template_text(source: str) -> str:
    """Return what a template says, a line for each element, `…` for what is filled in."""
    text = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}", "\n", text, flags=re.DOTALL)
    text = FILLED.sub("…", text)
    text = re.sub(r"<[^>]+>", "\n", INLINE.sub("", text))
    return html.unescape(text)


def strings(code: str) -> Iterator[str]:
    """Return the Chinese strings of a program; what is filled in is `…`."""
    inside: set[int] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            text = "".join(
                part.value
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
                else "…"
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in inside:
                continue
            text = FILLED.sub("…", node.value)
        else:
            continue
        if HAN.search(text):
            yield text


def _values(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        for value in content.values():
            yield from _values(value)
    elif isinstance(content, list):
        for value in content:
            yield from _values(value)
    elif isinstance(content, str):
        yield content


def _of_keys(content: object, keys: set[str]) -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():
            if key in keys and isinstance(value, str):
                yield value
            else:
                yield from _of_keys(value, keys)
    elif isinstance(content, list):
        for value in content:
            yield from _of_keys(value, keys)


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))
