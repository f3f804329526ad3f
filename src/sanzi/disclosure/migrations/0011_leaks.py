"""Say of each publication which numbers of persons stand in it in full."""

from django.db import migrations, models

from sanzi.kernel import leaks

AT_ONCE = 500


def look(apps, schema_editor):
    """Look through what is public already; it is told at the next night."""
    publication = apps.get_model("disclosure", "Publication")
    for one in publication.objects.filter(unpublished_at=None).order_by("pk").iterator(AT_ONCE):
        found = " ".join(leaks.kinds([one.title, one.body]))
        if found:
            publication.objects.filter(pk=one.pk).update(leaks=found)


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0010_held_sheets")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="leaks",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.RunPython(look, migrations.RunPython.noop),
    ]
