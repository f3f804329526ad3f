"""The outbox: told once, sent by day, tried again, given up in the end."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from sanzi.notices import outbox
from sanzi.notices.models import Notice
from sanzi.notices.sms import SmsRefused, SmsUnavailable, SmsUnknown

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


class Provider:
    """Keeps what it was given; raises what it was told to."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, str]] = []
        self.problem: Exception | None = None

    def send(self, phone: str, template: str, params, out_id: str) -> str:  # noqa: ARG002
        """Keep the text, then fail if told so."""
        self.texts.append((phone, params["text"], out_id))
        if self.problem is not None:
            raise self.problem
        return f"SMS{len(self.texts)}"


@pytest.fixture
def provider(monkeypatch) -> Provider:
    monkeypatch.setattr(outbox.wire, "open_phone", lambda sealed: sealed.removeprefix("sealed:"))
    monkeypatch.setitem(outbox._texts, "paid", "{name}您好，到账{amount}元。")
    return Provider()


def text(key: str = "k1") -> outbox.NewNotice:
    return outbox.NewNotice(
        dedup_key=key,
        channel="SMS",
        template="paid",
        params={"name": "王小芳", "amount": "286.50"},
        sealed_phone="sealed:13800000001",
    )


def inbox_notice(key: str, user_id: int) -> outbox.NewNotice:
    return outbox.NewNotice(dedup_key=key, channel="INBOX", template="t", user_id=user_id)


def test_the_same_key_is_told_once(provider: Provider) -> None:
    outbox.enqueue([text(), text("k2")], at=AT)
    outbox.enqueue([text()], at=AT)

    assert outbox.send_due(AT, gateway=provider) == 2
    assert outbox.send_due(AT, gateway=provider) == 0
    assert provider.texts[0] == ("13800000001", "王小芳您好，到账286.50元。", "k1")


@pytest.mark.parametrize(
    ("hour", "is_quiet"),
    [(time(7, 29), True), (time(7, 30), False), (time(20, 59), False), (time(21, 0), True)],
    ids=str,
)
def test_nobody_is_woken_at_night(hour: time, is_quiet: bool) -> None:
    local = datetime.combine(AT.date(), hour) - timedelta(hours=8)

    assert outbox.is_quiet(local.replace(tzinfo=UTC)) is is_quiet


def test_quiet_hours_may_be_changed_or_switched_off(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    quiet = (time(9, 0), time(11, 0))

    assert outbox.send_due(AT, gateway=provider, quiet=quiet) == 0
    assert outbox.send_due(AT, gateway=provider, quiet=(time(0), time(0))) == 1


@pytest.mark.parametrize("problem", [SmsUnavailable("503"), SmsUnknown("lost")], ids=repr)
def test_a_text_that_did_not_go_is_tried_again_later_under_the_same_id(provider, problem) -> None:
    outbox.enqueue([text()], at=AT)
    provider.problem = problem

    sent_at = []
    for minute in range(200):
        count = len(provider.texts)
        outbox.send_due(AT + timedelta(minutes=minute), gateway=provider)
        if len(provider.texts) > count:
            sent_at.append(minute)

    assert sent_at == [0, 1, 3, 13, 73, 133, 193]
    assert {one[2] for one in provider.texts} == {"k1"}
    assert Notice.objects.get().state == "QUEUED"
    outbox.send_due(AT + timedelta(hours=5), gateway=provider)
    assert Notice.objects.get().state == "FAILED"


def test_a_text_refused_for_good_is_not_tried_again(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    provider.problem = SmsRefused("isv.MOBILE_NUMBER_ILLEGAL", "手机号不对")

    outbox.send_due(AT, gateway=provider)

    assert Notice.objects.get().state == "FAILED"


def test_a_worker_that_dies_while_sending_leaves_the_text_to_the_next(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    provider.problem = SystemExit()
    with pytest.raises(SystemExit):
        outbox.send_due(AT, gateway=provider)
    provider.problem = None

    assert outbox.send_due(AT + timedelta(minutes=1), gateway=provider) == 0
    assert outbox.send_due(AT + timedelta(minutes=2), gateway=provider) == 1
    assert [one[2] for one in provider.texts] == ["k1", "k1"]


def test_texts_wait_until_there_is_a_provider(monkeypatch) -> None:
    monkeypatch.setattr(outbox.wire, "gateway", None)
    outbox.enqueue([text()], at=AT)

    assert outbox.send_due(AT) == 0
    assert Notice.objects.get().attempt_count == 0


def test_an_inbox_notice_is_read_by_its_user_only() -> None:
    outbox.enqueue([inbox_notice("a", 7), inbox_notice("b", 8)], at=AT)
    (own,) = outbox.inbox(7)

    assert outbox.mark_read(user_id=8, notice_ids=[own.pk], at=AT) == 0
    assert outbox.unread_count(7) == 1
    assert outbox.mark_read(user_id=7, notice_ids=[own.pk], at=AT) == 1
    assert outbox.unread_count(7) == 0
