"""From which device a step was taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0008_decisions_of_cases")]

    operations = [
        migrations.AddField(
            model_name="casestep",
            name="device_index",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
    ]
