"""Each model fires on what actions wrote, or they refuse its act and history has it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from house import tree

MODELS = tree.SOURCE / "data" / "models"
HERE = tree.ROOT / "tests" / "fires"
EXCEPTIONS, HANDED_IN = HERE / "exceptions.yaml", HERE / "handed_in.yaml"
HISTORY = ("tests/fires/test_schemes.py", "tests/county/test_supervised.py")
"""Files whose models fire on history that is handed in."""


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


def test_each_model_fires_through_the_actions_of_the_rooms_or_they_refuse_its_act() -> None:
    models = {one.parent.name for one in MODELS.glob("*/*/model.yaml")}
    prevented = set(yaml.safe_load(EXCEPTIONS.read_text("utf-8"))["prevented"])

    assert models - by_actions() == prevented


def by_actions() -> set[str]:
    """Return the models that fire on what actions wrote."""
    history = {tree.ROOT / one for one in HISTORY}
    assert history < set(scenarios())
    return set[str]().union(*(declared(one) for one in set(scenarios()) - history))


def refusals() -> dict[str, str]:
    """Return the classes of all refusals by their codes."""
    found = {}
    for path in (tree.ROOT / "src" / "sanzi").rglob("*errors.py"):
        classes = (one for one in ast.parse(tree.text(path)).body if isinstance(one, ast.ClassDef))
        for node in classes:
            for part in node.body:
                match part:
                    case ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=code)):
                        found[str(code)] = node.name
                    case _:
                        pass
    return found


def test_what_the_rooms_prevent_fires_on_history_and_names_refusals_that_tests_prove() -> None:
    prevented = yaml.safe_load(EXCEPTIONS.read_text("utf-8"))["prevented"]
    on_history = set(yaml.safe_load(HANDED_IN.read_text("utf-8")))
    on_history.update(*(declared(tree.ROOT / one) for one in HISTORY))
    assert set(prevented) <= on_history
    assert set(prevented).isdisjoint(by_actions())

    models = {one.parent.name: one for one in MODELS.glob("*/*/model.yaml")}
    codes, named = refusals(), set[str]()
    for model, said in prevented.items():
        grounds = yaml.safe_load(models[model].read_text("utf-8"))["sentence"]
        if isinstance(grounds, dict):
            assert set(said) == set(grounds), model
        reasons = said.values() if isinstance(grounds, dict) else [said]
        named.update(one for one in reasons if " " not in one)
        assert all(len(one) > 20 for one in reasons if " " in one), model
    assert named <= set(codes)
    tests = " ".join(tree.text(one) for one in (tree.ROOT / "tests" / "rooms").rglob("test_*.py"))
    proved = set(re.findall(r"\w+", tests))
    assert {one for one in named if codes[one] not in proved} == set()


def test_a_file_that_declares_models_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('FIRES = {"one": "why", "two": "why"}\n', "utf-8")
    (tmp_path / "b.py").write_text('FIRES: set[str] = {"three"}\nREST = {"four"}\n', "utf-8")

    assert declared(tmp_path / "a.py") == {"one", "two"}
    assert declared(tmp_path / "b.py") == {"three"}
