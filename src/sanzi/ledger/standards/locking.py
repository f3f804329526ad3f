"""Write the lock file of the entry templates: `python -m sanzi.ledger.standards.locking`.

A version of a template means one content for ever, since vouchers name it. The lock file holds the
SM3 of each version ever written; a template that changed under its version is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from sanzi.kernel import yamls
from sanzi.ledger.standards import loading
from sanzi.ledger.standards.shapes import Entry, Standard

LOCK = loading.FOLDER / "lock.yaml"
HEAD = (
    "# Written by `python -m sanzi.ledger.standards.locking`; versions are added, never changed.\n"
)

Held = Mapping[str, Mapping[str, Mapping[str, str]]]


def held(path: Path = LOCK) -> Held:
    """Return standard code -> rule code -> version -> SM3."""
    found: Held = yamls.read(path) if path.exists() else {}
    return found or {}


def changed(standards: Iterable[Standard], lock: Held) -> list[str]:
    """Return `standard rule version` of templates that changed under the same version."""
    return [
        f"{entry.standard_code} {entry.rule_code} {entry.version}"
        for entry in _own(standards)
        if _digest(lock, entry) not in {"", entry.digest}
    ]


def missing(standards: Iterable[Standard], lock: Held) -> list[str]:
    """Return `standard rule version` of templates that the lock does not hold."""
    return [
        f"{entry.standard_code} {entry.rule_code} {entry.version}"
        for entry in _own(standards)
        if not _digest(lock, entry)
    ]


def text(standards: Iterable[Standard], lock: Held) -> str:
    """Return what the lock file must say: what it says, and what is new."""
    content = {
        code: {rule: dict(versions) for rule, versions in rules.items()}
        for code, rules in lock.items()
    }
    for entry in _own(standards):
        rules = content.setdefault(entry.standard_code, {})
        rules.setdefault(entry.rule_code, {}).setdefault(entry.version, entry.digest)
    return HEAD + yaml.safe_dump(content, sort_keys=True)


def _own(standards: Iterable[Standard]) -> list[Entry]:
    """Return the templates that stand in a standard's own files."""
    return [
        entry
        for standard in standards
        for entry in standard.entries.values()
        if entry.standard_code == standard.code
    ]


def _digest(lock: Held, entry: Entry) -> str:
    return lock.get(entry.standard_code, {}).get(entry.rule_code, {}).get(entry.version, "")


def main() -> int:
    """Write the lock, or name the templates that need a new version."""
    standards = [loading.get(code) for code in loading.codes()]
    lock = held()
    for name in (found := changed(standards, lock)):
        sys.stderr.write(f"{name}: changed, give it a new version and a new approval\n")
    if found:
        return 1
    LOCK.write_text(text(standards, lock), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
