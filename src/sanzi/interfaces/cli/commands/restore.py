"""`sanzi restore DIR`: put a backup back into an empty place, and prove that it is the same."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import Any

from sanzi.interfaces.cli import safekeeping


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("restore", help="put a backup back into an empty place")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the backup")
    safekeeping.add_key_options(parser)
    parser.add_argument("--key", type=Path, metavar="FILE", help="the recipient's key file")
    parser.add_argument(
        "--keys-to",
        type=Path,
        metavar="FILE",
        help="only open the keys: write them as an environment file, the bank's beside it",
    )
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Restore and verify every chain; 1 when a chain does not fit, 2 when refused before."""
    from django.conf import settings
    from rich.progress import Progress

    from sanzi.record import backups

    sanzi = settings.SANZI
    keys = safekeeping.opened_keys(options.folder, options)
    if options.keys_to is not None:
        return _lay_out_keys(options, keys)
    if keys is not None and keys["settings"] != safekeeping.settings_of(sanzi):
        print(
            "这台机器的密钥和备份里的不一样，恢复出来的证号、账号会打不开。什么也没有写。\n"
            "先运行 sanzi restore --keys-to 文件，把密钥放进设置，再恢复。"
        )
        return 2
    with Progress() as progress:
        bar = progress.add_task("核对文件", total=None)
        manifest = backups.restore(
            options.folder,
            var=sanzi.var,
            data_keys=safekeeping.rings(sanzi, None),
            progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )
    print(
        f"恢复了 {manifest.made_at} 的备份：{sum(manifest.facts.rows.values())}行，逐表核对一致。"
    )
    return _verify_chains()


def _lay_out_keys(options: Namespace, keys: dict[str, Any] | None) -> int:
    from django.conf import settings

    from sanzi.record import keyrings

    if keys is None:
        print("要用口令或收件人的密钥文件（--key）才能打开。什么也没有写。")
        return 2
    target = options.keys_to
    bank = target.parent / settings.SANZI.bank_keys.name
    for place in (target, *(bank / name for name in keys["bank_keys"])):
        if place.exists():
            print(f"{place} 已经有了，没有动它。")
            return 2
    keyrings.lay_out(keys, target, bank)
    print(f"设置写在 {target}，银行的密钥写在 {bank}，只有本人能读。")
    return 0


def _verify_chains() -> int:
    from sanzi.interfaces.cli.commands import verify

    return verify.chains()
