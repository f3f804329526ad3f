"""A city takes what counties sent: checked, kept in a cache of its own, whatever their version.

A publication is taken whole or not at all; what is refused leaves the one that was taken before
as it was. The cache holds files by digest, so a month that did not change is not fetched again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from sanzi.kernel import clock, digest, notes, yamls
from sanzi.kernel.notes import Verifier
from sanzi.record.lake import contents, divisions, evolution, manifest, shape
from sanzi.record.lake.errors import (
    BadCountyList,
    ChainBroken,
    FileBroken,
    FileMissing,
    FromTheFuture,
    GoneBack,
    HeadBroken,
    LakeRefusal,
    NothingSent,
    SchemaTooOld,
    SentTwice,
    TooLate,
    UnknownCounty,
)
from sanzi.record.lake.evolution import Evolved
from sanzi.record.lake.manifest import Head, Manifest, Part
from sanzi.record.lake.stores import HEADS, Store

ACCEPTED: Final = "accepted.json"
MANIFEST: Final = "manifest.json"
FILES: Final = "files"
MAX_AGE_DAYS: Final = 35
CLOCKS_APART: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class County:
    """A county that a city reads: its code, name, keys, the codes it had before, its own site."""

    code: str
    name: str
    keys: tuple[Verifier, ...]
    former: tuple[str, ...] = ()
    site: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes its rows may stand under."""
        return (self.code, *self.former)


@dataclass(frozen=True)
class Taken:
    """A publication that was taken: the manifest and where its files are, by table."""

    county: County
    manifest: Manifest
    files: Mapping[str, tuple[Path, ...]]
    evolved: Evolved
    is_new: bool


def counties(file: Path) -> dict[str, County]:
    """Return the list of counties of a city, by code. Raises: BadCountyList."""
    try:
        told = yamls.read(file)["counties"]
        found = [_county(one) for one in told]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BadCountyList(why=str(error).splitlines()[0][:200]) from error
    codes = [code for one in found for code in one.codes]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice or not found:
        raise BadCountyList(why=f"{twice[0]} 写了两次" if twice else "一个县也没有")
    return {one.code: one for one in found}


def _county(told: Mapping[str, Any]) -> County:
    county = County(
        code=str(told["code"]),
        name=str(told["name"]),
        keys=tuple(notes.read_verifier(one) for one in told["keys"]),
        former=tuple(str(one) for one in told.get("former", ())),
        site=str(told.get("site", "")).rstrip("/"),
    )
    if county.site and not county.site.startswith(("https://", "http://")):
        raise ValueError(f"{county.code} 的网址要以 https:// 开头")
    if not all(manifest.COUNTY.fullmatch(one) for one in county.codes) or not county.keys:
        raise ValueError(f"{county.code} 要有 6 位代码和公钥")
    return county


def strangers(store: Store, known: Iterable[str]) -> list[LakeRefusal]:
    """Return a refusal for each county that lies in the lake and is not on the list."""
    found = {path.split("/")[1] for path in store.listed(HEADS)}
    return [UnknownCounty(county=code) for code in sorted(found - set(known))]


def take(
    store: Store, county: County, cache: Path, *, at: datetime, max_age_days: int = MAX_AGE_DAYS
) -> Taken:
    """Take the newest publication of a county into the cache, or what is there of it already.

    Raises: LakeRefusal, any but UnknownCounty; the cache is then as before. BadPlace.
    """
    folder = cache / county.code
    told = store.read(manifest.head_path(county.code))
    if told is None:
        raise NothingSent(county=county.code)
    head = manifest.read_head(county.code, told, county.keys)
    accepted = _accepted(folder)
    _require_next(head, accepted)
    content = store.read(head.manifest_path)
    if content is None:
        raise HeadBroken(county=county.code, why="签名指的清单不在了")
    found = manifest.read_manifest(head, content)
    _require_time(found, at, max_age_days)
    _require_follows(found, head, accepted)
    evolved = evolution.evolved(found)
    fetched: list[Path] = []
    try:
        files = _fetch(store, found, cache, fetched)
        if head.sm3 != accepted.get("sm3"):
            divisions.check(county.code, found.division_changes)
            contents.check(county, found, files, evolved)
    except BaseException:
        for one in fetched:
            one.unlink(missing_ok=True)
        raise
    is_new = head.sm3 != accepted.get("sm3")
    if is_new or not (folder / MANIFEST).exists():
        _accept(cache, head, found)
    return Taken(county, found, files, evolved, is_new)


