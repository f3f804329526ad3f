"""Names on their way into a lake: those of bodies stay, those of people become pseudonyms.

A pseudonym is a keyed digest under the county's own key: equal names stay equal within the
county, and nobody without the key can tell or try the name. A text stays readable only where it
is the name of a body and of no person. Numbers of people (identity, account, card, telephone) are
keyed digests in the record already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from sanzi.kernel import digest
from sanzi.record.lake import shape

PREFIX: Final = "代号"
FIGURES: Final = 20
PURPOSE: Final = "lake-name"
Rows = Callable[[str, tuple[str, ...]], Iterable[pa.RecordBatch]]
"""Yields the columns of a table, as `extraction.stream` does."""


@dataclass(frozen=True)
class Pseudonyms:
    """The key of a county and the names that stay readable."""

    key: bytes
    bodies: frozenset[str]

    def of(self, name: str) -> str:
        """Return what stands for a name."""
        return name if name in self.bodies else self._made(name)

    def _made(self, name: str) -> str:
        made = digest.hmac_sm3(self.key, f"{PURPOSE}:{name}")
        return f"{PREFIX}{made[:FIGURES]}"

    def column(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return a column with what stands for its names."""
        encoded = values.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        stands = [None if one is None else self.of(one) for one in encoded.dictionary.to_pylist()]
        return pa.chunked_array([pc.take(pa.array(stands, pa.string()), encoded.indices)])


def gathered(key: bytes, rows: Rows) -> Pseudonyms:
    """Return the pseudonyms of a county: names of bodies that are no person's, by its rows."""
    bodies: set[str] = set()
    for one in shape.current().bodies:
        wanted = tuple(dict.fromkeys(c for c in (one.column, one.when) if c))
        wanted += ("kind",) if one.unless else ()
        for batch in rows(one.table, wanted):
            table = pa.Table.from_batches([batch])
            if one.when:
                table = table.filter(pc.is_valid(table[one.when]))
            if one.unless:
                table = table.filter(pc.not_equal(table["kind"], one.unless))
            bodies |= set(table[one.column].unique().to_pylist())
    for batch in rows("person", ("name",)):
        bodies -= set(batch.column(0).unique().to_pylist())
    return Pseudonyms(key, frozenset(one for one in bodies if one))
