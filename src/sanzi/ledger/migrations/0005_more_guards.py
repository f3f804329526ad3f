"""What stands around the vouchers holds too: days, heads, months, openings, archives, signatures.

Vouchers: the period is the month of the day, nothing is posted before the one before it, and on
SQLite no row takes the place of another, whatever `recursive_triggers` says.
"""

from __future__ import annotations

import importlib

from django.db import migrations

from sanzi.audit.irreversible import SQLITE, Guard, Lay

FIRST = importlib.import_module("sanzi.ledger.migrations.0002_irreversible")
VOUCHER, LINE = FIRST.TABLES
BOOK, PERIOD, HEAD = "ledger_book", "ledger_period", "ledger_numberhead"
OPENING, ARCHIVE = "ledger_openingbalance", "ledger_yeararchive"
REOPENING, HANDOVER = "ledger_reopening", "ledger_handover"
SAME_RUN = "v.book_id = NEW.book_id AND v.period = NEW.period AND v.word = NEW.word"
LAST = f"(SELECT COALESCE(MAX(v.number), 0) FROM ledger_voucher v WHERE {SAME_RUN})"
LAST_HASH = (
    f"COALESCE((SELECT v.hash FROM ledger_voucher v WHERE {SAME_RUN} "
    "ORDER BY v.number DESC LIMIT 1), '')"
)
AS_VOUCHERS = f"NEW.last_number <> {LAST} OR NEW.last_hash <> {LAST_HASH}"
A_VOUCHER_OF = "EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.book_id = {row}.book_id)"
GRANTED = (
    "EXISTS (SELECT 1 FROM ledger_reopening r WHERE r.book_id = OLD.book_id "
    "AND r.period = OLD.period AND r.is_granted AND r.decided_at >= OLD.closed_at)"
)
ARCHIVED = (
    "EXISTS (SELECT 1 FROM ledger_yeararchive a WHERE a.book_id = OLD.book_id "
    "AND a.year = CAST(substr(OLD.period, 1, 4) AS INTEGER))"
)


def changed(*columns: str) -> str:
    """Return a condition that one of these columns, none of them NULL, gets another value."""
    return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)


def changed_once_set(*columns: str) -> str:
    """Return a condition that one of these moments changes after it was set."""
    return " OR ".join(
        f"(OLD.{column} IS NOT NULL AND (NEW.{column} IS NULL OR NEW.{column} <> OLD.{column}))"
        for column in columns
    )


def never_removed(table: str) -> Guard:
    """Return the guard that lets no row of a table be removed."""
    return Guard(f"{table}_no_delete", table, "BEFORE DELETE", "", f"{table} is never deleted")


