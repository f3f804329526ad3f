"""Since when a page could not be judged, and when its office was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0011_leaks")]

    operations = [
        migrations.AddField(
            model_name="heldsheet",
            name="unjudged_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="heldsheet",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="heldsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("told_at__isnull", True), ("unjudged_at__isnull", False), _connector="OR"
                ),
                name="held_sheet_told",
            ),
        ),
    ]
