"""Set the surroundings before Django starts, and mark the tests that use the database.

SANZI_TEST_DATABASE_URL picks the engine; without it each run has a SQLite file of its own.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no wrong: how long an example takes is asked by the measures, not by tests.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

_VAR = tempfile.TemporaryDirectory(prefix="sanzi-test-", ignore_cleanup_errors=True)
NAMED_BY_BYTES = 80
_DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}

(Path(_VAR.name) / "static").mkdir()
os.environ["SANZI_ENV"] = "test"
os.environ["SANZI_VAR"] = _VAR.name
os.environ["SANZI_DATABASE_URL"] = (
    os.environ.get("SANZI_TEST_DATABASE_URL") or f"sqlite:///{_VAR.name}/sanzi.sqlite3"
)
os.environ.setdefault("SANZI_SCHEMAS", str(Path(__file__).parent.parent / "build" / "iso20022"))
os.environ["DJANGO_SETTINGS_MODULE"] = "sanzi.config.settings"

import django  # noqa: E402 - only now are the surroundings set

# Here and not by the plugin: the conftest of a room named on the line imports models at once.
django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each file to one process, and all of the browser's to the same.

    They share a running county, which is dear to make and busies a processor while it lives.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.split("::", 1)[0]
            return "browser" if path.startswith("tests/browser/") else path

    return ByFile(config, log)


def pytest_make_parametrize_id(val: object) -> None:
    """Refuse a test named by many bytes: what packs a clock's time is another one in each process.

    Two processes that name a test differently can't share the run. Such a case is given an id.
    """
    if isinstance(val, bytes) and len(val) > NAMED_BY_BYTES:
        raise pytest.UsageError(f"bytes name a test, give it an id: {val[:40]!r}…")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark every test that can reach the database; put those of the browser first.

    Those of one engine are not marked: the second run leaves them out.
    They take longest: at the end, one processor would wait for the other. See `tools/test.sh`.
    """
    for item in items:
        if item.get_closest_marker("one_engine"):
            continue
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & _DATABASE_FIXTURES:
            item.add_marker("database")
    yield
    items.sort(key=lambda one: one.get_closest_marker("browser") is None)


@pytest.fixture(autouse=True, scope="session")
def _flushing() -> None:
    """Let the tests that commit empty append-only tables after themselves."""
    from flushing import let_tests_flush

    let_tests_flush()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Begin from the kept migrated file where there is one."""
    from django.db import connection

    import migrated

    patch = pytest.MonkeyPatch()
    if connection.vendor == "sqlite" and migrated.kept_file().exists():
        migrated.begin_from(migrated.kept_file(), patch)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_blocker: Any,
) -> None:
    """Keep the migrated file for the next run, before any test has written."""
    from django.db import connection

    import migrated

    if connection.vendor == "sqlite" and not migrated.kept_file().exists():
        with django_db_blocker.unblock():
            migrated.keep(migrated.kept_file())
