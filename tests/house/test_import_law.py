"""What the import contracts cannot see: foreign keys given as strings, and rooms without a rule."""

import ast
import tomllib
from pathlib import Path

import pytest

from house import tree

RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def contracts() -> list[dict[str, object]]:
    """Return the import contracts of pyproject.toml."""
    with (tree.ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, object]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


def heights() -> dict[str, int]:
    """Return the height of each room by the contract `rooms`: higher number, higher room."""
    layers = next(contract["layers"] for contract in contracts() if contract["id"] == "rooms")
    assert isinstance(layers, list)
    return {
        room.strip(" ()"): height
        for height, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def related(code: str) -> list[tuple[int, ast.expr]]:
    """Return line and target expression of each relation between tables."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        kind = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
        if kind in RELATIONS:
            targets = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "to")]
            found += [(node.lineno, target) for target in targets]
    return found


def relations(code: str) -> list[tuple[int, str]]:
    """Return line and target room of each relation that no import shows."""
    found = []
    for line, target in related(code):
        if isinstance(target, ast.Constant) and "." in str(target.value):
            found.append((line, str(target.value).split(".", 1)[0]))
        elif isinstance(target, ast.Attribute) and target.attr == "AUTH_USER_MODEL":
            found.append((line, "orgs"))
    return found


def key_faults(room: str, name: str, code: str) -> list[str]:
    """Return the relations of a room's file that point up or sideways."""
    order = heights()
    return [
        f"{name}:{line}: {room} points to {target}"
        for line, target in relations(code)
        if target != room and target in order and order[target] >= order[room]
    ]


def _models() -> list[Path]:
    paths = [path for path in tree.python_files() if tree.SOURCE in path.parents]
    return [path for path in paths if "models" in path.relative_to(tree.SOURCE).as_posix()]


def test_foreign_keys_point_to_the_same_room_or_a_lower_one() -> None:
    faults = [
        fault
        for path in _models()
        for fault in key_faults(
            path.relative_to(tree.SOURCE).parts[0], tree.name(path), tree.text(path)
        )
    ]

    assert faults == []


def test_the_relations_between_tables_are_seen_at_all() -> None:
    assert sum(len(related(tree.text(path))) for path in _models()) > 20


@pytest.mark.parametrize(
    ("room", "target", "allowed"),
    [
        ("payments", "orgs.Org", True),
        ("payments", "payments.Batch", True),
        ("payments", "matters.Case", False),
        ("ledger", "bank.Line", False),
        ("audit", "orgs.User", False),
        ("matters", "auth.Group", True),
    ],
)
def test_a_key_that_points_up_or_sideways_is_found(
    room: str, target: str, *, allowed: bool
) -> None:
    code = f"x = models.ForeignKey('{target}', on_delete=models.PROTECT)\n"

    assert (key_faults(room, "x.py", code) == []) == allowed


def test_the_user_table_belongs_to_orgs() -> None:
    code = "x = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)\n"

    assert key_faults("audit", "x.py", code) == ["x.py:1: audit points to orgs"]
    assert key_faults("matters", "x.py", code) == []


def test_every_room_is_held_to_the_order_inside_a_room() -> None:
    inside = next(item["containers"] for item in contracts() if item["id"] == "inside-a-room")
    assert isinstance(inside, list)
    rooms = {f"sanzi.{path.parent.name}" for path in tree.SOURCE.glob("*/apps.py")}

    assert rooms - set(inside) == set()
