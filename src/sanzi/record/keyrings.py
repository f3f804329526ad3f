"""The keys of an installation, closed up for a backup: under a passphrase, or to a recipient.

Whoever holds a backup without them holds numbers that nobody can read; whoever holds both holds
everything. So they are never in a backup in the clear.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sanzi.kernel import cipher
from sanzi.kernel.errors import SealBroken
from sanzi.record import envelope
from sanzi.record.errors import BackupBroken

FORMAT: Final = "sanzi-keys/1"
WORDS_MIN: Final = 12
CONTEXT: Final = "backup keys"
# Scrypt: 64 MiB and some tenths of a second for each guess.
_N, _R, _P = 2**16, 8, 1


class WeakPassphrase(ValueError):
    """A passphrase is too short to keep the keys of a county."""


def gather(settings: Mapping[str, str], bank_keys: Path) -> dict[str, Any]:
    """Return all keys: the settings by name, the bank's key files as base64."""
    files = sorted(path for path in bank_keys.glob("*") if path.is_file())
    return {
        "settings": dict(settings),
        "bank_keys": {path.name: base64.b64encode(path.read_bytes()).decode() for path in files},
    }


def close_with_passphrase(keys: Mapping[str, Any], passphrase: str) -> str:
    """Return the keys sealed under a passphrase, as JSON text. Raises: WeakPassphrase."""
    if len(passphrase) < WORDS_MIN:
        raise WeakPassphrase(f"at least {WORDS_MIN} characters")
    salt = os.urandom(16)
    sealed = cipher.seal(_derived(passphrase, salt), json.dumps(keys), CONTEXT, version="p1")
    return json.dumps({"format": FORMAT, "salt": salt.hex(), "sealed": sealed})


def close_for(keys: Mapping[str, Any], public_key: str) -> bytes:
    """Return the keys in an envelope that only the holder of an SM2 key opens."""
    stream = io.BytesIO()
    told = {"format": FORMAT, "purpose": "keys"}
    with envelope.Sealer(stream, envelope.public_key(public_key), told) as out:
        out.write(json.dumps(keys).encode())
    return stream.getvalue()


def open_file(file: Path, *, passphrase: str = "", key_file: Path | None = None) -> dict[str, Any]:
    """Return the keys of a backup. Raises: BackupBroken, EnvelopeBroken, NotTheRecipient."""
    raw = file.read_bytes()
    if raw.startswith(envelope.MAGIC):
        if key_file is None:
            raise BackupBroken(why="密钥是封给一个收件人的，要用他的密钥文件打开")
        text = b"".join(envelope.opened(io.BytesIO(raw), key_file)).decode()
    else:
        text = _opened(raw, passphrase)
    keys: dict[str, Any] = json.loads(text)
    return keys


def lay_out(keys: Mapping[str, Any], environment: Path, bank_keys: Path) -> None:
    """Write opened keys: settings as an environment file, the bank's as files; owner only."""
    lines = [f"{name}={value}\n" for name, value in sorted(keys["settings"].items())]
    _write_private(environment, "".join(lines).encode())
    bank_keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, encoded in keys["bank_keys"].items():
        _write_private(bank_keys / Path(name).name, base64.b64decode(encoded))


def _write_private(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)


def _opened(raw: bytes, passphrase: str) -> str:
    try:
        told = json.loads(raw)
        key = _derived(passphrase, bytes.fromhex(told["salt"]))
        return cipher.open_sealed({"p1": key}, told["sealed"], CONTEXT)
    except SealBroken:
        raise BackupBroken(why="口令不对，或者密钥文件被改过") from None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise BackupBroken(why="密钥文件读不出来") from None


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=16, n=_N, r=_R, p=_P).derive(passphrase.encode())
