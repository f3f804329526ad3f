"""Decisions are found by their papers and pictures, sources by place and other party."""

from django.db import migrations, models

INDEXES = (
    ("sourcematter", "division_code", "source_place"),
    ("sourcematter", "counterparty_ext_id", "source_counterparty"),
    ("decision", "division_code", "decision_place"),
    ("decision", "file_digest", "decision_paper"),
    ("decisionstep", "minutes_digest", "decision_step_minutes"),
    ("decisionstep", "photo_phash", "decision_step_photo"),
)


class Migration(migrations.Migration):
    """Indexes."""

    dependencies = [("matters", "0010_aside")]

    operations = [
        migrations.AddIndex(model_name=model, index=models.Index(fields=[field], name=name))
        for model, field, name in INDEXES
    ]
