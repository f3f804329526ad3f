"""The files of a taxonomy: schema, labels, presentation, calculation, and what rows repeat over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from lxml import etree

from sanzi.ledger import standards
from sanzi.ledger.statements import catalogue
from sanzi.ledger.statements.layouts import Layout
from sanzi.ledger.xbrl import concepts
from sanzi.ledger.xbrl.concepts import ACCOUNT, PARTY, Concept, Tree
from sanzi.ledger.xbrl.names import (
    ARCROLES,
    DIMENSIONS,
    LINK,
    ROLES,
    SCHEMAS,
    XBRLDT,
    XBRLI,
    XLINK,
    XML,
    XSD,
    Taxonomy,
    names,
    taxonomy,
)

AXES = {ACCOUNT: "科目", PARTY: "往来对象"}
CUBES = {(ACCOUNT,): "rows-by-account", (ACCOUNT, PARTY): "rows-by-party"}
LINKBASES = ("label", "presentation", "calculation", "definition")
_NSMAP = {"link": LINK, "xlink": XLINK}


@dataclass(frozen=True)
class _Arc:
    """An arc of a linkbase: which concepts it joins, and what it says of them."""

    start: str
    end: str
    arcrole: str
    order: int
    attributes: tuple[tuple[str, str], ...] = ()


def of_standard(standard_code: str, custom: Sequence[Layout] = ()) -> dict[str, bytes]:
    """Return the files of a standard's taxonomy by name, and of a county's own statements.

    Raises: KeyError for a standard without one.
    """
    found = dict(_shipped(standard_code))
    if custom:
        trees = [concepts.tree(layout) for layout in custom]
        found |= _files(taxonomy(standard_code, is_custom=True), trees)
    return found


def digest(standard_code: str) -> str:
    """Return the SM3 of a standard's taxonomy; a version that was given out never changes it."""
    whole = hashlib.new("sm3")
    for name, data in sorted(_shipped(standard_code).items()):
        whole.update(name.encode() + b"\0" + data)
    return whole.hexdigest()


@cache
def _shipped(standard_code: str) -> dict[str, bytes]:
    trees = [concepts.tree(layout) for layout in catalogue.shipped(standard_code).values()]
    return _files(taxonomy(standard_code), trees)


def _files(head: Taxonomy, trees: Sequence[Tree]) -> dict[str, bytes]:
    writers: dict[str, Callable[[Taxonomy, Sequence[Tree]], etree._Element]] = {
        head.schema: _schema,
        **{
            f"{head.stem}-{kind}.xml": writer
            for kind, writer in zip(
                LINKBASES, (_labels, _presentation, _calculation, _definition), strict=True
            )
        },
    }
    return {
        name: etree.tostring(
            writer(head, trees), encoding="UTF-8", xml_declaration=True, pretty_print=True
        )
        for name, writer in writers.items()
    }


def _schema(head: Taxonomy, trees: Sequence[Tree]) -> etree._Element:
    root = etree.Element(
        f"{{{XSD}}}schema",
        nsmap={
            "xsd": XSD, "xbrli": XBRLI, "xbrldt": XBRLDT, **_NSMAP, head.prefix: head.namespace
        },
        targetNamespace=head.namespace,
        elementFormDefault="qualified",
        attributeFormDefault="unqualified",
    )  # fmt: skip
    notes = _add(root, XSD, "annotation")
    _add(
        notes, XSD, "documentation"
    ).text = (
        f"{standards.get(head.standard_code).title}的报表，{head.version}版，按报表格式自动生成"
    )
    told = _add(notes, XSD, "appinfo")
    for tree in trees:
        role = _add(
            told, LINK, "roleType", roleURI=head.role(tree.layout.code), id=f"role-{tree.root.name}"
        )
        _add(role, LINK, "definition").text = tree.layout.title
        for link in ("presentationLink", "calculationLink", "definitionLink"):
            _add(role, LINK, "usedOn").text = f"link:{link}"
    for kind in LINKBASES:
        _add(
            told, LINK, "linkbaseRef",
            **_xlink("simple", href=f"{head.stem}-{kind}.xml", role=f"{ROLES}{kind}LinkbaseRef",
                     arcrole="http://www.w3.org/1999/xlink/properties/linkbase"),
        )  # fmt: skip
    for namespace, place in SCHEMAS.items():
        _add(root, XSD, "import", namespace=namespace, schemaLocation=place)
    for concept in _all(trees):
        _declare(root, head, concept)
    for axis in AXES:
        _add(root, XSD, "element", name=f"{axis}-key", id=f"{head.prefix}_{axis}-key",
             type="xsd:string")  # fmt: skip
        domain = {f"{{{XBRLDT}}}typedDomainRef": f"#{head.prefix}_{axis}-key"}
        _declare_abstract(root, head, f"{axis}-axis", "xbrldt:dimensionItem", domain)
    for cube in CUBES.values():
        _declare_abstract(root, head, cube, "xbrldt:hypercubeItem", {})
    return root


def _declare(root: etree._Element, head: Taxonomy, concept: Concept) -> None:
    if concept.is_abstract:
        _declare_abstract(root, head, concept.name, "xbrli:item", {})
        return
    _add(
        root, XSD, "element",
        **{f"{{{XBRLI}}}periodType": concept.period_type},
        name=concept.name, id=f"{head.prefix}_{concept.name}",
        type="xbrli:monetaryItemType", substitutionGroup="xbrli:item", nillable="true",
    )  # fmt: skip


