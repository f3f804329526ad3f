"""What a reconciliation statement says stays as it was made; a signature stays as it was given."""

from __future__ import annotations

from django.db import migrations

from sanzi.audit.irreversible import Guard, Lay

STATEMENT, ITEM = "payments_reconciliation", "payments_reconciliationitem"
FIGURES = (
    "account_id", "period", "book_fen", "bank_fen", "bank_in_fen", "bank_out_fen", "book_in_fen",
    "book_out_fen", "adjusted_fen", "item_count", "prepared_at", "digest",
)
GUARDS = (
    Guard(
        "payments_reconciliation_figures",
        STATEMENT,
        "BEFORE UPDATE",
        " OR ".join(f"NEW.{name} <> OLD.{name}" for name in FIGURES),
        "a reconciliation statement keeps its figures",
    ),
    Guard(
        "payments_reconciliation_signed",
        STATEMENT,
        "BEFORE UPDATE",
        "OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NULL OR NEW.signed_at <> OLD.signed_at "
        "OR NEW.signed_by_name <> OLD.signed_by_name OR NEW.state = 'PREPARED')",
        "a signature stays",
    ),
    Guard(
        "payments_reconciliation_no_delete",
        STATEMENT,
        "BEFORE DELETE",
        "",
        "a reconciliation statement is never deleted",
    ),
)
LAY = Lay((ITEM,), GUARDS, kept=(STATEMENT,))


class Migration(migrations.Migration):
    """Lay the triggers."""

    dependencies = (("payments", "0003_reconciliation"), ("audit", "0003_next_event"))
    operations = (migrations.RunPython(LAY, LAY.lift),)
