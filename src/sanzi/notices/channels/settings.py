"""Which channels a county has, read from the file of SANZI_NOTICE_CHANNELS.

Secrets are written `env:NAME`. A mistake is told with its place; no channel opens then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sanzi.kernel import yamls
from sanzi.notices.channels.dingtalk import DingTalk, DingTalkApp
from sanzi.notices.channels.dingtalk_events import Envelope
from sanzi.notices.channels.operators import Operators
from sanzi.notices.channels.port import Notifier, secret
from sanzi.notices.channels.sms import HttpSms
from sanzi.notices.channels.wechat import WeChat, WeChatAccount, WeChatTemplate
from sanzi.notices.channels.wecom import WeCom, WeComApp


class BadChannels(Exception):
    """The file of channels is wrong; the message says where and what to write."""


@dataclass(frozen=True)
class Channels:
    """The channels that are open, by name of `models.Channel`, and which follows which.

    `instead` maps a channel to the one that is tried when it fails for good.
    """

    notifiers: dict[str, Notifier] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)
    dingtalk_events: Envelope | None = None


def read(path: Path) -> Channels:
    """Read the file. Raises: BadChannels."""
    try:
        found = yamls.read(path) or {}
    except (OSError, yaml.YAMLError) as problem:
        raise BadChannels(f"{path}: {problem}") from problem
    if not isinstance(found, dict):
        raise BadChannels(f"{path}: expected a mapping of channels")
    unknown = set(found) - set(MAKERS) - {"instead"}
    if unknown:
        known = ", ".join([*MAKERS, "instead"])
        raise BadChannels(f"{path}: {min(unknown)!r} is no channel; known: {known}")
    notifiers = {}
    for name, make in MAKERS.items():
        if name not in found:
            continue
        try:
            notifiers[NAMES[name]] = make(found[name])
        except KeyError as problem:
            raise BadChannels(f"{path}: {name}: {problem} is missing") from problem
        except (TypeError, ValueError, AttributeError) as problem:
            raise BadChannels(f"{path}: {name}: {problem}") from problem
    instead = {str(key).upper(): str(value).upper() for key, value in _pairs(found)}
    try:
        return Channels(notifiers, instead, _envelope(found.get("dingtalk") or {}))
    except (KeyError, ValueError) as problem:
        raise BadChannels(f"{path}: dingtalk: {problem}") from problem


def _envelope(given: Mapping[str, Any]) -> Envelope | None:
    if "event_token" not in given:
        return None
    token, key = secret(given["event_token"]), secret(given["event_aes_key"])
    return Envelope(token, key, given["app_key"])


def _pairs(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    return list((found.get("instead") or {}).items())


def _sms(given: Mapping[str, Any]) -> Notifier:
    return HttpSms(given["url"], given["sign_name"], given.get("templates") or {})


def _dingtalk(given: Mapping[str, Any]) -> Notifier:
    return DingTalk(
        DingTalkApp(
            api_url=given["api_url"],
            oapi_url=given["oapi_url"],
            app_key=given["app_key"],
            app_secret=secret(given["app_secret"]),
            agent_id=int(given["agent_id"]),
        )
    )


def _wecom(given: Mapping[str, Any]) -> Notifier:
    return WeCom(
        WeComApp(
            url=given["url"],
            corp_id=given["corp_id"],
            corp_secret=secret(given["corp_secret"]),
            agent_id=int(given["agent_id"]),
        )
    )


def _wechat(given: Mapping[str, Any]) -> Notifier:
    templates = {
        name: WeChatTemplate(one["id"], one["fields"]) for name, one in given["templates"].items()
    }
    return WeChat(
        WeChatAccount(
            url=given["url"],
            app_id=given["app_id"],
            app_secret=secret(given["app_secret"]),
            templates=templates,
        )
    )


def _operators(given: Mapping[str, Any]) -> Notifier:
    return Operators([secret(url) for url in given["urls"]])


MAKERS: dict[str, Callable[[Mapping[str, Any]], Notifier]] = {
    "sms": _sms,
    "dingtalk": _dingtalk,
    "wecom": _wecom,
    "wechat": _wechat,
    "operators": _operators,
}
NAMES = {
    "sms": "SMS",
    "dingtalk": "DINGTALK",
    "wecom": "WECOM",
    "wechat": "WECHAT",
    "operators": "OPS",
}
"""The file's names and those of `models.Channel`."""
