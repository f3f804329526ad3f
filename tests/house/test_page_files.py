"""Household pages are never files: what writes pages knows neither households nor proofs."""

from __future__ import annotations

import ast

from house import tree

WRITERS = (
    "disclosure/actions/pages.py",
    "disclosure/page_drawing.py",
    "disclosure/page_files.py",
    "disclosure/page_parts.py",
    "disclosure/page_queries.py",
    "interfaces/portal/page_files.py",
)
HOUSEHOLDS = {"household_queries", "households", "proofs", "Household", "HouseholdCode", "Person"}
TEMPLATES = ("household", "matter", "receipt", "_components/matters")


def names(code: str) -> set[str]:
    """Return every name that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {part for one in node.names for part in one.name.split(".")}
            found |= set((getattr(node, "module", "") or "").split("."))
    return found


def test_what_writes_pages_knows_no_household() -> None:
    known = {one: names(tree.text(tree.SOURCE / one)) & HOUSEHOLDS for one in WRITERS}

    assert [one for one, found in known.items() if found] == []


def test_nobody_else_writes_into_the_folder_of_pages() -> None:
    users = {
        path.relative_to(tree.SOURCE).as_posix()
        for path in tree.python_files()
        if path.is_relative_to(tree.SOURCE) and "site_dir" in tree.text(path)
    }

    assert users == {"config/env.py", "disclosure/page_queries.py"}


def test_a_template_of_a_page_shows_no_part_of_a_household() -> None:
    pages = sorted((tree.SOURCE / "templates" / "pages").iterdir())

    assert len(pages) > 4
    for path in pages:
        assert not [one for one in TEMPLATES if f"portal/{one}" in tree.text(path)], path.name


def test_an_import_of_households_is_found() -> None:
    assert names("from sanzi.disclosure.actions import households") & HOUSEHOLDS == {"households"}
    assert names("from sanzi.orgs.models import Household") & HOUSEHOLDS == {"Household"}
