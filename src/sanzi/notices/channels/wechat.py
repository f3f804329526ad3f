"""WeChat subscription notices of an official account, to villagers who follow and are bound.

The provider keeps the wording: a template has an id and fields (`thing1`, `amount2`), to which the
settings map our parameters. A villager who has not subscribed is refused, and the text message is
sent instead. `client_msg_id` tells repetitions apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sanzi.notices.channels.apps import AppNotifier
from sanzi.notices.channels.port import ChannelRefused, Message

TOO_OFTEN = frozenset({45009, -1})
THING_LENGTH_MAX = 20


@dataclass(frozen=True)
class WeChatTemplate:
    """One registered template: its id, and which of its fields takes which of our parameters."""

    template_id: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class WeChatAccount:
    """One official account."""

    url: str
    app_id: str
    app_secret: str
    templates: Mapping[str, WeChatTemplate]


class WeChat(AppNotifier):
    """Notices of one official account to followers by their openid; a template must be known."""

    too_often = TOO_OFTEN

    def __init__(self, account: WeChatAccount, timeout_seconds: float = 10.0) -> None:
        """Keep the account; the first call fetches its token."""
        super().__init__(account.url, timeout_seconds)
        self._account = account

    def _send(self, one: Message) -> str:
        template = self._account.templates.get(one.template)
        if template is None:
            raise ChannelRefused("no_template", one.template)
        filled = {
            name: {"value": one.params.get(param, "")[:THING_LENGTH_MAX] or "无"}
            for name, param in template.fields.items()
        }
        body = {
            "touser": one.address,
            "template_id": template.template_id,
            "page": one.url,
            "data": filled,
            "client_msg_id": one.dedup_key,
        }
        answer = self._call("/cgi-bin/message/subscribe/bizsend", body)
        return str(answer.get("msgid") or one.dedup_key)

    def _fetch_token(self) -> tuple[str, int]:
        url = self._account.url.rstrip("/") + "/cgi-bin/token"
        asked = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.app_secret,
        }
        return self._ask_token("GET", url, params=asked)
