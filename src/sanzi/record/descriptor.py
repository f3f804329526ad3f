"""`datapackage.json`: the Table Schema of a package, with the SM3 of each file.

A descriptor made by hand needs only `resources` with `name` and `path`: our own column
lists decide what is right, the schema inside is for other programs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes

from sanzi.record.errors import CellError, PackageRefused
from sanzi.record.schema import Column, Table

FILE_NAME: Final = "datapackage.json"
SIZE_MAX: Final = 1_000_000
_BLOCK: Final = 1 << 20
_FRICTIONLESS_TYPES: Final = {"decimal": "number"}


def build(
    name: str, resources: list[dict[str, Any]], told: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The descriptor of a package called `name`; `told` are further `x-` keys."""
    return {
        "name": name,
        "profile": "tabular-data-package",
        **(told or {}),
        "resources": resources,
    }


def resource(table: Table, *, sm3: str, rows: int) -> dict[str, Any]:
    """One resource with its Table Schema."""
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.exchange_columns],
        "primaryKey": list(table.primary_key),
    }
    keys = [key for key in table.foreign_keys if not key.also]  # it knows no "or"
    if keys:
        schema["foreignKeys"] = [
            {
                "fields": [key.column],
                "reference": {
                    "resource": "" if key.table == table.name else key.table,
                    "fields": [key.references],
                },
            }
            for key in keys
        ]
    return {
        "name": table.name,
        "title": table.title,
        "path": table.resource,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "x-sm3": sm3,
        "x-rows": rows,
        "schema": schema,
    }


def write(folder: Path, data: Mapping[str, Any]) -> None:
    """Write the descriptor into `folder`."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def read(folder: Path, tables: Mapping[str, Table]) -> dict[str, dict[str, Any]]:
    """Resources by table name. Raises PackageRefused for anything but our plain files."""
    data = _load(folder / FILE_NAME)
    found: dict[str, dict[str, Any]] = {}
    errors: list[CellError] = []
    for item in data:
        name = item.get("name") if isinstance(item, dict) else None
        expected = _expected(item, tables, found)
        if expected is not None:
            errors.append(CellError(FILE_NAME, 0, "resources", str(name)[:40], expected))
        else:
            found[str(name)] = item
    if errors:
        raise PackageRefused(errors)
    return found


def _load(path: Path) -> list[Any]:
    if path.is_symlink() or not path.is_file():
        raise _refused("文件夹里要有 datapackage.json")
    if path.stat().st_size > SIZE_MAX:
        raise _refused("datapackage.json 最大 1 MB")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _refused("应是 UTF-8 的 JSON") from error
    resources = data.get("resources") if isinstance(data, dict) else None
    if not isinstance(resources, list) or not resources:
        raise _refused("resources 要列出数据包里的文件")
    return resources


def _expected(item: Any, tables: Mapping[str, Table], found: Mapping[str, Any]) -> str | None:
    if not isinstance(item, dict):
        return "每个资源要有 name 和 path"
    table = tables.get(str(item.get("name")))
    if table is None or not table.exchange:
        return "不认识这张表"
    if table.name in found:
        return "这张表列了两次"
    if item.get("path") != table.resource:
        return f"path 应是 {table.resource}，不能指到文件夹外面"
    return None


def file_sm3(path: Path) -> str:
    """SM3 of a file's bytes, read in blocks."""
    digest = hashes.Hash(hashes.SM3())
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.finalize().hex()


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.enum:
        constraints["enum"] = list(column.enum)
    if column.pattern is not None:
        constraints["pattern"] = column.pattern
    for bound in ("minimum", "maximum"):
        if getattr(column, bound) is not None:
            constraints[bound] = getattr(column, bound)
    field: dict[str, Any] = {
        "name": column.name,
        "title": column.meaning,
        "type": _FRICTIONLESS_TYPES.get(column.type, column.type),
        "x-class": column.privacy,
    }
    if column.type == "datetime":
        field["format"] = "any"
    if constraints:
        field["constraints"] = constraints
    return field


def _refused(expected: str) -> PackageRefused:
    return PackageRefused([CellError(FILE_NAME, 0, "", "", expected)])
