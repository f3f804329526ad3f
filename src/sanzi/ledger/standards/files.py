"""Reading a standard's YAML: every mistake is told as `folder/file: key: what is expected`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sanzi.kernel import yamls


class BadStandard(Exception):
    """A file of a standard is wrong: where, and what is expected there."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        """Keep the place apart from the sentence."""
        self.file, self.key, self.problem = file, key, problem
        super().__init__(f"{file}: {key}: {problem}")


class UnknownStandard(Exception):
    """No folder holds a standard of this code."""


class File:
    """One mapping with the place it came from; what it reads is checked as it is taken."""

    def __init__(self, name: str, data: object, at: str = "") -> None:
        """Keep a mapping; raises BadStandard for anything else."""
        self.name, self.at = name, at
        if not isinstance(data, Mapping):
            raise BadStandard(name, at or "-", "must be a mapping")
        self.data: Mapping[str, Any] = data

    @classmethod
    def read(cls, path: Path, within: Path | None = None) -> File:
        """Read a YAML file; `within` is the folder whose parent the name counts from."""
        folder = within or path.parent
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        if not path.exists():
            raise BadStandard(name, "-", "the file is missing")
        try:
            return cls(name, yamls.read(path))
        except yaml.YAMLError as error:
            raise BadStandard(name, "-", f"is no YAML: {error}") from error

    def require(self, is_right: bool, key: str, problem: str) -> None:  # noqa: FBT001
        """Raise BadStandard at a key unless all is right."""
        if not is_right:
            raise BadStandard(self.name, f"{self.at}.{key}" if self.at else key, problem)

    def only(self, *keys: str) -> None:
        """Refuse every key but these."""
        for key in self.data:
            self.require(key in keys, str(key), f"unknown key; expected {', '.join(keys)}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self.data.get(key, default)
        self.require(isinstance(value, str), key, "must be text, in quotes if it is a number")
        self.require(bool(value) or default is not None, key, "must not be empty")
        return str(value)

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return a text out of a list."""
        value = self.text(key, default)
        self.require(value in allowed, key, f"is {value!r}; must be one of {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false when it is not there."""
        value = self.data.get(key, False)
        self.require(isinstance(value, bool), key, "must be true or false")
        return bool(value)

    def day(self, key: str) -> dt.date:
        """Return a day; JSON writes it as the text 2026-11-02."""
        value = self.data.get(key)
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                value = None
        self.require(isinstance(value, dt.date), key, "must be a day such as 2026-11-02")
        assert isinstance(value, dt.date)  # noqa: S101 - told to mypy
        return value

    def list_of(self, key: str) -> list[str]:
        """Return a list of texts, empty when it is not there."""
        value = self.data.get(key, [])
        is_right = isinstance(value, list) and all(isinstance(each, str) for each in value)
        self.require(is_right, key, "must be a list of texts, in quotes if they are numbers")
        return list(value)

    def part(self, key: str) -> File:
        """Return the mapping under a key."""
        return File(self.name, self.data.get(key, ""), f"{self.at}.{key}" if self.at else key)

    def parts(self, key: str) -> Iterator[File]:
        """Yield the mappings of the list under a key."""
        value = self.data.get(key, [])
        self.require(isinstance(value, list), key, "must be a list")
        prefix = f"{self.at}.{key}" if self.at else key
        for number, each in enumerate(value):
            yield File(self.name, each, f"{prefix}[{number}]")
