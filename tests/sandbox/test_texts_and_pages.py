"""The text gateway and the two pages of the sandbox."""

import base64
import json
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest

from fixtures_bank import VILLAGE, make_batch, make_line
from sanzi.bank import errors
from sanzi.notices.channels.port import (
    ChannelRefused,
    ChannelUnavailable,
    ChannelUnknown,
    Fate,
    Message,
)
from sanzi.notices.channels.sms import HttpSms
from sanzi_bank.fault_kinds import KINDS

TEMPLATE = "${name}您好，${org}向您尾号${tail}账户发放${amount}元。"
PARAMS = {"name": "王小芳", "org": "柳湾村", "tail": "0018", "amount": "286.50"}


class Texts(HttpSms):
    """The adapter, one text a call; an error is raised."""

    def one(self, phone: str, params: dict[str, str], out_id: str) -> str:
        """Send one text and return the provider's id."""
        answer = self.send([Message(phone, "PAID", "", out_id, params)])[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def texts(sandbox):
    sandbox.control("sms-template", code="PAID", text=TEMPLATE)
    return Texts(f"{sandbox.url}/sms", "云溪三资", timeout_seconds=5)


def page(url: str) -> str:
    with urlopen(url, timeout=10) as response:
        return response.read().decode()


def test_a_text_arrives_as_its_template_reads(sandbox, texts):
    provider_id = texts.one("13800000001", PARAMS, "N1")

    message = sandbox.inbox("13800000001")[0]
    assert message["text"] == "王小芳您好，柳湾村向您尾号0018账户发放286.50元。"
    assert (message["biz_id"], message["sign"], message["out_id"]) == (
        provider_id, "云溪三资", "N1",
    )  # fmt: skip
    assert sandbox.inbox("13800000002") == []


def test_the_same_out_id_is_one_text_however_often_it_is_sent(sandbox, texts):
    first = texts.one("13800000001", PARAMS, "N1")
    again = texts.one("13800000001", PARAMS, "N1")
    other = texts.one("13800000001", PARAMS, "N2")

    assert first == again != other
    assert [message["out_id"] for message in sandbox.inbox()] == ["N2", "N1"]


def test_after_a_lost_answer_the_same_call_sends_no_second_text(sandbox, texts):
    sandbox.fault("sms_reply_lost")
    with pytest.raises(ChannelUnknown):
        texts.one("13800000001", PARAMS, "N1")

    texts.one("13800000001", PARAMS, "N1")

    assert len(sandbox.inbox()) == 1


def test_a_gateway_that_is_out_took_nothing(sandbox, texts):
    sandbox.fault("sms_outage")
    with pytest.raises(ChannelUnavailable):
        texts.one("13800000001", PARAMS, "N1")
    sandbox.kill()
    with pytest.raises(ChannelUnavailable):
        texts.one("13800000001", PARAMS, "N1")
    sandbox.start()

    assert sandbox.inbox() == []


def test_a_number_that_is_no_mobile_is_refused_for_good(sandbox, texts):
    with pytest.raises(ChannelRefused) as caught:
        texts.one("0571-8888", PARAMS, "N1")

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
    texts.one("13800000001", PARAMS, "N1")
    texts.one("13800000002", {**PARAMS, "name": "<b>李</b>"}, "N2")

    shown = page(f"{sandbox.url}/sms/inbox")

    assert shown.index("13800000002") < shown.index("13800000001")
    assert "<b>李" not in shown
    assert "13800000002" not in page(f"{sandbox.url}/sms/inbox?phone=13800000001")


def test_a_hundred_texts_with_words_of_their_own_go_in_one_call_and_tell_what_arrived(
    sandbox, texts
):
    batch = [
        Message(f"138000{n:05d}", "PAID", "", f"B{n}", {**PARAMS, "name": f"村民{n}"})
        for n in range(9_950, 10_050)
    ]
    ids = texts.send(batch)
    again = texts.send(batch)

    assert ids == again
    assert len(sandbox.inbox()) == 100
    assert sandbox.inbox("13800010000")[0]["text"].startswith("村民10000您好")
    fates = texts.fates(ids)
    assert fates[ids[50]] is Fate.FAILED
    assert set(fates.values()) == {Fate.DELIVERED, Fate.FAILED}


def test_one_bad_number_of_a_batch_is_refused_alone(sandbox, texts):
    batch = [
        Message("13800000001", "PAID", "", "N1", PARAMS),
        Message("0571-8888", "PAID", "", "N2", PARAMS),
    ]

    good, bad = texts.send(batch)

    assert isinstance(bad, ChannelRefused)
    assert sandbox.inbox("13800000001")[0]["biz_id"] == good
    assert len(sandbox.inbox()) == 1


def test_every_fault_has_a_form_on_the_page_and_can_be_switched_on_and_off_there(sandbox):
    shown = page(f"{sandbox.url}/_ctl/")
    for kind in KINDS:
        assert f'name="kind" value="{kind}"' in shown

    post(sandbox, "fault", kind="return", scope="next", account=VILLAGE, days="2", with_e2e="")
    (fault,) = sandbox.read("/_ctl/state.json")["faults"]
    post(sandbox, "fault", clear=str(fault["id"]))

    assert (fault["scope"], fault["remaining"]) == (f"account:{VILLAGE}", 1)
    assert (fault["args"]["days"], fault["args"]["with_e2e"]) == ("2", False)
    assert sandbox.read("/_ctl/state.json")["faults"] == []


def post(sandbox, name, **fields):
    request = Request(f"{sandbox.url}/_ctl/{name}", urlencode(fields).encode(), method="POST")
    with urlopen(request, timeout=10) as response:
        return response.read().decode()


def test_a_form_that_cannot_be_done_says_why_on_a_page(sandbox):
    with pytest.raises(HTTPError) as caught:
        post(sandbox, "advance", to="cut_off")

    assert caught.value.code == 400
    assert "没有定停办时间" in caught.value.read().decode()


def test_the_clock_jumps_to_the_closed_hours_and_to_the_next_morning(sandbox):
    sandbox.control("setting", name="cut_off", value="17:15-17:30")

    at = [sandbox.control("advance", to=goal)["now"] for goal in ("cut_off", "next_day", "cut_off")]

    assert at == [
        "2026-11-18T17:15:00+08:00", "2026-11-19T09:00:00+08:00", "2026-11-19T17:15:00+08:00",
    ]  # fmt: skip


def test_accounts_are_found_by_a_part_of_name_or_number(sandbox):
    found = [row["name"] for row in sandbox.read(f"/_ctl/state.json?q={quote('建国')}")["accounts"]]
    by_number = sandbox.read(f"/_ctl/state.json?q={VILLAGE[-6:]}")["accounts"]

    assert found == ["李建国"]
    assert [row["account"] for row in by_number] == [VILLAGE]
    assert "没有这样的账户" in page(f"{sandbox.url}/_ctl/?q=nobody")


def test_a_held_order_can_be_carried_out_or_dropped_by_hand(sandbox, gateway):
    for number in (1, 2):
        sandbox.fault("queued", minutes=600)
        batch = make_batch(make_line(number), msg_id=f"SZ-20261118-00000{number}")
        gateway.send(batch.msg_id, gateway.build_batch(batch))
    first, second = sandbox.read("/_ctl/state.json")["queue"]

    sandbox.control("queue", id=first["id"], action="run")
    sandbox.control("queue", id=second["id"], action="drop")
    sandbox.advance(days=1)

    assert sandbox.paid() == ["FH20261118-0001"]


def test_the_log_keeps_every_byte_that_came_and_went(sandbox, gateway):
    body = gateway.build_batch(make_batch())
    ack = gateway.send("SZ-20261118-000001", body)
    sandbox.fault("reply_lost")
    with pytest.raises(errors.GatewayTimeout):
        gateway.send("SZ-20261118-000001", body)
    gateway.balances(VILLAGE)

    with urlopen(f"{sandbox.url}/_ctl/audit.jsonl", timeout=10) as response:
        log = [json.loads(line) for line in response]

    assert [(one["what"], one["outcome"]) for one in log] == [
        ("pain.001", "200"), ("pain.001", "没有回话"), ("balances", "200"),
    ]  # fmt: skip
    assert base64.b64decode(log[0]["request"]) == body
    assert base64.b64decode(log[0]["reply"]) == ack.raw
    number = log[0]["id"]
    with urlopen(f"{sandbox.url}/_ctl/messages/{number}/request", timeout=10) as response:
        assert response.read() == body
    assert "SZ-20261118-000001" in page(f"{sandbox.url}/_ctl/messages/{number}")
    assert page(f"{sandbox.url}/_ctl/audit.jsonl?since={log[-1]['id']}") == ""
