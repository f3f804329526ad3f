"""Why a publication was taken off the web by hand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0012_unjudged_sheets")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="withdrawn_reason",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
