"""What had a part in the size of a draw."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspection", "0003_leads_of_pairs")]

    operations = [
        migrations.AddField(
            model_name="task",
            name="weights",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
    ]
