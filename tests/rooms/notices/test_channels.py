"""The apps that officers and villagers use, against fakes that answer as documented."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sanzi.notices.channels import settings
from sanzi.notices.channels.dingtalk import DingTalk, DingTalkApp
from sanzi.notices.channels.operators import Operators
from sanzi.notices.channels.port import (
    ChannelRefused,
    ChannelUnavailable,
    Fate,
    Message,
)
from sanzi.notices.channels.settings import BadChannels
from sanzi.notices.channels.wechat import WeChat, WeChatAccount, WeChatTemplate
from sanzi.notices.channels.wecom import WeCom, WeComApp
from worlds.fake_channels import DingTalkServer, Listener, WeChatServer, WeComServer, serving


def message(address: str = "u1", text: str = "有一件事等您审批", url: str = "") -> Message:
    return Message(address, "step", text, f"k-{address}", {"item": text, "amount": "12.00"}, url)


@pytest.fixture
def ding():
    with serving(DingTalkServer()) as server:
        app = DingTalkApp(server.url, server.url, "key", "s3cret", 42)
        yield server, DingTalk(app, timeout_seconds=5)


def test_a_work_notice_is_a_card_that_opens_the_page(ding) -> None:
    server, app = ding

    sent = app.send([message(url="https://books.example/office/")])

    assert sent == ["1"]
    body = server.named("/topapi/message/corpconversation/asyncsend_v2")[0].json
    assert (body["agent_id"], body["userid_list"]) == (42, "u1")
    assert body["msg"]["action_card"]["single_url"] == "https://books.example/office/"


def test_one_token_serves_many_calls_and_is_fetched_anew_when_it_ends(ding) -> None:
    server, app = ding
    app.send([message("u1"), message("u2")])
    assert server.tokens == ["T1"]

    server.tokens.append("T-other")
    sent = app.send([message("u3")])

    assert sent == ["3"]
    assert len(server.named("/v1.0/oauth2/accessToken")) == 2


def test_the_same_words_twice_a_day_are_told_later(ding) -> None:
    _, app = ding
    app.send([message()])

    again = app.send([message()])

    assert isinstance(again[0], ChannelUnavailable)


def test_what_arrived_and_what_did_not_is_asked_by_task(ding) -> None:
    server, app = ding
    server.unreachable = {"u2"}
    tasks = app.send([message("u1"), message("u2")])

    assert app.fates(tasks) == {"1": Fate.DELIVERED, "2": Fate.FAILED}


def test_an_officer_is_found_by_his_phone(ding) -> None:
    server, app = ding
    server.users = {"13800000001": "manager7"}

    assert app.user_of("13800000001") == "manager7"
    assert app.user_of("13800000002") == ""


def test_a_wrong_secret_sends_nothing_and_may_be_mended() -> None:
    with serving(DingTalkServer()) as server:
        app = DingTalk(DingTalkApp(server.url, server.url, "key", "wrong", 42), timeout_seconds=5)

        answer = app.send([message()])[0]

    assert isinstance(answer, ChannelUnavailable)
    assert server.told == {}


def test_a_provider_that_is_not_there_took_nothing() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"

    answer = WeCom(WeComApp(url, "c", "s3cret", 1), timeout_seconds=2).send([message()])[0]

    assert isinstance(answer, ChannelUnavailable)


def test_wecom_refuses_who_is_no_member_and_checks_repetitions_itself() -> None:
    with serving(WeComServer(members={"u1"})) as server:
        app = WeCom(WeComApp(server.url, "corp", "s3cret", 7), timeout_seconds=5)
        good, bad = app.send([message("u1"), message("u9")])

    assert good == "M2"
    assert isinstance(bad, ChannelRefused)
    body = server.named("/cgi-bin/message/send")[0].json
    assert (body["enable_duplicate_check"], body["msgtype"]) == (1, "text")


def test_a_villager_who_did_not_subscribe_is_refused_for_good() -> None:
    with serving(WeChatServer(subscribed={"o1"})) as server:
        template = WeChatTemplate("TPL1", {"thing1": "item", "amount2": "amount"})
        account = WeChatAccount(server.url, "app", "s3cret", {"step": template})
        app = WeChat(account, timeout_seconds=5)
        good, bad = app.send([message("o1"), message("o2")])
        unknown = app.send([Message("o1", "other", "", "k", {})])[0]

    assert good == "301"
    assert isinstance(bad, ChannelRefused)
    assert isinstance(unknown, ChannelRefused)
    sent = server.named("/cgi-bin/message/subscribe/bizsend")[0].json
    assert sent["data"] == {"thing1": {"value": "有一件事等您审批"}, "amount2": {"value": "12.00"}}
    assert sent["client_msg_id"] == "k-o1"


def test_operators_are_told_where_one_address_takes_it() -> None:
    with serving(Listener()) as good, serving(Listener(status=500)) as bad:
        both = [url.replace("http://", "json://") for url in (bad.url, good.url)]
        assert Operators(both).send([message()]) == ["k-u1"]
        answer = Operators(both[:1]).send([message()])[0]

    assert isinstance(answer, ChannelUnavailable)
    assert good.calls[0].json["message"] == "有一件事等您审批"


WHOLE = """
sms: {url: "http://sms.example", sign_name: 三资}
dingtalk: {api_url: "http://a", oapi_url: "http://b", app_key: k, app_secret: "env:DING",
           agent_id: 3}
wecom: {url: "http://c", corp_id: c, corp_secret: s, agent_id: 4}
wechat:
  url: "http://d"
  app_id: a
  app_secret: s
  templates: {payment_settled: {id: T, fields: {thing1: item}}}
operators: {urls: ["json://localhost"]}
instead: {wechat: sms}
"""


def test_all_channels_are_read_from_one_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DING", "s3cret")
    place = tmp_path / "channels.yaml"
    place.write_text(WHOLE, encoding="utf-8")

    found = settings.read(place)

    assert set(found.notifiers) == {"SMS", "DINGTALK", "WECOM", "WECHAT", "OPS"}
    assert found.instead == {"WECHAT": "SMS"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mail: {}", "'mail' is no channel"),
        ("sms: {sign_name: x}", "sms: 'url' is missing"),
        ("dingtalk: {api_url: a, oapi_url: b, app_key: k, app_secret: 'env:NOT_SET', agent_id: 1}",
         "dingtalk: 'NOT_SET' is missing"),
        ("operators: {urls: ['nonsense']}", "operators: address 1 is none"),
        ("- sms", "expected a mapping"),
        ("sms: [", "expected"),
    ],
    ids=["channel", "key", "variable", "address", "list", "yaml"],
)  # fmt: skip
def test_a_mistake_in_the_file_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    place = tmp_path / "channels.yaml"
    place.write_text(text, encoding="utf-8")

    with pytest.raises(BadChannels, match=said):
        settings.read(place)
