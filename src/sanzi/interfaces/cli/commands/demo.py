"""`sanzi demo`: the fictional county, a bank, a worker and the pages, in one command.

The data stay in the folder SANZI_VAR between runs; `sanzi demo --reset` starts over.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import time
from argparse import ArgumentParser, Namespace, _SubParsersAction
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sanzi.interfaces.cli import banks
from sanzi.interfaces.cli.processes import Children, free_port, python, wait_for

WEB_PORT, BANK_PORT, CITY_PORT = 8000, 8800, 8010
WORKERS = 2
READY_SECONDS = 60
IDLE_SECONDS = 75  # how long a line without a request is held: a person reads before he taps
TOLD, CONFIRMATIONS = "demo.json", "confirmations.yaml"
MADE = (
    "sanzi.sqlite3*", "bank.sqlite3*", "bank-keys", banks.FILE, "county", TOLD, "payees-*.xlsx",
    "outside-*.csv", "evidence", "previews", "logs", "log-keys", "letter-keys", "site",
    "city", "neighbour", "lake", "lake-keys", "above", CONFIRMATIONS,
)  # fmt: skip
"""What the demo makes in its folder, and a reset throws away."""


@dataclass(frozen=True)
class Addresses:
    """Where the parts of the demo listen."""

    web: str
    bank: str
    banks: Path
    confirmations: Path
    city: str = ""


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("demo", help="run the fictional county on this machine")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    parser.add_argument("--villages", type=int, default=24)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=WEB_PORT, help="the next free one is taken")
    parser.add_argument("--bank-port", type=int, default=BANK_PORT)
    parser.add_argument("--city-port", type=int, default=CITY_PORT)
    parser.add_argument("--no-city", action="store_true", help="the county alone")
    parser.add_argument("--one-county", action="store_true", help="no second one for the city")
    parser.add_argument("--prepare", action="store_true", help="load everything, start nothing")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Prepare what is missing, start the three programs, and stay until Ctrl-C or SIGTERM."""
    from django.conf import settings

    if settings.SANZI.name != "demo":
        print("sanzi demo 只在 SANZI_ENV=demo 时运行。")
        return 2
    var: Path = settings.SANZI.var
    if (options.reset or _is_half_made(var)) and not _clear(var):
        return 2
    bank = f"http://127.0.0.1:{free_port(options.bank_port)}"
    addresses = Addresses(
        web=f"http://localhost:{free_port(options.port)}",
        bank=bank,
        banks=banks.write(var, bank, settings.SANZI.bank_keys),
        confirmations=_ask_at_once(var / CONFIRMATIONS),
        # Another name of this machine: a browser keeps the two log-ins apart.
        city="" if options.no_city else f"http://127.0.0.1:{free_port(options.city_port)}",
    )
    settings.SANZI = replace(
        settings.SANZI,
        bank_url=addresses.bank,
        bank_connections=addresses.banks,
        public_url=addresses.web,
    )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with Children(var / "logs") as children:
            return _play(options, children, addresses)
    except KeyboardInterrupt:
        print("\n都停下了，数据留着。", flush=True)
        return 0


def _ask_at_once(path: Path) -> Path:
    """Write the demo county's own figures: it asks at the next round, not after a day."""
    from sanzi.voice import confirmation_rules

    path.parent.mkdir(parents=True, exist_ok=True)
    shipped = confirmation_rules.FILE.read_text(encoding="utf-8")
    path.write_text(re.sub(r"wait_hours: \d+", "wait_hours: 0", shipped), encoding="utf-8")
    return path


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _is_half_made(var: Path) -> bool:
    """Tell whether an earlier run was stopped before its county was complete."""
    return (var / "sanzi.sqlite3").exists() and not (var / TOLD).exists()


def _clear(var: Path) -> bool:
    """Throw away what the demo has made, and nothing else; False when it lies elsewhere."""
    from django.conf import settings

    if not settings.SANZI.database_url.startswith("sqlite"):
        print("演示库不在这个文件夹里，没有动它。请自己清空 SANZI_DATABASE_URL 指的库。")
        return False
    print("正在清掉上一次的演示数据", flush=True)
    for made in MADE:
        for found in var.glob(made):
            shutil.rmtree(found) if found.is_dir() else found.unlink()
    return True


