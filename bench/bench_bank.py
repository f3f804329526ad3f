"""Measure the way of money: 10,000 payees from the last approval to the text in their pocket.

PostgreSQL with fsync, the sandbox bank as a process, its push on and taken by the platform's own
door. In the time: the maker's and the checker's hand, the messages, sending, the bank's answers,
the books, the texts and their sending. Not in it: laying out the village, approving, and the
payee check. Beside it: building and validating one pain.001 of 352 lines, and the reconciliation
of 100,000 lines against the generator's answer sheet.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from measure import ROOT, RUNS, Figure, postgres, report, scratch

sys.path.insert(0, str(ROOT / "tests"))

PAYEES = int(os.environ.get("SANZI_BENCH_PAYEES", "10000"))
RECON_LINES = int(os.environ.get("SANZI_BENCH_LINES", "100000"))
PAYEES_PER_S, PAIN001_MS = 200, 50
RECON_S, RECON_RIGHT = 20, 0.999
LINES = 352
IS_PUSHED = os.environ.get("SANZI_BENCH_PUSH", "on") == "on"
END_SECONDS = 600


def main() -> int:
    """Measure each part in a process of its own, report."""
    if sys.argv[1:]:
        sys.stdout.write(json.dumps({"way": _way, "recon": _recon}[sys.argv[1]]()))
        return 0
    with scratch() as folder, postgres(folder / "pg") as server:
        way, recon = (_apart(part, server, folder) for part in ("way", "recon"))
    figures = {
        "payees_per_s": Figure(way["payees_per_s"], unit="payees/s", floor=PAYEES_PER_S),
        "pain001_ms": Figure(way["pain001_ms"], PAIN001_MS, "ms"),
    }
    figures |= {
        "recon_s_100k": Figure(recon["seconds"], RECON_S, "s"),
        "recon_right_share": Figure(recon["right_share"], floor=RECON_RIGHT),
        "recon_wrong": Figure(recon["wrong"], 0),
    }
    notes = {"payees": PAYEES, "pushed": way["pushed"], "seconds": way["seconds"]}
    return report("bank", figures, {**notes, "recon_lines": RECON_LINES, **way["parts"]})


def _apart(part: str, server: str, folder: Path) -> dict[str, Any]:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {part}")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), part],
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}",
            "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
            "SANZI_DATABASE_URL": server.rsplit("/", 1)[0] + f"/{part}",
            "SANZI_VAR": str(folder / part),
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _lay_out() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def _way() -> dict[str, Any]:
    """Take one order of many payees from its approval to the texts, and count."""
    _lay_out()
    from chaos_worker import forget_higher_rooms
    from fixtures_bank import Sandbox
    from sanzi.payments.actions import gateways
    from worlds import money as worlds_money
    from worlds.money import AT

    forget_higher_rooms()
    money = worlds_money.build(PAYEES)
    worlds_money.approved_order(money)
    _analyse()
    with tempfile.TemporaryDirectory() as name:
        bank = Sandbox(Path(name))
        bank.start()
        try:
            bank.control("clock", at=AT.isoformat())
            rows = worlds_money.bank_accounts(money)
            rows[0]["balance_fen"] = 10**12
            bank.control("accounts", accounts=rows)
            gateways.use(_gateway(bank))
            with _door(bank) as pushes:
                found = _run(money, bank)
            found["pushed"] = pushes()
            found["pain001_ms"] = _pain001(money)
            return found
        finally:
            bank.kill()


def _gateway(bank: Any) -> Any:
    """Speak to the bank as the platform does: raw log kept, events remembered."""
    from fixtures_bank import SCHEMAS
    from sanzi.bank import actions, http

    terms = http.Terms("bank", log=actions.RawLog("bank"), seen=actions.EventsSeen())
    return http.Iso20022Gateway(
        bank.url, bank.customer_key, bank.bank_public_key, 60.0, SCHEMAS, terms=terms
    )


def _analyse() -> None:
    """Let the planner know the rows, as the import does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _door(bank: Any) -> Iterator[Any]:
    """Serve the platform's door for the bank's push, in a thread; the bank is told where."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    from django.core.wsgi import get_wsgi_application

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    taken = [0]
    inner = get_wsgi_application()

    def application(environ: Any, start: Any) -> Any:
        taken[0] += 1
        return inner(environ, start)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/api/v1/bank/bank/events"
        if IS_PUSHED:
            bank.control("setting", name="push_url", value=url)
        try:
            yield lambda: taken[0]
        finally:
            server.shutdown()
            thread.join(timeout=10)


def _run(money: Any, bank: Any) -> dict[str, Any]:
    """Release, then do the worker's duties until everybody is paid, booked and told."""
    from sanzi.notices import outbox, sending
    from sanzi.notices.channels.sms import HttpSms
    from sanzi.notices.models import Channel, Notice
    from sanzi.payments.actions import dispatch, statements
    from sanzi.payments.models import Payment
    from worlds.money import AT, go_out

    outbox.wire.notifiers[Channel.SMS] = HttpSms(f"{bank.url}/sms", "三资")
    never = (sending.QUIET_FROM, sending.QUIET_FROM)
    parts: dict[str, float] = {}

    def timed(name: str, work: Any, *given: Any, **named: Any) -> None:
        start = time.monotonic()
        work(*given, **named)
        parts[name] = round(parts.get(name, 0.0) + time.monotonic() - start, 2)

    started = time.monotonic()
    timed("release_s", go_out, money)
    at = AT
    while time.monotonic() - started < END_SECONDS:
        at += timedelta(seconds=5)
        timed("dispatch_s", dispatch.work, at)
        timed("notices_s", statements.work_notices, at)
        timed("texts_s", sending.send_due, at, quiet=never)
        is_paid = not Payment.objects.exclude(status="SETTLED").exists()
        if is_paid and not Notice.objects.filter(state="QUEUED", channel="SMS").exists():
            break
    seconds = time.monotonic() - started
    unbooked = Payment.objects.filter(voucher_ext_id="").count()
    texts = len({one["phone"] for one in bank.read("/sms/inbox.json?limit=20000")["messages"]})
    if unbooked or Payment.objects.filter(status="SETTLED").count() != PAYEES:
        raise RuntimeError(f"{unbooked} payees are not in the books")
    return {
        "payees_per_s": round(PAYEES / seconds, 1),
        "seconds": round(seconds, 1),
        "parts": {**parts, "texts_seen": texts},
    }


def _pain001(money: Any) -> float:
    """Return the median milliseconds for building and validating a message of 352 lines."""
    from sanzi.payments.actions import gateways
    from sanzi.payments.actions.release import batch_of
    from sanzi.payments.models import PaymentOrder
    from worlds.money import AT

    order = PaymentOrder.objects.select_related("organisation", "debit_account").get()
    rows = list(order.payments.order_by("line_no")[:LINES])
    bank = gateways.of(money.account)
    batch = batch_of(order, "BENCH-000001", rows, AT)
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        bank.build_batch(batch)
        taken.append((time.perf_counter() - start) * 1000)
    return round(median(taken), 1)


def _recon() -> dict[str, Any]:
    """Reconcile what the generator wrote, against its answer sheet."""
    _lay_out()
    from worlds import money as worlds_money
    from worlds.recon_sheet import reconcile_benchmark

    worlds_money.build()
    return asdict(reconcile_benchmark(lines=RECON_LINES))


if __name__ == "__main__":
    sys.exit(main())
