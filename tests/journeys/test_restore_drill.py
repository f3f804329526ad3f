"""The drill: back up, lose everything, restore, and find every row, chain and file the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

import migrated
from sanzi.kernel import digest
from sanzi.record import backups, keyrings
from sanzi.record.errors import BackupBroken
from sanzi_county.county import write_county

pytestmark = pytest.mark.database

SERVER = os.environ.get("SANZI_TEST_DATABASE_URL", "")
KEY = bytes.fromhex("ab" * 16)
EMPTY = "template0"
PASSPHRASE = "马蹄 河边 2026 十二下"
ORIGINAL = b"a receipt, photographed"
FACTS = (
    "import json; from sanzi.record import snapshots; "
    "print(json.dumps(snapshots.facts().as_dict()))"
)


class Place:
    """One installation: a data folder, a database, an environment."""

    def __init__(self, var: Path, name: str) -> None:
        self.var, self.name = var, name
        self.environment = {
            **os.environ,
            "SANZI_ENV": "test",
            "SANZI_VAR": str(var),
            "SANZI_DATA_KEY": "k1:" + "ab" * 16,
            "SANZI_INDEX_KEY": "cd" * 32,
            "SANZI_BANK_KEYS": str(var / "bank-keys"),
            "SANZI_BACKUP_PASSPHRASE": PASSPHRASE,
            "SANZI_DATABASE_URL": self._url(),
        }

    def _url(self) -> str:
        if not SERVER:
            return f"sqlite:///{self.var / 'sanzi.sqlite3'}"
        return urlsplit(SERVER)._replace(path=f"/{self.name}").geturl()

    def new_database(self, template: str = EMPTY) -> None:
        """A database without tables, or with those that the server of the tests begins with."""
        for file in self.var.glob("sanzi.sqlite3*"):
            file.unlink()
        if template != EMPTY and not SERVER:
            migrated.copy_to(self.var / "sanzi.sqlite3")
        if SERVER:
            admin = urlsplit(SERVER)._replace(path="/postgres").geturl()
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {self.name} TEMPLATE {template}")

    def drop_database(self) -> None:
        """Leave nothing on the server."""
        if SERVER:
            admin = urlsplit(SERVER)._replace(path="/postgres").geturl()
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def sanzi(self, *arguments: object, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run a command as an operator does."""
        return subprocess.run(
            [sys.executable, "-m", "sanzi.interfaces.cli.main", *map(str, arguments)],
            env={**self.environment, **changed}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """Rows, heads and migrations as they are now."""
        found = self.sanzi("manage", "shell", "--no-imports", "-c", FACTS)
        told: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
        return told


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A county of two villages with one original on the disk and keys for the bank."""
    folder = tmp_path_factory.mktemp("drill")
    made = Place(folder / "var", f"drill_{os.getpid()}")
    made.var.mkdir()
    made.new_database("template1")
    write_county(folder / "county", villages=2, months=3, until=date(2026, 11, 20), seed=3)
    assert made.sanzi("migrate").returncode == 0
    assert made.sanzi("import", folder / "county").returncode == 0
    original = made.var / "evidence" / digest.sm3(ORIGINAL)[:2] / digest.sm3(ORIGINAL)
    original.parent.mkdir(parents=True)
    original.write_bytes(ORIGINAL)
    (made.var / "bank-keys").mkdir()
    (made.var / "bank-keys" / "client.key").write_text("secret of the bank", encoding="utf-8")
    yield made
    made.drop_database()


@pytest.fixture(scope="module")
def backup(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "one"
    done = place.sanzi("backup", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def copied(backup: Path, target: Path) -> Path:
    for path in backup.rglob("*"):
        if path.is_file():
            other = target / path.relative_to(backup)
            other.parent.mkdir(parents=True, exist_ok=True)
            other.write_bytes(path.read_bytes())
    return target


def test_a_backup_holds_no_key_in_the_clear(place: Place, backup: Path) -> None:
    keys = (place.environment["SANZI_DATA_KEY"][3:], "cd" * 32, "secret of the bank")
    for path in backup.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(key.encode() in data for key in keys), path


def test_what_was_lost_comes_back_the_same(place: Place, backup: Path) -> None:
    before = place.facts()
    assert before["rows"]["ledger_voucher"] > 100
    assert before["heads"]["ledger"]
    assert before["heads"]["audit"]

    place.new_database()
    [original] = (place.var / "evidence").rglob("*/*")
    original.chmod(0o600)
    original.unlink()
    done = place.sanzi("restore", backup)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0处对不上" in done.stdout
    assert place.facts() == before
    assert original.read_bytes() == ORIGINAL
    assert place.sanzi("verify").returncode == 0


def test_a_place_that_is_not_empty_is_left_as_it_is(place: Place, backup: Path) -> None:
    before = place.facts()

    done = place.sanzi("restore", backup)

    assert done.returncode == 2
    assert "已经有东西" in done.stderr
    assert place.facts() == before


def _flip(folder: Path) -> None:
    [file] = folder.glob("database.*")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def _lose_a_file(folder: Path) -> None:
    next(path for path in (folder / "files").rglob("*") if path.is_file()).unlink()


def _add_a_file(folder: Path) -> None:
    (folder / "files" / "evidence" / "more").write_bytes(b"x")


def _change_a_count(folder: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    told["database"]["rows"]["ledger_voucher"] -= 1
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")


def _lose_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("wreck", "said"),
    [
        (_flip, "校验值不一样"),
        (_lose_a_file, "缺文件"),
        (_add_a_file, "多出清单里没有的文件"),
        (_change_a_count, "不是用这套密钥做的"),
        (_lose_the_manifest, "manifest.json"),
    ],
)
def test_a_damaged_backup_is_refused(backup: Path, tmp_path: Path, wreck: Any, said: str) -> None:
    folder = copied(backup, tmp_path / "copy")
    wreck(folder)

    with pytest.raises(BackupBroken, match=said):
        backups.check(folder, [KEY])


def test_a_backup_of_another_installation_is_refused(backup: Path) -> None:
    assert backups.check(backup, [b"x" * 16, KEY]).facts.rows["ledger_voucher"]

    with pytest.raises(BackupBroken, match="别处的"):
        backups.check(backup, [b"x" * 16])
    with pytest.raises(BackupBroken, match="口令不对"):
        keyrings.open_file(backup / backups.KEYS, passphrase="another passphrase")


def test_a_damaged_backup_leaves_an_empty_place_empty(
    place: Place, backup: Path, tmp_path: Path
) -> None:
    folder = copied(backup, tmp_path / "copy")
    _flip(folder)
    other = Place(tmp_path / "var", f"{place.name}_b")
    other.var.mkdir()
    other.new_database()

    done = other.sanzi("restore", folder)
    foreign = other.sanzi("restore", backup, SANZI_DATA_KEY="k1:" + "ef" * 16)

    assert (done.returncode, foreign.returncode) == (2, 2)
    assert "校验值不一样" in done.stderr
    assert "密钥和备份里的不一样" in foreign.stdout
    assert not (other.var / "evidence").exists()
    assert not list(other.var.glob("sanzi.sqlite3*"))
    other.drop_database()


def test_the_keys_come_out_for_a_new_machine(place: Place, backup: Path, tmp_path: Path) -> None:
    target = tmp_path / "sanzi.env"

    done = place.sanzi("restore", backup, "--keys-to", target)

    assert done.returncode == 0, done.stdout + done.stderr
    text = target.read_text(encoding="utf-8")
    assert f"SANZI_DATA_KEY={place.environment['SANZI_DATA_KEY']}\n" in text
    assert target.stat().st_mode & 0o077 == 0
    key = tmp_path / "bank-keys" / "client.key"
    assert key.read_text(encoding="utf-8") == "secret of the bank"
    again = place.sanzi("restore", backup, "--keys-to", target)
    assert again.returncode == 2


def test_without_a_passphrase_no_backup_is_begun(place: Place, tmp_path: Path) -> None:
    done = place.sanzi("backup", tmp_path / "two", SANZI_BACKUP_PASSPHRASE="short")

    assert done.returncode == 2
    assert not (tmp_path / "two").exists()
