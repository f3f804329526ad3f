"""Structured electronic originals: what an XML or XBRL file says, ready for an entry template.

Which elements carry which field is data (`data/originals.yaml`). A signature beside the file is
checked against keys that the county trusts. No Django, no network.
Source: 财会〔2024〕12号 第六、十六至十八条; 财会〔2025〕9号.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sanzi.evidence import errors, papers, reading
from sanzi.evidence.papers import ORIGINALS_FILE, BadOriginals, read_readings, readings
from sanzi.evidence.reading import amounts, xml
from sanzi.kernel import digest, money, signatures
from sanzi.kernel.refusals import Refusal

__all__ = [
    "ORIGINALS_FILE",
    "BadOriginals",
    "Original",
    "Signed",
    "check_signature",
    "read",
    "read_readings",
    "readings",
]

_NUMBER = re.compile(r"[0-9A-Za-z-]{4,36}")
_KEYS = {".pub", ".pem"}


@dataclass(frozen=True)
class Original:
    """What an original says. Units: amount in fen, tax included; day local.

    `seller` is the payee of a receipt, `buyer` its payer; `digest` is the SM3 of the file.
    """

    kind: str
    kind_title: str
    ours: str
    number: str
    date: date
    amount_fen: int
    title: str
    seller_name: str
    seller_no: str
    buyer_name: str
    buyer_no: str
    digest: str


@dataclass(frozen=True)
class Signed:
    """What was found of a signature: whose it is, by which algorithm; empty when unsigned."""

    signer: str = ""
    algorithm: str = ""


def read(data: bytes, name: str) -> Original:
    """Return what a structured original says: an XML, or the one inside an OFD or a PDF.

    Raises: FileUnsafe, FileBroken, SeveralInvoices, NoOriginal, BadInvoice for a date or amount
    that can't be.
    """
    root = xml.parse_xml(reading.structured_xml(data, name), name)
    values = papers.values_of(root)
    found = papers.reading_of(root, values)
    if found is None:
        raise errors.NoOriginal(name=name, why="认不出是哪一种电子凭证")
    number = found.first(values, "number")
    if not _NUMBER.fullmatch(number):
        raise errors.NoOriginal(name=name, why="没有票号或回单号")
    return Original(
        kind=found.kind,
        kind_title=found.title,
        ours=found.ours,
        number=number,
        date=_day(found.first(values, "date")),
        amount_fen=_total(found, values),
        title=found.first(values, "title")[:60],
        seller_name=found.first(values, "seller_name"),
        seller_no=found.first(values, "seller_no"),
        buyer_name=found.first(values, "buyer_name"),
        buyer_no=found.first(values, "buyer_no"),
        digest=digest.sm3(data),
    )


def _total(found: papers.Reading, values: dict[str, str]) -> int:
    """Return the amount, or the sum of its parts where the paper gives none."""
    told = found.first(values, "amount")
    parts = [values[one] for one in found.fields.get("parts", ()) if one in values]
    if told or not parts:
        return _fen(told)
    read_parts = [amounts.tax_fen(one) for one in parts]
    if None in read_parts:
        raise errors.BadInvoice(field="金额", why="有一项费用读不懂")
    return _fen(money.format_yuan(sum(one or 0 for one in read_parts)))


def _day(text: str) -> date:
    plain = f"{text[:4]}-{text[4:6]}-{text[6:8]}" if text[:8].isdigit() else text[:10]
    try:
        return date.fromisoformat(plain)
    except ValueError as wrong:
        raise errors.BadInvoice(field="日期", why=f"“{text[:20]}”不是日期") from wrong


def _fen(text: str) -> int:
    try:
        amount = money.parse_yuan(text)
    except Refusal as wrong:
        raise errors.BadInvoice(field="金额", why=f"“{text[:20]}”读不懂") from wrong
    if amount <= 0:
        raise errors.BadInvoice(field="金额", why="要大于0，红字发票请手工制单")
    return amount


def check_signature(data: bytes, name: str, signature: str, trusted: Path) -> Signed:
    """Return who signed a file, nothing when no signature came with it.

    Shapes: `signature` is base64 over the file's bytes; `trusted` holds a key per signer, the
    file's stem being his name: `.pub` SM2 in hex, `.pem` an RSA key or certificate.
    Raises: BadSignature when no trusted key made it.
    """
    if not signature.strip():
        return Signed()
    for file in sorted(trusted.glob("*")) if trusted.is_dir() else ():
        if file.suffix not in _KEYS:
            continue
        try:
            key = signatures.read_key(file.read_text(encoding="utf-8"))
        except (signatures.BadKey, UnicodeDecodeError):
            continue
        if signatures.is_valid(key, data, signature.strip()):
            return Signed(signer=file.stem, algorithm=key.algorithm)
    raise errors.BadSignature(name=name, why="不是信任的签发方签的，或文件被改过")
