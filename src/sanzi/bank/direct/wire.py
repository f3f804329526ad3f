"""The wire of the direct dialect: frame, envelope, charset.

A frame is eight figures (the length of the XML in bytes), the XML, and the SM2 signature over the
XML bytes in base64. The XML is `Direct` with `Head` and `Body` in GBK, or GB18030 where agreed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from lxml import etree

from sanzi.bank.iso20022.xml import LARGEST_BYTES, NotXml, parse
from sanzi.kernel import clock

LENGTH_FIGURES = 8
DECLARATION = re.compile(rb'<\?xml version="1\.0" encoding="(GBK|GB18030)"\?>')
FOURTEEN = re.compile(r"[0-9]{14}")
NUMBER_CHARACTERS = 30

Content: TypeAlias = "str | Sequence[Node | None]"
Node: TypeAlias = "tuple[str, Content]"


@dataclass(frozen=True)
class Request:
    """What the head of a request says; `at` is written as local date and time."""

    code: str
    customer: str
    number: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """What came back: the two levels are `ret` (of the message) and the State within `body`."""

    code: str
    number: str
    ret: str
    text: str
    body: etree._Element
    raw: bytes
    signature: str = ""


class NotInCharset(Exception):
    """A character that the bank's charset does not have."""

    def __init__(self, character: str, charset: str) -> None:
        """Keep the character."""
        super().__init__(f"no {character!r} in {charset}")
        self.character = character
        self.charset = charset


def frame(xml: bytes, signature: str) -> bytes:
    """Put length and signature around the XML."""
    return b"%08d" % len(xml) + xml + signature.encode("ascii")


def unframe(raw: bytes) -> tuple[bytes, str]:
    """Take a frame apart into XML and signature. Raises NotXml."""
    figures = raw[:LENGTH_FIGURES]
    if not figures.isdigit() or int(figures) > min(len(raw) - LENGTH_FIGURES, LARGEST_BYTES):
        text = "the length of the frame is not right"
        raise NotXml(text)
    end = LENGTH_FIGURES + int(figures)
    return raw[LENGTH_FIGURES:end], raw[end:].decode("ascii", "replace")


def write(request: Request, body: Sequence[Node | None], charset: str) -> bytes:
    """Write the exact XML bytes of a request. Raises NotInCharset, and NotXml for controls."""
    if len(request.number) > NUMBER_CHARACTERS:
        text = f"a request number has at most {NUMBER_CHARACTERS} characters"
        raise NotXml(text)
    local = request.at.astimezone(clock.SHANGHAI)
    root = etree.Element("Direct")
    try:
        _append(root, [
            ("Head", [
                ("TxCode", request.code),
                ("CustNo", request.customer),
                ("ReqNo", request.number),
                ("ReqDate", f"{local:%Y%m%d}"),
                ("ReqTime", f"{local:%H%M%S}"),
            ]),
            ("Body", body),
        ])  # fmt: skip
    except ValueError as problem:
        raise NotXml(str(problem)) from problem
    text = etree.tostring(root, encoding="unicode")
    require_charset(text, charset)
    return f'<?xml version="1.0" encoding="{charset.upper()}"?>{text}'.encode(charset)


def require_charset(text: str, charset: str) -> None:
    """Refuse a text with a character that the charset lacks. Raises NotInCharset."""
    try:
        text.encode(charset)
    except UnicodeEncodeError as problem:
        raise NotInCharset(text[problem.start], charset) from problem


def read(xml: bytes, signature: str = "") -> Answer:
    """Read an answer without DTD, entities or network. Raises NotXml."""
    head, body = _document(xml)
    told = [text_at(head, name) for name in ("TxCode", "ReqNo", "RetCode", "RetMsg")]
    return Answer(told[0], told[1], told[2], told[3], body, xml, signature)


def read_told(xml: bytes) -> tuple[Request, etree._Element]:
    """Read what the bank sends unasked: it has the head of a request. Raises NotXml."""
    head, body = _document(xml)
    told = [text_at(head, name) for name in ("TxCode", "CustNo", "ReqNo")]
    stamp = text_at(head, "ReqDate") + text_at(head, "ReqTime")
    if not all(told) or len(told[2]) > NUMBER_CHARACTERS:
        text = "TxCode, CustNo or ReqNo is missing"
        raise NotXml(text)
    return Request(told[0], told[1], told[2], instant(stamp)), body


def instant(text: str) -> datetime:
    """Read fourteen figures of local date and time. Raises NotXml."""
    if not FOURTEEN.fullmatch(text):
        raise NotXml(text)
    try:
        local = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - made aware below
    except ValueError as problem:
        raise NotXml(text) from problem
    return local.replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


def _document(xml: bytes) -> tuple[etree._Element, etree._Element]:
    """Take a document apart into head and body. Raises NotXml."""
    declared = DECLARATION.match(xml)
    if declared is None:
        text = "the declaration must say GBK or GB18030"
        raise NotXml(text)
    try:
        text = xml[declared.end() :].decode(declared[1].decode())
    except UnicodeDecodeError as problem:
        raise NotXml(str(problem)) from problem
    root = parse(text.encode())
    head, body = root.find("Head"), root.find("Body")
    if root.tag != "Direct" or head is None or body is None:
        text = "expected Direct with Head and Body"
        raise NotXml(text)
    return head, body


def _append(parent: etree._Element, content: Content) -> None:
    if isinstance(content, str):
        parent.text = content
        return
    for child in content:
        if child is not None:
            _append(etree.SubElement(parent, child[0]), child[1])


def text_at(element: etree._Element, path: str) -> str:
    """Return the text at a path, or ""."""
    return (element.findtext(path) or "").strip()
