"""The pure rules of payments: digests, states, numbers, the rhythm of questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.kernel import clock
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

    word = {Event.ACKNOWLEDGED, Event.REFUSED, Event.BOOKED, Event.CALLED_BACK}
    assert ways == word | {Event.ABSENT}


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


def test_a_message_handed_over_near_midnight_puts_both_days_at_risk() -> None:
    late = datetime(2026, 11, 18, 15, 59, tzinfo=UTC)
    early = datetime(2026, 11, 17, 16, 30, tzinfo=UTC)
    today = date(2026, 11, 18)

    assert rules.first_day_at_risk(AT, None) == rules.last_day_at_risk(AT, None) == today
    assert rules.last_day_at_risk(late, None) == date(2026, 11, 19)
    assert rules.first_day_at_risk(early, None) == date(2026, 11, 17)


def test_a_day_that_the_bank_has_closed_is_over_whatever_our_clock_says() -> None:
    closed = date(2026, 11, 20)

    assert rules.first_day_at_risk(AT, closed) == date(2026, 11, 21)
    assert rules.last_day_at_risk(AT, closed) == date(2026, 11, 21)


def test_a_clock_ahead_of_the_bank_puts_the_day_before_at_risk() -> None:
    assert rules.first_day_at_risk(AT, date(2026, 11, 10)) == date(2026, 11, 17)
    assert rules.first_day_at_risk(AT, date(2026, 11, 17)) == date(2026, 11, 18)


NIGHT = ((time(23, 30), time(1, 0)), (time(17, 15), time(17, 30)))


@pytest.mark.parametrize(
    ("now", "then"),
    [("10:00", "10:00"), ("17:20", "17:30"), ("17:30", "17:30"), ("23:45", "01:00"),
     ("00:30", "01:00")],
)  # fmt: skip
def test_closed_hours_end_even_past_midnight(now: str, then: str) -> None:
    hour, minute = map(int, now.split(":"))
    at = datetime(2026, 11, 18, hour, minute, tzinfo=clock.SHANGHAI)

    opens = rules.opens_at(at, NIGHT)

    assert f"{opens.astimezone(clock.SHANGHAI):%H:%M}" == then
    assert opens.astimezone(clock.SHANGHAI).day == (19 if now == "23:45" else 18)


def test_a_message_refused_for_its_hour_waits_for_the_window_and_for_its_day_until_tomorrow():
    at = datetime(2026, 11, 18, 17, 20, tzinfo=clock.SHANGHAI)
    tomorrow = datetime(2026, 11, 19, 9, 0, tzinfo=clock.SHANGHAI)

    window = rules.next_window(at, NIGHT, is_closed_day=False)
    assert window == datetime(2026, 11, 18, 17, 30, tzinfo=clock.SHANGHAI)
    assert rules.next_window(at, (), is_closed_day=False) == tomorrow
    assert rules.next_window(at, NIGHT, is_closed_day=True) == tomorrow


def test_the_end_of_a_day_is_told_once() -> None:
    since = datetime(2026, 11, 18, 10, 0, tzinfo=clock.SHANGHAI)
    before = since.replace(hour=17, minute=29)
    after = since.replace(hour=17, minute=31)
    night = since + timedelta(hours=16)

    assert rules.day_ended(since, None, before) is None
    assert rules.day_ended(since, None, after) == date(2026, 11, 18)
    assert rules.day_ended(since, date(2026, 11, 18), night) is None
    assert rules.day_ended(since, None, night) == date(2026, 11, 18)
    next_evening = after + timedelta(days=1)
    assert rules.day_ended(since, date(2026, 11, 18), next_evening) == date(2026, 11, 19)


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


@pytest.mark.parametrize(
    ("memo", "is_credit", "channel"),
    [
        ("现金支取", False, "cash"), ("柜面取现", False, "cash"), ("现金支票123", False, "cash"),
        ("备用金提现", False, "cash"), ("领取现场布置费", False, "direct"),
        ("取现退回", True, "direct"), ("转账支票77", False, "cheque"),
        ("存款利息", True, "interest"), ("取现手续费", False, "fee"), ("货款", False, "direct"),
    ],
)  # fmt: skip
def test_a_bank_line_says_how_the_money_moved(memo: str, is_credit: bool, channel: str) -> None:
    assert rules.channel_of(memo, is_credit=is_credit) == channel