VOUCHERS = (
    Guard(
        "ledger_voucher_month_of_date",
        VOUCHER,
        "BEFORE INSERT",
        "substr(CAST(NEW.date AS TEXT), 1, 7) <> NEW.period",
        "the period of a voucher is the month of its date",
    ),
    Guard(
        "ledger_voucher_no_clock_back",
        VOUCHER,
        "BEFORE INSERT",
        f"NEW.posted_at < (SELECT v.posted_at FROM ledger_voucher v WHERE {SAME_RUN} "
        "ORDER BY v.number DESC LIMIT 1)",
        "a voucher is posted after the one before it",
    ),
    Guard(
        "ledger_voucher_own_place",
        VOUCHER,
        "BEFORE INSERT",
        "EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.id = NEW.id) "
        "OR EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.ext_id = NEW.ext_id) "
        "OR EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.reversal_of_id = NEW.reversal_of_id) "
        "OR EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.book_id = NEW.book_id "
        "AND v.source_kind = NEW.source_kind AND v.source_id = NEW.source_id)",
        "UNIQUE constraint: a voucher takes no place of another",
        SQLITE,
    ),
    Guard(
        "ledger_voucherline_own_place",
        LINE,
        "BEFORE INSERT",
        "EXISTS (SELECT 1 FROM ledger_voucherline l WHERE l.id = NEW.id)",
        "UNIQUE constraint: a line takes no place of another",
        SQLITE,
    ),
)
AROUND = (
    Guard(
        "ledger_book_same_terms",
        BOOK,
        "BEFORE UPDATE",
        f"({changed('ext_id', 'organisation_id', 'standard_code', 'first_period')}) AND "
        "EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.book_id = OLD.id)",
        "a book with vouchers keeps its terms",
    ),
    Guard(
        "ledger_numberhead_insert",
        HEAD,
        "BEFORE INSERT",
        AS_VOUCHERS,
        "a number head says what the vouchers say",
    ),
    Guard(
        "ledger_numberhead_update",
        HEAD,
        "BEFORE UPDATE",
        f"{changed('book_id', 'period', 'word')} OR {AS_VOUCHERS}",
        "a number head says what the vouchers say",
    ),
    never_removed(HEAD),
    Guard(
        "ledger_period_update",
        PERIOD,
        "BEFORE UPDATE",
        f"{changed('book_id', 'period')} OR (OLD.closed_at IS NOT NULL AND "
        "NEW.closed_at IS NOT NULL AND (NEW.closed_at <> OLD.closed_at OR "
        "COALESCE(NEW.closed_by_id, 0) <> COALESCE(OLD.closed_by_id, 0))) OR "
        f"(OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL AND (NOT {GRANTED} OR {ARCHIVED}))",
        "a closed month opens only by a granted reopening and never when archived",
    ),
    never_removed(PERIOD),
    Guard(
        "ledger_openingbalance_insert",
        OPENING,
        "BEFORE INSERT",
        A_VOUCHER_OF.format(row="NEW"),
        "openings are fixed once the book has a voucher",
    ),
    Guard(
        "ledger_openingbalance_update",
        OPENING,
        "BEFORE UPDATE",
        f"{A_VOUCHER_OF.format(row='OLD')} OR {A_VOUCHER_OF.format(row='NEW')}",
        "openings are fixed once the book has a voucher",
    ),
    Guard(
        "ledger_openingbalance_delete",
        OPENING,
        "BEFORE DELETE",
        A_VOUCHER_OF.format(row="OLD"),
        "openings are fixed once the book has a voucher",
    ),
    Guard(
        "ledger_reopening_begins_undecided",
        REOPENING,
        "BEFORE INSERT",
        "NEW.decided_at IS NOT NULL OR NEW.is_granted IS NOT NULL",
        "a reopening is asked for before it is decided",
    ),
    Guard(
        "ledger_reopening_decided_once",
        REOPENING,
        "BEFORE UPDATE",
        "OLD.decided_at IS NOT NULL OR NEW.decided_by_id = OLD.asked_by_id OR "
        + changed("ext_id", "book_id", "period", "reason", "asked_by_id", "asked_at"),
        "a reopening is decided once and by another person",
    ),
    never_removed(REOPENING),
    Guard(
        "ledger_handover_signed",
        HANDOVER,
        "BEFORE UPDATE",
        "(OLD.handed_at IS NOT NULL AND ("
        + changed(
            "ext_id",
            "division_code",
            "from_person_id",
            "to_person_id",
            "supervisor_person_id",
            "on_date",
            "content",
            "digest",
            "made_at",
        )
        + f")) OR {changed_once_set('handed_at', 'received_at', 'supervised_at')}",
        "a signed handover stays as it was signed",
    ),
    Guard(
        "ledger_handover_no_delete",
        HANDOVER,
        "BEFORE DELETE",
        "OLD.handed_at IS NOT NULL",
        "a signed handover is never deleted",
    ),
)
LAID = Lay((ARCHIVE,), VOUCHERS + AROUND, kept=(BOOK, HEAD, PERIOD, OPENING, REOPENING, HANDOVER))
EARLIER = Lay(FIRST.TABLES, FIRST.GUARDS)


class Migration(migrations.Migration):
    """Lay the triggers, and harden those of the first hour."""

    dependencies = (("ledger", "0004_head_knows_the_time"), ("audit", "0003_next_event"))
    operations = (
        migrations.RunPython(LAID, LAID.lift),
        migrations.RunPython(EARLIER.harden, migrations.RunPython.noop),
    )
