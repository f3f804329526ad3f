"""What was paid for a contract is found by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index."""

    dependencies = [("payments", "0008_card_suspension")]

    operations = [
        migrations.AddIndex(
            model_name="paymentorder",
            index=models.Index(fields=["contract_id"], name="order_contract"),
        ),
    ]
