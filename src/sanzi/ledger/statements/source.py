"""A YAML file with the place of everything in it, so that each mistake names line and column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

STRING = "tag:yaml.org,2002:str"


class BadLayout(Exception):
    """A statement file is wrong: file, line and column from 1, and what is expected there."""

    def __init__(self, file: str, line: int, column: int, problem: str) -> None:
        """Keep the place apart from the sentence."""
        self.file, self.line, self.column, self.problem = file, line, column, problem
        super().__init__(f"{file}:{line}:{column}: {problem}")


class Part:
    """One mapping of a file."""

    def __init__(self, file: str, node: yaml.Node) -> None:
        """Take the keys apart; raises BadLayout when it is no mapping."""
        self.file, self.node = file, node
        if not isinstance(node, yaml.MappingNode):
            fail(file, node, "must be a mapping")
        self.values: dict[str, yaml.Node] = {}
        self.keys: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value in self.values:
                fail(file, key, f"{key.value} is there twice")
            self.values[key.value], self.keys[key.value] = value, key

    def only(self, *keys: str) -> None:
        """Refuse keys that are not known."""
        for name, key in self.keys.items():
            if name not in keys:
                fail(self.file, key, f"unknown key {name}; expected {', '.join(keys)}")

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.values

    def fail(self, key: str, problem: str, column: int = 0) -> NoReturn:
        """Refuse the value of a key; `column` counts characters into its text, from 1."""
        node = self.values.get(key, self.node)
        mark = node.start_mark
        quoted = 1 if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"') else 0
        shift = quoted + column - 1 if column else 0
        raise BadLayout(self.file, mark.line + 1, mark.column + 1 + shift, f"{key}: {problem}")

    def line_of(self, key: str = "") -> int:
        """The line of a key's value, or of the mapping."""
        return int(self.values.get(key, self.node).start_mark.line) + 1

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; numbers must be in quotes."""
        node = self.values.get(key)
        if node is None:
            if default is None:
                self.fail(key, "is missing")
            return default
        if not isinstance(node, yaml.ScalarNode) or node.tag != STRING:
            self.fail(key, "must be text, in quotes if it is a number")
        if not node.value and default is None:
            self.fail(key, "must not be empty")
        return str(node.value)

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return a text that is one of these."""
        value = self.text(key, default)
        if value not in allowed and value != default:
            self.fail(key, f"is {value!r}; must be one of {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.plain(key, default=False)
        if not isinstance(value, bool):
            self.fail(key, "must be true or false")
        return value

    def number(self, key: str, default: int) -> int:
        """Return a whole number."""
        value = self.plain(key, default=default)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fail(key, "must be a whole number")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, () when it is not there."""
        value = self.plain(key, default=[])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fail(key, "must be a list of texts, in quotes if they are numbers")
        return tuple(value)

    def pairs(self, key: str) -> dict[str, str]:
        """Return a mapping of texts, {} when it is not there."""
        value = self.plain(key, default={})
        is_right = isinstance(value, dict) and all(
            isinstance(one, str) for pair in value.items() for one in pair
        )
        if not is_right:
            self.fail(key, "must map texts to texts, in quotes if they are numbers")
        return dict(value)

    def part(self, key: str) -> Part:
        """Return a mapping inside."""
        if key not in self.values:
            self.fail(key, "is missing")
        return Part(self.file, self.values[key])

    def parts(self, key: str) -> Iterator[Part]:
        """Yield the mappings of a list."""
        node = self.values.get(key)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.fail(key, "must be a list")
        for each in node.value:
            yield Part(self.file, each)

    def plain(self, key: str, *, default: Any) -> Any:
        """Return what YAML makes of a value."""
        node = self.values.get(key)
        return default if node is None else _plain(node)


def read(path: Path, name: str = "") -> Part:
    """Return the mapping a file holds. Raises: BadLayout."""
    file = name or path.name
    try:
        node = _compose(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise BadLayout(file, line, column, f"is not YAML: {error.problem}") from error
    except UnicodeDecodeError as error:
        raise BadLayout(file, 1, 1, "is not UTF-8 text") from error
    if node is None:
        raise BadLayout(file, 1, 1, "is empty")
    return Part(file, node)


def fail(file: str, node: yaml.Node, problem: str) -> NoReturn:
    """Refuse a node."""
    raise BadLayout(file, node.start_mark.line + 1, node.start_mark.column + 1, problem)


def _compose(text: str) -> yaml.Node | None:
    """Return the tree; the fast reader first, the plain one for the words of a mistake."""
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        try:
            return yaml.compose(text, Loader=fast)
        except yaml.YAMLError:
            pass
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {_plain(key): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each) for each in node.value]
    loader = yaml.SafeLoader("")
    return loader.construct_object(node, deep=True)
