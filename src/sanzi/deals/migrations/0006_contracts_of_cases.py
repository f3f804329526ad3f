"""Contracts are found by the case that made them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index."""

    dependencies = [("deals", "0005_disposals")]

    operations = [
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["case_number"], name="contract_case"),
        ),
    ]
