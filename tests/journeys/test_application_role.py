"""The application's role on PostgreSQL posts as usual and can do nothing else to the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from sanzi.audit import guards, roles
from sanzi.interfaces.cli.main import main
from sanzi.ledger import queries
from sanzi.ledger.actions import books, corrections, posting
from sanzi.ledger.models import Voucher, VoucherLine
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Organisation
from worlds import village
from worlds.books import read_ledger

SUPERUSER = connection.settings_dict["USER"]
NAMES = roles.Roles("sanzi_test_owner", "sanzi_test_app")
LEDGER = """
2026-11-03 买办公用品 | payment:P1
  5130102            120.00
  102 account:A-1   -120.00
2026-11-04 保洁费 | payment:P2
  51401              800.00
  102 account:A-1   -800.00
"""
MORE = LEDGER.replace("P1", "P3").replace("P2", "P4")
COLUMNS = (
    "book_id, period, word, date, summary, origin, rule_code, rule_version, attachment_count, "
    "line_count, total_fen, maker_name, reviewer_name, posted_by_name, posted_at, previous_hash, "
    "hash, source_kind"
)


def a_row(number: int, columns: str = COLUMNS) -> str:
    return (
        f"INSERT INTO ledger_voucher (ext_id, source_id, number, {COLUMNS}) "
        f"SELECT 'FORGED', 'FORGED', {number}, {columns} FROM ledger_voucher WHERE number = 1"
    )


ATTEMPTS = {
    "update": "UPDATE ledger_voucherline SET debit_fen = 1",
    "update of a voucher": "UPDATE ledger_voucher SET date = '2026-11-05'",
    "delete": "DELETE FROM ledger_voucher",
    "delete of lines": "DELETE FROM ledger_voucherline",
    "upsert": a_row(1)
    + " ON CONFLICT (book_id, period, word, number) DO UPDATE SET summary = '改过'",
    "merge": "MERGE INTO ledger_voucher v USING (SELECT 1 AS n) s ON v.number = s.n "
    "WHEN MATCHED THEN DELETE",
    "truncate": "TRUNCATE ledger_voucher CASCADE",
    "backdated": a_row(3, COLUMNS.replace(" date", " '2026-10-31'")),
    "posted earlier": a_row(3, COLUMNS.replace(" posted_at", " '2020-01-01'")),
    "a gap": a_row(9),
    "a head": "UPDATE ledger_numberhead SET last_number = 9",
    "a head deleted": "DELETE FROM ledger_numberhead",
    "a month deleted": "DELETE FROM ledger_period",
    "an opening": "INSERT INTO ledger_openingbalance "
    "(book_id, account_code, aux_kind, aux_id, balance_fen) "
    "SELECT id, '102', '', '', 1 FROM ledger_book",
    "the log": "UPDATE audit_event SET kind = 'x'",
    "the log deleted": "DELETE FROM audit_event",
    "the head of the log": "UPDATE audit_chainhead SET last_number = 0",
    "disable trigger": "ALTER TABLE ledger_voucher DISABLE TRIGGER ALL",
    "disable one trigger": "ALTER TABLE ledger_voucher DISABLE TRIGGER ledger_voucher_no_update",
    "drop trigger": "DROP TRIGGER ledger_voucher_no_update ON ledger_voucher",
    "drop table": "DROP TABLE ledger_voucherline",
    "replica role": "SET session_replication_role = replica",
    "another guard": "CREATE OR REPLACE FUNCTION ledger_voucher_no_update() RETURNS trigger "
    "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "alter function": "ALTER FUNCTION ledger_voucher_no_update() RESET search_path",
    "a trigger of its own": "CREATE TRIGGER own BEFORE INSERT ON ledger_voucher "
    "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "a rule": "CREATE RULE own AS ON INSERT TO ledger_voucher DO INSTEAD NOTHING",
    "set role": f"SET ROLE {NAMES.owner}",
    "set session": f"SET SESSION AUTHORIZATION {NAMES.owner}",
    "own the table": f"ALTER TABLE ledger_voucher OWNER TO {NAMES.runtime}",
    "a temporary table": "CREATE TEMP TABLE ledger_period (id int)",
    "a schema of its own": "CREATE SCHEMA own",
    "a table in ours": "CREATE TABLE own (id int)",
}


@pytest.fixture
def as_application(transactional_db: None) -> Iterator[village.World]:
    """The small world with two vouchers; from then on we are connected as the application."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    world = village.build()
    books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=village.AT)
    post(LEDGER)
    roles.apply(NAMES)
    reconnect(NAMES.runtime)
    try:
        yield world
    finally:
        reconnect(SUPERUSER)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            (database,) = cursor.fetchone()
            for name in (NAMES.owner, NAMES.runtime):
                cursor.execute(f"REASSIGN OWNED BY {name} TO CURRENT_USER")
                cursor.execute(f"DROP OWNED BY {name}")
                cursor.execute(f"DROP ROLE {name}")
            cursor.execute(f'GRANT TEMPORARY ON DATABASE "{database}" TO PUBLIC')


