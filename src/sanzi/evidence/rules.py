"""What a file really is, judged by its bytes, and what makes it unfit as a proof. No Django.

Names and extensions are never trusted. Opened here: images and zip directories, with limits.
Reading invoices is in `reading/`; what is attached to a PDF is judged there.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from PIL import Image

from sanzi.evidence import errors

SIZE_MAX_BYTES = 20 * 1024 * 1024
PIXELS_MAX = 60_000_000
ZIP_ENTRIES_MAX = 500
ZIP_TOTAL_MAX_BYTES = 100 * 1024 * 1024
ZIP_RATIO_MAX = 200
HEAD = 1024
IMAGE_TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf",
    "application/ofd": "ofd", "application/xml": "xml",
}  # fmt: skip
_ZIP_END = b"PK\x05\x06"
_MARKUP = (b"<script", b"<html", b"<!doctype html", b"<svg", b"<?php", b"#!/")
_PDF_ACTIVE = (b"/JavaScript", b"/Launch", b"/RichMedia")
_XML_HEADS = (b"<?xml", b"<EInvoice", b"<eInvoice", b"<xbrl", b"\xff\xfe<\x00", b"\xfe\xff\x00<")


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: its media type by content and its bytes."""

    media_type: str
    data: bytes


def examine(data: bytes, name: str) -> Examined:
    """Return what the bytes are, after every check of their kind.

    Raises: FileEmpty, FileTooBig, KindNotTaken, FileUnsafe, FileBroken.
    """
    shown = name[:60]
    if not data:
        raise errors.FileEmpty(name=shown)
    if len(data) > SIZE_MAX_BYTES:
        raise errors.FileTooBig(name=shown, limit=SIZE_MAX_BYTES // 1024 // 1024)
    media_type = sniff(data)
    if media_type is None:
        raise errors.KindNotTaken(name=shown, why="内容不是照片、PDF、OFD或电子发票")
    _refuse_two_faces(data, media_type, shown)
    if media_type in IMAGE_TYPES:
        check_image(data, media_type, shown)
    elif media_type == "application/ofd":
        check_ofd(data, shown)
    elif media_type == "application/pdf":
        _check_pdf(data, shown)
    return Examined(media_type, data)


def sniff(data: bytes) -> str | None:
    """Return the media type that the first bytes say, None for anything not taken."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"PK\x03\x04"):
        return "application/ofd"
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_XML_HEADS):
        return "application/xml"
    return None


def _refuse_two_faces(data: bytes, media_type: str, name: str) -> None:
    """Refuse a file that another program would read as something else."""
    head = data[:HEAD].lower()
    if media_type != "application/ofd" and _ZIP_END in data[-66_000:]:
        raise errors.FileUnsafe(name=name, why="里面藏着压缩包")
    if media_type != "application/pdf" and b"%pdf-" in head:
        raise errors.FileUnsafe(name=name, why="同时像PDF又像别的文件")
    if any(mark in head for mark in _MARKUP):
        raise errors.FileUnsafe(name=name, why="里面有网页或程序代码")
    if media_type == "image/png" and not _png_ends_cleanly(data):
        raise errors.FileUnsafe(name=name, why="图片后面还跟着别的内容")
    if media_type == "image/webp":
        (length,) = struct.unpack("<I", data[4:8])
        if len(data) - 8 - length not in (0, 1):
            raise errors.FileUnsafe(name=name, why="图片后面还跟着别的内容")


def _png_ends_cleanly(data: bytes) -> bool:
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8]
        at += 12 + length
        if kind == b"IEND":
            return bool(at == len(data))
    return False


def check_image(data: bytes, media_type: str, name: str) -> None:
    """Refuse an image too large to open or broken. Reads the header, then the whole picture.

    Raises: FileUnsafe, FileBroken.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[IMAGE_TYPES[media_type]]) as picture:
            width, height = picture.size
            if width * height > PIXELS_MAX:
                raise errors.FileUnsafe(name=name, why="图片的点数太多")
            picture.load()
    except Image.DecompressionBombError as bomb:
        raise errors.FileUnsafe(name=name, why="图片的点数太多") from bomb
    except (OSError, ValueError, SyntaxError, zlib.error, struct.error) as wrong:
        raise errors.FileBroken(name=name, why="图片不完整") from wrong


def check_ofd(data: bytes, name: str) -> None:
    """Refuse a zip that is no OFD, or that would unpack to something huge or elsewhere.

    Raises: KindNotTaken, FileUnsafe, FileBroken.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            entries = pack.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as wrong:
        raise errors.FileBroken(name=name, why="压缩包不完整") from wrong
    if not any(entry.filename == "OFD.xml" for entry in entries):
        raise errors.KindNotTaken(name=name, why="是压缩包，不是OFD")
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > ZIP_ENTRIES_MAX or total > ZIP_TOTAL_MAX_BYTES:
        raise errors.FileUnsafe(name=name, why="展开以后太大")
    if total > 1024 * 1024 and total / packed > ZIP_RATIO_MAX:
        raise errors.FileUnsafe(name=name, why="展开以后太大")
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")) or entry.flag_bits & 1:
            raise errors.FileUnsafe(name=name, why="里面有越界或加密的内容")
        if len({one.filename for one in entries}) != len(entries):
            raise errors.FileUnsafe(name=name, why="里面有重名的内容")


def _check_pdf(data: bytes, name: str) -> None:
    if b"%%EOF" not in data[-2048:]:
        raise errors.FileBroken(name=name, why="PDF不完整")
    if any(mark in data for mark in _PDF_ACTIVE):
        raise errors.FileUnsafe(name=name, why="PDF里有会自动运行的内容")
