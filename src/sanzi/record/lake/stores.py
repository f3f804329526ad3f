"""Where a lake lies: a folder, or a store that speaks S3. Whole files in, whole files out.

A file appears under its name whole or not at all: in a folder by renaming, in a store because an
object is seen when its last byte is in. Keys of a store come from its usual variables
(AWS_ACCESS_KEY_ID and so on), never from the address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
from pyarrow import fs

from sanzi.kernel import ids
from sanzi.record.lake.errors import BadPlace

HEADS: Final = "_counties"
_SAFE: Final = re.compile(r"[A-Za-z0-9_=.-]+(/[A-Za-z0-9_=.-]+)*")


class Store:
    """A lake's files by their path below it."""

    def __init__(self, files: fs.FileSystem, root: str, *, place: str) -> None:
        """Stand on a file system of Arrow. `place` is what people are told."""
        self._files, self._root, self.place = files, root.rstrip("/"), place
        self._is_folder = isinstance(files, fs.LocalFileSystem)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is none. Raises: BadPlace."""
        try:
            with self._files.open_input_file(self._at(path)) as stream:
                return bytes(stream.read())
        except FileNotFoundError:
            return None
        except (OSError, pa.ArrowException) as error:
            raise BadPlace(place=self.place, why=_first_line(error)) from error

    def write(self, path: str, content: bytes) -> None:
        """Lay a file down whole, in place of one of that name. Raises: BadPlace."""
        at = self._at(path)
        try:
            if self._is_folder:
                _write_file(Path(at), content)
                return
            with self._files.open_output_stream(at) as stream:
                stream.write(content)
        except (OSError, pa.ArrowException) as error:
            raise BadPlace(place=self.place, why=_first_line(error)) from error

    def size(self, path: str) -> int | None:
        """Return how many bytes a file has, or None where there is none. Raises: BadPlace."""
        try:
            [told] = self._files.get_file_info([self._at(path)])
        except (OSError, pa.ArrowException) as error:
            raise BadPlace(place=self.place, why=_first_line(error)) from error
        return int(told.size) if told.type == fs.FileType.File else None

    def listed(self, folder: str) -> Iterator[str]:
        """Yield the paths of all files below a folder, in order. Raises: BadPlace."""
        wanted = fs.FileSelector(self._at(folder), allow_not_found=True, recursive=True)
        try:
            found = self._files.get_file_info(wanted)
        except (OSError, pa.ArrowException) as error:
            raise BadPlace(place=self.place, why=_first_line(error)) from error
        for one in sorted(found, key=lambda told: str(told.path)):
            if one.type == fs.FileType.File:
                yield str(one.path).removeprefix(f"{self._root}/")

    def remove(self, path: str) -> None:
        """Take a file away. Raises: BadPlace."""
        try:
            self._files.delete_file(self._at(path))
        except FileNotFoundError:
            return
        except (OSError, pa.ArrowException) as error:
            raise BadPlace(place=self.place, why=_first_line(error)) from error

    def _at(self, path: str) -> str:
        if not _SAFE.fullmatch(path) or ".." in path.split("/"):
            raise BadPlace(place=self.place, why=f"路径 {path[:80]!r} 不合规矩")
        return f"{self._root}/{path}"


def opened(place: str) -> Store:
    """Return the store at a folder, or at `s3://bucket/prefix?endpoint=http://host:port`.

    Raises: BadPlace.
    """
    if not place.startswith("s3://"):
        if "://" in place:
            raise BadPlace(place=place, why="只认文件夹和 s3:// 的地址")
        return Store(fs.LocalFileSystem(), str(Path(place).resolve()), place=place)
    told = urlsplit(place)
    options = {name: values[-1] for name, values in parse_qs(told.query).items()}
    if set(options) - {"endpoint", "region"} or told.username or not told.netloc:
        raise BadPlace(place=f"s3://{told.hostname}", why="地址只能带 endpoint 和 region")
    endpoint = urlsplit(options.get("endpoint", ""))
    files = fs.S3FileSystem(
        endpoint_override=endpoint.netloc or None,
        scheme=endpoint.scheme or "https",
        region=options.get("region") or os.environ.get("AWS_REGION") or "us-east-1",
        connect_timeout=10,
        request_timeout=60,
    )
    return Store(files, f"{told.netloc}{told.path}", place=f"s3://{told.netloc}{told.path}")


def _write_file(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{ids.new_token(40)}")
    try:
        with half.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
