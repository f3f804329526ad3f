"""DingTalk work notices: one app of the county tells its officers, each by his DingTalk user id.

Documented calls: oauth2/accessToken (7,200 s), corpconversation/asyncsend_v2 (to 100 users, the
same content to the same user once a day), getsendresult (24 h), user/getbymobile. The addresses
are settings, so that the government edition with its own hosts fits as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sanzi.notices.channels.apps import AppNotifier
from sanzi.notices.channels.port import ChannelRefused, Fate, Message

TOO_OFTEN = frozenset({88, 90018, 143106, -1})
TEXT_MAX = 500


@dataclass(frozen=True)
class DingTalkApp:
    """One app: its addresses and keys. `agent_id` names it in work notices."""

    api_url: str
    oapi_url: str
    app_key: str
    app_secret: str
    agent_id: int


class DingTalk(AppNotifier):
    """Work notices of one app; each is a card whose button opens the page inside the app."""

    too_often = TOO_OFTEN

    def __init__(self, app: DingTalkApp, timeout_seconds: float = 10.0) -> None:
        """Keep the app; the first call fetches its token."""
        super().__init__(app.oapi_url, timeout_seconds)
        self._app = app

    def _send(self, one: Message) -> str:
        body = {
            "agent_id": self._app.agent_id,
            "userid_list": one.address,
            "msg": _card(one) if one.url else _text(one),
        }
        answer = self._call("/topapi/message/corpconversation/asyncsend_v2", body)
        return str(answer["task_id"])

    def fates(self, provider_ids: Sequence[str]) -> dict[str, Fate]:
        """Ask for the result of each task: read or unread arrived, forbidden and failed did not."""
        found = {}
        for task in provider_ids:
            answer = self._call(
                "/topapi/message/corpconversation/getsendresult",
                {"agent_id": self._app.agent_id, "task_id": int(task)},
            )
            result = answer.get("send_result") or {}
            if result.get("read_user_id_list") or result.get("unread_user_id_list"):
                found[task] = Fate.DELIVERED
            elif any(result.get(key) for key in ("failed_user_id_list", "forbidden_list",
                                                 "invalid_user_id_list")):  # fmt: skip
                found[task] = Fate.FAILED
        return found

    def user_of(self, phone: str) -> str:
        """Return the DingTalk user id of a phone, empty when the organisation has none."""
        try:
            answer = self._call("/topapi/v2/user/getbymobile", {"mobile": phone})
        except ChannelRefused:
            return ""
        return str((answer.get("result") or {}).get("userid") or "")

    def user_of_union(self, union_id: str) -> str:
        """Return the user id of a union id in this organisation, empty when it is no member."""
        try:
            answer = self._call("/topapi/user/getbyunionid", {"unionid": union_id})
        except ChannelRefused:
            return ""
        return str((answer.get("result") or {}).get("userid") or "")

    def _fetch_token(self) -> tuple[str, int]:
        url = self._app.api_url.rstrip("/") + "/v1.0/oauth2/accessToken"
        body = {"appKey": self._app.app_key, "appSecret": self._app.app_secret}
        return self._ask_token("POST", url, json=body)


def _text(one: Message) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": one.text[:TEXT_MAX]}}


def _card(one: Message) -> dict[str, Any]:
    return {
        "msgtype": "action_card",
        "action_card": {
            "title": one.title or one.text[:20],
            "markdown": one.text[:TEXT_MAX],
            "single_title": "打开",
            "single_url": one.url,
        },
    }
