"""`sanzi supervise --lake`: the models over many counties, findings into a file, one a line."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sanzi.record.lake.errors import LakeRefusal
from sanzi.record.lake.reading import Taken
from sanzi.supervision.actions import lakes
from sanzi.supervision.actions.lakes import CountyScan
from sanzi.supervision.shapes import AlertModel


def run(options: Namespace) -> int:
    """Run it: 0 done, 1 a county was refused or a model failed, 2 refused."""
    from django.conf import settings
    from rich.console import Console
    from rich.progress import Progress

    from sanzi.kernel import clock
    from sanzi.record.lake import publishing, reading, stores

    if options.counties is None:
        print("要写明县的名单：--counties 文件")
        return 2
    if options.engine == "spark":
        # Before anything is taken: what cannot run says so at once.
        from sanzi.record.lake import spark

        spark.require()
    cache = options.cache or settings.SANZI.var / "lake-cache"
    known = reading.counties(options.counties).values()
    models = [
        one
        for one in lakes.chosen_models(with_closed=options.closed)
        if not options.model or one.code in options.model
    ]
    # Nobody drops a file of the cache while it is read.
    with (
        publishing.alone(cache),
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        found, refused = lakes.taken(
            stores.opened(options.lake),
            known,
            cache,
            at=clock.now(),
            max_age_days=options.max_age_days,
        )
        each = len(found) if options.engine == "duckdb" else 1
        bar = progress.add_task("预警模型", total=len(models) * each)
        scans = _scans(options, cache, found, models, lambda: progress.advance(bar))
    if options.out is not None:
        _write(options.out, scans)
    if options.json:
        print(json.dumps(_told(scans, refused), ensure_ascii=False))
    else:
        _say(scans, refused)
    return 1 if refused or any(one.scan.errors for one in scans) else 0


def _scans(
    options: Namespace,
    cache: Path,
    found: Sequence[Taken],
    models: Sequence[AlertModel],
    tell: Callable[[], None],
) -> list[CountyScan]:
    if options.engine == "duckdb":
        return lakes.scan_apart(found, models, tell=tell)
    from sanzi.record.lake import spark

    told = dict(one.split("=", 1) for one in options.spark_conf)
    with spark.session(options.master, told) as running:
        return lakes.scan_together(running, cache.resolve(), found, models, tell=tell)


def _write(target: Path, scans: Iterable[CountyScan]) -> None:
    """Write all findings or none."""
    half = target.with_name(f".{target.name}.half")
    with half.open("w", encoding="utf-8") as file:
        for one in scans:
            for finding in one.told():
                file.write(json.dumps(finding, ensure_ascii=False, sort_keys=True) + "\n")
    half.replace(target)


def _told(scans: Iterable[CountyScan], refused: Iterable[LakeRefusal]) -> dict[str, object]:
    return {
        "counties": [
            {
                "county_code": one.county.code,
                "serial": one.serial,
                "as_of": one.as_of.isoformat(),
                "rows": one.rows,
                "findings": len(one.scan.findings),
                "unasked": one.unasked,
                "errors": one.scan.errors,
            }
            for one in scans
        ],
        "refused": [one.as_dict() for one in refused],
    }


def _say(scans: Iterable[CountyScan], refused: Iterable[LakeRefusal]) -> None:
    for one in scans:
        print(
            f"{one.county.code} {one.county.name}：截至 {one.as_of:%Y-%m-%d %H:%M}，"
            f"{one.rows} 行，查到 {len(one.scan.findings)} 处"
        )
        if one.unasked:
            print(f"  有 {len(one.unasked)} 个模型没有问：这个县的数据里没有它们要看的东西")
        for line in one.scan.errors:
            print(f"  {line}")
    for refusal in refused:
        print(f"{refusal.text}{refusal.advice}")
