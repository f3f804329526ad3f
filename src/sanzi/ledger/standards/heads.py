"""What `standard.yaml` says beside its title: code lengths, closing, purposes, provenance."""

from __future__ import annotations

from collections.abc import Mapping

from sanzi.ledger.standards.files import File
from sanzi.ledger.standards.shapes import (
    CLASSES,
    KNOWN_HOW,
    PURPOSES,
    Account,
    Closing,
    CodeShape,
    Provenance,
    Standard,
    Step,
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


def closing(head: File, chart: Mapping[str, Account]) -> Closing:
    """Return what the year's end books by; raises BadStandard."""
    part = head.part("closing")
    part.only(
        "result", "income_classes", "expense_classes", "undistributed", "distributed", "steps"
    )
    classes = {key: part.list_of(key) for key in ("income_classes", "expense_classes")}
    for key, names in classes.items():
        for name in names:
            part.require(name in CLASSES, key, f"must be of {', '.join(CLASSES)}")
    made = Closing(
        result=part.text("result"),
        income_classes=tuple(classes["income_classes"]),
        expense_classes=tuple(classes["expense_classes"]),
        undistributed=part.text("undistributed"),
        distributed=tuple(part.list_of("distributed")),
        steps=tuple(_step(each, chart) for each in part.parts("steps")),
    )
    _require_lowest(part, "result", made.result, chart)
    _require_lowest(part, "undistributed", made.undistributed, chart)
    for code in made.distributed:
        _require_lowest(part, "distributed", code, chart)
    names = [each.step for each in made.steps]
    part.require(len(names) == len(set(names)), "steps", "must have each step once")
    return made


def _step(part: File, chart: Mapping[str, Account]) -> Step:
    part.only("step", "title", "debit", "credit", "basis")
    for side in ("debit", "credit"):
        _require_lowest(part, side, part.text(side), chart)
    keys = ("step", "title", "debit", "credit", "basis")
    return Step(*(part.text(key) for key in keys))


def _require_lowest(part: File, key: str, code: str, chart: Mapping[str, Account]) -> None:
    is_lowest = code in chart and chart[code].is_leaf
    part.require(is_lowest, key, f"{code} is no lowest account of the chart")


def provenance(*files: File) -> tuple[Provenance, ...]:
    """Return how the parts of these files are known."""
    found = []
    for file in files:
        for part in file.parts("provenance"):
            part.only("of", "how", "note")
            how = part.one_of("how", KNOWN_HOW)
            found.append(Provenance(part.text("of"), how, part.text("note", "")))
    return tuple(found)
