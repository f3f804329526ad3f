"""A lead may grow from a pair with another county: one pair, one lead."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("inspection", "0002_leads_and_grades")]

    operations = [
        migrations.AddField("lead", "pair_key", models.CharField(blank=True, default="", max_length=70), preserve_default=False),
        migrations.RemoveConstraint("lead", "lead_of_one"),
        migrations.AddConstraint("lead", models.CheckConstraint(
            condition=models.Q(task__isnull=False, visit_id="", pair_key="")
            | (models.Q(task__isnull=True, pair_key="") & ~models.Q(visit_id=""))
            | (models.Q(task__isnull=True, visit_id="") & ~models.Q(pair_key="")),
            name="lead_of_one",
        )),
        migrations.AddConstraint("lead", models.UniqueConstraint(condition=models.Q(("pair_key", ""), _negated=True), fields=("pair_key",), name="lead_of_pair_once")),
    ]
