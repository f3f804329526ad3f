"""Write the archive of a book and year: one zip of plain files that opens without us.

`全宗号/年度/期限/类别/档号/` holds `content/*`, `metadata.xml` and `digest.txt` of one piece;
beside them stand `manifest.xml` (every file with its SM3), `移交清册.csv` and `index.html`.
Source: DA/T 94-2022; 会计档案管理办法 第十四条.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from sanzi.kernel import digest, yamls

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "exports" / "archives.yaml"
MANIFEST, LIST, INDEX = "manifest.xml", "移交清册.csv", "index.html"
ALGORITHM: Final = "SM3"
_MOMENT: Final = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Kind:
    """A kind of piece: the class it lies in, its title, how long it is kept."""

    code: str
    class_name: str
    title: str
    term: str
    term_title: str


@dataclass(frozen=True)
class Head:
    """Whose archive it is. `fonds` is the number of the whole, `keeper` who filed it."""

    fonds: str
    organisation: str
    book: str
    standard: str
    year: int
    keeper: str
    filed_at: dt.datetime


@dataclass(frozen=True)
class Piece:
    """One piece: a voucher with its papers, a book of account, a statement. Amounts in yuan."""

    kind: str
    title: str
    period: str
    contents: tuple[tuple[str, bytes], ...]
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Packed:
    """What was written: pieces, and the SM3 of the manifest."""

    pieces: int
    digest: str


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of pieces by code."""
    raw = yamls.read(FILE)
    return {
        code: Kind(code, one["class"], one["title"], one["term"], raw["terms"][one["term"]])
        for code, one in raw["kinds"].items()
    }


def pack(file: Path, head: Head, pieces: Iterable[Piece]) -> Packed:
    """Write the package, a piece in memory at a time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as made:
        writer = _Writer(made, head)
        for one in pieces:
            writer.add(one)
        return writer.close()


class _Writer:
    """The open package, with what the manifest will say."""

    def __init__(self, made: zipfile.ZipFile, head: Head) -> None:
        self.made, self.head = made, head
        self.counts: dict[str, int] = {}
        self.rows: list[dict[str, str]] = []
        self.files: list[tuple[str, int, str, str]] = []

    def add(self, piece: Piece) -> None:
        kind = kinds()[piece.kind]
        group = f"{kind.term}-{kind.class_name}"
        self.counts[group] = self.counts.get(group, 0) + 1
        number = (
            f"{self.head.fonds}-KU·{self.head.year}-{kind.term}-{kind.class_name}"
            f"-{self.counts[group]:04d}"
        )
        folder = f"{self.head.fonds}/{self.head.year}/{kind.term}/{kind.class_name}/{number}"
        digests = [
            (name, len(data), self._write(f"{folder}/content/{name}", data, number))
            for name, data in piece.contents
        ]
        metadata = _metadata(self.head, kind, (number, piece), digests)
        self._write(f"{folder}/metadata.xml", metadata.encode(), number)
        listed = "".join(f"{ALGORITHM} {found} content/{name}\n" for name, _, found in digests)
        self._write(f"{folder}/digest.txt", listed.encode(), number)
        self.rows.append({
            "档号": number, "类别": kind.class_name, "题名": piece.title, "期间": piece.period,
            "保管期限": kind.term_title, "文件数": str(len(digests)),
            "凭证字号": piece.told.get("凭证字号", ""), "金额": piece.told.get("金额合计", ""),
            "摘要": piece.told.get("摘要", ""), "文件夹": folder,
        })  # fmt: skip

    def close(self) -> Packed:
        out = io.StringIO(newline="")
        columns = list(self.rows[0]) if self.rows else ["档号"]
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows({name: _guarded(text) for name, text in row.items()} for row in self.rows)
        self._write(LIST, b"\xef\xbb\xbf" + out.getvalue().encode(), "")
        self._write(INDEX, _page(self.head, self.rows).encode(), "")
        manifest = _manifest(self.head, self.rows, self.files).encode()
        self._put(MANIFEST, manifest)
        return Packed(len(self.rows), digest.sm3(manifest))

    def _write(self, name: str, data: bytes, number: str) -> str:
        found = digest.sm3(data)
        self._put(name, data)
        self.files.append((name, len(data), found, number))
        return found

    def _put(self, name: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(name, _MOMENT)
        entry.compress_type = zipfile.ZIP_DEFLATED
        self.made.writestr(entry, data)


def _guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _metadata(
    head: Head, kind: Kind, named: tuple[str, Piece], digests: list[tuple[str, int, str]]
) -> str:
    number, piece = named
    told = {
        "档号": number,
        "全宗号": head.fonds,
        "责任者": head.organisation,
        "会计制度": head.standard,
        "会计年度": str(head.year),
        "会计期间": piece.period,
        "档案类别": kind.class_name,
        "保管期限": kind.term_title,
        "题名": piece.title,
        **piece.told,
        "形成系统": "Sanzi",
        "归档时间": head.filed_at.isoformat(timespec="seconds"),
        "归档人": head.keeper,
    }
    lines = [f"  <{name}>{escape(text)}</{name}>" for name, text in told.items()]
    lines += [
        f"  <文件 名称={quoteattr(name)} 格式={quoteattr(name.rsplit('.', 1)[-1])} "
        f'大小="{size}" 摘要算法="{ALGORITHM}" 摘要="{found}"/>'
        for name, size, found in digests
    ]
    return _xml("元数据", lines)


def _manifest(
    head: Head, rows: list[dict[str, str]], files: list[tuple[str, int, str, str]]
) -> str:
    whole = {"全宗号": head.fonds, "名称": head.organisation, "年度": str(head.year),
             "账簿": head.book, "件数": str(len(rows))}  # fmt: skip
    lines = ["  <全宗 " + " ".join(f"{key}={quoteattr(whole[key])}" for key in whole) + "/>"]
    lines += [
        "  <件 " + " ".join(f"{name}={quoteattr(text)}" for name, text in row.items()) + "/>"
        for row in rows
    ]
    lines += [
        f'  <文件 名称={quoteattr(name)} 大小="{size}" {ALGORITHM}="{found}" '
        f"档号={quoteattr(number)}/>"
        for name, size, found, number in files
    ]
    return _xml("清单", lines)


def _xml(root: str, lines: list[str]) -> str:
    inside = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n{inside}\n</{root}>\n'


def _page(head: Head, rows: list[dict[str, str]]) -> str:
    title = html.escape(f"{head.organisation} {head.year}年会计档案")
    body = "".join(
        f'<tr><td><a href="{html.escape(row["文件夹"])}/">{html.escape(row["档号"])}</a></td>'
        + "".join(
            f"<td>{html.escape(row[name])}</td>"
            for name in ("类别", "题名", "期间", "金额", "摘要", "保管期限")
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<!doctype html>\n<html lang="zh-CN">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<h1>{title}</h1>\n<p>{len(rows)}件。每件一个文件夹，content里是原件和版式文件，"
        f'digest.txt里是{ALGORITHM}摘要。</p>\n<table border="1">\n'
        "<tr><th>档号</th><th>类别</th><th>题名</th><th>期间</th><th>金额</th><th>摘要</th>"
        f"<th>保管期限</th></tr>\n{body}</table>\n</html>\n"
    )
