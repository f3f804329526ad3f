"""Contracts are found by what they add to, and by the vote and the tender that they stand on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes."""

    dependencies = [("deals", "0006_contracts_of_cases")]

    operations = [
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["decision_ext_id"], name="contract_decision"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["tender_ext_id"], name="contract_tender"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["parent"],
                name="contract_parent",
            ),
        ),
    ]
