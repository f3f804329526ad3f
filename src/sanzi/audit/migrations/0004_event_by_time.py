"""The log is read by time: an index for it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index; the table is not remade, so its guards stay."""

    dependencies = (("audit", "0003_next_event"),)
    operations = (
        migrations.AddIndex(
            model_name="event", index=models.Index(fields=["at"], name="audit_event_at")
        ),
    )
