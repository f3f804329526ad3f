"""Sizes and names are a test, not a wish."""

import ast
import re
from pathlib import Path

import pytest

from house import tree

FUNCTION_LINES = 70
FILE_LINES = 500
TEST_FILE_LINES = 600
ARGUMENTS = 5
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "misc"}
BARE_TODO = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))")

# What may be larger, each with its reason. This list may only shrink.
ALLOWED: dict[str, str] = {}


def size_faults(path: Path, code: str) -> list[str]:
    """Return what is too long in one file."""
    limit = TEST_FILE_LINES if path.parts[0] == "tests" else FILE_LINES
    faults = []
    lines = code.count("\n")
    if lines > limit:
        faults.append(f"{path}: {lines} lines, at most {limit}")
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        long = (node.end_lineno or node.lineno) - node.lineno + 1
        if long > FUNCTION_LINES:
            faults.append(f"{path}:{node.lineno}: {node.name} has {long} lines")
        placed = [arg.arg for arg in [*node.args.posonlyargs, *node.args.args]]
        count = len([arg for arg in placed if arg not in {"self", "cls"}])
        if count > ARGUMENTS and path.parts[0] != "tests":
            faults.append(f"{path}:{node.lineno}: {node.name} has {count} arguments with a place")
    return [fault for fault in faults if fault.split(":")[0] not in ALLOWED]


def name_faults(path: Path) -> list[str]:
    """Return a fault if a part of the path says nothing about what is inside."""
    parts = {part.removesuffix(".py") for part in path.parts}
    return [f"{path}: {part} says nothing" for part in sorted(parts & BANNED_NAMES)]


def todo_faults(path: Path, text: str) -> list[str]:
    """Return the lines with work left over and no issue number."""
    return [
        f"{path}:{number}: write TODO(#issue)"
        for number, line in enumerate(text.splitlines(), 1)
        if BARE_TODO.search(line)
    ]


def test_no_function_and_no_file_is_too_long() -> None:
    faults = [
        fault
        for path in tree.python_files()
        for fault in size_faults(path.relative_to(tree.ROOT), tree.text(path))
    ]

    assert faults == []


def test_every_file_name_says_what_is_inside() -> None:
    faults = [
        fault for path in tree.python_files() for fault in name_faults(path.relative_to(tree.ROOT))
    ]

    assert faults == []


def test_work_left_over_has_an_issue() -> None:
    kinds = {".py", ".html", ".css", ".js", ".sql", ".yaml", ".sh"}
    faults = [
        fault
        for path in tree.files()
        if path.suffix in kinds and path != Path(__file__)
        for fault in todo_faults(path.relative_to(tree.ROOT), tree.text(path))
    ]

    assert faults == []


def test_no_division_code_is_cut_by_hand() -> None:
    """Zeros at the end are figures too: town 110 begins with what is left of town 100."""
    cut = re.compile(r"code(?:s\[\w+\])?\.rstrip\(.0.\)|home\.rstrip\(.0.\)")
    found = [tree.name(path) for path in tree.python_files() if cut.search(tree.text(path))]

    assert found == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        tree.name(path)
        for path in tree.python_files()
        if path.name != "__init__.py" and ast.get_docstring(tree.tree(path)) is None
    ]

    assert silent == []


def test_the_allow_list_names_only_what_is_there() -> None:
    assert [name for name in ALLOWED if not (tree.ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("x = 1\n" * 501, "501 lines"),
        ("def f():\n" + "    x = 1\n" * 70, "f has 71 lines"),
        ("def f(a, b, c, d, e, g): ...\n", "f has 6 arguments"),
    ],
)
def test_a_fault_of_size_is_found(code: str, fault: str) -> None:
    (found,) = size_faults(Path("src/sanzi/x.py"), code)

    assert fault in found


def test_what_is_allowed_is_not_a_fault() -> None:
    code = "def f(self, a, b, c, d, e, *, g, h): ...\n" + "x = 1\n" * 499

    assert size_faults(Path("src/sanzi/x.py"), code) == []
    assert name_faults(Path("src/sanzi/orgs/scope.py")) == []
    assert todo_faults(Path("x.py"), "# TODO(#12): later") == []


def test_faults_of_name_and_left_over_work_are_found() -> None:
    assert name_faults(Path("src/sanzi/orgs/utils.py")) != []
    assert todo_faults(Path("x.py"), "x = 1\n# TODO later") == ["x.py:2: write TODO(#issue)"]
