"""Sixteen posters at once, some of whom give up half way: numbers have no gap and no double.

Each thread has a connection of its own. SQLite lets one write at a time (IMMEDIATE); PostgreSQL
holds them at the number head.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from sanzi.audit import queries as log
from sanzi.audit.models import Event
from sanzi.ledger import queries
from sanzi.ledger.actions import books, posting
from sanzi.ledger.models import NumberHead, Voucher, VoucherLine
from sanzi.orgs.actors import SYSTEM
from worlds import village
from worlds.books import read_ledger

pytestmark = pytest.mark.django_db(transaction=True)
POSTERS, EACH, ROLLBACKS = 16, 8, 3
VOUCHER = """
2026-11-{day:02d} 保洁费 | payment:{source}
  51401              {yuan}.00
  102 account:A-1   -{yuan}.00
"""


class GivesUp(Exception):
    """A poster's transaction fails after its voucher was posted."""


def at_once(work: Callable[[int], None]) -> list[BaseException]:
    """Run `work(0)` to `work(15)`, all starting together; returns what went wrong."""
    start = threading.Barrier(POSTERS)
    wrong: list[BaseException] = []

    def run(poster: int) -> None:
        try:
            start.wait(timeout=30)
            work(poster)
        except BaseException as error:  # noqa: BLE001 - told to the test
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(poster,)) for poster in range(POSTERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return wrong


def post(source: str, day: int, yuan: int, *, gives_up: bool = False) -> None:
    drafts = read_ledger(VOUCHER.format(source=source, day=day, yuan=yuan))
    with transaction.atomic():
        posting.post_many(book_org_ext_id="O-WILLOW", drafts=drafts, at=village.AT, by=SYSTEM)
        if gives_up:
            raise GivesUp


@pytest.fixture
def book(transactional_db: None) -> None:
    village.build()
    books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=village.AT)


def test_sixteen_posters_with_rollbacks_leave_no_gap_and_no_double(book) -> None:
    def work(poster: int) -> None:
        dice = random.Random(poster)  # noqa: S311 - the same dice each run
        for number in range(EACH):
            source, day, yuan = f"S{poster}-{number}", dice.randint(1, 28), dice.randint(1, 900)
            if dice.randint(1, 10) <= ROLLBACKS:
                with pytest.raises(GivesUp):
                    post(source, day, yuan, gives_up=True)
            post(source, day, yuan)

    assert at_once(work) == []

    numbers = list(Voucher.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, POSTERS * EACH + 1))
    assert NumberHead.objects.get().last_number == POSTERS * EACH
    assert VoucherLine.objects.count() == 2 * POSTERS * EACH
    assert Event.objects.filter(kind="ledger.voucher.posted").count() == POSTERS * EACH
    assert queries.verify_book("O-WILLOW") == log.verify_chain("O-WILLOW") == []


def test_sixteen_posters_of_the_same_sources_book_each_once(book) -> None:
    def work(poster: int) -> None:
        order = list(range(EACH))
        random.Random(poster).shuffle(order)  # noqa: S311 - the same dice each run
        for number in order:
            post(f"S{number}", 1 + number, 100 + number)

    assert at_once(work) == []

    sources = Voucher.objects.order_by("source_id").values_list("source_id", flat=True)
    assert list(sources) == [f"S{number}" for number in range(EACH)]
    assert queries.verify_book("O-WILLOW") == []