def _play(options: Namespace, children: Children, addresses: Addresses) -> int:
    from django.conf import settings

    var: Path = settings.SANZI.var
    _start_bank(children, addresses, settings)
    if (var / TOLD).exists() and not options.prepare:
        _start_web(children, addresses)  # its start takes longest; nobody is sent there yet
    if not wait_for(f"{addresses.bank}/_ctl/", READY_SECONDS):
        return _lost(var, "bank")
    _prepare(options, addresses)
    if options.prepare:
        return 0
    if "web" not in children.running:
        _start_web(children, addresses)
    children.start("worker", python("sanzi.interfaces.cli.main", "worker"), _around(addresses))
    if not wait_for(f"{addresses.web}/", READY_SECONDS):
        return _lost(var, "web")
    banks.push_to(addresses.bank, addresses.web)
    _tell(addresses, var)
    if addresses.city:
        _start_city(children, addresses, var, is_alone=options.one_county)
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


def _start_city(children: Children, addresses: Addresses, var: Path, *, is_alone: bool) -> None:
    """Let the city take what the county published; its pages are there a little later.

    Behind them a second county is made, once.
    """
    from sanzi.interfaces.cli import city

    city.listed(var, addresses.web)
    port = addresses.city.rsplit(":", 1)[1]
    command = python("sanzi.interfaces.cli.main", "demo-city", "--port", port,
                     *(["--alone"] if is_alone else []))  # fmt: skip
    children.start("city", command, city.around(var, addresses.city))


def _prepare(options: Namespace, addresses: Addresses) -> None:
    """Bring the database up to date and load the county, once."""
    from django.conf import settings

    from sanzi.interfaces.cli import city, county
    from sanzi.interfaces.cli.commands import migrate
    from sanzi.kernel import clock

    migrate.run(options)
    var: Path = settings.SANZI.var
    if not county.is_loaded():
        if addresses.city:
            city.keep_tables(var)
        county.load(
            county.Size(
                villages=options.villages,
                months=options.months,
                until=clock.today() - timedelta(days=1),
                seed=options.seed,
            ),
            bank_url=addresses.bank,
        )
    if addresses.city and not (var / city.LAKE).exists():
        city.join(var)


def _start_web(children: Children, addresses: Addresses) -> None:
    port = addresses.web.rsplit(":", 1)[1]
    command = python(
        "gunicorn", "sanzi.config.wsgi:application", "--preload",
        "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(WORKERS), "--threads", "4", "--keep-alive", str(IDLE_SECONDS),
        "--no-control-socket",
    )  # fmt: skip
    children.start("web", command, _around(addresses))


def _around(addresses: Addresses) -> dict[str, str]:
    """Return what the pages and the worker are told about their surroundings."""
    from django.conf import settings

    from sanzi.interfaces.cli import city

    lake = str(settings.SANZI.var / city.LAKE)
    return {
        **({"SANZI_LAKE": lake} if addresses.city else {}),
        "SANZI_PUBLIC_URL": addresses.web,
        "SANZI_BANK_URL": addresses.bank,
        "SANZI_BANK_CONNECTIONS": str(addresses.banks),
        "SANZI_QUIET_HOURS": "00:00-00:00",  # who tries it at night wants to see the texts
        "SANZI_BANK_NEWS_SECONDS": "5",
        "SANZI_CONFIRMATIONS": str(addresses.confirmations),
        "DJANGO_SETTINGS_MODULE": "sanzi.config.settings",
    }


def _tell(addresses: Addresses, var: Path) -> None:
    told = json.loads((var / TOLD).read_text(encoding="utf-8"))
    admin = next(name for name in told["users"] if name.startswith("platform_admin"))
    print(f"ready {addresses.web}/demo/", flush=True)
    print("  所有角色的登录和动态码、村民的家庭码、五分钟导览都在这一页。")
    print(f"  村民看的：{addresses.web}/    办公：{addresses.web}/office/")
    print(f"  银行控制台：{addresses.bank}/_ctl/    短信：{addresses.bank}/sms/inbox")
    print("  让银行出一次毛病、看钱怎么不付两次：照 docs/handbook/bank-trouble.md 走，五分钟。")
    if addresses.city:
        print(f"  市里、省里看的：{addresses.city}/demo/（自己的一套，收县里发布的数据，稍等就开）")
    print(f"  平台管理员 {admin}，密码 {told['password']}：通知、听消息的程序、银行通道。")
    print("  按 Ctrl-C 全部停下；数据留着，make demo-reset 重来。", flush=True)


def _stay(children: Children, var: Path) -> int:
    while True:
        dead = children.first_dead()
        if dead is not None:
            return _lost(var, dead)
        time.sleep(0.5)


def _lost(var: Path, name: str) -> int:
    print(f"{name} 没有起来或停了，原因在 {var / 'logs' / (name + '.log')}。")
    return 1
