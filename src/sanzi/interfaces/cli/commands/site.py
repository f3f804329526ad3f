"""`sanzi site`: write the published pages that are not in the folder; `--check` every digest."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("site", help="published pages as files: write, or check them")
    parser.add_argument(
        "--check", action="store_true", help="recompute every digest, write nothing"
    )
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Write or check; 0 when the folder is whole, 1 with a line for everything that is not."""
    from sanzi.disclosure import page_queries
    from sanzi.disclosure.actions import pages
    from sanzi.kernel import clock

    if options.check:
        wrong = list(page_queries.faults())
        print("\n".join([*wrong, f"{page_queries.folder()}：{len(wrong)}处不对"]))
        return 1 if wrong else 0
    done = pages.publish(at=clock.now(), is_whole=True)
    for line in done.refused:
        print(line)
    print(
        f"{page_queries.folder()}：新出{done.made}页，写了{done.written}个文件，"
        f"到期拿下{done.left}页，没有动{len(done.refused)}个"
    )
    return 1 if done.refused else 0
