"""Vouchers are added at the end of their numbers, whole and balanced, and stay as they are.

The guards know no chain and no standard: those belong to `rules.py` and `verify_book`.
"""

from __future__ import annotations

from django.db import migrations

from sanzi.audit import irreversible
from sanzi.audit.irreversible import Guard

TABLES = ("ledger_voucher", "ledger_voucherline")
VOUCHER, LINE = TABLES
GUARDS = (
    Guard(
        "ledger_voucher_next_number",
        VOUCHER,
        "BEFORE INSERT",
        "NEW.number <> (SELECT COALESCE(MAX(v.number), 0) + 1 FROM ledger_voucher v "
        "WHERE v.book_id = NEW.book_id AND v.period = NEW.period AND v.word = NEW.word)",
        "a voucher takes the next number of its book, period and word",
    ),
    Guard(
        "ledger_voucher_open_period",
        VOUCHER,
        "BEFORE INSERT",
        "EXISTS (SELECT 1 FROM ledger_period p WHERE p.book_id = NEW.book_id "
        "AND p.period = NEW.period AND p.closed_at IS NOT NULL)",
        "a closed period takes no voucher",
    ),
    Guard(
        "ledger_voucherline_next_line",
        LINE,
        "BEFORE INSERT",
        "NEW.line_no <> (SELECT COALESCE(MAX(l.line_no), 0) + 1 FROM ledger_voucherline l "
        "WHERE l.voucher_id = NEW.voucher_id) OR NEW.line_no > "
        "(SELECT v.line_count FROM ledger_voucher v WHERE v.id = NEW.voucher_id)",
        "a voucher takes its own lines in order and no more",
    ),
    Guard(
        "ledger_voucherline_balance",
        LINE,
        "AFTER INSERT",
        "NEW.line_no = (SELECT v.line_count FROM ledger_voucher v WHERE v.id = NEW.voucher_id) "
        "AND EXISTS (SELECT 1 FROM ledger_voucher v WHERE v.id = NEW.voucher_id AND ("
        "v.total_fen <> (SELECT SUM(l.debit_fen) FROM ledger_voucherline l "
        "WHERE l.voucher_id = v.id) OR v.total_fen <> (SELECT SUM(l.credit_fen) "
        "FROM ledger_voucherline l WHERE l.voucher_id = v.id)))",
        "a voucher balances with its last line",
    ),
)


class Migration(migrations.Migration):
    """Lay the triggers."""

    dependencies = (("ledger", "0001_initial"), ("audit", "0002_append_only"))
    operations = (
        migrations.RunPython(
            irreversible.forwards(TABLES, GUARDS), irreversible.backwards(TABLES, GUARDS),
        ),
    )
