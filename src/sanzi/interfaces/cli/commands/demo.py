"""`sanzi demo`: the fictional county, a bank, a worker and the pages, in one command.

The data stay in the folder SANZI_VAR between runs; `sanzi demo --reset` starts over.
"""

from __future__ import annotations

import shutil
import time
from argparse import ArgumentParser, Namespace, _SubParsersAction
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sanzi.interfaces.cli.processes import Children, free_port, python, wait_for

WEB_PORT, BANK_PORT = 8000, 8800
WORKERS = 2
READY_SECONDS = 60


@dataclass(frozen=True)
class Addresses:
    """Where the parts of the demo listen."""

    web: str
    bank: str


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("demo", help="run the fictional county on this machine")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    parser.add_argument("--villages", type=int, default=24)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prepare", action="store_true", help="load everything, start nothing")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Prepare what is missing, start the three programs, and stay until Ctrl-C."""
    from django.conf import settings

    if settings.SANZI.name != "demo":
        print("sanzi demo 只在 SANZI_ENV=demo 时运行。")
        return 2
    var: Path = settings.SANZI.var
    if options.reset and var.exists():
        shutil.rmtree(var)
    addresses = Addresses(
        web=f"http://localhost:{free_port(WEB_PORT)}",
        bank=f"http://127.0.0.1:{free_port(BANK_PORT)}",
    )
    with Children(var / "logs") as children:
        _start_bank(children, addresses, settings)
        if not wait_for(f"{addresses.bank}/_ctl/", READY_SECONDS):
            return _lost(children, var, "bank")
        _prepare(options, addresses)
        if options.prepare:
            return 0
        _start_pages(children, addresses)
        if not wait_for(f"{addresses.web}/", READY_SECONDS):
            return _lost(children, var, "web")
        _tell(addresses)
        return _stay(children, var)


def _start_bank(children: Children, addresses: Addresses, settings: object) -> None:
    sanzi = settings.SANZI  # type: ignore[attr-defined]
    port = addresses.bank.rsplit(":", 1)[1]
    command = python(
        "sanzi_bank.main",
        "--port",
        port,
        "--db",
        str(sanzi.var / "bank.sqlite3"),
        "--schemas",
        str(sanzi.schemas),
        "--keys",
        str(sanzi.bank_keys),
    )
    sanzi.var.mkdir(parents=True, exist_ok=True)
    children.start("bank", command, {})


def _prepare(options: Namespace, addresses: Addresses) -> None:
    """Bring the database up to date and load the county, once."""
    from sanzi.interfaces.cli import county
    from sanzi.interfaces.cli.commands import migrate
    from sanzi.kernel import clock

    migrate.run(options)
    if county.is_loaded():
        return
    county.load(
        county.Size(
            villages=options.villages,
            months=options.months,
            until=clock.today() - timedelta(days=1),
            seed=options.seed,
        ),
        bank_url=addresses.bank,
    )


def _start_pages(children: Children, addresses: Addresses) -> None:
    port = addresses.web.rsplit(":", 1)[1]
    environment = {
        "SANZI_PUBLIC_URL": addresses.web,
        "SANZI_BANK_URL": addresses.bank,
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
    }
    children.start(
        "web",
        python(
            "gunicorn",
            "sanzi.config.wsgi:application",
            "--bind",
            f"127.0.0.1:{port}",
            "--worker-class",
            "gthread",
            "--workers",
            str(WORKERS),
            "--threads",
            "4",
            "--no-control-socket",
        ),
        environment,
    )
    children.start("worker", python("sanzi.interfaces.cli.main", "worker"), environment)


def _tell(addresses: Addresses) -> None:
    print(f"ready {addresses.web}/demo/", flush=True)
    print("  所有角色的登录和动态码、村民的家庭码、五分钟导览都在这一页。")
    print(f"  村民看的：{addresses.web}/    办公：{addresses.web}/office/")
    print(f"  银行控制台：{addresses.bank}/_ctl/    短信：{addresses.bank}/sms/inbox")
    print("  按 Ctrl-C 全部停下；数据留着，make demo-reset 重来。", flush=True)


def _stay(children: Children, var: Path) -> int:
    try:
        while True:
            dead = children.first_dead()
            if dead is not None:
                return _lost(children, var, dead)
            time.sleep(1)
    except KeyboardInterrupt:
        print("\n正在停下")
        return 0


def _lost(_children: Children, var: Path, name: str) -> int:
    print(f"{name} 没有起来或停了，原因在 {var / 'logs' / (name + '.log')}。")
    return 1
