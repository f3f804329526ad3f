"""A delivery's file opened again and read by its mapping: the same for the page and the load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from sanzi.exchange import keeping
from sanzi.exchange.checking import Checked, Checker, Plan, Progress, RowRead
from sanzi.exchange.models import Delivery
from sanzi.exchange.resolving import Lookups, Places
from sanzi.exchange.rules import Source, sources
from sanzi.kernel import digest
from sanzi.orgs.actors import Actor
from sanzi.record.outside import headers
from sanzi.record.outside.opening import Line, OutsideFile
from sanzi.record.outside.values import Formats

PREVIEWED: Final = 12


def opened(found: Delivery) -> OutsideFile:
    """Return the file of a delivery, opened."""
    return OutsideFile(keeping.bytes_of(found.file), found.file_name)


def plan_of(found: Delivery, source: Source) -> Plan:
    """Return where each field stands and how it is written; codes know our own words, too."""
    places = {text: place for place, text in enumerate(found.headings)}
    formats = {}
    for name in found.columns:
        field = source.named[name]
        said = found.formats.get(name, {})
        codes = {**(field.synonyms or {}), **found.codes.get(name, {})}
        formats[name] = Formats(said.get("order", "ymd"), said.get("unit", "yuan"), codes)
    return Plan(
        {name: places[text] for name, text in found.columns.items()}, found.columns, formats
    )


def _nobody(_rows: int) -> None:
    """Report progress to nobody."""


def check(found: Delivery, *, by: Actor, today: date, progress: Progress = _nobody) -> Checked:
    """Read every row of a delivery by its mapping, for this actor's scope.

    Raises: the refusals of `record.outside.errors`.
    """
    source = sources()[found.source]
    file = opened(found)
    file.require_plain(found.sheet, found.header_row)
    checker = Checker(source, plan_of(found, source), Lookups(Places(by)), today)
    return checker.run(under(file, found), progress)


def sample(found: Delivery, *, by: Actor, today: date) -> list[RowRead]:
    """Return the first rows as they would be loaded, without what is wrong with them."""
    source = sources()[found.source]
    checker = Checker(source, plan_of(found, source), Lookups(Places(by)), today)
    return checker.run(islice(under(opened(found), found), PREVIEWED), _nobody).rows


def under(file: OutsideFile, found: Delivery) -> Iterator[Line]:
    """Return the lines below the header."""
    return (line for line in file.lines(found.sheet) if line[0] > found.header_row)


def first_lines(found: Delivery) -> list[Line]:
    """Return some lines of the sheet from its start, as far as the header may stand."""
    return list(opened(found).lines(found.sheet, most=headers.HEAD_WITHIN))


def words_of_codes(found: Delivery, source: Source) -> dict[str, list[tuple[str, str]]]:
    """Return (their word, our code or empty) for each mapped field with codes."""
    plan = plan_of(found, source)
    asked = {name: at for name, at in plan.places.items() if source.named[name].codes}
    if not asked:
        return {}
    lines: list[list[Any]] = [cells for _, cells in under(opened(found), found)]
    return {
        name: [
            (word, plan.formats[name].codes.get(word, "")) for word in headers.words_of(lines, at)
        ]
        for name, at in asked.items()
    }


def digest_of(found: Delivery) -> str:
    """Return the digest of what was shown: file, mapping, and what was found by it."""
    return digest.sm3_of(
        [
            found.file_id, found.source, found.source_version, found.sheet, found.header_row,
            found.headings, found.columns, found.formats, found.codes, found.quality,
        ]
    )  # fmt: skip
