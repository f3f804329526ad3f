"""A worker whose PostgreSQL goes away while a batch is on its way to the bank, then comes back.

    python -m worlds.database_restart CLUSTER PORT

Run as a program of its own, with the settings pointed at that cluster: the database of a test run
must not be taken from under it. Two orders, one through a restart, one through a crash; tells as
JSON what stood in the database between and what came of each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

TOOL = Path(__file__).resolve().parents[2] / "tools" / "pgtmp.sh"
CASES = {"stop": "999901101201-M10-2026-0001", "kill": "999901101201-M10-2026-0002"}
ROUNDS = (15, 30, 31, 32)
"""Minutes after the break; the lease of a dead worker's duty has run out by then."""


def main(cluster: str, port: str) -> None:
    """Live through both, and tell what came of each."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanzi.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from sanzi.notices import duties
    from sanzi.payments.actions import gateways
    from worlds import money
    from worlds.fake_bank import FakeBank

    for one in duties.registered():
        if one.name != "payments.dispatch":
            duties.unregister(one.name)
    village, bank = money.build(), FakeBank()
    gateways.use(bank)
    told = {}
    for number, (how, case_number) in enumerate(CASES.items()):
        at = money.AT + timedelta(hours=number)
        said = money.lines(village, amount_fen=28_650 + 1_000 * number)
        money.released_order(village, case_number, said, at)

        def break_off(msg_id: str, how: str = how) -> Any:
            for what in (how, "start"):
                subprocess.run([str(TOOL), what, cluster, port], check=True)
            return bank.answer(msg_id)

        bank.on_send, bank.on_query = break_off, bank.answer
        duties.run_round(at)
        between = _found(case_number)
        for minutes in ROUNDS:
            duties.run_round(at + timedelta(minutes=minutes))
        sent = [body for _, body in bank.sent]
        told[how] = {
            "between": between, "after": _found(case_number),
            "sendings": len(sent), "messages": len(set(sent)),
        }  # fmt: skip
        bank.sent.clear()
    sys.stdout.write(json.dumps(told) + "\n")


def _found(case_number: str) -> dict[str, Any]:
    """What stands in the database about an order."""
    from sanzi.ledger.models import Voucher
    from sanzi.payments.models import Instruction, Payment

    payments = Payment.objects.filter(order__case_number=case_number)
    vouchers = payments.exclude(voucher_ext_id="").values_list("voucher_ext_id", flat=True)
    return {
        "instructions": list(
            Instruction.objects.filter(order__case_number=case_number).values_list(
                "state", flat=True
            )
        ),
        "payments": sorted(payments.values_list("status", flat=True)),
        "vouchers": Voucher.objects.filter(ext_id__in=set(vouchers)).count(),
        "all_vouchers": Voucher.objects.count(),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