def reconnect(user: str) -> None:
    connection.close()
    connection.settings_dict["USER"] = user


def post(text: str) -> list[posting.PostedVoucher]:
    return posting.post_many(
        book_org_ext_id="O-WILLOW", drafts=read_ledger(text), at=village.AT, by=SYSTEM
    )


def snapshot() -> list[object]:
    return [list(table.objects.order_by("pk").values_list()) for table in (Voucher, VoucherLine)]


def test_every_attempt_of_the_application_is_refused(as_application) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == (NAMES.runtime, NAMES.runtime)
    before = snapshot()

    accepted = []
    for name, attempt in ATTEMPTS.items():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attempt)
        except DatabaseError:
            continue
        accepted.append(name)

    assert accepted == []
    assert snapshot() == before
    assert guards.faults() == []
    assert queries.verify_book("O-WILLOW") == []


def test_a_grant_to_itself_gives_nothing(as_application) -> None:
    """PostgreSQL answers it with a warning and no right."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE ON ledger_voucher TO {NAMES.runtime}")
        cursor.execute("SELECT has_table_privilege('ledger_voucher', 'UPDATE')")
        assert cursor.fetchone() == (False,)


def test_copy_into_a_gap_or_another_month_is_refused(as_application) -> None:
    first = Voucher.objects.get(number=1)
    names = [name.strip() for name in f"ext_id, source_id, number, {COLUMNS}".split(",")]
    before = snapshot()

    for number, date in ((1, first.date), (9, first.date), (3, dt.date(2026, 10, 31))):
        told = {"ext_id": "FORGED", "source_id": "FORGED", "number": number, "date": date}
        row = [told.get(name, getattr(first, name)) for name in names]
        with pytest.raises(DatabaseError), transaction.atomic():
            copy_row(f"COPY ledger_voucher ({', '.join(names)}) FROM STDIN", row)

    assert snapshot() == before


def copy_row(into: str, row: list[object]) -> None:
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(into) as copy:
        copy.write_row(row)


def test_posting_and_correcting_work_as_the_application(as_application) -> None:
    world = as_application
    third, fourth = post(MORE)
    assert (third.number, fourth.number) == (3, 4)

    draft = corrections.draft_correction(
        voucher_ext_id=third.ext_id, lines=None, date=dt.date(2026, 11, 9),
        by=world.actor("agency_accountant"), at=village.AT,
    )  # fmt: skip
    corrections.review_and_post(
        draft_ext_id=draft.ext_id, by=world.actor("agency_reviewer"), at=village.AT
    )
    Organisation.objects.filter(ext_id="O-WILLOW").update(name="柳湾村经济合作社")

    assert Voucher.objects.count() == 5
    assert queries.verify_book("O-WILLOW") == []


def test_the_roles_are_made_again_without_harm(as_application) -> None:
    before = snapshot()
    reconnect(NAMES.owner)
    with pytest.raises(DatabaseError):  # only who may make roles
        roles.apply(roles.Roles(NAMES.owner, "sanzi_test_second"))
    reconnect(SUPERUSER)

    roles.apply(NAMES)

    assert snapshot() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'ledger_voucher'")
        assert cursor.fetchone() == (NAMES.owner,)


def test_the_command_prints_the_statements_or_says_why_not(db, capsys) -> None:
    if connection.vendor != "postgresql":
        assert main(["roles"]) == 2
        assert "SQLite" in capsys.readouterr().err
        return

    assert main(["roles", "--runtime", "sanzi_web"]) == 0

    printed = capsys.readouterr().out
    assert 'GRANT SELECT, INSERT ON "public"."ledger_voucher" TO sanzi_web;' in printed
    assert 'GRANT SELECT, INSERT, UPDATE ON "public"."ledger_numberhead" TO sanzi_web;' in printed
    assert "TRUNCATE" not in printed
    assert main(["roles", "--runtime", "sanzi_owner"]) == 2
    assert main(["roles", "--runtime", "x; DROP"]) == 2
