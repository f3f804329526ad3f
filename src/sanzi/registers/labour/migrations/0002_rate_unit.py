"""What the rate of a request is for: a day, as all of them were paid so far, or a piece."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labour", "0001_initial")]

    operations = [
        migrations.AddField(
            "labourrequest",
            "rate_unit",
            models.CharField(
                choices=[("day", "一天（8小时）"), ("piece", "一件")], default="day", max_length=6
            ),
        ),
    ]
