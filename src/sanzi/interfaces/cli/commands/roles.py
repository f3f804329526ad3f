"""`sanzi roles`: the two roles on PostgreSQL, printed as SQL or made."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def register(parsers: _SubParsersAction[ArgumentParser]) -> None:
    """Describe the command."""
    parser = parsers.add_parser(
        "roles", help="print (or make) the owner's and the application's role on PostgreSQL"
    )
    parser.add_argument("--owner", default="sanzi_owner", help="owns the tables, runs migrations")
    parser.add_argument("--runtime", default="sanzi_app", help="runs the application")
    parser.add_argument("--apply", action="store_true", help="run the statements now")
    parser.set_defaults(run=run, needs_django=True)


def run(options: Namespace) -> int:
    """Print the statements, or run them in one transaction."""
    from sanzi.audit import roles

    names = roles.Roles(options.owner, options.runtime)
    if not options.apply:
        for statement in roles.statements(names):
            print(f"{statement};")
        return 0
    count = roles.apply(names)
    print(f"两个角色已经备好（{count}条语句）：{names.owner}管表结构，{names.runtime}跑程序。")
    print("请给两个角色各设一个密码，网站和后台程序只用后一个连接数据库。")
    return 0
