"""Write the pages made from data, docs/models among them; `--check` says which are stale."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from sanzi.ledger.standards import Entry

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


def standards_page() -> str:
    """Return the page of accounting standards: how each is known, what each template books."""
    from sanzi.ledger import standards

    lines = ["# Accounting standards\n", _NOTE.format(source="src/sanzi/data/standards")]
    for code in standards.codes():
        standard = standards.get(code)
        heads = [one for one in standard.accounts.values() if one.level == 1]
        official = sum(one.is_official for one in heads)
        counted = (
            f"{official} at the first level are the regulation's, {len(heads) - official} by choice"
        )
        lines += [
            f"## `{code}` {standard.title}\n",
            f"{len(standard.accounts)} accounts; {counted}.\n",
            "| part | known from | note |",
            "| --- | --- | --- |",
            *(f"| {one.of} | {one.how} | {one.note} |" for one in standard.provenance),
            "",
            "| template | version | what | debits | credits | known from | basis |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        for entry in standard.entries.values():
            sides = " | ".join(_lines_of(entry, side) for side in standards.SIDES)
            lines.append(
                f"| `{entry.rule_code}` | {entry.version} | {entry.title} | {sides}"
                f" | {entry.how} | {entry.basis} |"
            )
        lines.append("")
    return "\n".join([*lines, *_map_lines()])


def _lines_of(entry: "Entry", side: str) -> str:
    """Return the accounts of one side of a template; a question mark for a line left out."""
    return ", ".join(
        "·".join(line.within or (line.account,)) + ("?" if line.is_optional else "")
        for line in entry.lines
        if line.side == side
    )


def _map_lines() -> list[str]:
    """Return the table of the map from the accounts of 2004 to those of 2023."""
    from sanzi.ledger.standards import mapping

    found = mapping.get("vce2004", "rce2023")
    lines = [
        "## From `vce2004` to `rce2023`\n",
        "| old | new | rule | why, or what is asked |",
        "| --- | --- | --- | --- |",
    ]
    for row in found.rows:
        old = f"{row.from_code} {found.old.accounts[row.from_code].name} {row.when}".strip()
        new = " or ".join(row.options) or row.to_code
        lines.append(f"| {old} | {new} | {row.rule} | {row.why} |")
    return [*lines, ""]


def conformance_page() -> str:
    """Return the page that lists what the law asks, where it is built and what proves it."""
    data = yaml.safe_load((DATA / "conformance.yaml").read_text(encoding="utf-8"))
    rows = data["articles"]
    proved = sum(1 for row in rows if row.get("tests") and not row.get("open"))
    partly = sum(1 for row in rows if row.get("tests") and row.get("open"))
    left = len(rows) - proved - partly
    counted = f"做到并有测试{proved}行，部分做到{partly}行，还没有{left}行"
    lines = [
        "# 会计软件规范逐条对照\n",
        _NOTE.format(source="src/sanzi/data/conformance.yaml"),
        f"{data['rule']}。要求是我们自己的话，不是原文。\n",
        f"共{len(rows)}行：{counted}。没有测试的不算做到。\n",
    ]
    for row in rows:
        tests, missing = row.get("tests", []), row.get("open", "")
        state = ("部分做到" if missing else "做到") if tests else "还没有"
        lines += [f"## {row['article']}：{state}\n", f"{row['requires']}\n", f"{row['where']}\n"]
        lines += [f"还差：{missing}\n"] if missing else []
        for test in tests:
            file, _, name = test.partition("::")
            lines.append(f"- [`{name}`](../tests/{file})")
        lines += [""] if tests else []
    return "\n".join(lines)


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
    import model_pages

    return {
        **model_pages.pages(ROOT),
        TARGET / "record.md": record_page(),
        TARGET / "roles.md": roles_page(),
        TARGET / "standards.md": standards_page(),
        ROOT / "docs" / "conformance.md": conformance_page(),
        TARGET / "openapi.json": interface_document(),
    }


def left_over() -> list[Path]:
    """Return the pages of models that are no more."""
    made = pages()
    return [path for path in (ROOT / "docs" / "models").rglob("*.md") if path not in made]


def stale() -> list[str]:
    """Return the pages that differ from what they would be, and those that would not be."""
    return [path.name for path in left_over()] + [
        path.name
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> None:
    """Write the pages, or with --check fail if one is stale."""
    if "--check" in sys.argv:
        found = stale()
        sys.exit(f"stale: {', '.join(found)}; run make docs" if found else 0)
    for path in left_over():
        path.unlink()
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
