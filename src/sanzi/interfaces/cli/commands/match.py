"""`sanzi match key|run|status`: compare with other counties without showing them anything."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("match", help="match with other counties over blinded values")
    parser.add_argument("what", choices=("key", "run", "status"))
    parser.add_argument("--purpose", default="", help="with run: code of the purpose; all are due")
    parser.add_argument("--period", default="", help="with run: such as 2026, 2026-H1, 2026-Q3")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Do it: 0 done, 2 refused."""
    return {"key": _key, "run": _run, "status": _status}[options.what](options)


def _key(options: Namespace) -> int:
    """Print what the list of participants holds of this county."""
    from django.conf import settings

    from sanzi.matching import party
    from sanzi.record.lake import keys, source

    code = source.own_code()
    signer = party.signing(keys.signers(settings.SANZI.lake_keys, code))
    agree = party.agree_public(party.agree_key(settings.SANZI.lake_keys, code))
    told = {"code": code, "key": signer.verifier.text(), "agree": agree}
    if options.json:
        print(json.dumps(told))
    else:
        print("\n".join(f'{name}: "{value}"' for name, value in told.items()))
    return 0


def _run(options: Namespace) -> int:
    from sanzi.kernel import clock
    from sanzi.matching import actions
    from sanzi.orgs.actors import SYSTEM

    at = clock.now()
    if not options.purpose and not options.period:
        actions.own_party()
        actions.run_due(at)
    else:
        actions.run(purpose=options.purpose, period=options.period, by=SYSTEM, at=at)
    return _status(options)


def _status(options: Namespace) -> int:
    from sanzi.matching import queries

    rows = queries.all_runs()
    if options.json:
        told = [
            {**vars(one), "at": one.at and one.at.isoformat(),
             "last_day": one.last_day and one.last_day.isoformat()}
            for one in rows
        ]  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for one in rows:
        other = f"和{one.other_name}" if one.other_name else ""
        print(
            f"{one.title} {one.period} {other}：{one.state}，送 {one.values} 个，"
            f"对上 {one.pairs} 个。{one.fault}"
        )
    return 0
