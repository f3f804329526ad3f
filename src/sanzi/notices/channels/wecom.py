"""WeCom app messages: gettoken, then message/send with the provider's own duplicate check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sanzi.notices.channels.apps import AppNotifier
from sanzi.notices.channels.port import ChannelRefused, Message

TOO_OFTEN = frozenset({45009, 45033, -1})
TEXT_BYTES_MAX = 512
DUPLICATE_SECONDS = 1800


@dataclass(frozen=True)
class WeComApp:
    """One app of one corporation."""

    url: str
    corp_id: str
    corp_secret: str
    agent_id: int


class WeCom(AppNotifier):
    """Messages of one app to members by their user id; it gives no receipts."""

    too_often = TOO_OFTEN

    def __init__(self, app: WeComApp, timeout_seconds: float = 10.0) -> None:
        """Keep the app; the first call fetches its token."""
        super().__init__(app.url, timeout_seconds)
        self._app = app

    def _send(self, one: Message) -> str:
        body = {
            "touser": one.address,
            "agentid": self._app.agent_id,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS,
            **_content(one),
        }
        answer = self._call("/cgi-bin/message/send", body)
        if answer.get("invaliduser"):
            raise ChannelRefused("invaliduser", str(answer["invaliduser"]))
        return str(answer.get("msgid") or one.dedup_key)

    def _fetch_token(self) -> tuple[str, int]:
        url = self._app.url.rstrip("/") + "/cgi-bin/gettoken"
        asked = {"corpid": self._app.corp_id, "corpsecret": self._app.corp_secret}
        return self._ask_token("GET", url, params=asked)


def _content(one: Message) -> dict[str, Any]:
    text = one.text.encode()[:TEXT_BYTES_MAX].decode(errors="ignore")
    if not one.url:
        return {"msgtype": "text", "text": {"content": text}}
    card = {"title": one.title or one.text[:20], "description": text, "url": one.url}
    return {"msgtype": "textcard", "textcard": card}
