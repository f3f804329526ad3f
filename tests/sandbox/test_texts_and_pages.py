"""The text gateway and the two pages of the sandbox."""

from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from fixtures_bank import VILLAGE, make_batch
from sanzi.notices.sms import HttpSmsGateway, SmsRefused, SmsUnavailable, SmsUnknown

TEMPLATE = "${name}您好，${org}向您尾号${tail}账户发放${amount}元。"
PARAMS = {"name": "王小芳", "org": "柳湾村", "tail": "0018", "amount": "286.50"}


@pytest.fixture
def texts(sandbox):
    sandbox.control("sms-template", code="PAID", text=TEMPLATE)
    return HttpSmsGateway(f"{sandbox.url}/sms/send", "云溪三资", timeout_seconds=5)


def page(url: str) -> str:
    with urlopen(url, timeout=10) as response:
        return response.read().decode()


def test_a_text_arrives_as_its_template_reads(sandbox, texts):
    provider_id = texts.send("13800000001", "PAID", PARAMS, "N1")

    message = sandbox.inbox("13800000001")[0]
    assert message["text"] == "王小芳您好，柳湾村向您尾号0018账户发放286.50元。"
    assert (message["biz_id"], message["sign"], message["out_id"]) == (
        provider_id, "云溪三资", "N1",
    )  # fmt: skip
    assert sandbox.inbox("13800000002") == []


def test_the_same_out_id_is_one_text_however_often_it_is_sent(sandbox, texts):
    first = texts.send("13800000001", "PAID", PARAMS, "N1")
    again = texts.send("13800000001", "PAID", PARAMS, "N1")
    other = texts.send("13800000001", "PAID", PARAMS, "N2")

    assert first == again != other
    assert [message["out_id"] for message in sandbox.inbox()] == ["N2", "N1"]


def test_after_a_lost_answer_the_same_call_sends_no_second_text(sandbox, texts):
    sandbox.fault("sms_reply_lost")
    with pytest.raises(SmsUnknown):
        texts.send("13800000001", "PAID", PARAMS, "N1")

    texts.send("13800000001", "PAID", PARAMS, "N1")

    assert len(sandbox.inbox()) == 1


def test_a_gateway_that_is_out_took_nothing(sandbox, texts):
    sandbox.fault("sms_outage")
    with pytest.raises(SmsUnavailable):
        texts.send("13800000001", "PAID", PARAMS, "N1")
    sandbox.kill()
    with pytest.raises(SmsUnavailable):
        texts.send("13800000001", "PAID", PARAMS, "N1")
    sandbox.start()

    assert sandbox.inbox() == []


def test_a_number_that_is_no_mobile_is_refused_for_good(sandbox, texts):
    with pytest.raises(SmsRefused) as caught:
        texts.send("0571-8888", "PAID", PARAMS, "N1")

    assert caught.value.args[0] == "isv.MOBILE_NUMBER_ILLEGAL"
    assert sandbox.inbox() == []


def test_the_control_page_shows_what_goes_on_and_escapes_what_others_wrote(sandbox, gateway):
    sandbox.control("account", account="6228480000000000999", name="<script>x</script>")
    sandbox.fault("slow", scope="all")
    gateway.query_batch("SZ-20261118-000007")

    shown = page(f"{sandbox.url}/_ctl/")

    for words in ("沙箱银行", "2026-11-18 10:00", "回得慢", VILLAGE, "500,000.00",
                  "SZ-20261118-000007", "次日退汇"):  # fmt: skip
        assert words in shown
    assert "<script>" not in shown
    assert 'name="viewport"' in shown


def test_the_forms_of_the_control_page_do_what_they_say(sandbox, gateway):
    form = urlencode({"kind": "reject", "scope": "next", "count": "1", "code": "AM14"}).encode()
    urlopen(Request(f"{sandbox.url}/_ctl/fault", form, method="POST"), timeout=10).close()
    fund = urlencode({"action": "fund", "account": VILLAGE, "amount_fen": "100"}).encode()
    urlopen(Request(f"{sandbox.url}/_ctl/account", fund, method="POST"), timeout=10).close()

    ack = gateway.send("SZ-20261118-000001", gateway.build_batch(make_batch()))

    assert [line.reason_code for line in ack.lines] == ["AM14", "", "", ""]
    assert sandbox.ledger(VILLAGE)[0]["amount_fen"] == 100


def test_the_inbox_page_shows_the_newest_text_first(sandbox, texts):
    texts.send("13800000001", "PAID", PARAMS, "N1")
    texts.send("13800000002", "PAID", {**PARAMS, "name": "<b>李</b>"}, "N2")

    shown = page(f"{sandbox.url}/sms/inbox")

    assert shown.index("13800000002") < shown.index("13800000001")
    assert "<b>李" not in shown
    assert "13800000002" not in page(f"{sandbox.url}/sms/inbox?phone=13800000001")
