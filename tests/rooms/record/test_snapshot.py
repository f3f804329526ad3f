"""The copy of the whole record: what it holds, what it keeps out, and that it goes again."""

import os
import threading
import time
from datetime import date

import duckdb
import pytest
from django.conf import settings
from django.db import connection

from sanzi.orgs.models import CalendarDay
from sanzi.record import engine, extraction, snapshot
from worlds import spending, village


def _columns(*statements: str):
    return snapshot.columns_of(engine.check(sql) for sql in statements)


def test_only_the_columns_that_statements_name_are_wanted_reference_tables_first():
    wanted = _columns(
        "SELECT p.payment_id, p.amount_fen FROM stg_payment p WHERE p.status = 'paid'",
        "SELECT o.name FROM stg_org o",
        "SELECT COUNT(*) AS n FROM stg_payment",
    )

    assert list(wanted) == ["org", "payment"]
    assert wanted["payment"] == ("payment_id", "amount_fen", "status")
    assert wanted["org"] == ("name",)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM stg_calendar",
        "WITH c AS (SELECT DISTINCT * FROM stg_calendar) SELECT COUNT(c.day) AS n FROM c",
        "WITH c AS (FROM stg_calendar UNION FROM stg_calendar) SELECT COUNT(c.day) AS n FROM c",
    ],
)
def test_a_statement_that_reads_every_column_gets_them_all(sql):
    assert _columns(sql)["calendar"] == tuple(extraction.arrow_schema("calendar").names)


@pytest.mark.parametrize(
    "sql",
    [
        "WITH c AS (SELECT d.* FROM stg_calendar d) SELECT c.day FROM c",
        "WITH c AS (FROM stg_calendar UNION ALL FROM stg_calendar) SELECT c.day FROM c",
    ],
)
def test_a_star_that_goes_no_further_wants_what_is_named(sql):
    assert _columns(sql)["calendar"] == ("day",)


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("SELECT COUNT(*) AS n FROM stg_calendar", {"calendar": ("day",)}),
        (
            "WITH p AS (SELECT s.name, s.org_id AS id FROM stg_org s) SELECT p.id FROM p",
            {"org": ("org_id",)},
        ),
        (
            "SELECT o.kind FROM stg_org o WHERE EXISTS (SELECT 1 FROM stg_asset WHERE name=o.name)",
            {"org": ("name", "kind"), "asset": ("name",)},
        ),
        ("SELECT nothing FROM stg_calendar", {"calendar": ("day",)}),
    ],
    ids=["counted", "passed on to nobody", "of the statement around", "nowhere"],
)
def test_what_nobody_reads_is_not_wanted(sql, wanted):
    assert _columns(sql) == wanted


def test_the_copy_answers_as_the_tables_do(db):
    world = village.build()
    world.bodies["shop"] = spending.firm("SHOP")
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid")
    sql = "SELECT p.payment_id, p.amount_fen, p.status FROM stg_payment p"

    with snapshot.taken(_columns(sql), sessions=2) as sessions:
        answers = [one.run(sql, {}) for one in sessions]

    [row] = extraction.fetch("payment")
    place = extraction.position("payment", "payment_id")
    expected = [{"payment_id": row[place], "amount_fen": 60_000, "status": "paid"}]
    assert answers == [expected, expected]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.db' AS other",
        "SET enable_external_access = true",
        "SET temp_directory = '{folder}'",
    ],
)
@pytest.mark.parametrize("size", [0, snapshot.SMALL + 1], ids=["memory", "file"])
def test_nothing_but_its_own_file_can_be_reached(tmp_path, sql, size):
    with snapshot.kept(size=size) as copy:
        [session] = copy.sessions(1)
        with pytest.raises(duckdb.Error):
            session._connection.execute(sql.format(folder=tmp_path)).fetchall()

    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_closed_to_others_and_goes_with_the_copy():
    others = set(settings.SANZI.var.glob("scan-*"))
    with snapshot.kept(size=0):
        [folder] = set(settings.SANZI.var.glob("scan-*")) - others
        assert folder.stat().st_mode & 0o077 == 0

    assert not folder.exists()


def test_what_a_killed_scan_left_goes_after_a_day():
    settings.SANZI.var.mkdir(parents=True, exist_ok=True)
    old, fresh = settings.SANZI.var / "scan-old", settings.SANZI.var / "scan-fresh"
    for folder in (old, fresh):
        folder.mkdir(exist_ok=True)
    os.utime(old, (time.time() - 90_000,) * 2)

    with snapshot.kept(size=0):
        pass

    assert (old.exists(), fresh.exists()) == (False, True)
    fresh.rmdir()


@pytest.mark.django_db(transaction=True)
def test_all_tables_are_of_one_moment(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets nobody write meanwhile")
    read = extraction.stream

    def write_between(table, columns):
        yield from read(table, columns)
        if table == "org":
            other = threading.Thread(target=_add_a_day)
            other.start()
            other.join()

    monkeypatch.setattr(extraction, "stream", write_between)
    sql = "SELECT c.day FROM stg_calendar c WHERE c.day = $day"
    with snapshot.taken({"org": ("name",), "calendar": ("day",)}) as [session]:
        assert session.run(sql, {"day": date(2031, 1, 2)}) == []

    assert CalendarDay.objects.filter(day=date(2031, 1, 2)).exists()


def _add_a_day():
    try:
        CalendarDay.objects.create(day=date(2031, 1, 2), is_workday=True, is_holiday=False)
    finally:
        connection.close()
