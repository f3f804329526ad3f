"""QR codes on a picture: every one that is an invoice's, the others left alone. No Django.

The picture is a re-encoded, upright one. A link in a code is never followed.
"""

from __future__ import annotations

from collections.abc import Iterable

import zxingcpp
from PIL import Image, ImageOps

from sanzi.evidence import errors
from sanzi.evidence.invoices import InvoiceFields, read_qr

CODES_MAX = 40
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
EDGE_MAX = 3000


def texts_of(picture: Image.Image) -> list[str]:
    """Return the texts of the codes on a picture, also turned, light on dark or small."""
    grey = ImageOps.exif_transpose(picture).convert("L")
    grey.thumbnail((EDGE_MAX, EDGE_MAX))
    found = zxingcpp.read_barcodes(grey, formats=QR)
    if not found and max(grey.size) < EDGE_MAX // 2:
        larger = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.LANCZOS)
        found = zxingcpp.read_barcodes(larger, formats=QR)
    return list(dict.fromkeys(one.text for one in found[:CODES_MAX] if one.text))


def invoices_in(texts: Iterable[str]) -> list[InvoiceFields]:
    """Return the invoices among texts of codes, each once; other codes say nothing here."""
    found: dict[str, InvoiceFields] = {}
    for text in texts:
        try:
            fields = read_qr(text[:400])
        except errors.BadInvoice:
            continue
        found.setdefault(f"{fields.code}:{fields.number}", fields)
    return list(found.values())
