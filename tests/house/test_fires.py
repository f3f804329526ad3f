"""Each model fires at least once on rows that actions or packages brought, or says why not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml

from house import tree

MODELS = tree.SOURCE / "data" / "models"
HERE = tree.ROOT / "tests" / "fires"
EXCEPTIONS, HANDED_IN = HERE / "exceptions.yaml", HERE / "handed_in.yaml"


HISTORY = ("tests/fires/test_schemes.py", "tests/county/test_supervised.py")
"""Files whose models fire on history that is handed in."""
BY_ACTIONS_LEAST = 108
"""How many models must fire on what the rooms' own actions wrote. It may only rise."""


def declared(path: Path) -> set[str]:
    """Return the models that a file of tests says it makes fire: the keys of its `FIRES`."""
    for node in ast.parse(tree.text(path)).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="FIRES")], value=value):
                return set(ast.literal_eval(value))
            case ast.AnnAssign(target=ast.Name(id="FIRES"), value=ast.expr() as value):
                return set(ast.literal_eval(value))
            case _:
                pass
    return set()


def scenarios() -> Iterator[Path]:
    """Return the tests that declare models."""
    for path in tree.python_files():
        if path.is_relative_to(tree.ROOT / "tests") and "\nFIRES" in tree.text(path):
            yield path


def test_each_model_fires_in_a_scenario_or_is_an_exception_with_its_reason() -> None:
    models = {one.parent.name for one in MODELS.glob("*/*/model.yaml")}
    handed_in = yaml.safe_load(HANDED_IN.read_text("utf-8"))
    firing = set(handed_in).union(*(declared(one) for one in scenarios()))
    said = yaml.safe_load(EXCEPTIONS.read_text("utf-8"))
    never, not_yet = said["never"], set(said["not_yet"] or ())

    assert firing <= models
    assert models - firing == never.keys() | not_yet
    assert never.keys().isdisjoint(not_yet)
    assert all(len(reason) > 20 for reason in never.values())


def test_many_models_fire_through_the_actions_of_the_rooms() -> None:
    history = {tree.ROOT / one for one in HISTORY}
    assert history < set(scenarios())

    by_actions = set[str]().union(*(declared(one) for one in set(scenarios()) - history))

    assert len(by_actions) >= BY_ACTIONS_LEAST, sorted(by_actions)


def test_a_file_that_declares_models_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('FIRES = {"one": "why", "two": "why"}\n', "utf-8")
    (tmp_path / "b.py").write_text('FIRES: set[str] = {"three"}\nREST = {"four"}\n', "utf-8")

    assert declared(tmp_path / "a.py") == {"one", "two"}
    assert declared(tmp_path / "b.py") == {"three"}
