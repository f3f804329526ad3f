"""Read the public pages as a stranger does: from the home page, link by link."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pypdfium2
from django.test import Client
from django.urls import Resolver404, resolve

HOST = "http://testserver"
PAGES_MAX = 80
"""So many of one address pattern are read; the same query and template make the others."""
NOT_PUBLIC = ("/static/", "/account/", "/office/", "/look/", "/api/v1/docs")
SAME_PAGE = re.compile(r"[?&](size|contrast)=")
MONTH = re.compile(r"month=([0-9-]+)")


@dataclass
class Found:
    """What was read: bodies by address, how many of each address pattern, what was not 200."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def links(page: str) -> list[str]:
    """Return every address that a page names."""
    parser = _Links()
    parser.feed(page)
    return parser.found


def crawl(starts: Iterable[str], months: Iterable[str]) -> Found:
    """Read all that can be reached from some addresses; of the months only those named."""
    client, found, told = Client(), Found(), set(months)
    waiting = list(dict.fromkeys(starts))
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        kind = kind_of(address)
        if found.kinds[kind] >= PAGES_MAX:
            continue
        response = client.get(address, follow=True)
        found.kinds[kind] += 1
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if response.status_code != 200:
            found.broken.append(f"{response.status_code} {address}")
        found.bodies[address] = body
        if "html" not in response.headers.get("Content-Type", ""):
            continue
        for link in links(body.decode()):
            to = urljoin(address, link.removeprefix(HOST)).split("#")[0]
            if to not in seen and _is_wanted(to, told):
                seen.add(to)
                waiting.append(to)
    return found


def kind_of(address: str) -> str:
    """Return the name of the address pattern, empty for none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def _is_wanted(address: str, months: set[str]) -> bool:
    month = MONTH.search(address)
    return (
        address.startswith("/")
        and not address.startswith(NOT_PUBLIC)
        and not SAME_PAGE.search(address)
        and (month is None or month[1] in months)
    )


def texts(address: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Return (where, text) of what was read: archives by member, papers by page, plain JSON."""
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield f"{address} {name}", archive.read(name).decode()
        return
    if body[:5] == b"%PDF-":
        for number, page in enumerate(pypdfium2.PdfDocument(body), start=1):
            yield f"{address} page {number}", page.get_textpage().get_text_range()
        return
    text = body.decode("utf-8", "replace")
    if text[:1] in "{[":
        text = json.dumps(json.loads(text), ensure_ascii=False)
    yield address, text
