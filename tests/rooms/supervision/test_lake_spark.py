"""The same models over the same counties on Spark: row by row what DuckDB finds."""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sanzi.interfaces.cli import main
from sanzi.record.lake import dialect, scoping, spark
from sanzi.record.lake.errors import JavaMissing, SparkMissing
from sanzi.supervision import catalogue, examples, rules
from sanzi.supervision.actions import lakes
from worlds.lake import (
    AT,
    CODES,
    NEXT_DAY,
    SmallCounty,
    county_list,
    examples_together,
    lines,
    said,
)

LIBRARY = Path(__file__).parents[3] / "build" / "lake"
SMALL = ("payment-duplicate", "payment-before-approval", "invoice-duplicate")
TWENTY = (
    *SMALL, "payment-no-source", "payment-tier-split", "payment-cash", "payment-stale-proof",
    "payment-payee-mismatch", "payment-shared-account", "payment-year-end-rush",
    "payment-over-budget", "payment-chain-incomplete", "payment-unrelated-handler",
    "cadre-pay-over", "cadre-double-pay", "efficiency-off-system", "invoice-title-mismatch",
    "invoice-payee-mismatch", "fund-large-unusual", "fund-income-missing",
)  # fmt: skip
QUICK = {"spark.sql.codegen.wholeStage": "false", "spark.sql.shuffle.partitions": "2"}
"""Few rows: what would be compiled costs more than what it would save."""

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def library():
    """Give Spark's library, which lies in a folder of its own."""
    if not (LIBRARY / "pyspark").exists():
        pytest.skip("build/lake is not there: make lake")
    sys.path.append(str(LIBRARY))
    yield LIBRARY
    sys.path.remove(str(LIBRARY))


@pytest.fixture
def counties(tmp_path):
    """Two counties with the same keys; the second has an older version, published later."""
    made = [SmallCounty(tmp_path, code) for code in CODES]
    for one in made:
        one.rows["payment"][1]["created_at"] = datetime(2026, 9, 5)
        for row in one.rows["payment"]:
            row["approved_at"] = row["submitted_at"] = row["paid_at"] = row["created_at"]
    made[1].rows["payment"][2]["status"] = "draft"
    made[0].publish()
    made[1].publish(AT + NEXT_DAY)
    older = made[1].manifest()
    tables = {name: told for name, told in older.tables.items() if name != "invoice"}
    made[1].put(replace(older, serial=2, tables=tables))
    return made


def _taken(counties):
    return [one.take(AT + NEXT_DAY) for one in counties]


def _told(scans):
    return [list(one.told()) for one in scans]


def test_two_counties_on_spark_get_what_each_finds_on_duckdb(library, counties):
    models = [catalogue.models()[one] for one in SMALL]
    taken = _taken(counties)

    with spark.session(settings=QUICK) as running:
        together = lakes.scan_together(running, counties[0].cache, taken, models)

    alone = [lakes.scan(one, models) for one in taken]
    assert [one.scan.errors for one in together] == [[], []]
    assert _told(together) == _told(alone)
    assert all(_told(alone))
    assert [one.unasked for one in together] == [{}, {"invoice-duplicate": ["invoice"]}]
    assert [one.scan.ran for one in together] == [one.scan.ran for one in alone]


def test_without_java_the_command_says_so_and_takes_nothing(tmp_path, capsys, monkeypatch):
    county = SmallCounty(tmp_path)
    county.publish()
    listed = county_list(tmp_path / "counties.yaml", county)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)

    status = main.main([
        "supervise", "--lake", county.place, "--counties", str(listed), "--engine", "spark",
        "--cache", str(county.cache),
    ])  # fmt: skip

    told = capsys.readouterr().err
    assert status == 2
    assert JavaMissing.sentence in told
    assert "openjdk-17-jre-headless" in told
    assert county.kept() == {}


def test_without_pyspark_the_command_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/java")
    monkeypatch.setitem(sys.modules, "pyspark", None)

    with pytest.raises(SparkMissing):
        spark.require()


@pytest.mark.long
def test_every_example_of_every_model_is_found_on_spark(library, tmp_path):
    with spark.session(settings=QUICK) as running:
        for model in lakes.chosen_models(with_closed=True):
            tables, moments, found = examples_together(model)
            for name, rows in tables.items():
                file = tmp_path / f"{model.code}-{name}.parquet"
                pq.write_table(rows, file)
                frame = running._session.read.parquet(str(file))
                frame.createOrReplaceTempView(f"stg_{name}")
            got = {code: {} for code in found}
            for tree, codes in lakes._scoped(model, moments):
                for values in rules.parameter_sets(model, []):
                    for row in running.rows(dialect.spark_sql(tree, values)):
                        code = row.pop(scoping.COUNTY)
                        for one in rules.told(model, [row], values, []) if code in codes else ():
                            got[code][one.key] = one
            for code, example in found.items():
                alone = {one.key: one for one in examples.run(model, example)}
                assert said(got[code].values()) == said(alone.values()), (model.code, example.name)


@pytest.fixture
def cluster(library):
    """Run a standalone cluster with two workers; its address."""
    home, port = library / "pyspark", _free_port()
    address = f"spark://127.0.0.1:{port}"
    around = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    start = [str(home / "bin" / "spark-class"), "org.apache.spark.deploy"]
    master = [start[0], f"{start[1]}.master.Master", "--host", "127.0.0.1", "--port", str(port),
              "--webui-port", "0"]  # fmt: skip
    worker = [start[0], f"{start[1]}.worker.Worker", "-c", "1", "-m", "1g", "--webui-port", "0",
              address]  # fmt: skip
    running = [_start(master, around)]
    try:
        _wait_for(port)
        running += [_start(worker, around) for _ in range(2)]
        yield address
    finally:
        for one in reversed(running):
            one.terminate()
            one.wait(30)


@pytest.mark.long
def test_a_cluster_with_two_workers_says_what_one_machine_says(library, counties, cluster):
    listed = county_list(counties[0].folder / "counties.yaml", *counties)
    command = [sys.executable, "-m", "sanzi.interfaces.cli.main", "supervise",
               "--lake", counties[0].place, "--counties", str(listed), "--max-age-days", "9999",
               "--cache", str(counties[0].cache)]  # fmt: skip
    assert len(TWENTY) == 20
    command += [part for code in TWENTY for part in ("--model", code)]
    around = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(library / "pyspark"),
              "PYTHONPATH": os.pathsep.join([*sys.path, str(library)])}  # fmt: skip
    found = {}
    for name, more in (
        ("duckdb", []),
        ("spark", ["--engine", "spark", "--master", cluster,
                   "--spark-conf", "spark.executor.memory=512m"]),
    ):  # fmt: skip
        out = counties[0].folder / f"{name}.jsonl"
        done = subprocess.run(
            [*command, *more, "--out", str(out)], env=around, capture_output=True, text=True,
            timeout=400, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        found[name] = lines(out)

    assert found["spark"] == found["duckdb"]
    assert found["spark"]


def _start(command, around):
    return subprocess.Popen(
        command, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port):
    for _ in range(120):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise AssertionError("the master did not start")
