"""Write the pages of docs/generated from the data files; `--check` says which are stale."""

import json
import os
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src" / "sanzi" / "data"
TARGET = ROOT / "docs" / "generated"
sys.path.insert(0, str(ROOT / "src"))
_NOTE = "Made by `make docs` from `{source}`. Change that, not this.\n"


def record_page() -> str:
    """Return the page of record tables: every column with type, class and meaning."""
    lines = ["# Record tables\n", _NOTE.format(source="src/sanzi/data/record")]
    for path in sorted((DATA / "record").glob("*.yaml")):
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(table, dict) or "columns" not in table:
            continue
        lines += [
            f"## `{table['table']}` {table['title']}\n",
            f"{table['meaning']}\n",
            "| column | type | needed | class | meaning |",
            "| --- | --- | --- | --- | --- |",
        ]
        for column in table["columns"]:
            needed = "yes" if column.get("required") else ""
            lines.append(
                f"| `{column['name']}` | {column['type']} | {needed} | {column['class']} "
                f"| {column['meaning']} |"
            )
        lines.append("")
    return "\n".join(lines)


def roles_page() -> str:
    """Return the page of roles: where each is held and what it may do."""
    roles = yaml.safe_load((DATA / "roles.yaml").read_text(encoding="utf-8"))["roles"]
    lines = [
        "# Roles\n",
        _NOTE.format(source="src/sanzi/data/roles.yaml"),
        "| role | code | held at | may |",
        "| --- | --- | --- | --- |",
    ]
    for code, role in roles.items():
        may = ", ".join(f"`{permission}`" for permission in role["may"])
        lines.append(f"| {role['title']} | `{code}` | {role['level']} | {may} |")
    return "\n".join([*lines, ""])


def interface_document() -> str:
    """Return the OpenAPI document of the interface for programs, as it is served."""
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
        django.setup()
    from sanzi.interfaces.api.app import document

    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def pages() -> dict[Path, str]:
    """Return every generated page with its text."""
    return {
        TARGET / "record.md": record_page(),
        TARGET / "roles.md": roles_page(),
        TARGET / "openapi.json": interface_document(),
    }


def stale() -> list[str]:
    """Return the pages that differ from what they would be."""
    return [
        path.name
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> None:
    """Write the pages, or with --check fail if one is stale."""
    if "--check" in sys.argv:
        found = stale()
        sys.exit(f"stale: {', '.join(found)}; run make docs" if found else 0)
    TARGET.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
