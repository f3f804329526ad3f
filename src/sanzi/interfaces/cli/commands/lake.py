"""`sanzi lake key|publish|status|totals`: a county's record to a lake, and what lies in one."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanzi.record.lake.errors import LakeRefusal
    from sanzi.record.lake.reading import Taken


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("lake", help="publish the record to a lake; see what lies in one")
    parser.add_argument("what", choices=("key", "publish", "status", "totals"))
    parser.add_argument("--lake", default="", metavar="PLACE", help="a folder, or s3://bucket/…")
    parser.add_argument("--county", default="", help="with key, publish: 6 figures of the county")
    parser.add_argument(
        "--changes", type=Path, metavar="FILE", help="with publish: merges and splits of villages"
    )
    parser.add_argument("--whole", action="store_true", help="with publish: write every file again")
    parser.add_argument(
        "--counties",
        type=Path,
        metavar="FILE",
        help="the counties that a city reads, and their keys",
    )
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="what was taken; in SANZI_VAR")
    parser.add_argument("--from", dest="from_date", type=date.fromisoformat, help="with totals")
    parser.add_argument("--until", dest="until_date", type=date.fromisoformat, help="with totals")
    parser.add_argument("--by", choices=("month", "year"), default="year", help="with totals")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Do it: 0 done, 1 a county was refused, 2 refused."""
    if options.what != "key" and not options.lake:
        print("要写明数据湖的地方：--lake 文件夹或 s3://…")
        return 2
    if options.what in ("status", "totals") and options.counties is None:
        print("要写明县的名单：--counties 文件")
        return 2
    done = {"key": _key, "publish": _publish, "status": _status, "totals": _totals}
    return done[options.what](options)


def _key(options: Namespace) -> int:
    from django.conf import settings

    from sanzi.record.lake import keys, source

    code = options.county or source.own_code()
    lines = [one.verifier.text() for one in keys.signers(settings.SANZI.lake_keys, code)]
    if options.json:
        print(json.dumps({"code": code, "keys": lines}))
    else:
        print("\n".join(lines))
    return 0


def _publish(options: Namespace) -> int:
    from sanzi.kernel import clock
    from sanzi.levels import publishing
    from sanzi.orgs.actors import SYSTEM
    from sanzi.record.lake import stores

    done = publishing.publish(
        stores.opened(options.lake),
        by=SYSTEM,
        at=clock.now(),
        county_code=options.county,
        changes_file=options.changes,
        is_whole=options.whole,
    )
    if options.json:
        print(json.dumps(vars(done)))
    else:
        print(
            f"第 {done.serial} 次发布：{done.rows} 行，新写 {done.written} 个文件，"
            f"没变的 {done.kept} 个，清掉旧的 {done.removed} 个"
        )
    return 0


def _taken(options: Namespace) -> tuple[list[Taken], list[LakeRefusal]]:
    from django.conf import settings

    from sanzi.kernel import clock
    from sanzi.record.lake import publishing, reading, stores
    from sanzi.supervision.actions import lakes

    cache = options.cache or settings.SANZI.var / "lake-cache"
    known = reading.counties(options.counties).values()
    with publishing.alone(cache):
        return lakes.taken(stores.opened(options.lake), known, cache, at=clock.now())


def _totals(options: Namespace) -> int:
    from sanzi.kernel import money
    from sanzi.record.lake import totals

    if options.from_date is None or options.until_date is None:
        print("要写明哪天到哪天：--from 2026-01-01 --until 2026-12-31")
        return 2
    found, refused = _taken(options)
    rows = [
        row
        for one in found
        for row in totals.of(
            one, from_date=options.from_date, until_date=options.until_date, by=options.by
        )
    ]
    if options.json:
        told = {"totals": [vars(one) for one in rows], "refused": [r.as_dict() for r in refused]}
        print(json.dumps(told, ensure_ascii=False))
    else:
        for one in rows:
            also = f"（含 {'、'.join(one.villages)}）" if len(one.villages) > 1 else ""
            paid = money.format_yuan(one.paid_fen)
            print(f"{one.county_code} {one.unit} {one.period} {one.payments}笔 {paid}元{also}")
        for refusal in refused:
            print(f"{refusal.text}{refusal.advice}")
    return 1 if refused else 0


def _status(options: Namespace) -> int:
    from sanzi.kernel import clock

    found, refused = _taken(options)
    if options.json:
        told = [
            {"county_code": one.county.code, "serial": one.manifest.serial,
             "as_of": one.manifest.as_of.isoformat(), "rows": one.manifest.row_count,
             "absent": sorted(one.evolved.absent)}
            for one in found
        ]  # fmt: skip
        print(json.dumps(
            {"taken": told, "refused": [one.as_dict() for one in refused]}, ensure_ascii=False
        ))  # fmt: skip
    else:
        for one in found:
            said = clock.minute_text(one.manifest.as_of)
            print(
                f"{one.county.code} {one.county.name} 第 {one.manifest.serial} 次，截至 {said}，"
                f"{one.manifest.row_count} 行"
            )
        for refusal in refused:
            print(f"{refusal.text}{refusal.advice}")
    return 1 if refused else 0
