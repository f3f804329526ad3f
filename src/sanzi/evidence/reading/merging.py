"""Several readings of one paper made into one: the more trusted source wins, the other doubts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sanzi.evidence.invoices import LABELS, SOURCES, InvoiceFields

_RANK = {source: place for place, source in enumerate(SOURCES)}
_COMPARED = ("number", "issue_date", "amount_fen")


def merge(readings: Iterable[InvoiceFields]) -> InvoiceFields | None:
    """Return one reading out of several of the same paper, None when there is none.

    Each field comes from the most trusted source that tells it. Where number, day or sum differ,
    a sentence says so: then nobody may take them unseen.
    """
    found = sorted(readings, key=_rank)
    if not found:
        return None
    best = found[0]
    for other in found[1:]:
        best = _filled(best, other)
    return best


def _rank(one: InvoiceFields) -> int:
    return min((_RANK[source] for source in one.sources.values()), default=len(_RANK))


def _filled(best: InvoiceFields, other: InvoiceFields) -> InvoiceFields:
    changes = {}
    sources = dict(best.sources)
    doubts = list(best.doubts) + [one for one in other.doubts if one not in best.doubts]
    for key in LABELS:
        mine, theirs = getattr(best, key), getattr(other, key)
        if theirs in ("", None):
            continue
        if mine in ("", None):
            changes[key] = theirs
            sources[key] = other.sources.get(key, "")
        elif key in _COMPARED and mine != theirs:
            where = SOURCES.get(other.sources.get(key, ""), "另一处")
            doubts.append(f"{LABELS[key]}和{where}里的不一样（{other.shown(key)}）")
    is_red = best.is_red or other.is_red
    return replace(best, **changes, is_red=is_red, sources=sources, doubts=tuple(doubts))
