"""Reading invoices from every kind of file that is taken; each field says where it came from.

`read` is the one door: XML, OFD, PDF, pictures with QR codes, and words on a photo where an engine
is installed. `structured_xml` gives the XML inside a container to who books originals. No Django.
"""

from __future__ import annotations

import io

from PIL import Image

from sanzi.evidence import errors, rules
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.reading import codes, merging, ocr, ofd, pdf, structured, text

__all__ = ["read", "structured_xml"]


def read(
    data: bytes, media_type: str, name: str, *, engine: ocr.Engine | None = None
) -> list[InvoiceFields]:
    """Return the invoices that an examined file shows; none when it shows no invoice.

    Shapes: an XML, an OFD or a PDF with an XML holds one. A photo may show several papers: then
        there is one for each code. `engine` reads words where a photo has no code; None skips.
    Raises: FileUnsafe, FileBroken, SeveralInvoices, KindNotTaken for an XML that is no invoice.
    """
    if media_type == "application/xml":
        return [structured.read_xml(data, name)]
    if media_type == "application/ofd":
        found = ofd.read_ofd(data, name)
        return [found] if found else []
    if media_type == "application/pdf":
        return pdf.read_pdf(data, name)
    if media_type in rules.IMAGE_TYPES:
        with Image.open(io.BytesIO(data), formats=[rules.IMAGE_TYPES[media_type]]) as picture:
            return read_picture(picture, engine)
    return []


def read_picture(picture: Image.Image, engine: ocr.Engine | None = None) -> list[InvoiceFields]:
    """Return the invoices on a picture: by their codes, filled up by words when there is one."""
    found = codes.invoices_in(codes.texts_of(picture))
    if engine is None or len(found) > 1:
        return found
    words = text.read_text("\n".join(engine.lines(picture)), "ocr")
    merged = merging.merge([one for one in (*found, words) if one is not None])
    return [merged] if merged else []


def structured_xml(data: bytes, name: str) -> bytes:
    """Return the structured XML of a file: itself, or the one inside an OFD or a PDF.

    Raises: NoOriginal when there is none, FileUnsafe, FileBroken, SeveralInvoices.
    """
    if data.startswith(b"PK\x03\x04"):
        found = ofd.attached_xml(data, name)
    elif data.startswith(b"%PDF-"):
        found = pdf.attached_xml(data, name)
    else:
        return data
    if found is None:
        raise errors.NoOriginal(name=name, why="里面没有结构化的XML")
    return found
