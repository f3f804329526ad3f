"""The outbox: told once, sent by day, tried again, given up in the end."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from sanzi.notices import outbox, sending
from sanzi.notices.channels.port import (
    ChannelError,
    ChannelRefused,
    ChannelUnavailable,
    ChannelUnknown,
    Fate,
)
from sanzi.notices.models import Notice

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


class Provider:
    """Keeps what it was given; raises or answers what it was told to."""

    at_once = 100

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, str]] = []
        self.problem: BaseException | None = None
        self.known: dict[str, Fate] = {}

    def send(self, messages) -> list[str | ChannelError]:
        """Keep the texts, then fail if told so."""
        self.texts += [(one.address, one.text, one.dedup_key) for one in messages]
        if self.problem is not None:
            raise self.problem
        return [f"SMS-{one.dedup_key}" for one in messages]

    def fates(self, provider_ids) -> dict[str, Fate]:
        """Say what the test knows."""
        return {one: self.known[one] for one in provider_ids if one in self.known}


@pytest.fixture
def provider(monkeypatch) -> Provider:
    made = Provider()
    monkeypatch.setattr(outbox.wire, "open_phone", lambda sealed: sealed.removeprefix("sealed:"))
    monkeypatch.setattr(outbox.wire, "notifiers", {"SMS": made})
    monkeypatch.setattr(outbox.wire, "stand_ins", None)
    monkeypatch.setitem(outbox._texts, "paid", "{name}您好，到账{amount}元。")
    return made


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

    assert sending.send_due(AT) == 2
    assert sending.send_due(AT) == 0
    assert provider.texts[0] == ("13800000001", "王小芳您好，到账286.50元。", "k1")


@pytest.mark.parametrize(
    ("hour", "is_quiet"),
    [(time(7, 29), True), (time(7, 30), False), (time(20, 59), False), (time(21, 0), True)],
    ids=str,
)
def test_nobody_is_woken_at_night(hour: time, is_quiet: bool) -> None:
    local = datetime.combine(AT.date(), hour) - timedelta(hours=8)

    assert sending.is_quiet(local.replace(tzinfo=UTC)) is is_quiet


def test_quiet_hours_may_be_changed_or_switched_off(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    quiet = (time(9, 0), time(11, 0))

    assert sending.send_due(AT, quiet=quiet) == 0
    assert sending.send_due(AT, quiet=(time(0), time(0))) == 1


@pytest.mark.parametrize("problem", [ChannelUnavailable("503"), ChannelUnknown("lost")], ids=repr)
def test_a_text_that_did_not_go_is_tried_again_later_under_the_same_id(provider, problem) -> None:
    outbox.enqueue([text()], at=AT)
    provider.problem = problem

    sent_at = []
    for minute in range(200):
        count = len(provider.texts)
        sending.send_due(AT + timedelta(minutes=minute))
        if len(provider.texts) > count:
            sent_at.append(minute)

    assert sent_at == [0, 1, 3, 13, 73, 133, 193]
    assert {one[2] for one in provider.texts} == {"k1"}
    assert Notice.objects.get().state == "QUEUED"
    sending.send_due(AT + timedelta(hours=5))
    assert Notice.objects.get().state == "FAILED"


def test_a_text_refused_for_good_is_not_tried_again(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    provider.problem = ChannelRefused("isv.MOBILE_NUMBER_ILLEGAL", "手机号不对")

    sending.send_due(AT)

    assert Notice.objects.get().state == "FAILED"


def test_a_worker_that_dies_while_sending_leaves_the_text_to_the_next(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    provider.problem = SystemExit()
    with pytest.raises(SystemExit):
        sending.send_due(AT)
    provider.problem = None

    assert sending.send_due(AT + timedelta(minutes=1)) == 0
    assert sending.send_due(AT + timedelta(minutes=2)) == 1
    assert [one[2] for one in provider.texts] == ["k1", "k1"]


def test_texts_wait_until_there_is_a_provider(monkeypatch) -> None:
    monkeypatch.setattr(outbox.wire, "notifiers", {})
    outbox.enqueue([text()], at=AT)

    assert sending.send_due(AT) == 0
    assert Notice.objects.get().attempt_count == 0


def test_an_inbox_notice_is_read_by_its_user_only() -> None:
    outbox.enqueue([inbox_notice("a", 7), inbox_notice("b", 8)], at=AT)
    (own,) = outbox.inbox(7)

    assert outbox.mark_read(user_id=8, notice_ids=[own.pk], at=AT) == 0
    assert outbox.unread_count(7) == 1
    assert outbox.mark_read(user_id=7, notice_ids=[own.pk], at=AT) == 1
    assert outbox.unread_count(7) == 0


def test_a_text_that_arrived_is_delivered_and_asked_about_no_more(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    sending.send_due(AT)
    assert sending.ask_fates(AT + timedelta(minutes=1)) == 0
    provider.known = {"SMS-k1": Fate.DELIVERED}

    assert sending.ask_fates(AT + timedelta(minutes=2)) == 0
    assert sending.ask_fates(AT + timedelta(minutes=11)) == 1
    assert Notice.objects.get().state == "DELIVERED"
    assert sending.ask_fates(AT + timedelta(hours=1)) == 0


def test_a_text_without_a_receipt_is_asked_about_for_three_days(provider: Provider) -> None:
    outbox.enqueue([text()], at=AT)
    sending.send_due(AT)

    sending.ask_fates(AT + timedelta(hours=73))

    kept = Notice.objects.get()
    assert (kept.state, kept.ended_at) == ("SENT", AT + timedelta(hours=73))


def test_a_text_that_can_not_go_is_told_on_the_next_channel_once(provider, monkeypatch) -> None:
    other = Provider()
    monkeypatch.setattr(outbox.wire, "notifiers", {"SMS": provider, "WECHAT": other})
    monkeypatch.setattr(outbox.wire, "instead", {"SMS": "WECHAT"})
    monkeypatch.setattr(outbox.wire, "address_of", lambda one: f"openid-{one.person_id}")
    notice = outbox.NewNotice(
        "k1", "SMS", "paid", {"name": "王小芳", "amount": "2.00"}, person_id=9,
        sealed_phone="sealed:13800000001",
    )  # fmt: skip
    outbox.enqueue([notice], at=AT)
    provider.problem = ChannelRefused("isv.MOBILE_NUMBER_ILLEGAL", "手机号不对")

    sending.send_due(AT)
    sending.send_due(AT + timedelta(minutes=5))

    assert other.texts == [("openid-9", "王小芳您好，到账2.00元。", "k1@WECHAT")]
    states = dict(Notice.objects.values_list("channel", "state"))
    assert states == {"SMS": "FAILED", "WECHAT": "SENT"}
    assert Notice.objects.get(channel="WECHAT").instead_of == "k1"


def test_whom_no_channel_reaches_the_village_tells_in_person(provider, monkeypatch) -> None:
    monkeypatch.setattr(outbox.wire, "stand_ins", lambda _one: [41, 42])
    outbox.enqueue([text()], at=AT)
    sending.send_due(AT)
    provider.known = {"SMS-k1": Fate.FAILED}

    sending.ask_fates(AT + timedelta(minutes=1))
    sending.ask_fates(AT + timedelta(minutes=30))

    tasks = Notice.objects.filter(channel="INBOX").order_by("user_id")
    assert [(one.user_id, one.template) for one in tasks] == [
        (41, "tell_in_person"),
        (42, "tell_in_person"),
    ]
    assert tasks[0].params["said"] == "王小芳您好，到账286.50元。"


def test_a_code_that_is_too_old_is_not_sent_and_a_new_one_goes_at_night(
    provider, monkeypatch
) -> None:
    monkeypatch.setattr(outbox, "_at_any_hour", {"code"})
    night = AT + timedelta(hours=12)
    old = outbox.NewNotice(
        "old", "SMS", "code", {"code": "1"}, sealed_phone="sealed:1",
        expires_at=night - timedelta(seconds=1),
    )  # fmt: skip
    fresh = outbox.NewNotice("new", "SMS", "code", {"code": "2"}, sealed_phone="sealed:1")
    outbox.enqueue([old, fresh, text()], at=AT)

    assert sending.send_due(night) == 1
    states = dict(Notice.objects.values_list("dedup_key", "state"))
    assert states == {"old": "EXPIRED", "new": "SENT", "k1": "QUEUED"}


def test_an_inbox_notice_goes_to_the_officers_app_too_with_its_page(provider, monkeypatch) -> None:
    app = Provider()
    monkeypatch.setattr(outbox.wire, "notifiers", {"DINGTALK": app})
    monkeypatch.setattr(outbox.wire, "address_of", lambda one: {7: "ding7"}.get(one.user_id, ""))
    outbox.enqueue([inbox_notice("a", 7), inbox_notice("b", 8)], at=AT)

    assert sending.send_due(AT) == 1
    assert [one[0] for one in app.texts] == ["ding7"]
    assert outbox.unread_count(8) == 1
    assert Notice.objects.get(dedup_key="b@DINGTALK").last_error == "no address"


def test_operators_hear_at_night_of_duties_that_are_late(provider, monkeypatch) -> None:
    ops = Provider()
    monkeypatch.setattr(outbox.wire, "notifiers", {"OPS": ops})
    monkeypatch.setattr(sending.duties, "late", lambda _at: ["payments.dispatch 还没有跑过"])
    night = AT + timedelta(hours=12)

    assert sending.watch(night) == 1
    sending.watch(night + timedelta(minutes=10))
    sending.send_due(night)

    assert [one[1] for one in ops.texts] == ["后台任务 payments.dispatch 还没有跑过"]
