"""Who stood aside: whether he was among those due, and whether he came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0009_devices")]

    operations = [
        migrations.AddField("decisionrecusal", "was_due", models.BooleanField(null=True)),
        migrations.AddField("decisionrecusal", "was_present", models.BooleanField(null=True)),
    ]
