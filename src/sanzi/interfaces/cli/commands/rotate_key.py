"""`sanzi rotate-key`: put every personal number under the newest data key, in batches."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("rotate-key", help="put personal numbers under a new data key")
    parser.add_argument("--new", action="store_true", help="print settings with a fresh key")
    parser.add_argument("--status", action="store_true", help="count what is not done; exit 1")
    parser.add_argument("--index", action="store_true", help="refused: says why")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Rotate; 1 when something would not open, or when `--status` finds work."""
    if options.index:
        print(
            "盲索引的密钥（SANZI_INDEX_KEY）不能换：每一次审批都把收款账号的索引固定在校验值里，\n"
            "换了索引，批准过的付款就对不上了。它泄露时请按手册停机，另建新库、导入数据包。"
        )
        return 2
    if options.new:
        return _print_new()
    return _status() if options.status else _rotate()


def _print_new() -> int:
    from django.conf import settings

    from sanzi.kernel import cipher

    sanzi = settings.SANZI
    ring = cipher.ring(sanzi.data_key, sanzi.old_data_keys)
    number = max(int(version[1:]) for version in ring.keys) + 1
    older = ",".join(f"{version}:{key.hex()}" for version, key in ring.keys.items())
    print(f"SANZI_DATA_KEY=k{number}:{secrets.token_hex(16)}")
    print(f"SANZI_OLD_DATA_KEYS={older}")
    return 0


def _status() -> int:
    from sanzi.orgs.actions import rotation

    left = rotation.remaining()
    for name, count in left.items():
        print(f"{name:40} 还有 {count}")
    if not left:
        print("都在现在的密钥下。旧密钥再也用不到时，从 SANZI_OLD_DATA_KEYS 里拿掉它。")
    return 1 if left else 0


def _rotate() -> int:
    from rich.console import Console

    from sanzi.kernel import clock
    from sanzi.orgs.actions import rotation
    from sanzi.orgs.actors import SYSTEM

    with Console(stderr=True).status("正在换密钥") as status:
        found = rotation.rotate(
            by=SYSTEM,
            at=clock.now(),
            progress=lambda name, done: status.update(f"{name} {done}"),
        )
    for name, count in found.done.items():
        print(f"{name:40} 换了 {count}")
    for name, row in found.broken:
        print(f"打不开，没有动：{name} 第 {row} 号")
    if not found.broken:
        print("换完了。旧备份仍要旧密钥，请和它们一起另存。")
    return 1 if found.broken else 0
