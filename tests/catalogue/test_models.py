"""All alert models: their files, their examples, their edges, their locked versions."""

import pytest

from sanzi.record import engine
from sanzi.supervision import catalogue, examples
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
