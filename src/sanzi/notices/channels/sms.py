"""Text messages by a provider that speaks HTTP with the usual fields of the large gateways.

PhoneNumbers, SignName, TemplateCode, TemplateParam and OutId for one text; the Json fields of the
batch call for up to a hundred with parameters of their own. Receipts are asked for by BizId.
Villagers' texts hold no currency sign, no brackets and no link of their own: providers refuse them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sanzi.notices.channels.port import (
    ChannelError,
    ChannelRefused,
    ChannelUnavailable,
    Fate,
    Message,
    client,
    exchange,
)

BATCH_MAX = 100
PARAM_LENGTH_MAX = 35
"""A parameter of a registered template holds 1 to 35 characters."""
BUSY = frozenset({"isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isp.RAM_PERMISSION_DENY"})
"""Codes that pass: too many texts in a minute, the provider out of order."""


class HttpSms:
    """A provider of texts. `templates` maps our names to the codes that the provider registered."""

    at_once = BATCH_MAX

    def __init__(
        self,
        url: str,
        sign_name: str,
        templates: Mapping[str, str] = MappingProxyType({}),
        timeout_seconds: float = 10.0,
    ) -> None:
        """Keep the address of the gateway and the registered signature name."""
        self._url = url.rstrip("/")
        self._sign_name = sign_name
        self._templates = templates
        self._wire = client(timeout_seconds)

    def send(self, messages: Sequence[Message]) -> list[str | ChannelError]:
        """Send texts, those of one template in one call."""
        answers: dict[str, str | ChannelError] = {}
        by_template: dict[str, list[Message]] = {}
        for one in messages:
            by_template.setdefault(one.template, []).append(one)
        for template, group in by_template.items():
            try:
                answers |= self._send(template, group)
            except ChannelError as problem:
                answers |= {one.dedup_key: problem for one in group}
        return [answers[one.dedup_key] for one in messages]

    def _send(self, template: str, group: Sequence[Message]) -> dict[str, str | ChannelError]:
        params = [self._params(one) for one in group]
        fields = {
            "PhoneNumberJson": json.dumps([one.address for one in group]),
            "SignNameJson": json.dumps([self._sign_name] * len(group), ensure_ascii=False),
            "TemplateCode": self._templates.get(template, template),
            "TemplateParamJson": json.dumps(params, ensure_ascii=False),
            "OutIdJson": json.dumps([one.dedup_key for one in group], ensure_ascii=False),
        }
        answer = exchange(self._wire, "POST", f"{self._url}/send-batch", data=fields)
        code, words = str(answer.get("Code")), str(answer.get("Message"))
        if code == "OK":
            biz = answer.get("BizIds") or [answer.get("BizId")] * len(group)
            return {one.dedup_key: str(found) for one, found in zip(group, biz, strict=True)}
        if code in BUSY:
            raise ChannelUnavailable(code)
        if len(group) == 1:
            raise ChannelRefused(code, words)
        # One bad number spoils a whole call: each is then sent by itself.
        found: dict[str, str | ChannelError] = {}
        for one in group:
            try:
                found |= self._send(template, [one])
            except ChannelError as problem:
                found[one.dedup_key] = problem
        return found

    def _params(self, one: Message) -> dict[str, str]:
        cut = {key: value[:PARAM_LENGTH_MAX] for key, value in one.params.items()}
        return {**cut, "text": one.text}

    def fates(self, provider_ids: Sequence[str]) -> dict[str, Fate]:
        """Ask for the receipts of texts: SendStatus 3 arrived, 2 failed, 1 on its way."""
        answer = exchange(
            self._wire, "POST", f"{self._url}/receipts", data={"BizIds": ",".join(provider_ids)}
        )
        words = {"3": Fate.DELIVERED, "2": Fate.FAILED}
        return {
            str(one["BizId"]): words.get(str(one["SendStatus"]), Fate.OPEN)
            for one in answer.get("SmsSendDetailDTOs", [])
        }
