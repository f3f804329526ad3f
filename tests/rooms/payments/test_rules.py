"""The pure rules of payments: digests, states, numbers, the rhythm of questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.payments import rules
from sanzi.payments.models import InstructionState, PaymentStatus
from sanzi.payments.rules import DigestLine, Event, Status

LINES = (
    DigestLine("王小芳", "i1", "402999900017", 28_650),
    DigestLine("李建国", "i2", "402999900017", 28_651),
)
AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def test_the_states_of_the_rules_are_the_states_of_the_tables() -> None:
    assert [one.value for one in Status] == list(PaymentStatus.values)


@given(st.sampled_from(list(Status)), st.lists(st.sampled_from(list(Event)), max_size=30))
def test_no_path_leaves_the_table(start: Status, events: list[Event]) -> None:
    status = start
    for event in events:
        target = rules.move(status, event)
        if target is None:
            assert (status, event) not in rules.MOVES
            continue
        assert target in Status
        status = target


@given(st.lists(st.sampled_from(list(Event)), max_size=40))
def test_no_path_sends_a_payee_again_before_the_former_attempt_has_ended(
    events: list[Event],
) -> None:
    status, may_have_paid = Status.APPROVED, False
    for event in events:
        target = rules.move(status, event)
        if target is None:
            continue
        if event is Event.PICK:
            assert not may_have_paid
            may_have_paid = True
        if event is Event.NOT_SENT or target in rules.ENDED_WITHOUT_SUCCESS:
            may_have_paid = False
        status = target


def test_an_unknown_line_ends_only_by_a_word_of_the_bank() -> None:
    ways = {event for (status, event) in rules.MOVES if status is Status.UNKNOWN}

    assert ways == {Event.ACKNOWLEDGED, Event.REFUSED, Event.BOOKED, Event.ABSENT}


@pytest.mark.parametrize(
    "changed",
    [
        (DigestLine("王晓芳", "i1", "402999900017", 28_650), LINES[1]),
        (DigestLine("王小芳", "i9", "402999900017", 28_650), LINES[1]),
        (DigestLine("王小芳", "i1", "402999901028", 28_650), LINES[1]),
        (DigestLine("王小芳", "i1", "402999900017", 28_651), LINES[1]),
        (LINES[1], LINES[0]),
        LINES[:1],
        (*LINES, LINES[0]),
    ],
    ids=["name", "account", "bank", "amount", "order", "one-less", "one-more"],
)
def test_any_change_of_what_was_approved_changes_the_digest(changed) -> None:
    assert rules.order_digest("O-1", "d1", changed) != rules.order_digest("O-1", "d1", LINES)


def test_another_body_or_debit_account_changes_the_digest() -> None:
    found = {
        rules.order_digest("O-1", "d1", LINES),
        rules.order_digest("O-2", "d1", LINES),
        rules.order_digest("O-1", "d2", LINES),
    }

    assert len(found) == 3
    assert all(len(one) == 64 for one in found)


@given(st.text(min_size=1, max_size=40), st.integers(1, 999_999), st.integers(1, 9999))
def test_every_id_is_ascii_and_fits_the_bank(ext_id: str, number: int, place: int) -> None:
    message = rules.msg_id(rules.message_prefix(ext_id, date(2026, 11, 18)), number)

    for made in (message, rules.instr_id(message, place), rules.e2e_id(ext_id, place % 99)):
        assert made.isascii()
        assert 0 < len(made) <= rules.MESSAGE_LENGTH_MAX


def test_a_second_attempt_keeps_the_root_of_the_first() -> None:
    assert rules.e2e_id("P-0K3M9V1QZ7C2N5T8R4X6B", 1) == "P-0K3M9V1QZ7C2N5T8R4X6B"
    assert rules.e2e_id("P-0K3M9V1QZ7C2N5T8R4X6B", 2) == "P-0K3M9V1QZ7C2N5T8R4X6B-R2"


def test_the_bank_is_asked_after_15_seconds_a_minute_five_then_every_15_minutes() -> None:
    waits = [rules.poll_after(count).total_seconds() for count in range(6)]

    assert waits == [15, 60, 300, 900, 900, 900]


def test_the_alarm_rings_at_half_an_hour_and_not_before() -> None:
    assert not rules.is_alarming(AT, AT + timedelta(minutes=29, seconds=59))
    assert rules.is_alarming(AT, AT + timedelta(minutes=30))
    assert not rules.is_alarming(None, AT)


def test_a_message_handed_over_at_midnight_puts_both_days_at_risk() -> None:
    late = datetime(2026, 11, 18, 15, 59, tzinfo=UTC)

    assert rules.days_at_risk(AT, AT) == [date(2026, 11, 18)]
    assert rules.days_at_risk(AT, late) == [date(2026, 11, 18), date(2026, 11, 19)]


@given(st.integers(0, 2000), st.integers(1, 500))
def test_a_batch_is_split_without_losing_a_line(total: int, size_max: int) -> None:
    parts = rules.chunks(total, size_max)

    assert [place for start, end in parts for place in range(start, end)] == list(range(total))
    assert all(end - start <= size_max for start, end in parts)


def test_an_order_is_done_when_no_line_is_open() -> None:
    assert rules.order_state(["SETTLED", "UNKNOWN"]) == "RELEASED"
    assert rules.order_state(["SETTLED", "SETTLED"]) == "SETTLED"
    assert rules.order_state(["SETTLED", "REJECTED"]) == "PART_SETTLED"
    assert rules.order_state(["SETTLED", "SUBMITTED"]) == "RELEASED"


def test_a_message_is_as_open_as_its_least_known_line() -> None:
    assert rules.instruction_state(["SETTLED", "ACCEPTED", "UNKNOWN"]) == InstructionState.UNKNOWN
    assert rules.instruction_state(["SETTLED", "ACCEPTED"]) == InstructionState.ACCEPTED
    assert rules.instruction_state(["SETTLED", "REJECTED"]) == InstructionState.FINAL
