"""Every condition of every model is needed: without it, one of the model's examples breaks.

A condition is a term of a WHERE, HAVING or QUALIFY, or a term of a join behind its first. The
statements run changed one by one over the examples; what no example tells apart is named in
`mutants_spared.yaml`, and leaves that list when an example comes.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import sqlglot
import yaml
from sqlglot import exp

from sanzi.kernel import clock
from sanzi.record import engine
from sanzi.supervision import catalogue, examples
from sanzi.supervision.examples import Example
from sanzi.supervision.shapes import AlertModel

MODELS = list(catalogue.models().values())
SPARED: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("mutants_spared.yaml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Mutant:
    """A statement without one of its conditions."""

    dropped: str
    sql: str


def _places(tree: exp.Expression) -> Iterator[tuple[exp.Expression, str]]:
    """Yield each node that holds a condition, and under which name."""
    for node in tree.find_all(exp.Where, exp.Having, exp.Qualify):
        yield node, "this"
    for join in tree.find_all(exp.Join):
        if isinstance(join.args.get("on"), exp.And):
            yield join, "on"


def _terms(condition: exp.Expression) -> list[exp.Expression]:
    whole = condition.unnest()
    return list(whole.flatten()) if isinstance(whole, exp.And) else [whole]


def mutants(sql: str) -> list[Mutant]:
    """Return the statement once without each of its conditions."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    found = []
    for number, (node, name) in enumerate(list(_places(tree))):
        terms = _terms(node.args[name])
        for left_out in range(1 if name == "on" else 0, len(terms)):
            fresh = tree.copy()
            place, _ = list(_places(fresh))[number]
            kept = [one for at, one in enumerate(_terms(place.args[name])) if at != left_out]
            place.set(name, exp.and_(*kept) if kept else exp.true())
            found.append(Mutant(terms[left_out].sql("duckdb"), fresh.sql("duckdb")))
    return found


def _values(model: AlertModel, day: date) -> dict[str, object]:
    return {one.name: one.default_on(day) for one in model.parameters}


def _said(
    session: engine.Session, sql: str, values: dict[str, object], example: Example
) -> Counter[tuple]:
    """Return what an example holds a statement to: the findings, and the figures it names."""
    return Counter(
        (
            row["finding_kind"],
            row["finding_id"],
            row["period"],
            *(str(row[name]) for name in example.figures.get(row["finding_id"], {})),
        )
        for row in session.run(sql, values)
    )


def survivors(model: AlertModel) -> list[str]:
    """Return the conditions of a model that none of its examples needs."""
    alive = mutants(model.sql)
    for example in examples.of(model):
        alive = _survivors(model, example, alive)
    return sorted(one.dropped for one in alive)


def _survivors(model: AlertModel, example: Example, alive: list[Mutant]) -> list[Mutant]:
    """Return the mutants that an example does not tell from the model."""
    as_of = example.as_of.astimezone(clock.SHANGHAI)
    values = {**_values(model, as_of.date()), "as_of": as_of.replace(tzinfo=None)}
    tables = examples.tables(example)
    left = list(alive)
    while left:
        try:
            with engine.warm_session(tables) as session:
                wanted = _said(session, model.sql, values, example)
                same = []
                while left:
                    if _said(session, left[0].sql, values, example) == wanted:
                        same.append(left[0])
                    left.pop(0)
        except engine.EngineFailed:
            left.pop(0)
            same += _survivors(model, example, left)
            left = []
        alive = same
    return alive


@pytest.mark.parametrize("model", MODELS, ids=lambda one: one.code)
def test_no_condition_can_go_unnoticed(model: AlertModel):
    assert survivors(model) == sorted(SPARED.get(model.code, []))


def test_a_condition_too_many_is_seen():
    model = next(one for one in MODELS if one.code == "payment-duplicate")
    more = replace(model, sql=model.sql.rstrip() + " AND 1 = 1")

    assert "1 = 1" in survivors(more)


def test_only_models_that_there_are_have_conditions_spared():
    assert set(SPARED) <= {one.code for one in MODELS}
