"""Files are judged by their bytes: what is taken, what is refused and leaves nothing."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from sanzi.evidence import errors, queries, rules, storage
from sanzi.evidence.actions import files
from sanzi.evidence.models import Attachment, File
from sanzi.kernel import digest
from sanzi.orgs.errors import NotFound
from worlds.cases import AT, Desk, photo

pytestmark = pytest.mark.django_db

XML = """<?xml version="1.0" encoding="UTF-8"?>{extra}
<EInvoice><EInvoiceData><SellerInformation><SellerName>柳湾农资店</SellerName></SellerInformation>
<BasicInformation><TotalTax-includedAmount>1260.00</TotalTax-includedAmount>
<RequestTime>2026-11-03</RequestTime></BasicInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>26332000000012345678</InvoiceNumber></TaxSupervisionInfo>
{body}</EInvoice>"""


def xml(extra: str = "", body: str = "") -> bytes:
    return XML.format(extra=extra, body=body).encode()


def pack(entries: dict[str, bytes], *, level: int = 9) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as found:
        for name, content in entries.items():
            found.writestr(name, content)
    return made.getvalue()


def pdf(extra: bytes = b"") -> bytes:
    """Return a PDF of one empty page, with a right table of places."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R" + extra + b">>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    return (
        out + b"xref\n0 4\n0000000000 65535 f \n" + table
        + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    )  # fmt: skip


def huge_png() -> bytes:
    """Return a PNG whose header promises 20,000 by 20,000 points."""
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def store(desk: Desk, number: str, content: Any, name: str = "凭据.jpg", role: str = "") -> Any:
    return files.store(
        by=desk.actor(role or "cashier_reporter"), at=AT, subject_kind="case", subject_id=number,
        upload=files.Upload(name, "photo", content),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (photo(), "image/jpeg", 1),
        (photo(kind="PNG"), "image/png", 1),
        (photo(kind="WEBP"), "image/webp", 1),
        (pdf(), "application/pdf", 1),
        (xml(), "application/xml", 0),
        (pack({"OFD.xml": b"<x/>", "Doc_0/Attachs/a.xml": xml()}), "application/ofd", 0),
    ],
    ids=["jpeg", "png", "webp", "pdf", "xml", "ofd"],
)
def test_a_proof_is_kept_under_its_digest(
    desk: Desk, content: bytes, media_type: str, pages: int
) -> None:
    number = desk.start()

    stored = store(desk, number, content, name="../../etc/名字.exe")

    assert (stored.media_type, stored.preview_count) == (media_type, pages)
    assert stored.digest == digest.sm3(content)
    path = storage.original(stored.digest)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o440
    (hung,) = queries.attachments("case", number)
    assert hung.title == "名字.exe"
    original = queries.access_original(by=desk.actor("cashier_reporter"), ext_id=stored.ext_id)
    assert original.file_name == f"{stored.ext_id}.{rules.EXTENSIONS[media_type]}"


def test_a_preview_has_no_metadata_and_no_more_than_2000_points(desk: Desk) -> None:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "PHONE-MAKER"
    Image.new("RGB", (3000, 1000), (9, 9, 9)).save(made, "JPEG", exif=exif)
    assert b"PHONE-MAKER" in made.getvalue()

    stored = store(desk, desk.start(), made.getvalue())

    path = queries.access_preview(by=desk.actor("cashier_reporter"), ext_id=stored.ext_id, page=1)
    assert b"PHONE-MAKER" not in path.read_bytes()
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("WEBP", (2000, 667))


def test_an_e_invoice_tells_its_fields(desk: Desk) -> None:
    stored = store(desk, desk.start(), xml())

    assert stored.invoice.number == "26332000000012345678"
    assert stored.invoice.amount_fen == 126_000
    table = queries.access_fields(by=desk.actor("cashier_reporter"), ext_id=stored.ext_id)
    assert ("价税合计", "1,260.00") in table


