"""Decisions are found by the case that planned them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index."""

    dependencies = [("matters", "0007_households")]

    operations = [
        migrations.AddIndex(
            model_name="decisionplan",
            index=models.Index(fields=["case_number"], name="decision_plan_case"),
        ),
    ]
