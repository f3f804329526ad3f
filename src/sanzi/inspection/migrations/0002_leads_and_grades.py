"""Leads have a day and may come from a station's visit; a draw keeps the village's grade."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models

from sanzi.kernel import clock

DAYS = 14


def fill(apps, _editor):
    for one in apps.get_model("inspection", "Lead").objects.order_by("pk"):
        one.list_date = clock.local_date(one.handed_at)
        one.due_at = one.handed_at + timedelta(days=DAYS)
        one.save(update_fields=["list_date", "due_at"])


class Migration(migrations.Migration):

    dependencies = [("inspection", "0001_initial")]

    operations = [
        migrations.AddField("task", "grade", models.CharField(blank=True, default="", max_length=10), preserve_default=False),
        migrations.AddField("task", "sample_size", models.IntegerField(null=True)),
        migrations.AddField("lead", "visit_id", models.CharField(blank=True, default="", max_length=40), preserve_default=False),
        migrations.AddField("lead", "escalated_at", models.DateTimeField(null=True)),
        migrations.AddField("lead", "list_date", models.DateField(null=True)),
        migrations.AddField("lead", "due_at", models.DateTimeField(null=True)),
        migrations.AlterField("lead", "task", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="leads", to="inspection.task")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("lead", "list_date", models.DateField()),
        migrations.AlterField("lead", "due_at", models.DateTimeField()),
        migrations.AddIndex("lead", models.Index(fields=["due_at"], name="lead_due")),
        migrations.AddConstraint("lead", models.CheckConstraint(condition=models.Q(models.Q(("task__isnull", False), ("visit_id", "")), models.Q(("task__isnull", True), models.Q(("visit_id", ""), _negated=True)), _connector="OR"), name="lead_of_one")),
    ]
