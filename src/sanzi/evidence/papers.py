"""Kinds of structured papers as data: which element carries which field. No Django.

One list serves both who books originals and who reads invoices. Source: data/originals.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from sanzi.evidence import invoice_types
from sanzi.kernel import yamls

ORIGINALS_FILE = Path(__file__).resolve().parent.parent / "data" / "originals.yaml"
FIELDS = frozenset(
    ["number", "date", "amount", "seller_name", "seller_no", "buyer_name", "buyer_no", "title"]
)
EXTRAS = frozenset(["code", "check", "net", "tax", "parts"])


class BadOriginals(Exception):
    """The file of originals is wrong; the sentence names the kind and the key."""


@dataclass(frozen=True)
class Reading:
    """How one kind of paper is read; `invoice` is its kind in the register, empty for none."""

    kind: str
    title: str
    provenance: str
    roots: tuple[str, ...]
    marks: tuple[str, ...]
    ours: str
    invoice: str
    fields: dict[str, tuple[str, ...]]

    def first(self, values: dict[str, str], key: str) -> str:
        """Return the text of a field: the first of its names that the paper has."""
        return next((values[one] for one in self.fields.get(key, ()) if one in values), "")


def read_readings(path: Path) -> dict[str, Reading]:
    """Read the file of kinds.

    Raises: BadOriginals, naming the first kind and key that is wrong.
    """
    content = yamls.read(path)
    found: dict[str, Reading] = {}
    for kind, raw in content["originals"].items():
        keys = set(raw["fields"])
        if not keys >= FIELDS or not keys <= FIELDS | EXTRAS:
            raise BadOriginals(f"{kind}: fields must be {', '.join(sorted(FIELDS))}")
        if raw["ours"] not in {"buyer", "either"}:
            raise BadOriginals(f"{kind}: ours is {raw['ours']!r}; expected buyer or either")
        if raw.get("invoice", "") not in {"", *invoice_types.types()}:
            raise BadOriginals(f"{kind}: invoice is {raw['invoice']!r}; no such kind")
        found[kind] = Reading(
            kind=kind,
            title=raw["title"],
            provenance=raw["provenance"],
            roots=tuple(raw["roots"]),
            marks=tuple(raw["marks"]),
            ours=raw["ours"],
            invoice=raw.get("invoice", ""),
            fields={name: tuple(names) for name, names in raw["fields"].items()},
        )
    return found


@cache
def readings() -> dict[str, Reading]:
    """Return how each kind is read."""
    return read_readings(ORIGINALS_FILE)


def values_of(root: etree._Element) -> dict[str, str]:
    """Return the texts of a paper by local name, the first of each."""
    values: dict[str, str] = {}
    for element in root.iter(etree.Element):
        text = (element.text or "").strip()
        if text:
            values.setdefault(str(etree.QName(element).localname), text)
    return values


def reading_of(root: etree._Element, values: dict[str, str]) -> Reading | None:
    """Return the kind by its root, or for an XBRL instance by the fields it holds."""
    local = etree.QName(root).localname
    for reading in readings().values():
        if local in reading.roots:
            return reading
    for reading in readings().values() if local == "xbrl" else ():
        has_sum = reading.first(values, "amount") or reading.first(values, "parts")
        if has_sum and any(mark in values for mark in reading.marks):
            return reading
    return None
