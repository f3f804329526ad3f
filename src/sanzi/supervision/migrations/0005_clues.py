"""What a night leaves untold of its clues."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the list of what was left out to the run."""

    dependencies = [("supervision", "0004_parameter_changes")]

    operations = [
        migrations.AddField("modelrun", "muted", models.JSONField(default=list)),
    ]
