"""`sanzi token USER --days N`: a key to the interface for programs, told once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("token", help="make or revoke a token for programs")
    parser.add_argument("user", help="a user name; with --revoke the token's id")
    parser.add_argument("--days", type=int, default=90, help="how long it lives (1 to 366)")
    parser.add_argument("--title", default="", help="what it is for")
    parser.add_argument("--revoke", action="store_true", help="revoke the token with this id")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Make the token and print it, or revoke it."""
    from sanzi.kernel import clock
    from sanzi.orgs.actions import tokens
    from sanzi.orgs.actors import SYSTEM

    at = clock.now()
    if options.revoke:
        tokens.revoke(ext_id=options.user, by=SYSTEM, at=at)
        print("这个令牌从现在起不能用了。")
        return 0
    made = tokens.make(
        username=options.user, days=options.days, title=options.title, by=SYSTEM, at=at
    )
    day = clock.local_date(made.expires_at)
    print(f"令牌（编号 {made.ext_id}，到 {day} 为止），只显示这一次：\n{made.text}")
    return 0
