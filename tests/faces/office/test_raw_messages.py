"""The raw messages of banks: who searches them, what is masked, who looked."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.audit.models import Event
from sanzi.bank.actions import RawLog
from sanzi.bank.models import BankMessage
from sanzi.bank.wire import Came
from sanzi.payments import raw_rules
from sanzi.payments.models import Instruction
from worlds import money as worlds_money
from worlds.cases import AT, Desk

pytestmark = pytest.mark.django_db

ORDER = (
    '<Dbtr><Nm>柳湾村股份经济合作社</Nm></Dbtr><CdtTrfTxInf><InstdAmt Ccy="CNY">426.00</InstdAmt>'
    "<Cdtr><Nm>王建芳</Nm></Cdtr><Id>6299990000000888014</Id></CdtTrfTxInf>"
    "<MsgId>OWILLOW-20261118-000001</MsgId>"
)


@pytest.fixture
def reader(officer: Any) -> Client:
    """The county's discipline office, with an order without an answer, and two questions."""
    log = RawLog("rural")
    sent = log.sent("pain.001.001.09", "OWILLOW-20261118-000001", ORDER.encode())
    log.answered(sent, Came(outcome="NO_ANSWER"))
    log.asked("camt.060.001.05", "8014", b"<Acct/>", Came(b"<Ntry/>", "200"))
    old = log.sent("QRY01", "Q-7", "<Name>王建芳</Name>".encode("gb18030"))
    BankMessage.objects.filter(pk=old).update(sent_at=AT - timedelta(days=3))
    return officer("county_discipline")  # type: ignore[no-any-return]


def text(client: Client, query: str = "") -> str:
    answer = client.get(reverse("office:raw_messages") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_calls_are_found_by_number_day_account_and_by_what_went_wrong(reader: Client) -> None:
    everything = text(reader)
    assert all(words in everything for words in ("付款指令", "要余额、流水、对账单", "QRY01"))
    assert "没有回话" in everything

    assert "QRY01" not in text(reader, "?number=owillow")
    assert "要余额" not in text(reader, "?number=owillow")
    assert "OWILLOW-20261118-000001" in text(reader, "?number=owillow")
    day = f"{AT - timedelta(days=3):%Y-%m-%d}"
    assert "Q-7" in text(reader, f"?last={day}")
    assert "OWILLOW" not in text(reader, f"?last={day}")
    assert "8014" in text(reader, "?account=6299990000000888014").split("<table", 1)[1]
    assert "没有这样的往来" in text(reader, "?account=14")
    assert "要余额" not in text(reader, "?wrong=1")


def test_orders_are_found_by_the_account_that_paid(desk: Desk, reader: Client) -> None:
    worlds_money.released_order(desk.money, "M10-20261118-0001", at=AT)
    sent = Instruction.objects.select_related("debit_account").get()
    BankMessage.objects.filter(reference__startswith="OWILLOW").update(reference=sent.msg_id)

    assert sent.msg_id in text(reader, f"?account={sent.debit_account.tail}")
    assert sent.msg_id not in text(reader, "?account=0000")


@pytest.mark.parametrize("query", ["?page=9999", "?account=" + "9" * 99])
def test_odd_questions_are_answered_quietly(reader: Client, query: str) -> None:
    assert "银行往来原文" in text(reader, query)


def test_a_message_is_shown_masked_and_the_log_hears_who_looked(reader: Client) -> None:
    one = BankMessage.objects.get(reference="OWILLOW-20261118-000001")
    events = Event.objects.count()
    page = reader.get(reverse("office:raw_message", args=[one.pk])).content.decode()

    assert "王*芳" in page
    assert "王建芳" not in page
    assert "****8014" in page
    assert "6299990000000888014" not in page
    assert "柳湾村股份经济合作社" in page
    assert "OWILLOW-20261118-000001" in page
    assert "426.00" in page
    event = Event.objects.latest("pk")
    assert Event.objects.count() == events + 1
    assert (event.kind, event.subject_id) == ("payments.raw_message.opened", str(one.pk))

    file = reader.get(reverse("office:raw_message", args=[one.pk]) + "?as=txt")
    assert "王*芳" in file.content.decode()
    assert file["Content-Disposition"].startswith("attachment")


def test_the_list_is_taken_out_as_a_file(reader: Client) -> None:
    answer = reader.get(reverse("office:raw_messages") + "?number=owillow&as=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert rows[0][0] == "发出"
    assert [row[3:6] for row in rows[1:]] == [["付款指令", "OWILLOW-20261118-000001", "没有回话"]]
    assert rows[1][6] == BankMessage.objects.get(reference=rows[1][4]).request_digest


def test_only_a_county_post_that_reads_the_log_looks_and_nothing_is_written(
    reader: Client, officer: Any
) -> None:
    one, events = BankMessage.objects.first(), Event.objects.count()
    assert one is not None
    for role in ("agency_accountant", "town_leader", "county_agri"):
        client = officer(role)
        assert client.get(reverse("office:raw_messages")).status_code == 404
        assert client.get(reverse("office:raw_message", args=[one.pk])).status_code == 404
        assert "银行往来原文" not in client.get(reverse("office:home")).content.decode()
    assert reader.get(reverse("office:raw_message", args=[10**9])).status_code == 404
    assert Event.objects.count() == events


def test_names_of_persons_and_long_numbers_are_masked_in_both_tongues() -> None:
    direct = (
        "<Line><Name>买买提·艾力</Name><Acct>6299990000000888014</Acct><Amt>426.00</Amt></Line>"
    )
    assert raw_rules.readable(direct.encode("gb18030")) == (
        "<Line><Name>买**·*力</Name><Acct>****8014</Acct><Amt>426.00</Amt></Line>"
    )
    question = '{"holder": "高建林", "card": "6228480000000008888", "since": 12}'
    assert raw_rules.readable(question.encode()) == (
        '{"holder": "高*林", "card": "****8888", "since": 12}'
    )
    assert raw_rules.readable(b"\xff\xfe\x00") != ""
