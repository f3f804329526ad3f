"""What backup, restore and rotation share: the keys of this installation, and their passphrase."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Protocol

from sanzi.kernel import cipher
from sanzi.record import keyrings
from sanzi.record.errors import BackupBroken

PASSPHRASE = "SANZI_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a setting, not a secret


class Told(Protocol):
    """The secrets among the settings."""

    @property
    def data_key(self) -> str:
        """The key that seals now."""
        ...

    @property
    def old_data_keys(self) -> str:
        """The keys that still open."""
        ...

    @property
    def index_key(self) -> str:
        """The key of the blind index."""
        ...

    @property
    def secret_key(self) -> str:
        """Django's own."""
        ...


def add_key_options(parser: ArgumentParser) -> None:
    """Declare how the keys are closed up or opened."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=f"the passphrase of the keys; without it {PASSPHRASE}, or asked for",
    )


def passphrase(options: Namespace) -> str:
    """Return the passphrase from the file, the environment or the keyboard; '' if there is none."""
    if options.passphrase_file is not None:
        return str(options.passphrase_file.read_text(encoding="utf-8")).strip()
    found = os.environ.get(PASSPHRASE, "")
    if not found and sys.stdin.isatty():
        found = getpass.getpass("密钥的口令：")
    return found


def settings_of(told: Told) -> dict[str, str]:
    """Return the secret settings by name, as an environment file holds them."""
    found = {
        "SANZI_DATA_KEY": told.data_key,
        "SANZI_OLD_DATA_KEYS": told.old_data_keys,
        "SANZI_INDEX_KEY": told.index_key,
        "SANZI_SECRET_KEY": told.secret_key,
    }
    return {name: value for name, value in found.items() if value}


def rings(told: Told, keys: dict[str, Any] | None) -> list[bytes]:
    """Return the data keys that may have signed a manifest: those of a backup, or our own."""
    names = keys["settings"] if keys is not None else settings_of(told)
    try:
        ring = cipher.ring(names["SANZI_DATA_KEY"], names.get("SANZI_OLD_DATA_KEYS", ""))
    except (KeyError, ValueError):
        raise BackupBroken(why="密钥文件里没有数据密钥") from None
    return [ring.keys[ring.version], *ring.keys.values()]


def opened_keys(folder: Path, options: Namespace) -> dict[str, Any] | None:
    """Open the keys of a backup, or return None when nothing to open them with was given."""
    from sanzi.record import backups

    file = folder / backups.KEYS
    words = passphrase(options) if options.key is None else ""
    if not file.exists() or not (words or options.key):
        return None
    return keyrings.open_file(file, passphrase=words, key_file=options.key)
