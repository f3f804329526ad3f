"""The one door to DuckDB: what it refuses to read, to run and to wait for."""

import time
from pathlib import Path

import duckdb
import pytest

from sanzi.record import engine
from sanzi.record.engine import BadStatement, Engine, QueryInterrupted

REFUSED = {
    "SELECT * FROM read_csv('/etc/passwd')": "no staging view",
    "SELECT * FROM '/etc/passwd'": "no staging view",
    "SELECT * FROM glob('/*')": "not known",
    "SELECT content FROM read_text('/etc/passwd')": "no",
    "COPY stg_payment TO '/tmp/out.csv'": "one SELECT",
    "ATTACH 'other.db' AS other": "one SELECT",
    "INSTALL httpfs": "one SELECT",
    "LOAD httpfs": "one SELECT",
    "SET threads = 8": "one SELECT",
    "DROP TABLE stg_payment": "one SELECT",
    "DELETE FROM stg_payment": "one SELECT",
    "SELECT 1; SELECT 2": "one SELECT",
    "SELECT getenv('HOME')": "not known",
    "SELECT payment_id FROM stg_payment ORDER BY payment_id": "ORDER BY",
    "SELECT payment_id FROM stg_payment LIMIT 1": "drops findings",
    "SELECT case_id, COUNT(*) FROM stg_payment GROUP BY ALL": "GROUP BY ALL",
    "SELECT amount_fen / 3 FROM stg_payment": "division",
    "SELECT CAST(amount_fen AS DOUBLE) FROM stg_payment": "double",
    "SELECT random()": "random",
    "SELECT CURRENT_TIMESTAMP": "clock",
    "SELECT name FROM orgs_person": "no staging view",
    "SELECT * FROM information_schema.tables": "no staging view",
    "SELECT * FROM stg_payment WHERE case_id = ?": "without a name",
    "SELEC 1": "SELECT|SQL",
}


@pytest.mark.parametrize(("sql", "words"), REFUSED.items(), ids=list(REFUSED))
def test_a_statement_that_is_not_one_select_over_staging_views_is_refused(sql, words):
    with pytest.raises(BadStatement, match=words):
        engine.check(sql)


def test_a_checked_statement_names_its_tables_and_parameters():
    found = engine.check(
        "WITH big AS (SELECT org_id FROM stg_payment WHERE amount_fen > $floor_fen)"
        " SELECT o.name FROM stg_org o JOIN big b ON b.org_id = o.org_id"
    )

    assert (found.tables, found.parameters) == ({"payment", "org"}, {"floor_fen"})


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.db' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '9GB'",
        "PRAGMA threads = 64",
    ],
)
def test_the_sandbox_itself_refuses_the_outside_world(tmp_path: Path, sql: str):
    box = Engine()

    with pytest.raises(duckdb.Error):
        box._connection.execute(sql.format(folder=tmp_path)).fetchall()

    assert list(tmp_path.iterdir()) == []
    box.close()


def test_a_runaway_statement_is_interrupted():
    sql = (
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 AS i FROM n WHERE i < $top)"
        " SELECT SUM(a.i) AS s FROM n a JOIN n b ON a.i <> b.i"
    )
    started = time.monotonic()

    with pytest.raises(QueryInterrupted), engine.warm_session({}) as session:
        session.run(sql, {"top": 10_000_000}, seconds=0.3)

    assert time.monotonic() - started < 10


def test_a_warm_engine_forgets_its_rows():
    import pyarrow as pa

    from sanzi.record import extraction

    shape = extraction.arrow_schema("calendar")
    rows = pa.Table.from_pylist([{"day": None, "is_workday": True, "is_holiday": False}], shape)
    count = "SELECT COUNT(*) AS n FROM stg_calendar"

    with engine.warm_session({"calendar": rows}) as session:
        assert session.run(count, {}) == [{"n": 1}]
    with engine.warm_session({}) as session:
        assert session.run(count, {}) == [{"n": 0}]
