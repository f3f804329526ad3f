"""XML in and out: hardened parsing, validation against the published schemas, and building."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from lxml import etree

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
LARGEST_BYTES = 20_000_000

Content: TypeAlias = "str | Sequence[Node | None]"
Node: TypeAlias = "tuple[str, Content]"


class BadXml(Exception):
    """The bytes are not an XML document that the schema allows; the text says where."""


class Schemas:
    """The published XSD files of one folder, compiled at first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiled: dict[str, etree.XMLSchema] = {}
        self._lock = threading.Lock()

    def read(self, raw: bytes, message: str) -> etree._Element:
        """Parse bytes and hold them against the schema of one message, or raise BadXml."""
        root = parse(raw)
        expected = f"{{{NAMESPACE}{message}}}Document"
        if root.tag != expected:
            raise BadXml(f"expected {expected}, found {root.tag}")
        with self._lock:
            self._validate(root, message)
        return root

    def write(self, message: str, node: Node) -> bytes:
        """Build a Document and make sure that it is valid before it leaves the bank."""
        root = build(message, node)
        with self._lock:
            self._validate(root, message)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _validate(self, root: etree._Element, message: str) -> None:
        try:
            self._schema(message).assertValid(root)
        except etree.DocumentInvalid as problem:
            raise BadXml(str(problem)) from problem

    def _schema(self, message: str) -> etree.XMLSchema:
        if message not in self._compiled:
            path = self._folder / f"{message}.xsd"
            self._compiled[message] = etree.XMLSchema(etree.parse(str(path)))
        return self._compiled[message]


def parse(raw: bytes) -> etree._Element:
    """Parse without DTD, entities or network; a document type is refused altogether."""
    if len(raw) > LARGEST_BYTES:
        raise BadXml("document too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise BadXml(str(problem)) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadXml("a document type is not allowed")
    return root


def build(message: str, node: Node) -> etree._Element:
    """A Document of nested (tag, content) pairs; None is left out, `Amt@CNY` has a currency."""
    space = NAMESPACE + message
    root = etree.Element(f"{{{space}}}Document", nsmap={None: space})  # type: ignore[dict-item]
    _append(root, f"{{{space}}}", node)
    return root


def serialise(message: str, node: Node) -> bytes:
    """A Document as bytes, of a message that has no schema in a published package."""
    return etree.tostring(build(message, node), xml_declaration=True, encoding="UTF-8")


def _append(parent: etree._Element, space: str, node: Node) -> None:
    tag, content = node
    name, _, currency = tag.partition("@")
    element = etree.SubElement(parent, space + name)
    if currency:
        element.set("Ccy", currency)
    if isinstance(content, str):
        element.text = content
        return
    for child in content:
        if child is not None:
            _append(element, space, child)


def text_at(element: etree._Element, path: str) -> str:
    """The text at a slash-separated path in the element's own namespace, or an empty string."""
    space = element.tag.partition("}")[0] + "}"
    found = element.findtext("/".join(space + step for step in path.split("/")))
    return (found or "").strip()


def leaves(element: etree._Element) -> dict[str, str]:
    """The text of every element without children, by its path; the first of several counts.

    One walk over a large element is much quicker than one `text_at` for each field.
    """
    found: dict[str, str] = {}
    _gather(element, "", element.tag.index("}") + 1, found)
    return found


def _gather(element: etree._Element, prefix: str, skip: int, found: dict[str, str]) -> None:
    for child in element:
        path = prefix + child.tag[skip:]
        if len(child):
            _gather(child, path + "/", skip, found)
        elif path not in found:
            found[path] = (child.text or "").strip()


def all_at(element: etree._Element, path: str) -> list[etree._Element]:
    """Return all elements at a slash-separated path in the element's own namespace."""
    space = element.tag.partition("}")[0] + "}"
    return element.findall("/".join(space + step for step in path.split("/")))


def yuan(fen: int) -> str:
    """Write fen as yuan with two places."""
    return f"{fen // 100}.{fen % 100:02d}"
