"""`sanzi log`: keys and head of the public log; `--append` adds what is new, `--whole` all.

`--turn-keys` makes new keys, signed by the old; `--lost-key` declares that the old are lost.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("log", help="the keys and the newest head of the public log")
    parser.add_argument("--append", action="store_true", help="add what is new and sign, now")
    parser.add_argument("--whole", action="store_true", help="the same, looking at every row")
    parser.add_argument("--turn-keys", action="store_true", help="new keys, signed by the old")
    parser.add_argument(
        "--lost-key", action="append", default=[], help="a public key that was lost; once each"
    )
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Print keys and head; add before that where it is asked for."""
    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM
    from sanzi.transparency import actions, key_turning, keys, queries
    from sanzi.transparency.errors import NotInLog

    if options.append or options.whole:
        at, count = clock.now(), 0
        while added := actions.append(at=at, is_whole=options.whole):
            count += added
        actions.checkpoint(at=at)
        print(f"新记了{count}条。")
    if options.turn_keys or options.lost_key:
        key_turning.turn(by=SYSTEM, at=clock.now(), lost=options.lost_key)
        print("换了钥匙。把新的核对页发下去，旧的那页不认新钥匙。")
    for key in keys.verifiers():
        print(key.text())
    try:
        print(queries.newest(), end="")
    except NotInLog as refusal:
        print(refusal.text)
    return 0
