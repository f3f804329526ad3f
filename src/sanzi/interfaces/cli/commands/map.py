"""`sanzi map FILE`: boundaries of places as GeoJSON; without them the cockpit draws tiles."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

LEVELS = {"city": "市", "county": "县", "town": "乡镇", "village": "村"}


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("map", help="boundaries of places for the map of the cockpit")
    parser.add_argument("file", type=Path, nargs="?", help="a FeatureCollection with codes")
    parser.add_argument("--drop", action="store_true", help="take all boundaries away")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Load or drop: 0 done, 2 refused."""
    from sanzi.insight.actions import boundaries
    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM

    if options.drop == (options.file is not None):
        print("写一个文件，或者 --drop，两样里一样。")
        return 2
    if options.drop:
        print(f"去掉了{boundaries.drop(by=SYSTEM, at=clock.now())}处界线，地图又画格子。")
        return 0
    try:
        content = options.file.read_bytes()
    except OSError as error:
        print(f"{options.file} 读不了：{error.strerror}。")
        return 2
    done = boundaries.load(content=content, by=SYSTEM, at=clock.now())
    for level, found, count in done.levels:
        print(f"{LEVELS[level]}：{count}个里{found}个有界线")
    print("一处地图上的都有界线，就按界线画；少一个，还画格子。")
    return 0
