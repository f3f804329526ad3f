"""django-ledger's own posting: a journal entry of two lines, verified, posted, committed durably.

A program of its own environment: `python post_django_ledger.py FILE ROUNDS` prints seconds a
voucher. `commit_txs(je_posted=True)` is its documented way to post transactions.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime

DURABLE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def main(file: str, rounds: int) -> list[float]:
    """Post `rounds` vouchers one after the other; return the seconds of each."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench" * 10,
        USE_TZ=True,
        DJANGO_LEDGER_USE_DEPRECATED_BEHAVIOR=False,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles", "django_ledger",
        ],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": file,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": DURABLE},
        }},
    )  # fmt: skip
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create(username="bench")
    from django_ledger.io import roles
    from django_ledger.models import EntityModel

    entity = EntityModel.create_entity(
        name="Village", admin=user, use_accrual_method=True, fy_start_month=1
    )
    chart = entity.create_chart_of_accounts(coa_name="Chart", assign_as_default=True, commit=True)
    bank = entity.create_account(
        code="1020", name="Bank", role=roles.ASSET_CA_CASH, balance_type="debit",
        active=True, coa_model=chart,
    )  # fmt: skip
    cost = entity.create_account(
        code="6010", name="Office", role=roles.EXPENSE_OPERATIONAL, balance_type="debit",
        active=True, coa_model=chart,
    )  # fmt: skip
    ledger = entity.create_ledger(name="Book", posted=True)
    taken = []
    for number in range(rounds):
        start = time.perf_counter()
        ledger.commit_txs(
            je_timestamp=datetime(2026, 3, number % 28 + 1, 12, 0, tzinfo=UTC),
            je_txs=[
                {"account": cost, "amount": 10 + number, "tx_type": "debit", "description": "a"},
                {"account": bank, "amount": 10 + number, "tx_type": "credit", "description": "a"},
            ],
            je_posted=True,
            je_desc="office",
        )
        taken.append(time.perf_counter() - start)
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