BOMB = pack({"OFD.xml": b"<x/>", "Doc_0/big": b"\0" * (30 * 1024 * 1024)})
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(8))
    + "]>"
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", errors.FileEmpty),
        (b"\xff\xd8\xff" + b"\0" * rules.SIZE_MAX_BYTES, errors.FileTooBig),
        (b"MZ\x90\x00", errors.KindNotTaken),
        (b"GIF89a", errors.KindNotTaken),
        (b"<html><script>1</script>", errors.KindNotTaken),
        (b'<?xml version="1.0"?><svg onload="x"/>', errors.FileUnsafe),
        (b'<?xml version="1.0"?><note/>', errors.KindNotTaken),
        (photo()[:200], errors.FileBroken),
        (photo() + pack({"a": b"1"}), errors.FileUnsafe),
        (photo(kind="PNG") + b"tail", errors.FileUnsafe),
        (b"\xff\xd8\xff%PDF-1.4", errors.FileUnsafe),
        (huge_png(), errors.FileUnsafe),
        (pack({"a.txt": b"1"}), errors.KindNotTaken),
        (b"PK\x03\x04broken", errors.FileBroken),
        (BOMB, errors.FileUnsafe),
        (pack({"OFD.xml": b"1", "../../x": b"1"}), errors.FileUnsafe),
        (pack({"OFD.xml": b"1", **{f"n{n}": b"" for n in range(600)}}), errors.FileUnsafe),
        (pdf()[:60], errors.FileBroken),
        (pdf(b"/OpenAction<</S/JavaScript/JS(1)>>"), errors.FileUnsafe),
        (b"%PDF-1.4\nnothing\n%%EOF", errors.FileBroken),
        (xml(ENTITY, "&a;"), errors.FileUnsafe),
        (xml(LAUGHS, "&h;"), errors.FileUnsafe),
        (xml(body="<a/>" * 30_000), errors.FileUnsafe),
        (xml(body="<EInvoice/>"), errors.SeveralInvoices),
        (xml()[:-12], errors.FileBroken),
    ],
    ids=[
        "empty",
        "too-big",
        "program",
        "gif",
        "page",
        "svg",
        "other-xml",
        "half-a-photo",
        "photo-and-zip",
        "png-and-tail",
        "jpeg-or-pdf",
        "too-many-points",
        "plain-zip",
        "half-a-zip",
        "zip-bomb",
        "zip-that-climbs",
        "zip-of-hundreds",
        "half-a-pdf",
        "pdf-with-script",
        "hollow-pdf",
        "outside-entity",
        "billion-laughs",
        "too-many-elements",
        "two-invoices",
        "half-an-xml",
    ],
)
def test_what_is_no_proof_is_refused_and_nothing_kept(
    desk: Desk, content: bytes, kind: type[Exception]
) -> None:
    number = desk.start()

    with pytest.raises(kind):
        store(desk, number, content)

    assert not Attachment.objects.exists()
    assert not File.objects.exists()
    assert not storage.original(digest.sm3(content)).exists()


def test_a_stream_is_read_no_further_than_the_limit(desk: Desk) -> None:
    class Endless(io.RawIOBase):
        """Gives what is asked and counts it."""

        asked = 0

        def read(self, size: int = -1) -> bytes:
            """Return so many bytes."""
            self.asked += size
            return b"\xff\xd8\xff" + b"\0" * (size - 3)

    stream = Endless()
    with pytest.raises(errors.FileTooBig):
        store(desk, desk.start(), stream)
    assert stream.asked == rules.SIZE_MAX_BYTES + 1


def test_the_same_file_twice_hangs_once(desk: Desk) -> None:
    number = desk.start()
    assert store(desk, number, photo()).ext_id == store(desk, number, photo()).ext_id
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("role", ["stone_cashier", "village_secretary"])
def test_only_the_starter_hangs_files_on_a_draft(desk: Desk, role: str) -> None:
    number = desk.start()
    with pytest.raises(NotFound):
        store(desk, number, photo(), role=role)
    assert not Attachment.objects.exists()


def test_a_submitted_case_keeps_its_files_as_they_are(desk: Desk) -> None:
    number = desk.submitted()
    (first, _) = queries.attachments("case", number)

    acts: list[Callable[[], Any]] = [
        lambda: store(desk, number, photo(9)),
        lambda: files.remove(by=desk.actor("cashier_reporter"), at=AT, ext_id=first.ext_id),
    ]
    for act in acts:
        with pytest.raises(errors.SubjectClosed):
            act()
    assert len(queries.attachments("case", number)) == 2


def test_a_removed_file_is_gone_from_the_draft_and_its_bytes_stay(desk: Desk) -> None:
    number = desk.start()
    stored = store(desk, number, photo())

    files.remove(by=desk.actor("cashier_reporter"), at=AT, ext_id=stored.ext_id)

    assert queries.attachments("case", number) == []
    assert storage.original(stored.digest).exists()
    with pytest.raises(NotFound):
        queries.access_original(by=desk.actor("cashier_reporter"), ext_id=stored.ext_id)


def test_an_original_out_of_scope_is_not_there(desk: Desk) -> None:
    stored = store(desk, desk.start(), photo())
    for door in (
        lambda by: queries.access_original(by=by, ext_id=stored.ext_id),
        lambda by: queries.access_preview(by=by, ext_id=stored.ext_id, page=1),
    ):
        with pytest.raises(NotFound):
            door(desk.actor("stone_cashier"))


@pytest.mark.parametrize("wrong", ["", "../../../etc/passwd", "A" * 64, "a" * 63])
def test_a_path_is_made_of_a_digest_only(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        storage.original(wrong)
