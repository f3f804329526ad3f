"""`sanzi letters`: keys and letters of the office outside the county, which has no log-in here."""

from __future__ import annotations

import getpass
import json
import os
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("letters", help="keys and letters of the office outside")
    doing = parser.add_mutually_exclusive_group(required=True)
    doing.add_argument("--new-key", type=Path, metavar="FILE", help="make a key file")
    doing.add_argument("--outside-key", metavar="PUBLIC", help="seal letters to it from now on")
    doing.add_argument("--hand-over", type=Path, metavar="FOLDER", help="write sealed letters")
    doing.add_argument("--open", type=Path, metavar="FILE", help="open a letter handed over")
    parser.add_argument("--key", type=Path, help="the key file, with --open")
    parser.add_argument("--photos", type=Path, help="a folder for photos, with --open")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Do the one thing that was asked."""
    if options.new_key:
        return _new_key(options.new_key)
    if options.outside_key:
        return _outside_key(options.outside_key)
    if options.hand_over:
        return _hand_over(options.hand_over)
    return _open(options)


def _new_key(path: Path) -> int:
    from sanzi.voice import sealing

    text, public = sealing.new_key_file(getpass.getpass("口令（至少10个字）："))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    print(f"钥匙写在 {path}，存进两个U盘。下面是公钥，交给县里登记：\n{public}")
    return 0


def _outside_key(public: str) -> int:
    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM
    from sanzi.voice import rules
    from sanzi.voice.actions import keys

    office = (rules.OUTSIDE, "")
    mark = keys.register(office=office, public_key=public, by=SYSTEM, at=clock.now())
    print(f"登记好了。打电话核对这把钥匙的记号：{mark[:16]}")
    return 0


def _hand_over(folder: Path) -> int:
    from sanzi.voice import bundles

    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, one in enumerate(bundles.for_outside(), start=1):  # noqa: B007 - told below
        (folder / f"{one['number']}.json").write_text(json.dumps(one), encoding="utf-8")
    print(f"写了{count}封，都是封着的，只有市里的钥匙打得开。")
    return 0


def _open(options: Namespace) -> int:
    from sanzi.voice import bundles, sealing

    if options.key is None:
        print("要写明：sanzi letters --open 文件 --key 钥匙文件")
        return 2
    key = options.key.read_text(encoding="utf-8")
    opener = sealing.open_key_file(key, getpass.getpass("口令："))
    told = json.loads(options.open.read_text(encoding="utf-8"))
    texts, photos = bundles.opened(told, opener)
    for name, text in texts.items():
        print(f"{name}：{text}")
    for number, data in enumerate(photos if options.photos else (), start=1):
        options.photos.mkdir(parents=True, exist_ok=True)
        (options.photos / f"{number}.webp").write_bytes(data)
    print(f"共{len(photos)}张照片。看完请删除。")
    return 0
