"""Programs that hear of events: signed, once, tried again, stopped in the end, never inside."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.notices import webhooks
from sanzi.notices.errors import BadWebhook
from sanzi.notices.models import Delivery, Webhook
from sanzi.notices.webhooks import Event
from sanzi.orgs.actors import SYSTEM
from worlds.fake_channels import Listener, serving

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
SETTLED = Event("payments.lines.moved", "P-1", "330782101201", {"amount_fen": 28650}, AT)


@pytest.fixture(autouse=True)
def _house(monkeypatch) -> None:
    monkeypatch.setattr(webhooks.locks, "allows_private", True)
    monkeypatch.setattr(webhooks.locks, "reveal", lambda sealed: sealed)


@pytest.fixture
def listener():
    with serving(Listener()) as server:
        yield server


def hook(url: str, events: list[str], place: str = "") -> Webhook:
    return Webhook.objects.create(
        ext_id=f"WH-{Webhook.objects.count()}", title="监管平台", url=url, sealed_secret="s3cret",
        events=events, division_code=place, created_by_id=1, created_at=AT,
    )  # fmt: skip


def test_an_event_arrives_signed_and_once(listener) -> None:
    hook(f"{listener.url}/hear", ["payments.lines.moved"])

    assert webhooks.emit([SETTLED]) == 1
    webhooks.emit([SETTLED])
    assert webhooks.deliver(AT) == 1
    assert webhooks.deliver(AT + timedelta(hours=1)) == 0

    (call,) = listener.calls
    moment, _, signed = call.headers["x-sanzi-signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(b"s3cret", f"{moment}.".encode() + call.body, "sha256").hexdigest()
    assert signed == expected
    assert call.headers["x-sanzi-event-id"] == "P-1"
    assert call.json["data"] == {"amount_fen": 28650}


def test_only_who_asked_for_the_kind_and_the_place_hears(listener) -> None:
    hook(listener.url, ["ledger.period.closed"])
    hook(listener.url, ["*"], "330783")
    hook(listener.url, ["*"], "330782101")

    assert webhooks.emit([SETTLED]) == 1
    assert Delivery.objects.get().webhook.division_code == "330782101"


def test_who_does_not_answer_well_is_told_again_and_others_do_not_wait(listener) -> None:
    with serving(Listener(status=500)) as broken:
        hook(broken.url, ["*"])
        hook(listener.url, ["*"])
        webhooks.emit([SETTLED, Event("payments.lines.moved", "P-2", "330782101201", {}, AT)])

        assert webhooks.deliver(AT) == 2
        assert len(broken.calls) == 1
        broken.status = 204
        assert webhooks.deliver(AT + timedelta(minutes=3)) == 2

    assert [one.json["id"] for one in listener.calls] == ["P-1", "P-2"]


def test_after_three_days_a_program_that_does_not_hear_is_stopped() -> None:
    with serving(Listener(status=503)) as broken:
        hook(broken.url, ["*"])
        webhooks.emit([SETTLED])
        webhooks.deliver(AT)
        webhooks.deliver(AT + timedelta(days=3))

    stopped = Webhook.objects.get()
    assert (stopped.is_active, stopped.stopped_reason) == (False, "三天没有送到：HTTP 503")
    assert Delivery.objects.get().state == "FAILED"


@pytest.mark.parametrize(
    "url",
    [
        "http://books.example/hear",
        "https://user:secret@books.example/",
        "https://127.0.0.1/hear",
        "https://[::1]/hear",
        "https://localhost/hear",
        "https://10.0.0.7/",
        "ftp://books.example/",
        "https://no-such-host.invalid/",
    ],
)
def test_an_address_inside_the_house_or_without_https_is_refused(url: str, monkeypatch) -> None:
    monkeypatch.setattr(webhooks.locks, "allows_private", False)

    with pytest.raises(BadWebhook):
        webhooks.check_url(url)


def test_an_event_of_a_transaction_that_fails_is_not_told(listener) -> None:
    hook(listener.url, ["*"])
    with transaction.atomic():
        webhooks.emit([SETTLED])
        transaction.set_rollback(True)

    assert webhooks.deliver(AT) == 0


def test_what_the_log_takes_is_told_with_its_place_and_nothing_else(desk, listener) -> None:
    place = desk.world.bodies["willow"].division_id
    hook(listener.url, ["payments.receipt.issued"], place[:6])
    for kind in ("payments.receipt.issued", "payments.receipt.voided"):
        audit.write(
            chain="O-WILLOW", kind=kind, by=SYSTEM, at=AT, subject=("receipt", "R-1"),
            after={"payer": "王小芳"},
        )  # fmt: skip

    assert webhooks.deliver(AT) == 1
    told = listener.calls[0].json
    assert told["data"] == {"subject_kind": "receipt", "subject_id": "R-1"}
    assert told["division_code"] == place
    assert "王小芳" not in listener.calls[0].body.decode()
