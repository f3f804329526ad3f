"""Boundaries of places, where somebody loads them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("insight", "0007_questions")]

    operations = [
        migrations.CreateModel(
            name="Boundary",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(max_length=12, unique=True)),
                ("rings", models.JSONField()),
            ],
        ),
    ]
