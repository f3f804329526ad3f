"""The wire of the direct dialect: frame, envelope, GBK. What an order means is in `direct.py`.

A frame is eight figures (the length of the XML in bytes), the XML, and the signature over the
XML bytes as base64. The XML is `Direct` with `Head` and `Body`, in GBK or GB18030 as it declares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from lxml import etree

from sanzi_bank.xmlio import LARGEST_BYTES, BadXml, parse

LENGTH_FIGURES = 8
DECLARATION = re.compile(rb'<\?xml version="1\.0" encoding="(GBK|GB18030)"\?>')

Content: TypeAlias = "str | Sequence[Node | None]"
Node: TypeAlias = "tuple[str, Content]"


@dataclass(frozen=True)
class Asked:
    """One request as it came: code, customer, number, the body element, and its charset."""

    code: str
    customer: str
    number: str
    body: etree._Element
    charset: str
    day: date


def is_direct(raw: bytes) -> bool:
    """Whether XML bytes are of this dialect."""
    return DECLARATION.match(raw) is not None


def frame(xml: bytes, signature: str) -> bytes:
    """Put length and signature around the XML."""
    return b"%08d" % len(xml) + xml + signature.encode("ascii")


def unframe(raw: bytes) -> tuple[bytes, str]:
    """Take a frame apart into XML and signature. Raises BadXml."""
    figures = raw[:LENGTH_FIGURES]
    if not figures.isdigit() or int(figures) > min(len(raw) - LENGTH_FIGURES, LARGEST_BYTES):
        raise BadXml("the length of the frame is not right")
    end = LENGTH_FIGURES + int(figures)
    try:
        return raw[LENGTH_FIGURES:end], raw[end:].decode("ascii")
    except UnicodeDecodeError as problem:
        raise BadXml("the signature is not base64") from problem


def read(xml: bytes) -> Asked:
    """Read a request. Raises BadXml; characters outside of the declared charset are refused."""
    declared = DECLARATION.match(xml)
    if declared is None:
        raise BadXml("the declaration must say GBK or GB18030")
    charset = declared[1].decode().lower()
    try:
        text = xml[declared.end() :].decode(charset)
    except UnicodeDecodeError as problem:
        raise BadXml(f"not {charset}") from problem
    root = parse(text.encode())
    head, body = root.find("Head"), root.find("Body")
    if root.tag != "Direct" or head is None or body is None:
        raise BadXml("expected Direct with Head and Body")
    told = [text_at(head, name) for name in ("TxCode", "CustNo", "ReqNo")]
    day = read_day(text_at(head, "ReqDate"))
    if not all(told) or len(told[2]) > 30:
        raise BadXml("TxCode, CustNo and ReqNo (up to 30 characters) are needed")
    return Asked(told[0], told[1], told[2], body, charset, day)


def write(node: Node, charset: str) -> bytes:
    """Serialise; a character that the charset lacks becomes a question mark, as banks do."""
    root = etree.Element(node[0])
    _append(root, node[1])
    text = etree.tostring(root, encoding="unicode")
    return (f'<?xml version="1.0" encoding="{charset.upper()}"?>' + text).encode(charset, "replace")


def _append(parent: etree._Element, content: Content) -> None:
    if isinstance(content, str):
        parent.text = content
        return
    for child in content:
        if child is not None:
            _append(etree.SubElement(parent, child[0]), child[1])


def read_day(text: str) -> date:
    """Read 20261118. Raises BadXml."""
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a local day
    except ValueError as problem:
        raise BadXml(f"{text!r} is no day") from problem


def text_at(element: etree._Element, path: str) -> str:
    """The text at a path, or an empty string."""
    return (element.findtext(path) or "").strip()
