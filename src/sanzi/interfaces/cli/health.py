"""What `sanzi doctor` looks at: each check says what it found and, when it is wrong, what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sanzi.audit import guards
from sanzi.audit import queries as audit
from sanzi.bank.errors import ConnectionsWrong
from sanzi.ledger import queries as ledger
from sanzi.notices import duties
from sanzi.orgs.actions import rotation
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import gateways
from sanzi.record import backups, snapshots

GIGABYTE: Final = 1_000_000_000
FREE_MIN: Final = 2 * GIGABYTE
CLOCK_MAX: Final = timedelta(seconds=5)
DATABASE_MIN: Final = 15


@dataclass(frozen=True)
class Finding:
    """One check: its name, whether it is fine, what was seen, and what to do when it is not."""

    name: str
    is_fine: bool
    said: str
    advice: str = ""


Check = Callable[[datetime], Finding]


def look(at: datetime, *, is_thorough: bool) -> Iterator[Finding]:
    """Run the checks in order; a check that breaks is a finding, not the end."""
    checks: tuple[tuple[str, Check], ...] = (
        ("设置", _settings),
        ("数据库", _database),
        ("迁移", _migrations),
        ("防改机关", _guards),
        ("数据库角色", _roles),
        ("时钟", _clock),
        ("原件", _originals),
        ("磁盘", _disk),
        ("字体", _fonts),
        ("银行", _bank),
        ("后台任务", _queue),
        ("数据密钥", _keys),
    )
    if is_thorough:
        checks = (*checks, ("日志和账本", _chains))
    for name, check in checks:
        try:
            yield check(at)
        except Exception as error:  # noqa: BLE001 - the next checks must still be seen
            said = str(error).strip().splitlines() or [type(error).__name__]
            yield Finding(name, is_fine=False, said=said[-1][:160], advice="先看上面几项。")


def _settings(_: datetime) -> Finding:
    told = settings.SANZI
    said = f"{told.name}，数据在 {told.var}"
    is_fine = told.is_production or told.name in ("demo", "test")
    return Finding("设置", is_fine=is_fine, said=said, advice="请核对 SANZI_ENV。")


def _database(_: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            found = str(cursor.fetchone()[0])
        return Finding("数据库", is_fine=found == "ok", said=f"SQLite 自检 {found}",
                       advice="请停机，从最近的备份恢复。")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
            " current_setting('fsync'), current_setting('synchronous_commit')"
        )
        version, number, fsync, commit = cursor.fetchone()
    is_fine = number // 10000 >= DATABASE_MIN and (fsync, commit) == ("on", "on")
    return Finding(
        "数据库",
        is_fine=is_fine,
        said=f"PostgreSQL {version}，fsync={fsync}，synchronous_commit={commit}",
        advice="要 15 以上的版本，fsync 和 synchronous_commit 都要开着，否则断电会丢账。",
    )


def _migrations(_: datetime) -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    said = f"还有{len(waiting)}个没做" if waiting else "都做了"
    return Finding("迁移", is_fine=not waiting, said=said, advice="先备份，再运行 sanzi migrate。")


def _guards(_: datetime) -> Finding:
    wrong = guards.faults()
    said = wrong[0] if wrong else f"{len(guards.expected())}道都在"
    return Finding(
        "防改机关", is_fine=not wrong, said=said,
        advice="有人动过数据库的触发器。请保全现场，运行 sanzi verify，报纪委。",
    )  # fmt: skip


def _roles(_: datetime) -> Finding:
    if connection.vendor == "sqlite":
        return Finding("数据库角色", is_fine=True, said="SQLite 没有角色")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, r.rolsuper, EXISTS (SELECT 1 FROM pg_tables t"
            " WHERE t.schemaname = current_schema() AND t.tableowner = current_user)"
            " FROM pg_roles r WHERE r.rolname = current_user"
        )
        name, is_super, owns = cursor.fetchone()
    is_fine = not (is_super or owns) or not settings.SANZI.is_production
    return Finding(
        "数据库角色", is_fine=is_fine, said=f"用 {name} 连接" + ("，它拥有表" if owns else ""),
        advice="程序不能用表的主人连接数据库。请运行 sanzi roles，换成运行角色。",
    )  # fmt: skip


def _clock(at: datetime) -> Finding:
    if connection.vendor == "sqlite":
        return Finding("时钟", is_fine=True, said=f"{at:%Y-%m-%d %H:%M:%S} UTC")
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(cursor.fetchone()[0] - at)
    return Finding(
        "时钟", is_fine=apart <= CLOCK_MAX, said=f"和数据库差{apart.total_seconds():.1f}秒",
        advice="请打开时间同步（chrony 或 systemd-timesyncd）；凭证不能比上一张早。",
    )  # fmt: skip


def _originals(_: datetime) -> Finding:
    missing = backups.missing_originals(settings.SANZI.var)
    said = f"缺{len(missing)}个，头一个 {missing[0]}" if missing else "库里记着的都在"
    return Finding(
        "原件", is_fine=not missing, said=said, advice="请从备份的 files/evidence 里拷回来。"
    )


def _disk(_: datetime) -> Finding:
    var: Path = settings.SANZI.var
    free = shutil.disk_usage(var if var.exists() else var.parent).free
    return Finding(
        "磁盘", is_fine=free >= FREE_MIN, said=f"还剩{free / GIGABYTE:.1f} GB",
        advice="请清理或加盘；不到 2 GB 时备份会做不成。",
    )  # fmt: skip


def _fonts(_: datetime) -> Finding:
    from importlib.util import find_spec

    is_fine = find_spec("pylopdf_fonts_zh_cn") is not None and find_spec("typst") is not None
    said = "在" if is_fine else "没有装"
    return Finding("字体", is_fine=is_fine, said=said, advice="请重新运行 make demo 的安装一步。")


def _bank(_: datetime) -> Finding:
    """Knock at every connected bank; any answer of HTTP will do."""
    try:
        banks = gateways.connected()
    except ConnectionsWrong as wrong:
        return Finding("银行", is_fine=False, said=wrong.text, advice=wrong.advice)
    silent = [f"{one.title} {one.url} {why}" for one in banks if (why := _silence(one.url))]
    if silent:
        return Finding(
            "银行", is_fine=False, said="；".join(silent),
            advice="请核对网络、专线和银行接入文件里的地址；付款会等着，不会重付。",
        )  # fmt: skip
    answered = "、".join(f"{one.title} {one.url}" for one in banks)
    return Finding("银行", is_fine=True, said=f"{answered} 有应答")


def _silence(url: str) -> str:
    """Return why nobody answers there; empty when somebody does."""
    try:
        httpx.get(url, timeout=5, trust_env=False)
    except httpx.HTTPError as error:
        return f"连不上（{type(error).__name__}）"
    return ""


def _queue(at: datetime) -> Finding:
    late = duties.late(at)
    said = late[0] + (f"，共{len(late)}项" if len(late) > 1 else "") if late else "都按时"
    return Finding(
        "后台任务", is_fine=not late, said=said,
        advice="请看 sanzi-worker 是不是在跑：systemctl status sanzi-worker。",
    )  # fmt: skip


def _keys(_: datetime) -> Finding:
    left = sum(rotation.remaining().values())
    said = f"还有{left}个号码在旧密钥下" if left else "都在现在的密钥下"
    return Finding("数据密钥", is_fine=not left, said=said, advice="请接着运行 sanzi rotate-key。")


def _chains(_: datetime) -> Finding:
    wrong = audit.verify_seals()
    for chain in audit.chains():
        wrong += audit.verify_chain(chain)
    for book in ledger.books(by=SYSTEM):
        wrong += ledger.verify_book(book.org_ext_id)
    heads = sum(len(each) for each in snapshots.facts().heads.values())
    said = f"{len(wrong)}处对不上，头一处：{wrong[0]}" if wrong else f"{heads}个链头都对"
    return Finding(
        "日志和账本", is_fine=not wrong, said=said,
        advice="请保全现场：先备份，再查是谁动了库；不要自己改回去。",
    )  # fmt: skip
