"""The raw log: orders are in it, sealed, before they leave; questions if they saw something."""

from __future__ import annotations

import base64

import pytest
from django.db import DatabaseError

from fixtures_bank import SCHEMAS, TODAY, VILLAGE, make_batch
from sanzi.bank import actions, errors
from sanzi.bank.http import Iso20022Gateway, Terms
from sanzi.bank.models import BankMessage
from sanzi.kernel.digest import sm3
from sanzi.orgs import secrets

pytestmark = pytest.mark.django_db
MSG = "SZ-20261118-000001"


@pytest.fixture
def logged(sandbox):
    """The adapter as the platform has it: with its raw log."""
    found = Iso20022Gateway(
        sandbox.url,
        sandbox.customer_key,
        sandbox.bank_public_key,
        2.0,
        SCHEMAS,
        terms=Terms("bank", log=actions.RawLog("bank")),
    )
    yield found
    found.close()


def plain(sealed: str) -> bytes:
    return base64.b64decode(secrets.ring().open(sealed, actions.SEALED_AS))


def test_an_order_and_its_answer_are_kept_word_for_word_and_sealed(sandbox, logged) -> None:
    body = logged.build_batch(make_batch())

    answer = logged.send(MSG, body)

    row = BankMessage.objects.get()
    assert (row.bank, row.kind, row.reference, row.outcome) == (
        "bank", "pain.001.001.09", MSG, "200",
    )  # fmt: skip
    assert plain(row.sealed_request) == body
    assert plain(row.sealed_answer) == answer.raw
    assert row.request_digest == sm3(body)
    assert "王小芳" not in row.sealed_request
    assert row.answered_at is not None


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("reply_lost", "NO_ANSWER"),
        ("error_after", "500"),
        ("bad_signature", "BAD_SIGNATURE"),
        ("garbled", "200"),
    ],
)
def test_an_order_without_a_trusted_answer_is_in_the_log(sandbox, logged, fault, outcome) -> None:
    sandbox.fault(fault)

    with pytest.raises((errors.GatewayTimeout, errors.ProtocolError)):
        logged.send(MSG, logged.build_batch(make_batch()))

    row = BankMessage.objects.get()
    assert (row.reference, row.outcome) == (MSG, outcome)
    assert row.sealed_request
    assert bool(row.sealed_answer) is (fault in ("bad_signature", "garbled"))


def test_an_order_that_did_not_leave_says_so(sandbox, logged) -> None:
    sandbox.stop()

    with pytest.raises(errors.GatewayUnavailable):
        logged.send(MSG, logged.build_batch(make_batch()))

    assert BankMessage.objects.get().outcome == "NOT_SENT"


def test_an_order_that_cannot_be_logged_does_not_leave(sandbox, logged, monkeypatch) -> None:
    def broken(*_args: object, **_fields: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(BankMessage.objects, "create", broken)

    with pytest.raises(errors.GatewayUnavailable):
        logged.send(MSG, logged.build_batch(make_batch()))

    assert sandbox.paid() == []


def test_an_answer_that_cannot_be_logged_is_still_taken(sandbox, logged, monkeypatch) -> None:
    def broken(*_args: object, **_fields: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(actions.RawLog, "_row", lambda *_args: BankMessage(pk=1))
    monkeypatch.setattr(BankMessage.objects, "filter", broken)

    assert logged.send(MSG, logged.build_batch(make_batch())).lines


def test_a_look_that_saw_nothing_leaves_no_trace_and_one_that_did_is_kept(sandbox, logged) -> None:
    logged.notifications(VILLAGE)
    logged.balances(VILLAGE)
    assert BankMessage.objects.count() == 0

    sandbox.control("credit", account=VILLAGE, amount_fen=500)
    entries = logged.notifications(VILLAGE)
    sandbox.fault("report_outage")
    with pytest.raises(errors.GatewayTimeout):
        logged.notifications(VILLAGE, entries[-1].seq)

    assert list(BankMessage.objects.order_by("id").values_list("kind", "outcome")) == [
        ("camt.060.001.05", "200"), ("camt.060.001.05", "503"),
    ]  # fmt: skip


def test_a_statement_is_kept_as_it_came(sandbox, logged) -> None:
    sandbox.advance(days=1)

    found = logged.statement(VILLAGE, TODAY)

    assert plain(BankMessage.objects.get().sealed_answer) == found.raw
