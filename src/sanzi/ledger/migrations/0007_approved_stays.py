"""What two persons approved stays as it was approved: accounts, entry templates, cash, plans."""

from __future__ import annotations

from django.db import migrations

from sanzi.audit.irreversible import Guard, Lay

CONTENT = {
    "ledger_chartaddition": (
        "standard_code", "code", "name", "account_class", "side", "requires",
    ),
    "ledger_entryversion": ("standard_code", "rule_code", "version", "content"),
    "ledger_cashpolicy": ("division_code", "policy", "limit_fen"),
    "ledger_recurringplan": (
        "book_id", "kind", "cost_fen", "salvage_fen", "months", "debit_account", "debit_aux_kind",
        "debit_aux_id", "credit_account", "credit_aux_kind", "credit_aux_id",
    ),
}  # fmt: skip
ALWAYS = ("ext_id", "made_by_id", "made_at", "valid_from_date")
TWO = "a proposal is approved by another than its maker"
STAYS = "what was approved stays as it is"


def guards_of(table: str, columns: tuple[str, ...]) -> tuple[Guard, ...]:
    """Return the guards of one table of proposals; when they end may still be said."""
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in (*ALWAYS, *columns))
    taken_back = (
        "NEW.approved_at IS NULL OR NEW.approved_at <> OLD.approved_at "
        "OR NEW.approved_by_id IS NULL OR NEW.approved_by_id <> OLD.approved_by_id"
    )
    alone = "NEW.approved_by_id = NEW.made_by_id"
    return (
        Guard(f"{table}_two_insert", table, "BEFORE INSERT", alone, TWO),
        Guard(f"{table}_two_update", table, "BEFORE UPDATE", alone, TWO),
        Guard(
            f"{table}_stays",
            table,
            "BEFORE UPDATE",
            f"OLD.approved_at IS NOT NULL AND ({changed} OR {taken_back})",
            STAYS,
        ),
        Guard(
            f"{table}_kept", table, "BEFORE DELETE", "OLD.approved_at IS NOT NULL", STAYS
        ),
    )


LAID = Lay(
    (),
    tuple(guard for table, columns in CONTENT.items() for guard in guards_of(table, columns)),
    kept=tuple(CONTENT),
)


class Migration(migrations.Migration):
    """Lay the triggers."""

    dependencies = (("ledger", "0006_refused_code_is_free"),)
    operations = (migrations.RunPython(LAID, LAID.lift),)
