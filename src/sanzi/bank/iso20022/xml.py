"""XML for bank messages: hardened parsing, validation by the published schemas, building.

No document type, no entities, no network, a size limit: what comes from outside is only read
through `Schemas.read`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from lxml import etree

from sanzi.bank.iso20022 import shapes

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
LARGEST_BYTES = 20_000_000
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,17})?")
MESSAGE_NAME = re.compile(r"[a-z]{4}\.\d{3}\.\d{3}\.\d{2}")

Content: TypeAlias = "str | Sequence[Node | None]"
Node: TypeAlias = "tuple[str, Content]"


class NotXml(Exception):
    """The bytes are not a document that the schema allows; the text says where."""


class Schemas:
    """The published XSD files of one folder (SANZI_SCHEMAS), compiled at first use."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; nothing is read before the first message."""
        self._folder = folder
        self._compiled: dict[str, etree.XMLSchema] = {}
        self._lock = threading.Lock()

    def read(self, raw: bytes, family: str) -> etree._Element:
        """Parse and validate bytes of one family of messages, such as `pain.002.001`.

        The version is the document's own, if its schema is in the folder or its shape is in
        `data/bank/shapes.yaml`. Returns the element below Document. Raises NotXml.
        """
        root = parse(raw)
        space, _, tag = root.tag.partition("}")
        message = space.removeprefix("{" + NAMESPACE)
        known = MESSAGE_NAME.fullmatch(message) and message.startswith(family + ".")
        if not known or tag != "Document" or len(root) != 1:
            text = f"expected {family}, found {root.tag}"
            raise NotXml(text)
        self._validate(root, message)
        return root[0]

    def write(self, message: str, node: Node) -> bytes:
        """Build a Document as bytes and validate it. Raises NotXml if schema or shape say no."""
        space = NAMESPACE + message
        root = etree.Element(f"{{{space}}}Document", nsmap={None: space})  # type: ignore[dict-item]
        try:
            _append(root, space, node)
        except ValueError as problem:
            raise NotXml(str(problem)) from problem
        self._validate(root, message)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _validate(self, root: etree._Element, message: str) -> None:
        if message in shapes.all_shapes() and not self._path(message).exists():
            try:
                shapes.check(root, message)
            except shapes.WrongShape as problem:
                raise NotXml(str(problem)) from problem
            return
        with self._lock:
            schema = self._schema(message)
            try:
                schema.assertValid(root)
            except etree.DocumentInvalid as problem:
                raise NotXml(str(problem)) from problem

    def _schema(self, message: str) -> etree.XMLSchema:
        if message not in self._compiled:
            path = self._path(message)
            if not path.exists():
                text = f"no schema {path}; run: make schemas"
                raise NotXml(text)
            self._compiled[message] = etree.XMLSchema(etree.parse(str(path)))
        return self._compiled[message]

    def _path(self, message: str) -> Path:
        return self._folder / f"{message}.xsd"


def parse(raw: bytes) -> etree._Element:
    """Parse without DTD, entities or network. Raises NotXml; a document type is refused."""
    if len(raw) > LARGEST_BYTES:
        text = "document too large"
        raise NotXml(text)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise NotXml(str(problem)) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        text = "a document type is not allowed"
        raise NotXml(text)
    return root


def _append(parent: etree._Element, space: str, node: Node) -> None:
    """Add nested (tag, content) pairs; None is left out; `Amt@CNY` sets the currency."""
    tag, content = node
    name, _, currency = tag.partition("@")
    element = etree.SubElement(parent, f"{{{space}}}{name}")
    if currency:
        element.set("Ccy", currency)
    if isinstance(content, str):
        element.text = content
        return
    for child in content:
        if child is not None:
            _append(element, space, child)


def text_at(element: etree._Element, path: str) -> str:
    """Return the text at a slash-separated path in the element's namespace, or ""."""
    space = element.tag.partition("}")[0] + "}"
    found = element.findtext("/".join(space + step for step in path.split("/")))
    return (found or "").strip()


def fields(element: etree._Element) -> dict[str, str]:
    """Return the text of each element below that has none below it, by its path, in one walk.

    Of several at one path the first counts, as in `text_at`. Other namespaces are passed over.
    """
    space = element.tag.partition("}")[0] + "}"
    found: dict[str, str] = {}
    waiting = [(one, "") for one in reversed(element)]
    while waiting:
        one, above = waiting.pop()
        if not one.tag.startswith(space):
            continue
        path = above + one.tag[len(space) :]
        if len(one):
            waiting += [(below, f"{path}/") for below in reversed(one)]
        else:
            found.setdefault(path, (one.text or "").strip())
    return found


def all_at(element: etree._Element, path: str) -> list[etree._Element]:
    """Return all elements at a slash-separated path in the element's namespace."""
    space = element.tag.partition("}")[0] + "}"
    return element.findall("/".join(space + step for step in path.split("/")))


def account_id(number: str) -> list[Node]:
    """Write an account: an IBAN by its own element, any other number as it is in China."""
    return [("Id", [("IBAN", number) if is_iban(number) else ("Othr", [("Id", number)])])]


def is_iban(number: str) -> bool:
    """Whether a number is an IBAN, check figures included (ISO 13616, ISO 7064 MOD 97-10)."""
    if IBAN.fullmatch(number) is None:
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def account_at(element: etree._Element, path: str) -> str:
    """Return the account at a path, whichever way it is written."""
    return text_at(element, f"{path}/Id/Othr/Id") or text_at(element, f"{path}/Id/IBAN")


def fen(text: str) -> int:
    """Turn an ISO decimal such as "286.50" into fen, not negative.

    Raises: NotXml for a part of a fen, a sign, an exponent or no number at all.
    """
    if AMOUNT.fullmatch(text) is None:
        message = f"{text!r} is not an amount"
        raise NotXml(message)
    exact = Decimal(text) * 100
    if exact != exact.to_integral_value():
        message = f"{text} is not a whole number of fen"
        raise NotXml(message)
    return int(exact)


def count(text: str) -> int:
    """Turn a whole number such as NbOfTxs into an int. Raises NotXml."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        message = f"{text!r} is not a count"
        raise NotXml(message)
    return int(text)


def decimal(amount_fen: int) -> str:
    """Turn fen into an ISO decimal with two places."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"
