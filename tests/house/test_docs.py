"""The documents cannot lie about rooms, commands, settings and links."""

import re
from pathlib import Path

from house import tree

TARGET = re.compile(r"^([a-z][a-z-]*)(?:-%)?:", re.MULTILINE)
MENTION = re.compile(
    r"`(?:[A-Z_]+=\S+ )?make ([a-z][a-z-]*)[^`]*`|^make ([a-z][a-z-]*)", re.MULTILINE
)
SETTING = re.compile(r"\"(SANZI_[A-Z_]+)\"")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def documents() -> list[Path]:
    """Return the Markdown files."""
    return [path for path in tree.files() if path.suffix == ".md"]


def missing_targets(text: str, makefile: str) -> list[str]:
    """Return the make targets that a text names and the Makefile lacks."""
    targets = set(TARGET.findall(makefile))
    named = {one or other for one, other in MENTION.findall(text)}
    return sorted(name for name in named if name not in targets and not name.startswith("bench-"))


def missing_rooms(rooms: set[str], text: str) -> list[str]:
    """Return the rooms that have no row in the table of rooms."""
    rows = {
        room
        for line in text.splitlines()
        if line.startswith("| ")
        for room in re.findall(r"`([a-z_]+)`", line.split("|")[1])
    }
    return sorted(rooms - rows)


def missing_links(path: Path, text: str) -> list[str]:
    """Return the links of a document that lead nowhere."""
    return [target for target in LINK.findall(text) if not (path.parent / target).exists()]


def test_every_room_has_a_row_in_the_architecture() -> None:
    rooms = {path.parent.name for path in tree.SOURCE.glob("*/__init__.py")}

    assert len(rooms) > 10
    assert missing_rooms(rooms, tree.text(tree.ROOT / "ARCHITECTURE.md")) == []


def test_every_make_target_named_in_a_document_exists() -> None:
    makefile = tree.text(tree.ROOT / "Makefile")

    assert {
        tree.name(path): missing
        for path in documents()
        if (missing := missing_targets(tree.text(path), makefile))
    } == {}


def test_every_setting_is_in_the_readme() -> None:
    settings = set(SETTING.findall(tree.text(tree.SOURCE / "config" / "env.py")))
    readme = tree.text(tree.ROOT / "README.md")

    assert len(settings) > 5
    assert sorted(name for name in settings if f"`{name}`" not in readme) == []


def test_every_link_leads_somewhere() -> None:
    assert {
        tree.name(path): missing
        for path in documents()
        if (missing := missing_links(path, tree.text(path)))
    } == {}


def test_every_decision_has_a_status_and_a_reason() -> None:
    decisions = sorted((tree.ROOT / "docs" / "adr").glob("[0-9]*.md"))

    assert len(decisions) >= 4
    for path in decisions:
        text = tree.text(path)
        for heading in ("Status:", "## Context", "## Decision", "## Consequences"):
            assert heading in text, f"{tree.name(path)} lacks {heading}"


def test_what_is_missing_is_found() -> None:
    assert missing_targets("`make nothing` and `make check test`", "check: x\n") == ["nothing"]
    assert missing_rooms({"orgs", "moon"}, "| `orgs` | people |\n`moon`") == ["moon"]
    assert missing_links(tree.ROOT / "README.md", "[a](nowhere.md) [b](Makefile)") == ["nowhere.md"]
