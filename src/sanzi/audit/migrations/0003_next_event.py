"""An event takes the next number of its chain, and a chain's head says what its events say."""

from __future__ import annotations

import importlib

from django.db import migrations, models

from sanzi.audit.irreversible import SQLITE, Guard, Lay

FIRST = importlib.import_module("sanzi.audit.migrations.0002_append_only")
EVENT, SEAL = FIRST.TABLES
HEAD, SEALED = "audit_chainhead", "audit_sealedhead"
LAST = "(SELECT COALESCE(MAX(e.number), 0) FROM audit_event e WHERE e.chain = NEW.chain)"
LAST_HASH = (
    "COALESCE((SELECT e.hash FROM audit_event e WHERE e.chain = NEW.chain "
    "ORDER BY e.number DESC LIMIT 1), '')"
)
AS_EVENTS = f"NEW.last_number <> {LAST} OR NEW.last_hash <> {LAST_HASH}"
GUARDS = (
    Guard(
        "audit_event_next_number",
        EVENT,
        "BEFORE INSERT",
        f"NEW.number <> {LAST} + 1",
        "an event takes the next number of its chain",
    ),
    Guard(
        "audit_event_own_place",
        EVENT,
        "BEFORE INSERT",
        "EXISTS (SELECT 1 FROM audit_event e WHERE e.id = NEW.id)",
        "UNIQUE constraint: an event takes no place of another",
        SQLITE,
    ),
    Guard(
        "audit_seal_own_place",
        SEAL,
        "BEFORE INSERT",
        "EXISTS (SELECT 1 FROM audit_seal s WHERE s.id = NEW.id OR s.hash = NEW.hash)",
        "UNIQUE constraint: a seal takes no place of another",
        SQLITE,
    ),
    Guard(
        "audit_sealedhead_own_place",
        SEALED,
        "BEFORE INSERT",
        "EXISTS (SELECT 1 FROM audit_sealedhead s WHERE s.id = NEW.id "
        "OR (s.seal_id = NEW.seal_id AND s.chain = NEW.chain))",
        "UNIQUE constraint: a sealed head takes no place of another",
        SQLITE,
    ),
    Guard(
        "audit_chainhead_insert",
        HEAD,
        "BEFORE INSERT",
        AS_EVENTS,
        "the head of a chain says what its events say",
    ),
    Guard(
        "audit_chainhead_update",
        HEAD,
        "BEFORE UPDATE",
        f"NEW.chain <> OLD.chain OR {AS_EVENTS}",
        "the head of a chain says what its events say",
    ),
    Guard(
        "audit_chainhead_no_delete", HEAD, "BEFORE DELETE", "", "audit_chainhead is never deleted"
    ),
)
LAID = Lay((SEALED,), GUARDS, kept=(HEAD,))
EARLIER = Lay(FIRST.TABLES)


class Migration(migrations.Migration):
    """Make the table of sealed heads, lay the triggers, and harden the first ones."""

    dependencies = (("audit", "0002_append_only"),)
    operations = (
        migrations.CreateModel(
            name="SealedHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.BigIntegerField()),
                ("chain", models.CharField(max_length=40)),
                ("number", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["seal_id", "chain"], name="audit_sealed_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="chainhead",
            name="sealed_number",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunPython(LAID, LAID.lift),
        migrations.RunPython(EARLIER.harden, migrations.RunPython.noop),
    )
