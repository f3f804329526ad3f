"""Awards that had failed and were paid after all."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0003_relief_and_levies")]

    operations = [
        migrations.CreateModel(
            name="AwardPayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paid_at", models.DateTimeField()),
                ("package", models.CharField(max_length=80)),
                ("noted_at", models.DateTimeField()),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="subsidies.award",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("award",), name="award_paid_later_once")
                ],
            },
        ),
    ]
