"""The files of the repository, read once; shared by the house tests."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sanzi"


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is or would be in the repository, as git sees it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in found if path.is_file() and not path.is_symlink()))


def links() -> list[str]:
    """Return the symbolic links in the repository."""
    staged = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [line.split("\t")[1] for line in staged.splitlines() if line.startswith("120000")]


def python_files() -> list[Path]:
    """Return the Python files, migrations left out: those are generated."""
    return [path for path in files() if path.suffix == ".py" and "migrations" not in path.parts]


@cache
def text(path: Path) -> str:
    """Return the text of a file; "" for one that is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(text(path), filename=str(path))


def name(path: Path) -> str:
    """Return the path as it is named in messages."""
    return path.relative_to(ROOT).as_posix() if path.is_absolute() else path.as_posix()
