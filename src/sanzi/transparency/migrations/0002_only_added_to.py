"""Leaves are only added, and only their salts go; signed heads stay, and only gain signatures."""

from __future__ import annotations

from django.db import migrations

from sanzi.audit.irreversible import Guard, Lay

LEAF, TILE, HEAD = "transparency_leaf", "transparency_tile", "transparency_checkpoint"
SAME_LEAF = (
    'NEW."index" <> OLD."index" OR NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject '
    "OR NEW.text <> OLD.text OR NEW.added_at <> OLD.added_at "
    "OR OLD.salt IS NULL OR NEW.salt IS NULL OR LENGTH(NEW.salt) > 0"
)
GUARDS = (
    Guard("transparency_leaf_stays", LEAF, "BEFORE UPDATE", SAME_LEAF, "a leaf only loses its salt"),
    Guard("transparency_leaf_no_delete", LEAF, "BEFORE DELETE", "", "a leaf is never deleted"),
    Guard("transparency_tile_no_delete", TILE, "BEFORE DELETE", "", "a tile is never deleted"),
    Guard(
        "transparency_checkpoint_stays", HEAD, "BEFORE UPDATE",
        "NEW.size <> OLD.size OR NEW.signed_at <> OLD.signed_at "
        "OR SUBSTR(NEW.note, 1, LENGTH(OLD.note)) <> OLD.note",
        "a signed head only gains signatures",
    ),
    Guard(
        "transparency_checkpoint_no_delete", HEAD, "BEFORE DELETE", "",
        "a signed head is never deleted",
    ),
)  # fmt: skip
LAID = Lay((), GUARDS, (LEAF, TILE, HEAD))


class Migration(migrations.Migration):
    """Lay the triggers."""

    dependencies = (("transparency", "0001_initial"),)
    operations = (migrations.RunPython(LAID, LAID.lift),)
