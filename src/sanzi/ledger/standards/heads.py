"""What `standard.yaml` says beside its title: code lengths, purposes, provenance."""

from __future__ import annotations

from collections.abc import Mapping

from sanzi.ledger.standards.files import File
from sanzi.ledger.standards.shapes import (
    KNOWN_HOW,
    PURPOSES,
    Account,
    CodeShape,
    Provenance,
    Standard,
)


def shape(head: File, base: Standard | None) -> CodeShape:
    """Return the code lengths of the file; a profile has those of its base."""
    if base is not None:
        head.require("code_lengths" not in head.data, "code_lengths", f"are those of {base.code}")
        return base.shape
    lengths = head.data.get("code_lengths")
    found: list[int] = lengths if isinstance(lengths, list) else []
    is_right = all(type(each) is int for each in found) and bool(found)
    is_right = is_right and found[0] > 0 and all(each == 2 for each in found[1:])
    head.require(is_right, "code_lengths", "must be such as [3, 2, 2, 2]: 2 below the first level")
    return CodeShape.of(found)


def purposes(head: File, chart: Mapping[str, Account]) -> dict[str, tuple[str, ...]]:
    """Return the accounts by purpose; every standard names its cash and bank accounts."""
    part = head.part("accounts_for")
    part.only(*PURPOSES)
    found = {purpose: tuple(part.list_of(purpose)) for purpose in part.data}
    for purpose, codes in found.items():
        for code in codes:
            part.require(code in chart, purpose, f"{code} is not in the chart")
    for purpose in ("cash", "bank"):
        part.require(bool(found.get(purpose)), purpose, "must name an account")
    return found


def provenance(*files: File) -> tuple[Provenance, ...]:
    """Return how the parts of these files are known."""
    found = []
    for file in files:
        for part in file.parts("provenance"):
            part.only("of", "how", "note")
            how = part.one_of("how", KNOWN_HOW)
            found.append(Provenance(part.text("of"), how, part.text("note", "")))
    return tuple(found)
