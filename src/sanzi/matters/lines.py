"""YAML with line numbers: a file as plain values, and where each value stands.

Used by the catalogue so that a mistake names its line. No knowledge of matters here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sanzi.kernel import yamls

Place = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """Leaves days as text (the schema checks their form); only true and false are truth values."""


class _FastLoader(yamls.LOADER):  # type: ignore[misc,valid-type]
    """Reads the same ten times as fast; tells less of what is wrong in a broken file."""


_PLAIN = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
for _one in (_Loader, _FastLoader):
    _one.yaml_implicit_resolvers = {
        first: [(tag, rule) for tag, rule in rules if tag not in _PLAIN]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    _one.add_implicit_resolver(_PLAIN[1], re.compile("^(?:true|false)$"), ["t", "f"])


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong in a file."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True)
class Numbered:
    """A file's value with the line of every place in it, and the keys written twice."""

    value: Any
    lines: dict[Place, int]
    mistakes: tuple[Mistake, ...]

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path) -> Numbered:
    """Read a YAML file with the lines of its values; a broken file is one mistake."""
    return read_text(path.read_text(encoding="utf-8"))


def read_text(text: str) -> Numbered:
    """Read the text of a YAML file as `read` does."""
    try:
        node, value = _parsed(text)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line = mark.line + 1 if mark else 1
        return Numbered(None, {}, (Mistake(line, f"不是YAML格式：{wrong.problem}"),))
    lines: dict[Place, int] = {}
    mistakes: list[Mistake] = []
    if node is not None:
        _walk(node, (), lines, mistakes)
    return Numbered(value, lines, tuple(mistakes))


def _parsed(text: str) -> tuple[yaml.Node | None, Any]:
    try:
        return _parsed_by(_FastLoader(text))
    except yaml.MarkedYAMLError:
        return _parsed_by(_Loader(text))


def _parsed_by(loader: Any) -> tuple[yaml.Node | None, Any]:
    node = loader.get_single_node()
    return node, loader.construct_document(node) if node is not None else None


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int], mistakes: list[Mistake]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            if key.value in seen:
                mistakes.append(Mistake(key.start_mark.line + 1, f"“{key.value}”写了两遍"))
            seen.add(key.value)
            lines[(*place, key.value)] = key.start_mark.line + 1
            _walk(child, (*place, key.value), lines, mistakes)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _walk(child, (*place, index), lines, mistakes)
