"""PDF invoices: the XML attached to them, the code and the words on the page. No Django.

The PDF itself is opened by a program of its own (`leaf`); only what it says comes here.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sanzi.evidence import errors
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.reading import codes, merging, structured, text, xml

PAGES_MAX = 3
SECONDS_MAX = 30
_XML_HEADS = (b"<?xml", b"<")


@dataclass(frozen=True)
class Said:
    """What a PDF holds: attached files by name, words of the first pages, texts of codes."""

    attached: tuple[tuple[str, bytes], ...]
    words: str
    codes: tuple[str, ...]


def open_pdf(data: bytes, name: str) -> Said:
    """Return what a PDF holds. Raises: FileBroken, FileUnsafe for an attachment that is no XML."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.pdf"
        source.write_bytes(data)
        told = _run(source, name)
    attached = tuple((one, base64.b64decode(body)) for one, body in told["attached"])
    for one, content in attached:
        is_xml = content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_XML_HEADS)
        if not is_xml or len(content) > xml.XML_MAX_BYTES:
            raise errors.FileUnsafe(name=name, why=f"PDF里另带了不是XML的文件（{one[:40]}）")
    return Said(attached, "\n".join(told["texts"]), tuple(told["codes"]))


def read_pdf(data: bytes, name: str) -> list[InvoiceFields]:
    """Return the invoices that a PDF shows: one, or as many as it has codes of different ones.

    Raises: FileBroken, FileUnsafe, SeveralInvoices when several XML are attached.
    """
    said = open_pdf(data, name)
    attached = _attached(said, name)
    by_code = codes.invoices_in(said.codes)
    if attached is None and len(by_code) > 1:
        return by_code
    words = text.read_text(said.words, "pdf_text") if len(by_code) < 2 else None
    if attached is not None:
        by_code = [one for one in by_code if one.number == attached.number] or by_code[:1]
    found = merging.merge([one for one in (attached, *by_code, words) if one is not None])
    return [found] if found is not None else []


def attached_xml(data: bytes, name: str) -> bytes | None:
    """Return the one structured XML attached to a PDF, None when there is none.

    Raises: FileBroken, FileUnsafe, SeveralInvoices.
    """
    found = dict.fromkeys(content for _, content in open_pdf(data, name).attached)
    if len(found) > 1:
        raise errors.SeveralInvoices(name=name, count=len(found))
    return next(iter(found), None)


def _attached(said: Said, name: str) -> InvoiceFields | None:
    found: dict[str, InvoiceFields] = {}
    for _, content in said.attached:
        try:
            fields = structured.read_xml(content, name, "pdf_xml")
        except errors.KindNotTaken:
            continue
        found[f"{fields.code}:{fields.number}"] = fields
    if len(found) > 1:
        raise errors.SeveralInvoices(name=name, count=len(found))
    return next(iter(found.values()), None)


def _run(source: Path, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "sanzi.evidence.reading.leaf", str(source), str(PAGES_MAX)]
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
    }
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS_MAX, check=True, env=environment
        )
        return dict(json.loads(done.stdout))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, ValueError) as wrong:
        raise errors.FileBroken(name=name, why="PDF有密码，或者内容有错") from wrong
