"""`sanzi open-export FILE --key KEY DIR`: open a sealed export; or make a pair of keys for one."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("open-export", help="open a sealed export with its key")
    parser.add_argument("file", type=Path, nargs="?", help="the archive")
    parser.add_argument("folder", type=Path, nargs="?", help="a new folder for the package")
    parser.add_argument("--key", type=Path, help="the recipient's key file")
    parser.add_argument("--new-key", type=Path, metavar="FILE", help="make a key file instead")
    parser.set_defaults(run=run, needs_django=False)


def run(options: Namespace) -> int:
    """Open the archive, whole or not at all."""
    if options.new_key:
        return _new_key(options.new_key)
    if not (options.file and options.folder and options.key):
        print("要写明：sanzi open-export 文件 新文件夹 --key 密钥文件")
        return 2
    _open(options.file, options.folder, options.key)
    print(f"已打开到 {options.folder}。里面是完整的个人信息，用完请删除。")
    return 0


def _open(file: Path, folder: Path, key: Path) -> None:
    """Unpack beside the target and move it there only when the last block was authentic."""
    from sanzi.record import envelope
    from sanzi.record.errors import EnvelopeBroken

    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".open-export-", dir=folder.parent))
    try:
        with file.open("rb") as stream:
            blocks = envelope.opened(stream, key)
            with tarfile.open(fileobj=cast("IO[bytes]", _Blocks(blocks)), mode="r|") as tar:
                tar.extractall(scratch, filter="data")
            for _ in blocks:
                pass
        scratch.rename(folder)
    except tarfile.TarError as error:
        raise EnvelopeBroken from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Blocks:
    """A reader over blocks, as tarfile wants one."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._held = blocks, b""

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer only at the end."""
        while len(self._held) < size:
            block = next(self._blocks, b"")
            if not block:
                break
            self._held += block
        found, self._held = self._held[:size], self._held[size:]
        return found


def _new_key(path: Path) -> int:
    from sanzi.record import envelope

    private, public = envelope.new_key()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(private)
    print(f"密钥写在 {path}，不要给任何人。下面是公钥，申请导出时填它：\n{public}")
    return 0