def kept(county: County, cache: Path) -> Taken | None:
    """Return the publication that was taken last, out of the cache alone; None where none is.

    Nothing is asked of the lake: what is read is what was counted.
    """
    folder = cache / county.code
    accepted = _accepted(folder)
    if not accepted or not (folder / MANIFEST).exists():
        return None
    head = Head(county.code, int(accepted["serial"]), accepted["sm3"])
    try:
        found = manifest.read_manifest(head, (folder / MANIFEST).read_bytes())
    except HeadBroken:
        return None
    files: dict[str, list[Path]] = {}
    for part in found.parts:
        file = kept_at(cache, part.table, county.code) / f"{part.sm3}.parquet"
        files.setdefault(part.table, []).append(file)
    if not all(one.exists() for paths in files.values() for one in paths):
        return None
    told = {table: tuple(paths) for table, paths in files.items()}
    return Taken(county, found, told, evolution.evolved(found), is_new=False)


def _accepted(folder: Path) -> dict[str, Any]:
    file = folder / ACCEPTED
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def _require_next(head: Head, accepted: Mapping[str, Any]) -> None:
    if not accepted:
        return
    taken = int(accepted["serial"])
    if head.serial < taken:
        raise GoneBack(county=head.county_code, serial=head.serial, taken=taken)
    if head.serial == taken and head.sm3 != accepted["sm3"]:
        raise SentTwice(county=head.county_code, serial=head.serial)


def _require_time(found: Manifest, at: datetime, max_age_days: int) -> None:
    shown = clock.local_date(found.as_of).isoformat()
    if found.as_of > at + CLOCKS_APART:
        raise FromTheFuture(county=found.county_code, as_of_date=shown)
    days = (at - found.as_of).days
    if days > max_age_days:
        raise TooLate(county=found.county_code, as_of_date=shown, days=days, limit=max_age_days)
    if found.version < shape.current().oldest:
        raise SchemaTooOld(
            county=found.county_code, version=found.version, oldest=shape.current().oldest
        )


def _require_follows(found: Manifest, head: Head, accepted: Mapping[str, Any]) -> None:
    """Refuse what does not follow the publication that was taken, where it is the very next."""
    if not accepted or head.sm3 == accepted["sm3"]:
        return
    is_next = found.serial == int(accepted["serial"]) + 1
    went_back = found.as_of < datetime.fromisoformat(accepted["as_of"])
    if went_back or (is_next and found.previous != accepted["sm3"]):
        raise ChainBroken(county=found.county_code, serial=found.serial)


def _fetch(
    store: Store, found: Manifest, cache: Path, fetched: list[Path]
) -> dict[str, tuple[Path, ...]]:
    """Return the files by table, each fetched where the cache has it not. Notes what it fetched.

    Raises: FileMissing, FileBroken.
    """
    files: dict[str, list[Path]] = {}
    for part in found.parts:
        target = kept_at(cache, part.table, found.county_code) / f"{part.sm3}.parquet"
        if not (target.exists() and target.stat().st_size == part.size):
            content = _content(store, found.county_code, part)
            target.parent.mkdir(parents=True, exist_ok=True)
            fetched.append(target)
            half = target.with_suffix(".half")
            half.write_bytes(content)
            half.replace(target)
        files.setdefault(part.table, []).append(target)
    return {table: tuple(paths) for table, paths in files.items()}


def _content(store: Store, county_code: str, part: Part) -> bytes:
    path = part.path(county_code)
    content = store.read(path)
    if content is None:
        raise FileMissing(county=county_code, path=path)
    if len(content) != part.size or digest.sm3(content) != part.sm3:
        raise FileBroken(county=county_code, path=path)
    return content


def kept_at(cache: Path, table: str, county_code: str) -> Path:
    """Return where the files of a table of a county are kept: in Hive's form, as in the lake."""
    return cache / FILES / table / f"county_code={county_code}"


def _accept(cache: Path, head: Head, found: Manifest) -> None:
    """Remember what was taken, then drop the files that it does not name."""
    folder = cache / found.county_code
    told = {"serial": head.serial, "sm3": head.sm3, "as_of": found.as_of.isoformat()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (
        (MANIFEST, found.content()),
        (ACCEPTED, json.dumps(told).encode()),
    ):
        half = folder / f"{name}.half"
        half.write_bytes(content)
        half.replace(folder / name)
    named = {part.sm3 for part in found.parts}
    for one in (cache / FILES).glob(f"*/county_code={found.county_code}/*.parquet"):
        if one.stem not in named:
            one.unlink()
