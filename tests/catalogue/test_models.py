"""All alert models: their files, their examples, their edges, their locked versions."""

import re

import pytest

from sanzi.record import engine
from sanzi.supervision import catalogue, examples, rules, screens
from sanzi.supervision.examples import Example
from sanzi.supervision.shapes import ALWAYS, AlertModel

MODELS = list(catalogue.models().values())
CASES = [(model, example) for model in MODELS for example in examples.of(model)]
EDGES = [(model, example, name) for model, example in CASES for name in sorted(example.moved)]


def _names(value):
    return getattr(value, "code", None) or getattr(value, "name", None) or str(value)


@pytest.mark.parametrize(("model", "example"), CASES, ids=_names)
def test_an_example_finds_what_it_says(model: AlertModel, example: Example):
    found = examples.run(model, example)

    assert sorted(one.finding_id for one in found) == sorted(example.hits)
    for one in found:
        wanted = example.figures.get(one.finding_id, {})
        assert {name: one.figures[name] for name in wanted} == wanted
        assert "未知" not in one.sentence or not wanted
        assert "{" not in one.sentence + one.what_to_do
        fen = {one.parameters[each.name] for each in model.parameters if each.unit == "fen"}
        assert fen.isdisjoint(map(int, re.findall(r"[0-9]{5,}", one.sentence)))


class _Given:
    """The rows of an example as a screen reads them, around one case."""

    def __init__(self, example: Example, case_id: str):
        self.tables = {name: rows.to_pylist() for name, rows in examples.tables(example).items()}
        payments = self.tables.get("payment", [])
        self.tables["subject"] = [row for row in payments if row["case_id"] == case_id]

    def pick(self, table, columns):
        return [tuple(row[name] for name in columns) for row in self.tables.get(table, [])]


@pytest.mark.parametrize(("model", "example"), CASES, ids=_names)
def test_a_screen_is_open_wherever_the_model_finds_something(model: AlertModel, example: Example):
    given = examples.tables(example).get("payment")
    case_of = {row["payment_id"]: row["case_id"] for row in given.to_pylist()} if given else {}

    for one in examples.run(model, example):
        if one.finding_kind == "payment":
            rows = _Given(example, case_of[one.finding_id])
            assert screens.is_open(model.screen, rows, one.parameters)


def test_an_ordinary_payment_wakes_one_model_alone():
    signed = ("committee_member", "supervision_head", "agency_cashier", "agency_accountant",
              "village_secretary")  # fmt: skip
    ordinary = {
        "payment": [{"method": "transfer", "source_kind": "procurement"}],
        "approval": [
            {"approval_id": role, "step_no": number, "role_code": role, "actor_person_id": role}
            for number, role in enumerate(signed, start=3)
        ],
    }
    example = Example("ordinary", "miss", ordinary, ())
    case_id = examples.tables(example)["payment"].column("case_id")[0].as_py()
    rows = _Given(example, case_id)

    awake = [one.code for one in catalogue.at_gate("pay") if rules.may_speak(one, rows, [])]

    assert awake == ["payment-over-budget"]


@pytest.mark.parametrize(("model", "example", "name"), EDGES, ids=_names)
def test_moving_a_figure_by_its_step_past_an_example_flips_it(
    model: AlertModel, example: Example, name: str
):
    before = [one.finding_id for one in examples.run(model, example)]
    after = [one.finding_id for one in examples.run(model, example, {name: example.moved[name]})]

    assert abs(example.moved[name]) == 1
    assert before != after


@pytest.mark.parametrize("model", MODELS, ids=_names)
def test_a_model_gives_its_columns_and_nothing_else_is_missing(model: AlertModel):
    values = {one.name: one.values[0].value for one in model.parameters}
    values["as_of"] = examples.AS_OF.replace(tzinfo=None)

    with engine.warm_session({}) as session:
        given = session.describe(model.sql, values)

    assert set(ALWAYS) <= set(given)
    assert {one.name for one in model.columns} <= set(given)
    assert "DOUBLE" not in given.values()


def test_a_changed_model_has_a_new_version():
    """Raise the version in model.yaml, then `python -m sanzi.supervision.locking`."""
    locked = catalogue.locked()

    for model in MODELS:
        held = locked[model.code]
        same = held["sm3"] == model.content_digest
        assert same or held["version"] != model.version, f"{model.code}: raise its version"
    assert catalogue.LOCK.read_text(encoding="utf-8") == catalogue.lock_text()


def test_titles_numbers_and_folders_name_one_model_each():
    assert len({one.number for one in MODELS}) == len(MODELS)
    assert len({one.title for one in MODELS}) == len(MODELS)
    assert all("nightly" in one.gates for one in MODELS)
