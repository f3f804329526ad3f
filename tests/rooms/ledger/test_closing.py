"""The close of a month: refused with the whole list, or done; many books, none stops another."""

from __future__ import annotations

import datetime as dt

import pytest

from flushing import lifted_triggers
from sanzi.audit.models import Event
from sanzi.ledger.actions import closing, corrections
from sanzi.ledger.errors import (
    AlreadyClosed,
    BeforeFirstPeriod,
    CloseHindered,
    MonthNotOver,
    PeriodClosed,
)
from sanzi.ledger.models import NumberHead, Period
from sanzi.ledger.rules import Line
from sanzi.orgs.errors import NotFound
from worlds import village

JANUARY = """
2026-01-09 收租金
  102 account:A-1   1200.00
  50103            -1200.00
2026-01-20 买办公用品
  5130102            120.00
  102 account:A-1   -120.00
"""


def close(world: village.World, period: str = "2026-01", org: str = "O-WILLOW", **changes: object):
    fields = {"by": world.actor("agency_accountant"), "at": world.at} | changes
    return closing.close_month(org_ext_id=org, period=period, **fields)


def closings() -> list[str]:
    return list(
        Event.objects.filter(kind="ledger.period.closed").values_list("subject_id", flat=True)
    )


def nothing_is_closed() -> None:
    assert not Period.objects.filter(closed_at__isnull=False).exists()
    assert closings() == []


def test_a_month_in_order_is_closed_and_takes_no_voucher(world, post) -> None:
    post(JANUARY)

    done = close(world)

    assert (done.organisation, done.period) == ("柳湾村股份经济合作社", "2026-01")
    row = Period.objects.get(period="2026-01")
    assert row.closed_at == world.at
    assert row.closed_by_id == world.people["agency_accountant"].pk
    assert closings() == [done.book_ext_id]
    with pytest.raises(PeriodClosed):
        post(JANUARY)
    post(JANUARY.replace("2026-01", "2026-02"))


def test_a_month_without_any_voucher_can_be_closed(world) -> None:
    close(world)

    assert Period.objects.get().closed_at == world.at


def test_a_month_is_closed_once(world) -> None:
    close(world)

    with pytest.raises(AlreadyClosed):
        close(world)

    assert len(closings()) == 1


def test_a_month_that_runs_is_not_closed(world) -> None:
    with pytest.raises(MonthNotOver) as refused:
        close(world, "2026-11")

    assert refused.value.advice == "请到2026-11-30再结。"
    nothing_is_closed()


def test_a_month_before_the_book_begins_is_not_closed(world) -> None:
    with pytest.raises(BeforeFirstPeriod):
        close(world, "2025-12")

    nothing_is_closed()


@pytest.mark.parametrize("role", ["agency_reviewer", "cashier_reporter", "county_discipline"])
def test_only_the_accountant_closes(world, role: str) -> None:
    with pytest.raises(NotFound):
        close(world, by=world.actor(role))

    nothing_is_closed()


def test_what_is_no_month_is_not_found(world) -> None:
    with pytest.raises(NotFound):
        close(world, "2026-13")


def test_the_refusal_lists_everything_that_is_not_done(world, post) -> None:
    post(JANUARY)
    made = corrections.draft_voucher(
        book_org_ext_id="O-WILLOW",
        lines=(
            Line("5130102", debit_fen=100),
            Line("102", credit_fen=100, aux_kind="account", aux_id="A-1"),
        ),
        summary="补记",
        date=dt.date(2026, 2, 2),
        by=world.actor("agency_accountant"),
        at=world.at,
    )
    with lifted_triggers():
        NumberHead.objects.filter(period="2026-02").delete()
        NumberHead.objects.create(book_id=_book(), period="2026-02", word="记", last_number=2)

    with pytest.raises(CloseHindered) as refused:
        close(world, "2026-02")

    assert refused.value.text == (
        "2026-02还不能结账，有3类事没办完："
        "前面的月份还没结账：1、凭证草稿还没审核：1、“记”字凭证缺号：2。"
    )
    kinds = {one.link_kind: one.ids for one in closing.carried(refused.value)}
    assert kinds == {"period": ("2026-01",), "draft": (made.ext_id,), "number": ("2026-02",)}
    nothing_is_closed()


def _book() -> int:
    return Period.objects.values_list("book_id", flat=True)[0]


def test_a_draft_of_a_later_month_does_not_hinder(world, post) -> None:
    post(JANUARY)
    corrections.draft_voucher(
        book_org_ext_id="O-WILLOW",
        lines=(
            Line("5130102", debit_fen=100),
            Line("102", credit_fen=100, aux_kind="account", aux_id="A-1"),
        ),
        summary="补记",
        date=dt.date(2026, 2, 2),
        by=world.actor("agency_accountant"),
        at=world.at,
    )

    close(world)

    assert Period.objects.get(period="2026-01").closed_at


def test_a_guard_of_another_room_is_heard(world, monkeypatch) -> None:
    from sanzi.ledger.queries import hindrances

    monkeypatch.setattr(hindrances, "_guards", dict(hindrances._guards))
    one = closing.Hindrance("仓库没盘点", 3, "stock", ("S-1",))
    closing.guard("stock", lambda books, _: {book.pk: [one] for book in books})

    with pytest.raises(CloseHindered, match="仓库没盘点：3"):
        close(world)

    nothing_is_closed()


def test_one_hindered_book_does_not_stop_the_others(world, monkeypatch) -> None:
    from sanzi.ledger.queries import hindrances

    monkeypatch.setattr(hindrances, "_guards", dict(hindrances._guards))

    def look(books, _period):
        if any(book.organisation.ext_id == "O-WILLOW-VC" for book in books):
            message = "a fault in a guard"
            raise RuntimeError(message)
        return {}

    closing.guard("broken", look)
    told = []

    results = closing.close_many(
        org_ext_ids=["O-STONE", "O-WILLOW-VC", "O-NONE", "O-WILLOW"],
        period="2026-01",
        by=world.actor("agency_accountant"),
        at=world.at,
        told=told.append,
    )

    assert told == results
    assert [(one.org_ext_id, one.is_closed, one.code) for one in results] == [
        ("O-STONE", False, "orgs.not_found"),
        ("O-WILLOW-VC", False, "ledger.close_failed"),
        ("O-NONE", False, "orgs.not_found"),
        ("O-WILLOW", True, ""),
    ]
    assert Period.objects.filter(closed_at__isnull=False).count() == 1