def _declare_abstract(
    root: etree._Element, head: Taxonomy, name: str, group: str, more: dict[str, str]
) -> None:
    _add(
        root, XSD, "element", **{f"{{{XBRLI}}}periodType": "duration"}, **more,
        name=name, id=f"{head.prefix}_{name}", type="xbrli:stringItemType",
        substitutionGroup=group, abstract="true", nillable="true",
    )  # fmt: skip


def _labels(head: Taxonomy, trees: Sequence[Tree]) -> etree._Element:
    root = etree.Element(f"{{{LINK}}}linkbase", nsmap=_NSMAP)
    link = _add(root, LINK, "labelLink", **_xlink("extended", role=f"{ROLES}link"))
    titles = [(one.name, one.title) for one in _all(trees)]
    titles += [(f"{axis}-axis", title) for axis, title in AXES.items()]
    titles += [(cube, f"按{AXES[axes[-1]]}分的行") for axes, cube in CUBES.items()]
    for name, title in titles:
        _locate(link, head, name)
        text = _add(
            link, LINK, "label", **_xlink("resource", label=f"said-{name}", role=f"{ROLES}label"),
        )  # fmt: skip
        text.set(f"{{{XML}}}lang", names().language)
        text.text = title
        _add(
            link, LINK, "labelArc",
            **_xlink("arc", arcrole=f"{ARCROLES}concept-label", **{"from": name}),
            **{f"{{{XLINK}}}to": f"said-{name}"},
        )  # fmt: skip
    return root


def _presentation(head: Taxonomy, trees: Sequence[Tree]) -> etree._Element:
    def arcs(tree: Tree) -> Iterator[_Arc]:
        arcrole = f"{ARCROLES}parent-child"
        order = 0
        for section, lines in tree.sections:
            parent = tree.root.name
            if section is not None:
                order += 1
                yield _Arc(parent, section.name, arcrole, order)
                parent = section.name
            for line in lines:
                order += 1
                yield _Arc(parent, line.name, arcrole, order)

    return _linked(head, trees, "presentation", arcs)


def _calculation(head: Taxonomy, trees: Sequence[Tree]) -> etree._Element:
    def arcs(tree: Tree) -> Iterator[_Arc]:
        for one in tree.lines:
            for order, part in enumerate(tree.parts(one), 1):
                yield _Arc(
                    one.name,
                    part.concept.name,
                    f"{ARCROLES}summation-item",
                    order,
                    (("weight", str(part.weight)),),
                )

    return _linked(head, trees, "calculation", arcs)


def _definition(head: Taxonomy, trees: Sequence[Tree]) -> etree._Element:
    def arcs(tree: Tree) -> Iterator[_Arc]:
        used = [one for one in tree.lines if one.axes]
        where = ((f"{{{XBRLDT}}}contextElement", "scenario"), (f"{{{XBRLDT}}}closed", "true"))
        for order, one in enumerate(used, 1):
            yield _Arc(one.name, CUBES[one.axes], f"{DIMENSIONS}all", order, where)
        for axes in dict.fromkeys(one.axes for one in used):
            for order, axis in enumerate(axes, 1):
                arcrole = f"{DIMENSIONS}hypercube-dimension"
                yield _Arc(CUBES[axes], f"{axis}-axis", arcrole, order)

    root = _linked(head, trees, "definition", arcs)
    for place, name in enumerate(("all", "hypercube-dimension")):
        ref = etree.Element(f"{{{LINK}}}arcroleRef", arcroleURI=f"{DIMENSIONS}{name}")
        for key, value in _xlink("simple", href=f"{SCHEMAS[XBRLDT]}#{name}").items():
            ref.set(key, value)
        root.insert(place, ref)
    return root


def _linked(
    head: Taxonomy,
    trees: Sequence[Tree],
    kind: str,
    arcs: Callable[[Tree], Iterator[_Arc]],
) -> etree._Element:
    """Return a linkbase with one extended link a statement; those without arcs have none."""
    root = etree.Element(f"{{{LINK}}}linkbase", nsmap={**_NSMAP, "xbrldt": XBRLDT})
    having = [(tree, found) for tree in trees if (found := list(arcs(tree)))]
    for tree, _ in having:
        href = f"{head.schema}#role-{tree.root.name}"
        role = head.role(tree.layout.code)
        _add(root, LINK, "roleRef", roleURI=role, **_xlink("simple", href=href))
    for tree, found in having:
        role = head.role(tree.layout.code)
        link = _add(root, LINK, f"{kind}Link", **_xlink("extended", role=role))
        for name in dict.fromkeys(end for arc in found for end in (arc.start, arc.end)):
            _locate(link, head, name)
        for arc in found:
            _add(
                link, LINK, f"{kind}Arc", **dict(arc.attributes), order=str(arc.order),
                **_xlink("arc", arcrole=arc.arcrole, to=arc.end, **{"from": arc.start}),
            )  # fmt: skip
    return root


def _locate(link: etree._Element, head: Taxonomy, name: str) -> None:
    href = f"{head.schema}#{head.prefix}_{name}"
    _add(link, LINK, "loc", **_xlink("locator", href=href, label=name))


def _all(trees: Sequence[Tree]) -> Iterator[Concept]:
    for tree in trees:
        yield tree.root
        for section, lines in tree.sections:
            if section is not None:
                yield section
            yield from lines


def _xlink(kind: str, /, **attributes: str) -> dict[str, str]:
    return {f"{{{XLINK}}}{key}": value for key, value in {"type": kind, **attributes}.items()}


def _add(parent: etree._Element, namespace: str, name: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)
