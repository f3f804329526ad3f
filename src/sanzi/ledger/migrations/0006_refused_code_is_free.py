"""A refused account leaves its code free."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_more_guards")]

    operations = [
        migrations.RemoveConstraint(model_name="chartaddition", name="addition_once"),
        migrations.AddConstraint(
            model_name="chartaddition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("refused_reason", "")),
                fields=("standard_code", "code"),
                name="addition_once",
            ),
        ),
    ]
