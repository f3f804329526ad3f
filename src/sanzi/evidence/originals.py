"""Structured electronic originals: what an XML or XBRL file says, ready for an entry template.

Which elements carry which field is data (`data/originals.yaml`). A signature beside the file is
checked against keys that the county trusts. No Django, no network.
Source: 财会〔2024〕12号 第六、十六至十八条; 财会〔2025〕9号.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from lxml import etree

from sanzi.evidence import errors, invoices
from sanzi.kernel import digest, money, signatures
from sanzi.kernel.refusals import Refusal

ORIGINALS_FILE = Path(__file__).resolve().parent.parent / "data" / "originals.yaml"
FIELDS = frozenset(
    ["number", "date", "amount", "seller_name", "seller_no", "buyer_name", "buyer_no", "title"]
)
_SIGNED = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_NUMBER = re.compile(r"[0-9A-Za-z-]{4,36}")
_KEYS = {".pub", ".pem"}


class BadOriginals(Exception):
    """The file of originals is wrong; the sentence names the kind and the key."""


@dataclass(frozen=True)
class Reading:
    """How one kind of original is read."""

    kind: str
    title: str
    provenance: str
    roots: tuple[str, ...]
    marks: tuple[str, ...]
    ours: str
    fields: dict[str, tuple[str, ...]]


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


def read_readings(path: Path) -> dict[str, Reading]:
    """Read the file of kinds.

    Raises: BadOriginals, naming the first kind and key that is wrong.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: dict[str, Reading] = {}
    for kind, raw in content["originals"].items():
        if set(raw["fields"]) != FIELDS:
            raise BadOriginals(f"{kind}: fields must be {', '.join(sorted(FIELDS))}")
        if raw["ours"] not in {"buyer", "either"}:
            raise BadOriginals(f"{kind}: ours is {raw['ours']!r}; expected buyer or either")
        found[kind] = Reading(
            kind=kind,
            title=raw["title"],
            provenance=raw["provenance"],
            roots=tuple(raw["roots"]),
            marks=tuple(raw["marks"]),
            ours=raw["ours"],
            fields={name: tuple(names) for name, names in raw["fields"].items()},
        )
    return found


@cache
def readings() -> dict[str, Reading]:
    """Return how each kind is read."""
    return read_readings(ORIGINALS_FILE)


def read(data: bytes, name: str) -> Original:
    """Return what a structured original says.

    Raises: FileUnsafe, FileBroken, NoOriginal, BadInvoice for a date or amount that can't be.
    """
    root = invoices.parse_xml(data, name)
    for signed in root.findall(f".//{_SIGNED}"):  # names inside it are not the paper's
        parent = signed.getparent()
        if parent is not None:
            parent.remove(signed)
    values: dict[str, str] = {}
    for element in root.iter(etree.Element):
        text = (element.text or "").strip()
        if text:
            values.setdefault(etree.QName(element).localname, text)
    reading = _reading_of(etree.QName(root).localname, values)
    if reading is None:
        raise errors.NoOriginal(name=name, why="认不出是哪一种电子凭证")
    told = {key: _first(values, names) for key, names in reading.fields.items()}
    if not _NUMBER.fullmatch(told["number"]):
        raise errors.NoOriginal(name=name, why="没有票号或回单号")
    return Original(
        kind=reading.kind,
        kind_title=reading.title,
        ours=reading.ours,
        number=told["number"],
        date=_day(told["date"]),
        amount_fen=_fen(told["amount"]),
        title=told["title"][:60],
        seller_name=told["seller_name"],
        seller_no=told["seller_no"],
        buyer_name=told["buyer_name"],
        buyer_no=told["buyer_no"],
        digest=digest.sm3(data),
    )


def _reading_of(root: str, values: dict[str, str]) -> Reading | None:
    """Return the kind by its root, or for an XBRL instance by the fields it holds."""
    for reading in readings().values():
        if root in reading.roots:
            return reading
    is_instance = root == "xbrl"
    for reading in readings().values() if is_instance else ():
        if any(mark in values for mark in reading.marks) and _first(
            values, reading.fields["amount"]
        ):
            return reading
    return None


def _first(values: dict[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if name in values), "")


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
