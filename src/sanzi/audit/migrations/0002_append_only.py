"""The log and its seals are only ever added to, on both engines."""

from __future__ import annotations

from django.db import migrations

from sanzi.audit import irreversible

TABLES = ("audit_event", "audit_seal")


class Migration(migrations.Migration):
    """Lay the triggers."""

    dependencies = (("audit", "0001_initial"),)
    operations = (
        migrations.RunPython(irreversible.forwards(TABLES), irreversible.backwards(TABLES)),
    )
