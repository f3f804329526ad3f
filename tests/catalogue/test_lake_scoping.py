"""Every model over many counties at once says of each county what it says of it alone."""

import duckdb
import pytest

from sanzi.record.lake import dialect, scoping
from sanzi.record.lake.scoping import NotScoped
from sanzi.supervision import catalogue, examples, rules
from worlds.lake import examples_together

MODELS = [one for one in catalogue.models().values() if "nightly" in one.gates]
NO_MOMENT_OF_ITS_OWN = {"decision-no-regular-meeting"}
"""Reads the moment where no row of a county is: asked once for the counties of each moment."""


def _names(value):
    return value.code


@pytest.mark.parametrize("model", MODELS, ids=_names)
def test_each_county_gets_its_own_findings(model):
    """All examples of a model lie in one lake, a county each: their keys are often the same."""
    tables, moments, found = examples_together(model)
    by_moment = [moments]
    if model.code in NO_MOMENT_OF_ITS_OWN:
        by_moment = [
            {code: at for code, at in moments.items() if at == one} for one in set(moments.values())
        ]
    got = {code: [] for code in found}
    with duckdb.connect() as connection:
        for name, rows in tables.items():
            connection.register(f"stg_{name}", rows)
        for some in by_moment:
            tree = scoping.scoped(model.sql, some)
            for values in rules.parameter_sets(model, []):
                named = {one: values[one] for one in values if f"${one}" in model.sql}
                answer = connection.execute(tree.sql("duckdb"), named)
                names = [one[0] for one in answer.description]
                for row in answer.fetchall():
                    told = dict(zip(names, row, strict=True))
                    code = told.pop(scoping.COUNTY)
                    if code in some:
                        got[code] += rules.told(model, [told], values, [])

    for code, example in found.items():
        assert sorted(one.finding_id for one in got[code]) == sorted(example.hits), example.name
        for one in got[code]:
            wanted = example.figures.get(one.finding_id, {})
            assert {name: one.figures[name] for name in wanted} == wanted


def test_every_model_has_words_in_spark():
    for model in MODELS:
        tree = scoping.scoped(model.sql, {"100001": examples.AS_OF.replace(tzinfo=None)})
        for values in rules.parameter_sets(model, []):
            sql = dialect.spark_sql(tree, values)
            for word in ("INT128", "ISODOW", "PERCENTILE_DISC", "TO_DAYS", "$as_of"):
                assert word not in sql.upper(), model.code


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COUNT(*) AS n FROM stg_payment",
        "SELECT 1 AS n",
        "SELECT p.payment_id FROM stg_payment p NATURAL JOIN stg_case c",
        "SELECT p.payment_id FROM stg_payment p WHERE EXISTS (SELECT 1 FROM stg_case p)",
        "SELECT * FROM stg_payment p JOIN stg_case c ON c.case_id = p.case_id",
        "WITH RECURSIVE r AS (SELECT p.payment_id FROM stg_payment p) SELECT * FROM r",
    ],
)
def test_what_cannot_be_held_to_a_county_is_not_scoped(sql):
    with pytest.raises(NotScoped):
        scoping.scoped(sql, {"100001": examples.AS_OF})
