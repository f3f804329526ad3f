"""Every article of the rule for accounting software has a test that proves it, or says it is open.

What the page claims is what the tests show: a test that is named exists, and none is named twice
in one row.
"""

from __future__ import annotations

import ast
import re
from functools import cache

import yaml

from house import tree

FILE = tree.SOURCE / "data" / "conformance.yaml"
ARTICLES = (
    "5", "6、18", "13", "14", "15", "16", "17", "20", "21(1)", "21(2)", "21(3)", "21(4)", "22",
    "23", "24", "25", "26", "27", "28", "29", "31、34", "32", "33、37", "35", "41", "43", "46",
    "11号16—18",
)  # fmt: skip
KEYS = {"article", "requires", "where", "tests", "open"}
CHINESE = re.compile(r"[一-鿿]")


@cache
def names_in(file: str) -> frozenset[str]:
    """Return the names of the tests in a file under tests/, without `test_`."""
    path = tree.ROOT / "tests" / file
    if not path.is_file():
        return frozenset()
    found = ast.walk(ast.parse(tree.text(path)))
    return frozenset(
        node.name.removeprefix("test_")
        for node in found
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def faults(row: dict[str, object]) -> list[str]:
    """Return what is wrong with one row."""
    article = row.get("article")
    tests = row.get("tests", [])
    assert isinstance(tests, list)
    wrong = [f"{article}: unknown key {key}" for key in sorted(set(row) - KEYS)]
    wrong += [
        f"{article}: {key} says nothing in Chinese"
        for key in ("requires", "where")
        if not CHINESE.search(str(row.get(key, "")))
    ]
    if not tests and not row.get("open"):
        wrong.append(f"{article}: no test and not declared open")
    if len(set(tests)) != len(tests):
        wrong.append(f"{article}: a test is named twice")
    for test in tests:
        file, _, name = test.partition("::")
        if name not in names_in(file):
            wrong.append(f"{article}: there is no test {test}")
    return wrong


def rows() -> list[dict[str, object]]:
    """Return the rows of the page."""
    found: list[dict[str, object]] = yaml.safe_load(tree.text(FILE))["articles"]
    return found


def test_every_article_stands_once_and_in_order() -> None:
    assert tuple(row["article"] for row in rows()) == ARTICLES


def test_every_article_is_proved_or_says_that_it_is_open() -> None:
    assert [fault for row in rows() for fault in faults(row)] == []


def test_a_claim_without_proof_is_found() -> None:
    here = "house/test_conformance.py::a_claim_without_proof_is_found"
    whole: dict[str, object] = {"article": "9", "requires": "要", "where": "有", "tests": [here]}

    assert faults(whole) == []
    assert faults(whole | {"tests": []}) == ["9: no test and not declared open"]
    assert faults(whole | {"tests": [], "open": "没做"}) == []
    assert faults(whole | {"tests": [f"{here}_twice"]}) == [f"9: there is no test {here}_twice"]
    assert faults(whole | {"tests": [here, here]}) == ["9: a test is named twice"]
    assert faults(whole | {"tests": ["house/none.py::x"]}) == [
        "9: there is no test house/none.py::x"
    ]
    assert faults(whole | {"where": "", "status": "done"}) == [
        "9: unknown key status",
        "9: where says nothing in Chinese",
    ]
