"""Every model over many counties at once says of each county what it says of it alone."""

import duckdb
import pytest
import sqlglot
from sqlglot.errors import UnsupportedError

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


def test_what_spark_cannot_say_is_refused_and_not_left_out():
    window = "SUM(p.amount_fen) OVER (PARTITION BY p.org_id ORDER BY p.{} RANGE BETWEEN {})"
    before = "UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE {}"

    def said(*frame):
        sql = f"SELECT {window.format(*frame)} AS x FROM stg_payment p"
        return dialect.spark_sql(sqlglot.parse_one(sql, dialect="duckdb"), {})

    assert "AND INTERVAL '0.000001' SECOND PRECEDING" in said("paid_at", before.format("GROUP"))
    for frame in (("paid_at", before.format("TIES")), ("line_no", before.format("GROUP"))):
        with pytest.raises(UnsupportedError):
            said(*frame)


def test_every_model_has_words_in_spark():
    for model in MODELS:
        tree = scoping.scoped(model.sql, {"100001": examples.AS_OF.replace(tzinfo=None)})
        for values in rules.parameter_sets(model, []):
            sql = dialect.spark_sql(tree, values)
            for word in ("INT128", "ISODOW", "PERCENTILE_DISC", "TO_DAYS", "$as_of"):
                assert word not in sql.upper(), model.code


@pytest.mark.parametrize(
    ("word", "in_spark"),
    [
        ("xor(p.line_no, 3) + 1", "((p.line_no) ^ (3)) + 1"),
        ("date_diff('day', p.paid_at, p.created_at)",
         "CAST(DATEDIFF(CAST(p.created_at AS DATE), CAST(p.paid_at AS DATE)) AS BIGINT)"),
        ("p.paid_at + INTERVAL (p.line_no) YEAR",
         "p.paid_at + MAKE_YM_INTERVAL(CAST(p.line_no AS INT), 0)"),
        ("EXTRACT(isodow FROM p.paid_at)", "(WEEKDAY(p.paid_at) + 1)"),
        ("date_diff('day', p.paid_at + to_days(1), p.created_at)",
         "CAST(p.paid_at + MAKE_DT_INTERVAL(CAST(1 AS INT)) AS DATE)"),
    ],
)  # fmt: skip
def test_a_word_that_means_something_else_in_spark_is_said_otherwise(word, in_spark):
    tree = scoping.scoped(f"SELECT {word} AS n FROM stg_payment p", {"100001": examples.AS_OF})

    assert in_spark in dialect.spark_sql(tree, {})


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
