"""`sanzi bank-channel`: show the ways to banks that are stopped, and let one go on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("bank-channel", help="stopped ways to banks: show, resume")
    parser.add_argument("--resume", metavar="NAME", default="", help="let this one go on")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Show what is stopped, or resume one. Exit 1 when something is stopped."""
    from sanzi.kernel import clock
    from sanzi.orgs.actors import SYSTEM
    from sanzi.payments.actions import channels

    if options.resume:
        channels.resume(name=options.resume, by=SYSTEM, at=clock.now())
        print(f"通道{options.resume}放行了。")
        return 0
    rows = channels.stopped(by=SYSTEM)
    for one in rows:
        print(f"{one.name}  {one.stopped_at:%Y-%m-%d %H:%M}  {one.why}")
    if not rows:
        print("没有停着的通道。")
    return 1 if rows else 0
