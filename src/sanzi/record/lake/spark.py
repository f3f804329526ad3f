"""The one door to Spark: the rows of many counties as views, and statements over them.

Files are named here and nowhere else. Spark reads them from the cache: on a cluster its folder
must be the same on every machine. Times have no zone, days are days, and arithmetic that does not
fit is an error, as in DuckDB.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sanzi.record import engine, extraction
from sanzi.record.lake.errors import JavaMissing, SparkMissing
from sanzi.record.lake.reading import FILES, Taken
from sanzi.record.lake.scoping import COUNTY
from sanzi.record.snapshot import Columns

LOCAL: Final = "local[2]"
_TYPES: Final = {
    "string": "STRING", "int64": "BIGINT", "decimal128(18, 2)": "DECIMAL(18, 2)",
    "date32[day]": "DATE", "timestamp[us]": "TIMESTAMP_NTZ", "bool": "BOOLEAN",
}  # fmt: skip
_SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.shuffle.partitions": "8",
    # Statements run beside each other: what each hands to every worker must fit all at once.
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.log.level": "ERROR",
}


class SparkFailed(RuntimeError):
    """A statement failed: the text is Spark's first line."""


class Spark:
    """A running session."""

    def __init__(self, session: Any) -> None:
        """Stand on a session of pyspark."""
        self._session = session

    def lay(self, cache: Path, taken: Sequence[Taken], wanted: Columns) -> None:
        """Give the views of the staging tables over these counties, each row with its county."""
        for table, columns in wanted.items():
            parts = [
                self._frame(cache, how, files)
                for how, files in _alike(taken, table, columns).items()
            ]
            frame = parts[0] if parts else self._empty(table, columns)
            for other in parts[1:]:
                frame = frame.unionByName(other)
            frame.createOrReplaceTempView(f"{engine.PREFIX}{table}")

    def _frame(self, cache: Path, how: tuple[str, tuple[str, ...], str], files: list[Path]) -> Any:
        there, expressions, shape = how
        reader = self._session.read.option("basePath", str(cache / FILES / there)).schema(shape)
        return reader.parquet(*(str(one) for one in files)).selectExpr(
            *expressions, f"county_code AS {COUNTY}"
        )

    def _empty(self, table: str, columns: Sequence[str]) -> Any:
        fields = [one for one in extraction.arrow_schema(table) if one.name in columns]
        told = [f"CAST(NULL AS {_TYPES[str(one.type)]}) AS `{one.name}`" for one in fields]
        listed = ", ".join([*told, f"CAST(NULL AS STRING) AS {COUNTY}"])
        return self._session.sql(f"SELECT {listed} WHERE 1 = 0")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Return what a statement says. Raises: SparkFailed."""
        from pyspark.errors import PySparkException

        try:
            found = self._session.sql(sql)
            return [one.asDict() for one in found.collect()]
        except PySparkException as error:
            raise SparkFailed(_first_line(error)) from error
        except Exception as error:  # what Java throws has no common class here
            if type(error).__module__.startswith("py4j"):
                raise SparkFailed(_first_line(error)) from error
            raise


@contextmanager
def session(master: str = LOCAL, settings: Mapping[str, str] | None = None) -> Iterator[Spark]:
    """Run Spark in this process, or ask the cluster at `spark://host:port`.

    Raises: JavaMissing, SparkMissing, SparkFailed.
    """
    require()
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("sanzi")
    if master.startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    for name, value in {**_SETTINGS, **(settings or {})}.items():
        builder = builder.config(name, value)
    try:
        running = builder.getOrCreate()
    except Exception as error:  # pyspark has no common class for a start that fails
        raise SparkFailed(_first_line(error)) from error
    try:
        yield Spark(running)
    finally:
        running.stop()


def require() -> None:
    """Refuse where Spark cannot run. Raises: JavaMissing, SparkMissing."""
    home = os.environ.get("JAVA_HOME", "")
    if shutil.which("java") is None and not (Path(home) / "bin" / "java").exists():
        raise JavaMissing
    try:
        import pyspark  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise SparkMissing from error


def _alike(
    taken: Sequence[Taken], table: str, columns: Sequence[str]
) -> dict[tuple[str, tuple[str, ...], str], list[Path]]:
    """Return the files of a table by how they are read: counties of one version together.

    Shapes: (its name there, expressions of the columns, schema of the files).
    """
    found: dict[tuple[str, tuple[str, ...], str], list[Path]] = {}
    fields = {one.name: _TYPES[str(one.type)] for one in extraction.arrow_schema(table)}
    for one in taken:
        there, sources = one.evolved.tables.get(table, ("", {}))
        files = one.files.get(there, ())
        if not files:
            continue
        read = tuple(sources[name].sql(name, fields[name], mark="`") for name in columns)
        told = [f"`{name}` {_TYPES[kind]}" for name, kind in one.manifest.tables[there].items()]
        shape = ", ".join([*told, "county_code STRING"])
        found.setdefault((there, read, shape), []).extend(files)
    return found


def _first_line(error: BaseException) -> str:
    lines = [one for one in str(error).splitlines() if one.strip()]
    return (lines or [type(error).__name__])[0][:300]
