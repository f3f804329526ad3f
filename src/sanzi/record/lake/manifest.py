"""What a county sent: the signed head, and the manifest of files that it names.

The head is a signed note of a few lines; the manifest is JSON in one form, named by its SM3. A
file's name holds its digest, so what a manifest names never changes under it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sanzi.kernel import digest, notes
from sanzi.kernel.notes import Note, Signer, Verifier
from sanzi.record.lake.errors import BadSignature, HeadBroken, OtherCounty
from sanzi.record.lake.stores import HEADS

FORMAT: Final = "sanzi-lake/1"
MONTH: Final = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])|none|")
COUNTY: Final = re.compile(r"[1-9][0-9]{5}")
OWN_MODEL: Final = re.compile(r"own-[0-9]{1,18}")
TITLE_MAX: Final = 60
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_HEAD_LINES: Final = 4


@dataclass(frozen=True)
class Part:
    """One file. Shapes: `ym` is a month, `none`, or empty where a table is not cut by month."""

    table: str
    ym: str
    rows: int
    size: int
    sm3: str

    def path(self, county_code: str) -> str:
        """Return where the file lies below the lake: Hive's form, plain ASCII."""
        month = f"ym={self.ym}/" if self.ym else ""
        return f"{self.table}/county_code={county_code}/{month}{self.sm3}.parquet"


