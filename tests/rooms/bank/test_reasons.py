"""The table of refusal reasons, and the words and meaning of each gateway error."""

import pytest

from sanzi.bank import errors
from sanzi.bank.http import _rejection
from sanzi.bank.port import BatchState, BatchStatus
from sanzi.bank.reasons import Retry, all_reasons, reason_for


@pytest.mark.parametrize(
    ("code", "reason_class", "retry"),
    [
        ("BE01", "NAME_MISMATCH", Retry.AFTER_CORRECTION),
        ("PI01", "ID_MISMATCH", Retry.AFTER_CORRECTION),
        ("AC01", "ACCOUNT_NOT_FOUND", Retry.AFTER_CORRECTION),
        ("AC04", "ACCOUNT_CLOSED", Retry.AFTER_CORRECTION),
        ("AC06", "ACCOUNT_BLOCKED", Retry.HOLD),
        ("AM04", "INSUFFICIENT_FUNDS", Retry.AFTER_FUNDING),
        ("AM14", "LIMIT_EXCEEDED", Retry.SPLIT),
        ("AM12", "AMOUNT_INVALID", Retry.AFTER_CORRECTION),
        ("RC01", "BANK_CODE_INVALID", Retry.AFTER_CORRECTION),
        ("DU01", "DUPLICATE_MESSAGE", Retry.QUERY),
        ("FF01", "FORMAT_ERROR", Retry.FIX_SAME_ID),
        ("TM01", "CUTOFF", Retry.NEXT_WINDOW),
        ("DT01", "CLOSED_DAY", Retry.REDATE),
        ("DS0H", "AUTH", Retry.STOP_CHANNEL),
        ("AB05", "RAIL_TIMEOUT", Retry.QUERY),
        ("MS03", "OTHER", Retry.HUMAN),
    ],
)
def test_each_iso_reason_has_our_class_and_rule(code, reason_class, retry):
    reason = reason_for(code)

    assert (reason.code, reason.reason_class, reason.retry) == (code, reason_class, retry)


def test_a_reason_that_we_do_not_know_goes_to_a_human():
    reason = reason_for("ZZ99")

    assert (reason.code, reason.reason_class, reason.retry) == ("ZZ99", "OTHER", Retry.HUMAN)


def test_every_reason_says_what_and_what_next_in_words_that_fit():
    for reason in all_reasons().values():
        assert len(reason.reason_class) <= 24
        assert reason.sentence.endswith("。")
        assert reason.next_step.endswith("。")
        assert "！" not in reason.sentence + reason.next_step


@pytest.mark.parametrize(
    ("code", "kind", "is_fate_known"),
    [
        ("DU01", errors.DuplicateMessage, False),
        ("DS0H", errors.AuthError, True),
        ("AM14", errors.LimitExceeded, True),
        ("TM01", errors.CutOffPassed, True),
        ("FF01", errors.GatewayRejected, True),
    ],
)
def test_a_message_refused_as_a_whole_becomes_the_error_of_its_reason(code, kind, is_fate_known):
    found = BatchStatus("SZ-1", BatchState.REJECTED, reason_code=code, reason_text="话")

    error = _rejection(found)

    assert type(error) is kind
    assert error.is_fate_known is is_fate_known
    assert error.data == {"reason_code": code, "reason_text": "话"}


@pytest.mark.parametrize(
    ("kind", "is_fate_known"),
    [(errors.GatewayUnavailable, True), (errors.GatewayTimeout, False)],
)
def test_only_what_was_never_sent_is_known_not_to_be_paid(kind, is_fate_known):
    assert kind().is_fate_known is is_fate_known
