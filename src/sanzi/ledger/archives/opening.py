"""Open an archive: find pieces in it, and check every file against its manifest."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

from sanzi.kernel import digest
from sanzi.ledger.archives.packing import ALGORITHM, MANIFEST

FAULTS_MAX: Final = 200


class NotAnArchive(Exception):
    """The file is no archive of ours, or is broken."""


@dataclass(frozen=True)
class Found:
    """One piece of an archive as its manifest tells of it."""

    number: str
    class_name: str
    title: str
    period: str
    label: str
    amount: str
    summary: str
    term: str
    folder: str

    def holds(self, text: str) -> bool:
        """Whether the text stands in its number, label, title or summary."""
        return any(text in one for one in (self.number, self.label, self.title, self.summary))


def pieces(file: Path) -> list[Found]:
    """Return the pieces of an archive in their order. Raises: NotAnArchive."""
    return [
        Found(
            number=one.get("档号", ""),
            class_name=one.get("类别", ""),
            title=one.get("题名", ""),
            period=one.get("期间", ""),
            label=one.get("凭证字号", ""),
            amount=one.get("金额", ""),
            summary=one.get("摘要", ""),
            term=one.get("保管期限", ""),
            folder=one.get("文件夹", ""),
        )
        for one in _manifest(file)[0].findall("件")
    ]


def contents(file: Path, folder: str) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of the files of one piece. Raises: NotAnArchive."""
    _manifest(file)
    with zipfile.ZipFile(file) as opened:
        return [
            (name.removeprefix(f"{folder}/"), opened.read(name))
            for name in opened.namelist()
            if name.startswith(f"{folder}/")
        ]


def faults(file: Path, expected: str) -> list[str]:
    """Return one sentence per fault, none when the archive is as it was filed.

    `expected` is the SM3 of the manifest that the books hold. Every digest is worked out anew:
    files altered, missing and added are found, and a manifest that was written again.
    """
    if not file.is_file():
        return [f"{file.name}：档案不见了"]
    try:
        manifest, data = _manifest(file)
    except NotAnArchive as broken:
        return [f"{file.name}：打不开，{broken}"]
    wrong: list[str] = []
    if digest.sm3(data) != expected:
        wrong.append(f"{file.name}：清单和系统里登记的摘要对不上")
    listed = {one.get("名称", ""): one.get(ALGORITHM, "") for one in manifest.findall("文件")}
    with zipfile.ZipFile(file) as opened:
        names = opened.namelist()
        wrong += (
            [f"{name}：出现两次" for name in {one for one in names if names.count(one) > 1}]
            if len(set(names)) != len(names)
            else []
        )
        there = set(names) - {MANIFEST}
        wrong += [f"{name}：缺这个文件" for name in sorted(listed.keys() - there)]
        wrong += [f"{name}：多出这个文件" for name in sorted(there - listed.keys())]
        for name in sorted(listed.keys() & there):
            try:
                found = digest.sm3(opened.read(name))
            except (zipfile.BadZipFile, OSError) as broken:
                wrong.append(f"{name}：读不出来，{broken}")
                continue
            if found != listed[name]:
                wrong.append(f"{name}：内容改过")
    return wrong[:FAULTS_MAX]


def _manifest(file: Path) -> tuple[etree._Element, bytes]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(file) as opened:
            data = opened.read(MANIFEST)
        return etree.fromstring(data, parser), data
    except (zipfile.BadZipFile, KeyError, OSError, etree.XMLSyntaxError, ValueError) as broken:
        raise NotAnArchive(str(broken)) from broken
