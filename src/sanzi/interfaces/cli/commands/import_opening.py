"""`sanzi import-opening FILE --org ID`: opening balances of a book from an Excel trial balance."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanzi.ledger.actions.opening import Preview


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser("import-opening", help="opening balances from a trial balance")
    parser.add_argument("file", type=Path, help="an .xlsx file; with --template where to write one")
    parser.add_argument("--org", required=True, metavar="ID", help="the organisation")
    parser.add_argument("--standard", default="", help="the standard of the sheet, such as vce2004")
    parser.add_argument(
        "--choose",
        action="append",
        default=[],
        metavar="OLD=NEW[:YUAN]",
        help="where an old account goes; again for a split",
    )
    parser.add_argument("--check", action="store_true", help="only show what would stand")
    parser.add_argument("--template", action="store_true", help="write the sheet to fill in")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Import, check, or write the template; 1 when questions are open."""
    from sanzi.kernel import clock
    from sanzi.ledger.actions import opening
    from sanzi.orgs.actors import SYSTEM

    if options.template:
        options.file.write_bytes(opening.template(org_ext_id=options.org, by=SYSTEM))
        print(f"{options.file}：填好余额，再用这个命令导入。")
        return 0
    choices = _choices(options.choose)
    found = opening.preview(
        org_ext_id=options.org,
        file=options.file,
        standard_code=options.standard,
        choices=choices,
        by=SYSTEM,
    )
    if found.questions:
        return _ask(found)
    found.require_balanced()
    if not options.check:
        opening.import_opening(
            org_ext_id=options.org,
            file=options.file,
            standard_code=options.standard,
            choices=choices,
            by=SYSTEM,
            at=clock.now(),
        )
    _show(found, is_written=not options.check)
    return 0


def _choices(given: list[str]) -> dict[str, str | dict[str, int]]:
    """Read `131=132` and `131=131:500.00 131=132:300.00`."""
    from sanzi.kernel.money import parse_yuan

    found: dict[str, str | dict[str, int]] = {}
    for text in given:
        old, _, new = text.partition("=")
        code, _, yuan = new.partition(":")
        if not yuan:
            found[old] = code
            continue
        is_red = yuan.startswith("-")
        fen = parse_yuan(yuan.removeprefix("-"))
        parts = found.setdefault(old, {})
        if isinstance(parts, dict):
            parts[code] = -fen if is_red else fen
    return found


def _ask(found: Preview) -> int:
    from sanzi.kernel.money import format_yuan

    for one in found.questions:
        print(f"{one.from_code} {one.name} {format_yuan(one.amount_fen)}元：{one.question}")
        for code, name in one.options:
            print(f"    --choose {one.from_code}={code}    {name}")
    print("定好了再运行一次。什么也没有写。")
    return 1


def _show(found: Preview, *, is_written: bool) -> None:
    from sanzi.kernel.money import format_yuan

    for one in found.stands:
        side = "借" if one.balance_fen > 0 else "贷"
        was = f"（原 {one.from_code}：{one.why}）" if one.from_code else ""
        amount = format_yuan(abs(one.balance_fen))
        print(f"{one.code:10} {one.name} {one.aux_id} {side} {amount}{was}")
    done = "已经记进账里" if is_written else "还没有写"
    print(
        f"{found.organisation} {found.first_period} 期初 {format_yuan(found.total_fen)}元，{done}。"
    )
