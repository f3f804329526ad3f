"""Each statement of the township and the flag index over rows on both sides of its limits."""

from pathlib import Path

import pytest
import yaml

from sanzi.insight.actions.indices import Asked
from sanzi.insight.indices import catalogue, rules
from sanzi.kernel import clock
from sanzi.record import engine
from sanzi.supervision import examples
from sanzi.supervision.examples import AS_OF, Example

CASES = yaml.safe_load((Path(__file__).parent / "statement_cases.yaml").read_text(encoding="utf-8"))
ROWS = [(index, code, case) for index, cases in CASES.items() for code, case in cases.items()]


@pytest.mark.parametrize(("index", "code", "case"), ROWS, ids=[f"{i}-{c}" for i, c, _ in ROWS])
def test_a_statement_counts_both_sides_of_its_limits(index, code, case):
    found = catalogue.indices()[index]
    at = case.get("as_of", AS_OF.replace(tzinfo=None))
    given = examples.tables(Example("", "hit", case["given"], ()))
    sql = dict(found.statements)[code]
    asked = Asked(code, sql, "", found.is_of_towns, is_less_better=True)
    values = {"since": rules.first_day(found.months, clock.local_date(AS_OF)), "as_of": at}

    with engine.warm_session(given) as session:
        rows = session.run(asked.sums, values)

    place = "999901101000" if found.is_of_towns else "999901101201"
    assert [(one["village_id"], int(one["part"]), int(one["whole"])) for one in rows] == [
        (place, *case["sums"])
    ]


@pytest.mark.parametrize("index", ["fiscal_health", "flags"])
def test_every_statement_of_its_own_has_its_rows_here_and_says_nothing_of_empty_tables(index):
    found = catalogue.indices()[index]
    own = {path.stem for path in (catalogue.FOLDER / index).glob("*.sql")}
    values = {"since": rules.first_day(found.months, clock.local_date(AS_OF)),
              "as_of": AS_OF.replace(tzinfo=None)}  # fmt: skip

    assert set(CASES[index]) == own
    with engine.warm_session({}) as session:
        assert [code for code, sql in found.statements if session.run(sql, values)] == []
