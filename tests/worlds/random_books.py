"""Books full of random vouchers, the same for the same seed.

Imports wait until Django is set up.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

from worlds import village

if TYPE_CHECKING:
    from sanzi.ledger.rules import Draft, Line
    from sanzi.ledger.standards import Standard

STANDARDS = ("rce2023", "vc_profile", "sbe2011")
FIRST_PERIOD, MONTHS = "2025-01", 22
AUX = 40


def fill(*, vouchers: int, books_each: int = 2, seed: int = 24589) -> list[str]:
    """Open books under each standard and post that many vouchers in all; return their bodies."""
    from django.db import connection

    from sanzi.ledger.actions import books, posting
    from sanzi.ledger.models import Book, OpeningBalance, Period
    from sanzi.ledger.queries import charts
    from sanzi.orgs.actors import SYSTEM
    from sanzi.orgs.models import Organisation

    draw = random.Random(seed)  # noqa: S311 - nothing secret
    bodies = [(code, number) for code in STANDARDS for number in range(books_each)]
    for place, (code, number) in enumerate(bodies):
        org = Organisation.objects.create(
            ext_id=f"O-{code.upper()}-{number}",
            division_id=village.WILLOW,
            kind="enterprise" if code == "sbe2011" else "collective",
            name=f"柳湾第{place + 1}账",
        )
        books.ensure_book(
            org_ext_id=org.ext_id, first_period=FIRST_PERIOD, by=SYSTEM, at=village.AT,
            standard_code=code,
        )  # fmt: skip
        book = Book.objects.get(organisation=org)
        standard = charts.chart_of(book, village.AT.date())
        OpeningBalance.objects.bulk_create(
            OpeningBalance(
                book=book, account_code=line.account_code, aux_kind=line.aux_kind,
                aux_id=line.aux_id, balance_fen=line.debit_fen - line.credit_fen,
            )
            for line in _openings(draw, standard)
        )  # fmt: skip
        count = vouchers * (place + 1) // len(bodies) - vouchers * place // len(bodies)
        posting.post_many(
            book_org_ext_id=org.ext_id, at=village.AT, by=SYSTEM,
            drafts=sorted(drafts(draw, standard, count), key=lambda one: one.date),
        )  # fmt: skip
        with connection.cursor() as cursor:  # as the import does: the planner knows what came
            cursor.execute("ANALYZE")
        Period.objects.filter(book=book, period__lt="2026-06").update(closed_at=village.AT)
    return [f"O-{code.upper()}-{number}" for code, number in bodies]


def drafts(draw: random.Random, standard: Standard, count: int) -> Iterator[Draft]:
    """Yield balanced vouchers over all open accounts; one in twelve is red."""
    from sanzi.ledger.rules import Draft, Names

    first = dt.date.fromisoformat(f"{FIRST_PERIOD}-01")
    for number in range(count):
        yield Draft(
            date=first + dt.timedelta(days=draw.randrange(MONTHS * 30)),
            summary=draw.choice(
                ("付工资", "收 租金；二期", '退"押金"', "买; 农资|化肥", "调账\\n", "=1+1")
            ),
            lines=tuple(_lines(draw, standard, -1 if number % 12 == 0 else 1)),
            source_kind="manual",
            source_id="",
            names=Names("制单人", "审核人", "记账人"),
            word=draw.choice("记记记收付转"),
        )


def _lines(draw: random.Random, standard: Standard, sign: int) -> Iterator[Line]:
    from dataclasses import replace

    debits, others = draw.randint(1, 4), draw.randint(1, 3)
    amounts = [sign * draw.randint(1, 10 ** draw.randint(1, 10)) for _ in range(debits)]
    for fen in amounts:
        yield replace(_line(draw, standard), debit_fen=fen)
    for fen in _parted(draw, sum(amounts), others):
        yield replace(_line(draw, standard), credit_fen=fen)


def _parted(draw: random.Random, total: int, parts: int) -> Iterator[int]:
    """Cut an amount into parts none of which is nothing; a part may have the other sign."""
    for _ in range(parts - 1):
        part = draw.choice((-1, 1)) * draw.randint(1, 100_000)
        if part == total:
            continue
        yield part
        total -= part
    yield total


def _line(draw: random.Random, standard: Standard) -> Line:
    from sanzi.ledger.rules import Line

    leaves = [one for one in standard.accounts.values() if one.is_leaf and not one.blocked]
    account = draw.choice(leaves)
    if not account.requires:
        return Line(account.code)
    return Line(
        account.code, aux_kind=draw.choice(account.requires), aux_id=f"X-{draw.randrange(AUX)}"
    )


def _openings(draw: random.Random, standard: Standard) -> list[Line]:
    from dataclasses import replace

    kept: dict[tuple[str, str, str], Line] = {}
    for _ in range(60):
        line = _line(draw, standard)
        kept[line.account_code, line.aux_kind, line.aux_id] = line
    lines = [replace(one, debit_fen=draw.randint(-(10**9), 10**9)) for one in kept.values()]
    rest = sum(one.debit_fen for one in lines[1:])
    return [replace(lines[0], debit_fen=-rest), *lines[1:]]
