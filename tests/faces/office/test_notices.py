"""The desk of those who run the platform: notices, and programs that hear of events."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from sanzi.notices import webhooks
from sanzi.notices.models import Delivery, Notice, Webhook
from worlds import village

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def failed_notice() -> Notice:
    return Notice.objects.create(
        dedup_key="k1", channel="SMS", template="payment_settled", subject_id="P-1",
        state="FAILED", last_error="isv.MOBILE_NUMBER_ILLEGAL", attempt_count=1,
        next_attempt_at=AT, created_at=AT, params={"name": "王小芳"},
    )  # fmt: skip


@pytest.fixture
def operator(desk, officer):
    """The one who runs the platform."""
    village.add_operator(desk.world)
    failed_notice()
    return officer("platform_admin")


def test_a_failed_notice_is_seen_without_its_receiver_and_goes_again(operator) -> None:
    page = operator.get("/office/notices/?state=FAILED").content.decode()
    assert "有1条通知没发出去" in page
    assert "isv.MOBILE_NUMBER_ILLEGAL" in page
    assert "王小芳" not in page

    again = operator.post(f"/office/notices/{Notice.objects.get().pk}/again/", follow=True)

    assert "已放回队里" in again.content.decode()
    kept = Notice.objects.get()
    assert (kept.state, kept.attempt_count) == ("QUEUED", 0)


def test_a_notice_that_went_is_not_sent_again(operator) -> None:
    Notice.objects.update(state="SENT")

    said = operator.post(f"/office/notices/{Notice.objects.get().pk}/again/", follow=True)

    assert "这条通知是“已发”，不用再发" in said.content.decode()
    assert Notice.objects.get().state == "SENT"


def test_a_program_is_connected_with_a_secret_shown_once_and_hears_of_the_log(operator) -> None:
    made = operator.post(
        "/office/programs/",
        {"title": "县监管平台", "url": "http://127.0.0.1:1/hear", "division": "330000000000",
         "events": ["payments.receipt.issued", "supervision.alert.opened"]},
    )  # fmt: skip
    assert made.status_code == 200
    secret = re.search(r'class="code">([0-9A-Z]{40,})<', made.content.decode())
    hook = Webhook.objects.get()
    assert secret is not None
    assert webhooks.locks.reveal(hook.sealed_secret) == secret[1]
    assert secret[1] not in operator.get("/office/programs/").content.decode()

    operator.post(f"/office/programs/{hook.ext_id}/", {"what": "try"})
    assert Delivery.objects.get().event == "test.ping"
    operator.post(f"/office/programs/{hook.ext_id}/", {"what": "off"})
    assert not Webhook.objects.get().is_active


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": " "}, "没有写给谁用"),
        ({"events": []}, "一种事也没有选"),
        ({"events": ["orgs.person.unmasked"]}, "没有“orgs.person.unmasked”这种事"),
        ({"url": "ftp://books.example/"}, "地址要以https开头"),
        ({"division": "浙江"}, "要12位数字"),
    ],
    ids=["title", "none", "secret", "address", "place"],
)
def test_a_wrong_wish_is_refused_and_nothing_is_connected(operator, fields, said) -> None:
    right = {"title": "甲", "url": "http://127.0.0.1:1/", "events": ["ledger.period.closed"]}

    page = operator.post("/office/programs/", right | fields)

    assert page.status_code == 409
    assert said in page.content.decode()
    assert Webhook.objects.count() == 0


def test_a_town_whose_number_ends_in_zero_hears_nothing_of_its_neighbours(operator) -> None:
    wish = {"title": "甲", "url": "http://127.0.0.1:1/", "events": ["ledger.period.closed"]}

    operator.post("/office/programs/", wish | {"division": "330782110000"})

    assert Webhook.objects.get().division_code == "330782110"


def test_officers_without_the_right_find_nothing(officer) -> None:
    client = officer("agency_accountant")

    assert client.get("/office/notices/").status_code == 404
    assert client.get("/office/programs/").status_code == 404
