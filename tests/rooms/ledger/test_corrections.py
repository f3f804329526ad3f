"""Corrections: red, then blue, by two people who are not the cashier."""

from __future__ import annotations

import datetime as dt

import pytest

from sanzi.audit.models import Event
from sanzi.ledger import queries
from sanzi.ledger.actions import corrections, posting
from sanzi.ledger.errors import (
    CashierReviews,
    CorrectionWaiting,
    DraftReturned,
    MakerReviews,
    NotMaker,
    PeriodClosed,
    PriorYear,
    ReasonMissing,
    Unbalanced,
    VoucherAlreadyReversed,
)
from sanzi.ledger.models import Period, Voucher, VoucherDraft
from sanzi.ledger.rules import Line
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from worlds import village

WRONG = """
2026-11-03 买办公用品 | payment:P1
  5130103            120.00
  102 account:A-1   -120.00
"""
RIGHT = (
    Line("5130102", debit_fen=12000),
    Line("102", credit_fen=12000, aux_kind="account", aux_id="A-1"),
)
DAY = dt.date(2026, 11, 12)


@pytest.fixture
def wrong(post) -> posting.PostedVoucher:
    return post(WRONG)[0]


def draft(world: village.World, voucher: str, **changes: object) -> str:
    fields: dict[str, object] = {
        "lines": RIGHT,
        "date": DAY,
        "by": world.actor("agency_accountant"),
        "at": world.at,
    }
    made = corrections.draft_correction(voucher_ext_id=voucher, **(fields | changes))
    return made.ext_id


def review(world: village.World, draft_ext_id: str, role: str = "agency_reviewer"):
    return corrections.review_and_post(draft_ext_id=draft_ext_id, by=world.actor(role), at=world.at)


def test_a_wrong_account_is_struck_out_in_red_and_put_right_in_blue(world, wrong, balances) -> None:
    red, blue = review(world, draft(world, wrong.ext_id))

    page = queries.access_voucher(by=world.actor("agency_accountant"), ext_id=red.ext_id)
    assert (page.label, page.summary, page.total_fen) == ("记-2", "注销11月3日记-1号凭证", -12000)
    assert (page.maker, page.reviewer) == ("沈月琴", "许复核")
    assert page.reversal_of == wrong.ext_id
    after = queries.access_voucher(by=world.actor("agency_accountant"), ext_id=blue.ext_id)
    assert (after.label, after.summary) == ("记-3", "订正11月3日记-1号凭证")
    assert balances("2026-11") == (
        "102 0.00 0.00 120.00 -120.00\n"
        "513 0.00 120.00 0.00 120.00\n"
        "51301 0.00 120.00 0.00 120.00\n"
        "5130102 0.00 120.00 0.00 120.00"
    )
    assert VoucherDraft.objects.count() == 0
    assert queries.verify_book("O-WILLOW") == []
    kinds = Event.objects.filter(subject_kind="voucher_draft").values_list("kind", flat=True)
    assert list(kinds) == ["ledger.draft.made", "ledger.draft.reviewed"]


def test_a_voucher_is_struck_out_once(world, wrong) -> None:
    waiting = draft(world, wrong.ext_id)
    with pytest.raises(CorrectionWaiting):
        draft(world, wrong.ext_id)
    review(world, waiting)

    with pytest.raises(VoucherAlreadyReversed):
        draft(world, wrong.ext_id)

    assert Voucher.objects.count() == 3


def both_posts(world: village.World) -> None:
    """Give the reviewer the post of the cashier as well."""
    Appointment.objects.create(
        ext_id="A-BOTH",
        person=world.people["agency_reviewer"],
        organisation=world.bodies["agency"],
        role_code="agency_cashier",
        start_date=dt.date(2026, 1, 1),
    )


def maker_reviews_too(world: village.World) -> None:
    """Give the maker the post of the reviewer as well."""
    Appointment.objects.create(
        ext_id="A-BOTH",
        person=world.people["agency_accountant"],
        organisation=world.bodies["agency"],
        role_code="agency_reviewer",
        start_date=dt.date(2026, 1, 1),
    )


def close(world: village.World) -> None:
    Period.objects.update(closed_at=world.at)


@pytest.mark.parametrize(
    ("arrange", "role", "refusal"),
    [
        (None, "agency_accountant", NotFound),
        (None, "agency_cashier", NotFound),
        (None, "stone_cashier", NotFound),
        (maker_reviews_too, "agency_accountant", MakerReviews),
        (both_posts, "agency_reviewer", CashierReviews),
        (close, "agency_reviewer", PeriodClosed),
    ],
)
def test_a_refused_review_posts_nothing(arrange, role, refusal, world, wrong) -> None:
    waiting = draft(world, wrong.ext_id)
    if arrange:
        arrange(world)
    events = Event.objects.count()

    with pytest.raises(refusal):
        review(world, waiting, role)

    assert (Voucher.objects.count(), VoucherDraft.objects.count()) == (1, 1)
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"date": dt.date(2027, 1, 4)}, PriorYear),
        ({"lines": (Line("5130102", 12000), RIGHT[1], Line("51401", 1))}, Unbalanced),
    ],
)
def test_a_refused_draft_is_not_kept(changes, refusal, world, wrong) -> None:
    with pytest.raises(refusal):
        draft(world, wrong.ext_id, **changes)

    assert VoucherDraft.objects.count() == 0


def test_a_draft_of_another_place_is_not_found(world, wrong) -> None:
    stranger: Actor = world.actor("stone_cashier")

    with pytest.raises(NotFound):
        draft(world, wrong.ext_id, by=stranger)

    assert VoucherDraft.objects.count() == 0


def test_a_returned_draft_is_revised_by_its_maker_and_then_posted(world, wrong) -> None:
    waiting = draft(world, wrong.ext_id)
    reviewer, maker = world.actor("agency_reviewer"), world.actor("agency_accountant")
    with pytest.raises(ReasonMissing):
        corrections.return_draft(draft_ext_id=waiting, reason=" ", by=reviewer, at=world.at)
    back = corrections.return_draft(
        draft_ext_id=waiting, reason="应当只冲销", by=reviewer, at=world.at
    )
    assert back.returned_reason == "应当只冲销"
    with pytest.raises(DraftReturned, match="应当只冲销"):
        review(world, waiting)

    maker_reviews = {"draft_ext_id": waiting, "lines": None, "date": DAY, "at": world.at}
    revised = corrections.revise_draft(**maker_reviews, by=maker)

    assert revised.returned_reason == ""
    (red,) = review(world, waiting)
    assert red.total_fen == -12000


def test_only_the_maker_revises(world, wrong) -> None:
    waiting = draft(world, wrong.ext_id)
    VoucherDraft.objects.update(maker_id=world.people["agency_reviewer"].pk)

    with pytest.raises(NotMaker):
        corrections.revise_draft(
            draft_ext_id=waiting,
            lines=None,
            date=DAY,
            by=world.actor("agency_accountant"),
            at=world.at,
        )

    assert len(VoucherDraft.objects.get().content) == 2


def test_a_hand_made_voucher_waits_for_its_reviewer_too(world) -> None:
    made = corrections.draft_voucher(
        book_org_ext_id="O-WILLOW",
        lines=RIGHT,
        summary="补记办公费",
        date=DAY,
        by=world.actor("agency_accountant"),
        at=world.at,
    )
    assert Voucher.objects.count() == 0

    (posted,) = review(world, made.ext_id)

    page = queries.access_voucher(by=world.actor("agency_accountant"), ext_id=posted.ext_id)
    assert (page.summary, page.origin, page.source_id) == ("补记办公费", "manual", posted.ext_id)
