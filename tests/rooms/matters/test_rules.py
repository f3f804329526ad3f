"""The pure rules: the machine never leaves its states, tiers, limits, delegations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.kernel.workdays import Calendar
from sanzi.matters import catalogue, errors, rules
from sanzi.matters.catalogue import Limit

M10 = catalogue.matters()["M10"]
DAY = date(2026, 11, 18)
MOVES = st.lists(st.sampled_from(list(rules.Move)), max_size=30)


@given(MOVES)
def test_no_row_of_moves_leaves_the_states_or_revives_an_ended_case(
    moves: list[rules.Move],
) -> None:
    state = "DRAFT"
    for move in moves:
        try:
            state = rules.after(state, move)
        except errors.NotNow:
            continue
        assert state in rules.TABLE
    if state in {"REJECTED", "WITHDRAWN"}:
        assert not rules.TABLE[state]


@given(MOVES)
def test_money_leaves_only_after_the_last_approval(moves: list[rules.Move]) -> None:
    state, is_approved = "DRAFT", False
    for move in moves:
        try:
            state = rules.after(state, move)
        except errors.NotNow:
            continue
        is_approved = is_approved or move is rules.Move.APPROVE_LAST
        if state in {"DISPATCHED", "PART_SETTLED", "SETTLED", "BANK_RETURNED"}:
            assert is_approved


@pytest.mark.parametrize(
    ("fen", "tier"),
    [
        (0, "T0"), (999_999, "T0"), (1_000_000, "T1"), (4_999_999, "T1"), (5_000_000, "T2"),
        (19_999_999, "T2"), (20_000_000, "T3"), (36_559_100, "T3"),
    ],
)  # fmt: skip
def test_the_tier_changes_at_its_sum_to_the_fen(fen: int, tier: str) -> None:
    assert rules.tier(M10, fen, DAY) == tier


@pytest.mark.parametrize(
    ("months", "tier"),
    [("12", "T0"), ("13", "T1"), ("61", "T3"), ("", "T0"), ("许久", "T0"), ("-20", "T0")],
)
def test_a_long_term_lifts_a_small_lease_to_a_higher_tier(months: str, tier: str) -> None:
    lease = catalogue.matters()["M17"]
    assert rules.tier(lease, 1, DAY, {"term_months": months}) == tier
    assert rules.tier(lease, 5_000_000, DAY, {"term_months": "1"}) == "T2"


def test_no_table_in_force_is_said() -> None:
    with pytest.raises(errors.NoTier):
        rules.tier(M10, 1, date(2019, 12, 31))


@given(st.integers(0, 10**13), st.integers(0, 10**13), st.booleans())
def test_a_larger_sum_never_has_fewer_steps(one: int, other: int, concurrent: bool) -> None:
    small, large = sorted((one, other))
    steps = [
        {step.key for step in rules.chain(M10, rules.tier(M10, fen, DAY), is_concurrent=concurrent)}
        for fen in (small, large)
    ]
    assert steps[0] <= steps[1]


@pytest.mark.parametrize(
    ("counts", "move"),
    [
        ((4, 0, 0), rules.Move.SETTLE), ((3, 1, 0), rules.Move.PART_SETTLE),
        ((3, 0, 1), rules.Move.PART_SETTLE), ((0, 4, 0), rules.Move.BANK_RETURN),
        ((0, 2, 2), None), ((0, 0, 4), None),
    ],
)  # fmt: skip
def test_the_payments_say_how_the_case_stands(
    counts: tuple[int, int, int], move: rules.Move | None
) -> None:
    assert rules.paid_move(*counts) == move


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 11, 18, 2, tzinfo=UTC), datetime(2026, 11, 18, 9, 30, tzinfo=UTC)),
        (datetime(2026, 11, 18, 9, 10, tzinfo=UTC), datetime(2026, 11, 19, 9, 30, tzinfo=UTC)),
        (datetime(2026, 11, 21, 2, tzinfo=UTC), datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
    ],
)
def test_the_same_day_ends_at_half_past_five_or_goes_on_to_the_next_work_day(
    at: datetime, due: datetime
) -> None:
    assert rules.due(Limit(same_day=True), at, Calendar()) == due


def test_due_soon_is_told_when_a_quarter_is_left() -> None:
    opened = datetime(2026, 11, 18, 0, tzinfo=UTC)
    due = datetime(2026, 11, 18, 8, tzinfo=UTC)
    assert rules.remind_at(opened, due, 25) == datetime(2026, 11, 18, 6, tzinfo=UTC)


def stand(giver: int, taker: int, start: int = 1, end: int = 10, limit: int = 100) -> rules.Stand:
    return rules.Stand(
        giver, taker, "village_secretary", 7, date(2026, 11, start), date(2026, 11, end), limit
    )


def check(new: rules.Stand, *standing: rules.Stand) -> None:
    rules.check_delegation(new, standing, max_days=15, today=date(2026, 11, 1))


def test_an_ordinary_delegation_is_taken() -> None:
    check(stand(1, 2, 1, 15))
    check(stand(1, 2, 11, 20), stand(1, 3, 1, 10))


@pytest.mark.parametrize(
    ("new", "standing", "kind"),
    [
        (stand(1, 2, 1, 16), (), errors.DelegationDates),
        (stand(1, 2, 10, 9), (), errors.DelegationDates),
        (stand(1, 2, limit=0), (), errors.DelegationLimit),
        (stand(1, 1), (), errors.DelegationToSelf),
        (stand(2, 3), (stand(1, 2),), errors.Redelegated),
        (stand(2, 1), (stand(1, 2),), errors.Redelegated),
        (stand(3, 1), (stand(1, 2),), errors.Redelegated),
        (stand(1, 3, 10, 12), (stand(1, 2),), errors.DelegatedTwice),
    ],
)
def test_a_delegation_is_dated_bounded_and_first_hand(
    new: rules.Stand, standing: tuple[rules.Stand, ...], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        check(new, *standing)


PAIR = st.tuples(st.integers(1, 5), st.integers(1, 5))


@given(st.lists(PAIR, max_size=12))
def test_no_row_of_delegations_makes_a_chain_or_a_circle(pairs: list[tuple[int, int]]) -> None:
    standing: list[rules.Stand] = []
    for giver, taker in pairs:
        try:
            check(stand(giver, taker), *standing)
        except (errors.Redelegated, errors.DelegatedTwice, errors.DelegationToSelf):
            continue
        standing.append(stand(giver, taker))
    assert not {one.from_person for one in standing} & {one.to_person for one in standing}