@dataclass(frozen=True)
class Manifest:
    """One publication of a county.

    Units: `as_of` is aware. Shapes: `tables` holds type by column by table; `changed` what the
    writer's versions call otherwise; `division_changes` the merges, splits and new codes;
    `own_models` whether the county's own models are open to all, by code; `own_titles` what those
    that are open are called. An older county does not tell them.
    """

    county_code: str
    serial: int
    previous: str
    as_of: datetime
    version: int
    tables: Mapping[str, Mapping[str, str]]
    changed: Sequence[Mapping[str, Any]]
    division_changes: Sequence[Mapping[str, Any]]
    parts: tuple[Part, ...]
    own_models: Mapping[str, bool] = field(default_factory=dict)
    own_titles: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the manifest as it is written."""
        return digest.canonical(
            {
                "format": FORMAT,
                "county_code": self.county_code,
                "serial": self.serial,
                "previous": self.previous,
                "as_of": self.as_of,
                "schema": {
                    "version": self.version,
                    "tables": self.tables,
                    "changed": list(self.changed),
                },
                "division_changes": list(self.division_changes),
                "own_models": dict(self.own_models),
                "own_titles": dict(self.own_titles),
                "parts": [asdict(one) for one in self.parts],
            }
        )

    @property
    def row_count(self) -> int:
        """All rows."""
        return sum(one.rows for one in self.parts)


@dataclass(frozen=True)
class Head:
    """The newest publication of a county: its number and the digest of its manifest."""

    county_code: str
    serial: int
    sm3: str

    def text(self) -> str:
        """Return what is signed."""
        return f"{FORMAT}\n{self.county_code}\n{self.serial}\n{self.sm3}\n"

    @property
    def manifest_path(self) -> str:
        """Where the manifest lies."""
        return f"{HEADS}/{self.county_code}/manifests/{self.serial:08d}-{self.sm3}.json"


def head_path(county_code: str) -> str:
    """Return where the head of a county lies."""
    return f"{HEADS}/{county_code}/head"


def signed(head: Head, signers: Sequence[Signer]) -> bytes:
    """Return the head as it is written."""
    return Note(head.text()).signed(*(one.sign(head.text()) for one in signers)).whole().encode()


def read_head(county_code: str, content: bytes, keys: Sequence[Verifier]) -> Head:
    """Return a head that the county signed: by one of its keys of each kind.

    Raises: HeadBroken, BadSignature, OtherCounty.
    """
    try:
        note = notes.read(content.decode("utf-8"))
        found = note.signers(keys)
    except UnicodeDecodeError as error:
        raise HeadBroken(county=county_code, why="不是文本") from error
    except notes.BadNote as error:
        if str(error).startswith("false signature"):
            raise BadSignature(county=county_code, why="签名是假的") from error
        raise HeadBroken(county=county_code, why="不成样子") from error
    lines = note.text.split("\n")
    if len(lines) != _HEAD_LINES + 1 or lines[0] != FORMAT:
        raise HeadBroken(county=county_code, why="不成样子")
    missing = {one.kind for one in keys} - {one.kind for one in found}
    if missing or not keys:
        raise BadSignature(county=county_code, why="没有名单里的密钥的签名")
    if lines[1] != county_code:
        raise OtherCounty(county=county_code, found=lines[1][:12])
    if not (lines[2].isascii() and lines[2].isdigit() and DIGEST.fullmatch(lines[3])):
        raise HeadBroken(county=county_code, why="次数或摘要不成样子")
    return Head(county_code, int(lines[2]), lines[3])


def read_manifest(head: Head, content: bytes) -> Manifest:
    """Return the manifest that a head names. Raises: HeadBroken, OtherCounty."""
    if digest.sm3(content) != head.sm3:
        raise HeadBroken(county=head.county_code, why="清单和签名里的摘要对不上")
    try:
        told = json.loads(content)
        found = _manifest(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HeadBroken(county=head.county_code, why=f"清单缺东西（{error}）") from error
    if found.county_code != head.county_code:
        raise OtherCounty(county=head.county_code, found=found.county_code[:12])
    if found.serial != head.serial:
        raise HeadBroken(county=head.county_code, why="清单和签名里的次数对不上")
    return found


def _manifest(told: Mapping[str, Any]) -> Manifest:
    """Return a manifest from its JSON. Raises: ValueError, KeyError, TypeError."""
    if told["format"] != FORMAT:
        raise ValueError("format")
    shape = told["schema"]
    parts = tuple(_part(one) for one in told["parts"])
    as_of = datetime.fromisoformat(told["as_of"])
    if as_of.tzinfo is None:
        raise ValueError("as_of")
    return Manifest(
        county_code=str(told["county_code"]),
        serial=_whole(told["serial"]),
        previous=str(told["previous"]),
        as_of=as_of,
        version=_whole(shape["version"]),
        tables={
            str(table): {str(name): str(kind) for name, kind in columns.items()}
            for table, columns in shape["tables"].items()
        },
        changed=[dict(one) for one in shape["changed"]],
        division_changes=[dict(one) for one in told["division_changes"]],
        parts=parts,
        own_models=(own := _own_models(told.get("own_models", {}))),
        own_titles=_own_titles(told.get("own_titles", {}), own),
    )


def _own_models(told: Mapping[str, Any]) -> Mapping[str, bool]:
    for code, is_open in told.items():
        if not OWN_MODEL.fullmatch(code) or not isinstance(is_open, bool):
            raise ValueError("own_models")
    return dict(told)


def _own_titles(told: Mapping[str, Any], own: Mapping[str, bool]) -> Mapping[str, str]:
    """Return the titles that a county tells; that of a model which is closed is none to tell."""
    for code, title in told.items():
        is_title = isinstance(title, str) and 0 < len(title) <= TITLE_MAX and title.isprintable()
        if not (is_title and own.get(code)):
            raise ValueError("own_titles")
    return dict(told)


def _part(told: Mapping[str, Any]) -> Part:
    part = Part(
        str(told["table"]), str(told["ym"]), _whole(told["rows"]), _whole(told["size"]),
        str(told["sm3"]),
    )  # fmt: skip
    is_name = re.fullmatch(r"[a-z][a-z0-9_]{0,39}", part.table)
    if not (is_name and MONTH.fullmatch(part.ym) and DIGEST.fullmatch(part.sm3)):
        raise ValueError("parts")
    return part


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("number")
    return value
