"""A backup: the database at one instant, the files beside it, the keys closed up, and a manifest.

    manifest.json   what is in it: versions, rows, heads of chains, every file with size and SM3;
                    `mac` is keyed by the data key, so that nobody else's backup passes for ours
    database.*      an SQLite file, or pg_dump's custom format
    files/          evidence, previews, archives, as they lie under SANZI_VAR
    keys.sealed     the keys, under a passphrase or to a recipient

Restoring goes into an empty place only and compares before and after.
"""

from __future__ import annotations

import hmac
import json
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import django
from django.db import connection

from sanzi.kernel import digest
from sanzi.record import descriptor, snapshots
from sanzi.record.errors import BackupBroken, NotEmpty, RestoreDiffers
from sanzi.record.snapshots import Facts

FORMAT: Final = "sanzi-backup/1"
MANIFEST, KEYS, FILES = "manifest.json", "keys.sealed", "files"
FOLDERS: Final = ("evidence", "previews", "archives")
SPARE: Final = 1.1


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    version: str
    facts: Facts
    files: dict[str, tuple[int, str]]
    mac: str

    def body(self) -> dict[str, Any]:
        """Everything but the mac, as it is written."""
        return {
            "format": FORMAT,
            "made_at": self.made_at,
            "version": self.version,
            "database": self.facts.as_dict(),
            "files": {name: list(told) for name, told in self.files.items()},
        }


def _silent(done: int, total: int) -> None:
    """Report progress to nobody."""


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sources:
    """What a backup is made of beside the database: the data folder, closed-up keys, a signer."""

    var: Path
    keys: bytes
    data_key: bytes


def make(folder: Path, sources: Sources, *, at: datetime, progress: Progress = _silent) -> Manifest:
    """Write a backup into a new folder and return its manifest.

    The manifest is written last: a folder without one is no backup. Raises: NotEmpty, ToolMissing.
    """
    if folder.exists() and any(folder.iterdir()):
        raise NotEmpty(place=str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    facts = snapshots.take(folder)
    (folder / KEYS).write_bytes(sources.keys)
    found = list(_under(sources.var))
    files = {}
    for number, (name, source) in enumerate(found, start=1):
        target = folder / FILES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        files[f"{FILES}/{name}"] = _told(target)
        progress(number, len(found))
    for path in (folder / snapshots.FILES[facts.engine], folder / KEYS):
        files[path.name] = _told(path)
    manifest = Manifest(at.isoformat(), _version(), facts, files, "")
    mac = _mac(sources.data_key, manifest)
    text = json.dumps({**manifest.body(), "mac": mac}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return Manifest(manifest.made_at, manifest.version, facts, files, mac)


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raises: BackupBroken."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise BackupBroken(why=f"格式是 {told['format']}，这里只认 {FORMAT}")
        return Manifest(
            told["made_at"],
            told["version"],
            Facts(**told["database"]),
            {name: (int(size), str(sm3)) for name, (size, sm3) in told["files"].items()},
            told["mac"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupBroken(why="清单 manifest.json 缺失或读不出来") from error


def check(folder: Path, data_keys: Sequence[bytes], progress: Progress = _silent) -> Manifest:
    """Return the manifest of a backup that is whole, unchanged and ours.

    `data_keys` are the keys that may have signed it. Raises: BackupBroken.
    """
    manifest = read(folder)
    if not any(hmac.compare_digest(_mac(key, manifest), manifest.mac) for key in data_keys):
        raise BackupBroken(why="清单不是用这套密钥做的：备份是别处的，或者被改过")
    there = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {MANIFEST}
    extra = sorted(there - set(manifest.files))
    if extra:
        raise BackupBroken(why=f"多出清单里没有的文件 {extra[0]}")
    for number, (name, told) in enumerate(sorted(manifest.files.items()), start=1):
        if name not in there:
            raise BackupBroken(why=f"缺文件 {name}")
        if _told(folder / name) != told:
            raise BackupBroken(why=f"文件 {name} 和清单里的校验值不一样")
        progress(number, len(manifest.files))
    return manifest


def restore(
    folder: Path, *, var: Path, data_keys: Sequence[bytes], progress: Progress = _silent
) -> Manifest:
    """Put a backup back into an empty database and an empty data folder; compare everything.

    Raises: BackupBroken, NotEmpty, ToolMissing before anything is written; RestoreDiffers after.
    """
    manifest = check(folder, data_keys, progress)
    snapshots.require_engine(manifest.facts.engine)
    snapshots.require_empty()
    for name in FOLDERS:
        if any(path.is_file() for path in (var / name).rglob("*")):
            raise NotEmpty(place=str(var / name))
    snapshots.put_back(folder)
    for name, told in manifest.files.items():
        if name.startswith(f"{FILES}/"):
            target = var / name.removeprefix(f"{FILES}/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target)
            target.chmod(0o440)
            if _told(target) != told:
                raise RestoreDiffers(why=f"文件 {name}")
    differ = differences(manifest.facts, snapshots.facts())
    if differ:
        raise RestoreDiffers(why="；".join(differ[:3]))
    return manifest


def differences(was: Facts, found: Facts) -> list[str]:
    """Return in words where two databases differ: rows of a table, heads of a chain, migrations."""
    wrong = [
        f"表 {name}：备份 {was.rows.get(name)} 行，现在 {found.rows.get(name)} 行"
        for name in sorted(was.rows.keys() | found.rows.keys())
        if was.rows.get(name) != found.rows.get(name)
    ]
    wrong += [
        f"{kind} 链的链头不一样"
        for kind in sorted(was.heads.keys() | found.heads.keys())
        if was.heads.get(kind) != found.heads.get(kind)
    ]
    if was.migrations != found.migrations:
        wrong.append("迁移不一样")
    return wrong


def missing_originals(var: Path) -> list[str]:
    """Return the digests of originals that the database names and the disk does not hold."""
    with connection.cursor() as cursor:
        cursor.execute((snapshots.FOLDER / "originals.sql").read_text(encoding="utf-8"))
        named = [str(row[0]) for row in cursor.fetchall()]
    return [one for one in named if not (var / "evidence" / one[:2] / one).is_file()]


def room_needed(var: Path, database_bytes: int) -> int:
    """Return how many bytes a backup will take, with some to spare."""
    return int((database_bytes + sum(path.stat().st_size for _, path in _under(var))) * SPARE)


def _under(var: Path) -> Iterator[tuple[str, Path]]:
    for name in FOLDERS:
        for path in sorted((var / name).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(var).as_posix(), path


def _told(path: Path) -> tuple[int, str]:
    return path.stat().st_size, descriptor.file_sm3(path)


def _mac(data_key: bytes, manifest: Manifest) -> str:
    return digest.hmac_sm3(data_key, digest.canonical(manifest.body()).decode())


def _version() -> str:
    return f"python {platform.python_version()}, django {django.__version__}"
