"""Checks and waivers are append-only; invoices that were there learn where they belong."""

import re

from django.db import migrations

from sanzi.audit.irreversible import Lay

CASE = re.compile(r"([0-9]{12})-")


def place(apps, schema_editor):
    """Take the division from the number of the case."""
    Invoice = apps.get_model("evidence", "Invoice")
    rows = Invoice.objects.filter(division_code="").exclude(case_number="")
    for one in rows.only("id", "case_number").iterator(500):
        found = CASE.match(one.case_number)
        if found:
            Invoice.objects.filter(pk=one.pk).update(division_code=found.group(1))


LAY = Lay(["evidence_invoicecheck", "evidence_invoicewaiver"])


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_register")]
    operations = [
        migrations.RunPython(place, migrations.RunPython.noop),
        migrations.RunPython(LAY, LAY.lift),
    ]
