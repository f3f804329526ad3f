"""A number head knows when its last voucher was posted, so that a clock set back shows."""

from __future__ import annotations

from django.db import migrations, models

TAKE_OVER = """
UPDATE ledger_numberhead SET last_posted_at = (
    SELECT MAX(v.posted_at) FROM ledger_voucher v
    WHERE v.book_id = ledger_numberhead.book_id AND v.period = ledger_numberhead.period
    AND v.word = ledger_numberhead.word
)
"""


class Migration(migrations.Migration):
    """Add the column and fill it from the vouchers."""

    dependencies = (("ledger", "0003_periods_charts_rules"),)
    operations = (
        migrations.AddField(
            model_name="numberhead",
            name="last_posted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    )
