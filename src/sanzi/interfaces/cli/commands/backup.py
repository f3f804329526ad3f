"""`sanzi backup DIR`: database, files and keys in a new folder; `--check` reads one through."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

from sanzi.interfaces.cli import safekeeping

if TYPE_CHECKING:
    from sanzi.record.backups import Manifest, Progress


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("backup", help="write a backup: database, files, closed-up keys")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    safekeeping.add_key_options(parser)
    parser.add_argument(
        "--recipient", metavar="KEY", default="", help="an SM2 public key instead of a passphrase"
    )
    parser.add_argument("--check", action="store_true", help="read a backup through, write nothing")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True, key=None)


def run(options: Namespace) -> int:
    """Write or check a backup; 1 when an original that the database names is missing."""
    from rich.progress import Progress

    with Progress(disable=options.json) as progress:
        bar = progress.add_task("文件", total=None)

        def told(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        if options.check:
            return _check(options, told)
        return _make(options, told)


def _check(options: Namespace, told: Progress) -> int:
    from django.conf import settings

    from sanzi.record import backups

    keys = safekeeping.rings(settings.SANZI, None)
    manifest = backups.check(options.folder, keys, told)
    print(f"{options.folder}：{len(manifest.files)}个文件都完整，{manifest.made_at} 做的。")
    return 0


def _make(options: Namespace, told: Progress) -> int:
    from django.conf import settings

    from sanzi.kernel import clock
    from sanzi.record import backups, keyrings

    sanzi = settings.SANZI
    gathered = keyrings.gather(safekeeping.settings_of(sanzi), sanzi.bank_keys)
    if options.recipient:
        closed = keyrings.close_for(gathered, options.recipient)
    else:
        words = safekeeping.passphrase(options)
        if len(words) < keyrings.WORDS_MIN:
            print(
                f"密钥要用口令封起来：至少{keyrings.WORDS_MIN}个字符，"
                f"放在 {safekeeping.PASSPHRASE} 或 --passphrase-file 里。什么也没有写。"
            )
            return 2
        closed = keyrings.close_with_passphrase(gathered, words).encode()
    manifest = backups.make(
        options.folder,
        backups.Sources(sanzi.var, closed, safekeeping.rings(sanzi, None)[0]),
        at=clock.now(),
        progress=told,
    )
    missing = backups.missing_originals(sanzi.var)
    _tell(options, manifest, missing)
    return 1 if missing else 0


def _tell(options: Namespace, manifest: Manifest, missing: list[str]) -> None:
    size = sum(told[0] for told in manifest.files.values())
    rows = sum(manifest.facts.rows.values())
    if options.json:
        print(
            json.dumps(
                {
                    "folder": str(options.folder),
                    "files": len(manifest.files),
                    "bytes": size,
                    "rows": rows,
                    "mac": manifest.mac,
                    "missing": missing,
                }
            )
        )
        return
    print(f"{options.folder}：{len(manifest.files)}个文件，{size / 1e6:.1f} MB，{rows}行。")
    print(f"清单校验值 {manifest.mac}。口令或收件人的密钥要和备份分开放。")
    for name in missing:
        print(f"库里记着、磁盘上没有的原件：{name}")
