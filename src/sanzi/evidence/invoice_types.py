"""Kinds of invoices as data: how each is numbered, what the tax office asks. No Django.

Source: data/evidence/invoice_types.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanzi.kernel import yamls

TYPES_FILE = Path(__file__).resolve().parent.parent / "data" / "evidence" / "invoice_types.yaml"
ASKS = frozenset({"code", "number", "date", "gross", "net", "check"})
KINDS = frozenset({"e_invoice", "paper_invoice", "fiscal_receipt"})


class BadInvoiceTypes(Exception):
    """The file of kinds is wrong; the sentence names the kind and the key."""


@dataclass(frozen=True)
class InvoiceType:
    """One kind. `codes` and `numbers` are lengths; `years` is how long it can be verified."""

    key: str
    title: str
    kind: str
    qr: str
    is_qr_gross: bool
    codes: tuple[int, ...]
    numbers: tuple[int, ...]
    asks: tuple[str, ...]
    years: int


def read_types(path: Path) -> dict[str, InvoiceType]:
    """Read the file of kinds. Raises: BadInvoiceTypes, naming the first kind that is wrong."""
    content = yamls.read(path)
    found: dict[str, InvoiceType] = {}
    for key, raw in content["types"].items():
        if raw["kind"] not in KINDS:
            raise BadInvoiceTypes(f"{key}: kind is {raw['kind']!r}")
        if not raw["asks"] or not set(raw["asks"]) <= ASKS:
            raise BadInvoiceTypes(f"{key}: asks must be of {', '.join(sorted(ASKS))}")
        if any(raw.get("qr") and raw["qr"] == one.qr for one in found.values()):
            raise BadInvoiceTypes(f"{key}: qr {raw['qr']} belongs to another kind")
        found[key] = InvoiceType(
            key=key,
            title=raw["title"],
            kind=raw["kind"],
            qr=raw.get("qr", ""),
            is_qr_gross=raw.get("qr_amount") == "gross",
            codes=tuple(raw["code"]),
            numbers=tuple(raw["number"]),
            asks=tuple(raw["asks"]),
            years=int(raw["years"]),
        )
    return found


@cache
def types() -> dict[str, InvoiceType]:
    """Return the kinds by their key."""
    return read_types(TYPES_FILE)


@cache
def by_qr() -> dict[str, InvoiceType]:
    """Return the kinds by the figure in their QR code."""
    return {one.qr: one for one in types().values() if one.qr}


def title(key: str) -> str:
    """Return the name of a kind, empty when it is not known."""
    return types()[key].title if key in types() else ""


def guess(kind: str, code: str, number: str) -> str:
    """Return the key of the kind that a code and a number of these lengths speak for.

    Shapes: `kind` is the record's (e_invoice, paper_invoice, fiscal_receipt). Empty when nothing
        fits; of several the one that asks the tax office for least that is secret: general first.
    """
    for key in ("einv_general", "e_general", "paper_general", "fiscal"):
        one = types()[key]
        fits = len(number) in one.numbers and (
            len(code) in one.codes or (not one.codes and not code)
        )
        if one.kind == kind and fits:
            return key
    return ""
