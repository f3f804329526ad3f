"""A strict reader of XBRL packages, apart from the writer: what a fact is and what is wrong."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

XBRLI = "{http://www.xbrl.org/2003/instance}"
LINK = "{http://www.xbrl.org/2003/linkbase}"
XLINK = "{http://www.w3.org/1999/xlink}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
XBRLDI = "{http://xbrl.org/2006/xbrldi}"
SUMMATION = "http://www.xbrl.org/2003/arcrole/summation-item"


@dataclass(frozen=True)
class Context:
    """Whose, when (start is '' for a moment) and which of the repeated rows."""

    entity: str
    start: str
    end: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fact:
    """A concept's local name, its context and its amount in yuan."""

    name: str
    context: Context
    yuan: Decimal


class Package:
    """One package, read."""

    def __init__(self, data: bytes) -> None:
        """Read every file; anything that is not XML is refused."""
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            files = {name: etree.fromstring(packed.read(name)) for name in packed.namelist()}
        (name,) = [one for one in files if one.endswith(".xbrl")]
        self.instance = files.pop(name)
        self.taxonomy = {one.removeprefix("taxonomy/"): root for one, root in files.items()}
        self.concepts = {
            f"{{{root.get('targetNamespace')}}}{node.get('name')}": node
            for root in self.taxonomy.values()
            for node in root.findall(f"{XSD}element")
        }
        self.contexts = {
            node.get("id"): _context(node) for node in self.instance.findall(f"{XBRLI}context")
        }
        self.nodes = [node for node in self.instance if node.get("contextRef")]

    @property
    def facts(self) -> list[Fact]:
        """All facts."""
        return [
            Fact(
                etree.QName(node).localname,
                self.contexts[node.get("contextRef")],
                Decimal(node.text),
            )
            for node in self.nodes
        ]

    def problems(self) -> list[str]:
        """Return what breaks the rules of XBRL 2.1, in words."""
        return [*self._references(), *self._of_facts(), *self._sums(), *self._ends()]

    def _references(self) -> Iterator[str]:
        for ref in self.instance.findall(f"{LINK}schemaRef"):
            if ref.get(f"{XLINK}href").removeprefix("taxonomy/") not in self.taxonomy:
                yield f"schema {ref.get(f'{XLINK}href')} is not in the package"
        for name, root in self.taxonomy.items():
            for ref in root.iter(f"{LINK}linkbaseRef"):
                if ref.get(f"{XLINK}href") not in self.taxonomy:
                    yield f"{name}: {ref.get(f'{XLINK}href')} is not in the package"
            for loc in root.iter(f"{LINK}loc"):
                file, _, id_ = loc.get(f"{XLINK}href").partition("#")
                if not self.taxonomy[file].findall(f"{XSD}element[@id='{id_}']"):
                    yield f"{name}: {id_} is nowhere"

    def _of_facts(self) -> Iterator[str]:
        units = {node.get("id"): node for node in self.instance.findall(f"{XBRLI}unit")}
        seen = set()
        for node in self.nodes:
            name = etree.QName(node).localname
            concept = self.concepts.get(node.tag)
            context = self.contexts.get(node.get("contextRef"))
            if concept is None or concept.get("abstract") == "true" or context is None:
                yield f"{name}: no concept or no context"
                continue
            if concept.get(f"{XBRLI}periodType") != ("duration" if context.start else "instant"):
                yield f"{name}: its period is of the wrong type"
            if concept.get("type") != "xbrli:monetaryItemType" or node.get("decimals") != "2":
                yield f"{name}: is not money to the fen"
            unit = units[node.get("unitRef")].findtext(f"{XBRLI}measure")
            if unit != "iso4217:CNY":
                yield f"{name}: unit {unit}"
            if (node.tag, context) in seen:
                yield f"{name}: stands twice"
            seen.add((node.tag, context))

    def _sums(self) -> Iterator[str]:
        found = {(fact.name, fact.context): fact.yuan for fact in self.facts}
        for root in self.taxonomy.values():
            for link in root.findall(f"{LINK}calculationLink"):
                parts = defaultdict(list)
                for arc in link.findall(f"{LINK}calculationArc"):
                    assert arc.get(f"{XLINK}arcrole") == SUMMATION
                    parts[arc.get(f"{XLINK}from")].append(arc)
                for total, arcs in parts.items():
                    yield from self._sum(total, arcs, found)

    def _sum(self, total: str, arcs, found) -> Iterator[str]:
        for context in self.contexts.values():
            amounts = [
                int(arc.get("weight")) * found[arc.get(f"{XLINK}to"), context]
                for arc in arcs
                if (arc.get(f"{XLINK}to"), context) in found
            ]
            if (total, context) in found and amounts and sum(amounts) != found[total, context]:
                yield f"{total}: {found[total, context]} is not the sum {sum(amounts)}"

    def _ends(self) -> Iterator[str]:
        for context in self.contexts.values():
            if context.start and context.start > context.end:
                yield f"{context.start} is after {context.end}"

    def labels(self) -> dict[str, str]:
        """Return the label of each concept by its name."""
        return {
            node.get(f"{XLINK}label").removeprefix("said-"): node.text
            for root in self.taxonomy.values()
            for node in root.iter(f"{LINK}label")
        }


def _context(node: etree._Element) -> Context:
    identifier = node.find(f"{XBRLI}entity/{XBRLI}identifier")
    period = node.find(f"{XBRLI}period")
    keys = tuple(
        (one.get("dimension").partition(":")[2], one[0].text)
        for one in node.iter(f"{XBRLDI}typedMember")
    )
    return Context(
        f"{identifier.get('scheme')} {identifier.text}",
        period.findtext(f"{XBRLI}startDate", ""),
        period.findtext(f"{XBRLI}instant") or period.findtext(f"{XBRLI}endDate"),
        keys,
    )
