"""An instance: the facts of the statements of one body, with their contexts and unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from sanzi.ledger import rules
from sanzi.ledger.exports.names import yuan
from sanzi.ledger.statements.evaluate import Row
from sanzi.ledger.statements.layouts import Layout
from sanzi.ledger.xbrl import concepts
from sanzi.ledger.xbrl.concepts import ACCOUNT, INSTANT, PARTY, Concept
from sanzi.ledger.xbrl.names import (
    ISO4217,
    LINK,
    XBRLDI,
    XBRLI,
    XLINK,
    Taxonomy,
    names,
    taxonomy,
)

NO_PARTY = "-"
"""Stands for the party of a row that has none, where others have one."""


@dataclass(frozen=True)
class Entity:
    """Whose statements they are: the unified social credit code, '' when there is none, and id."""

    credit_code: str
    ext_id: str


@dataclass(frozen=True)
class Months:
    """A column and its months, both included: `2026-01` to `2026-11`."""

    column: str
    first: str
    last: str


@dataclass(frozen=True)
class Filled:
    """A statement worked out; the figures of rows stand in the order of the columns."""

    layout: Layout
    columns: tuple[Months, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Context:
    """A moment (`first` is None) or months, and which of the repeated rows."""

    first: dt.date | None
    last: dt.date
    keys: tuple[tuple[str, str], ...]
    head: Taxonomy


@dataclass(frozen=True)
class _Fact:
    tag: str
    context: _Context


def instance(entity: Entity, standard_code: str, statements: Sequence[Filled]) -> bytes:
    """Return the instance of some statements of a body under one standard.

    A figure that stands in two columns of the same months is one fact.
    Raises: KeyError for a line without a concept; ValueError for a fact with two figures.
    """
    facts: dict[_Fact, int] = {}
    heads: dict[str, Taxonomy] = {}
    for one in statements:
        head = taxonomy(standard_code, is_custom=one.layout.is_custom)
        heads.setdefault(head.schema, head)
        for fact, fen in _facts(one, head):
            if facts.setdefault(fact, fen) != fen:
                raise ValueError(f"{fact.tag} has two figures for the same months")
    root = etree.Element(
        f"{{{XBRLI}}}xbrl",
        nsmap={
            "xbrli": XBRLI, "link": LINK, "xlink": XLINK, "xbrldi": XBRLDI, "iso4217": ISO4217,
            **{head.prefix: head.namespace for head in heads.values()},
        },
    )  # fmt: skip
    for head in heads.values():
        ref = etree.SubElement(root, f"{{{LINK}}}schemaRef")
        ref.set(f"{{{XLINK}}}type", "simple")
        ref.set(f"{{{XLINK}}}href", f"taxonomy/{head.schema}")
    contexts = {context: f"c{at}" for at, context in enumerate(_contexts(facts), 1)}
    for context, id_ in contexts.items():
        _write_context(root, context, id_, entity)
    unit = etree.SubElement(root, f"{{{XBRLI}}}unit", id="yuan")
    etree.SubElement(unit, f"{{{XBRLI}}}measure").text = f"iso4217:{names().currency}"
    for fact, fen in facts.items():
        cell = etree.SubElement(
            root, fact.tag, contextRef=contexts[fact.context], unitRef="yuan", decimals="2"
        )
        cell.text = yuan(fen)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _facts(filled: Filled, head: Taxonomy) -> list[tuple[_Fact, int]]:
    tree = concepts.tree(filled.layout)
    found = []
    for row in filled.rows:
        for months, fen in zip(filled.columns, row.figures, strict=True):
            if fen is None:
                continue
            concept = tree.find(row.section, row.id, months.column)
            context = _context(concept, months, row, head)
            found.append((_Fact(head.tag(concept.name), context), fen))
    return found


def _context(concept: Concept, months: Months, row: Row, head: Taxonomy) -> _Context:
    party = f"{row.aux_kind}:{row.aux_id}" if row.aux_id else NO_PARTY
    values = {ACCOUNT: row.account_code, PARTY: party}
    keys = tuple((axis, values[axis]) for axis in concept.axes)
    first = dt.date.fromisoformat(f"{months.first}-01")
    if concept.is_before:
        return _Context(None, first - dt.timedelta(days=1), keys, head)
    last = rules.last_day(months.last)
    return _Context(None if concept.period_type == INSTANT else first, last, keys, head)


def _contexts(facts: dict[_Fact, int]) -> list[_Context]:
    return list(dict.fromkeys(fact.context for fact in facts))


def _write_context(root: etree._Element, context: _Context, id_: str, entity: Entity) -> None:
    node = etree.SubElement(root, f"{{{XBRLI}}}context", id=id_)
    body = etree.SubElement(node, f"{{{XBRLI}}}entity")
    scheme = names().credit_code_scheme if entity.credit_code else names().organisation_scheme
    identifier = etree.SubElement(body, f"{{{XBRLI}}}identifier", scheme=scheme)
    identifier.text = entity.credit_code or entity.ext_id
    period = etree.SubElement(node, f"{{{XBRLI}}}period")
    if context.first is None:
        etree.SubElement(period, f"{{{XBRLI}}}instant").text = context.last.isoformat()
    else:
        etree.SubElement(period, f"{{{XBRLI}}}startDate").text = context.first.isoformat()
        etree.SubElement(period, f"{{{XBRLI}}}endDate").text = context.last.isoformat()
    if not context.keys:
        return
    scenario = etree.SubElement(node, f"{{{XBRLI}}}scenario")
    prefix = context.head.prefix
    for axis, value in context.keys:
        member = etree.SubElement(
            scenario, f"{{{XBRLDI}}}typedMember", dimension=f"{prefix}:{axis}-axis"
        )
        etree.SubElement(member, context.head.tag(f"{axis}-key")).text = value
