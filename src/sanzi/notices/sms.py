"""The port of text message gateways, and the adapter for those that speak HTTP.

Whoever sends calls `send` with an `out_id` of its own. The same `out_id` to the same phone is
one text at the provider, so after SmsUnknown the same call may be made again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import httpx


class SmsError(Exception):
    """Any trouble with the provider; the text may be tried again with the same out_id."""


class SmsUnavailable(SmsError):
    """Nothing was sent, or the provider said that it did not take it."""


class SmsUnknown(SmsError):
    """The request went out and no answer came."""


class SmsRefused(SmsError):
    """The provider refuses this text for good; `args` are its code and its words."""


class SmsGateway(Protocol):
    """A provider of text messages."""

    def send(self, phone: str, template: str, params: Mapping[str, str], out_id: str) -> str:
        """Send one text and return the provider's id. Raises a subclass of SmsError."""
        ...


@dataclass(frozen=True)
class Text:
    """One text to be sent; `out_id` as in `SmsGateway.send`."""

    phone: str
    params: Mapping[str, str]
    out_id: str


@runtime_checkable
class BatchSmsGateway(Protocol):
    """A provider that takes many texts of one template in one call."""

    def send_many(self, template: str, texts: Sequence[Text]) -> list[str]:
        """Send at most a hundred texts; return the provider's ids, empty where one is refused.

        Raises a subclass of SmsError when it cannot be said of each what became of it.
        """
        ...


class HttpSmsGateway:
    """A provider with the usual fields: PhoneNumbers, SignName, TemplateCode, TemplateParam."""

    def __init__(self, url: str, sign_name: str, timeout_seconds: float = 10.0) -> None:
        """Keep the full address of the send call and the registered signature name."""
        self._url = url
        self._sign_name = sign_name
        self._client = httpx.Client(
            timeout=timeout_seconds,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def send(self, phone: str, template: str, params: Mapping[str, str], out_id: str) -> str:
        """Send one text and return the provider's id."""
        answer = self._call(
            self._url,
            {
                "PhoneNumbers": phone,
                "TemplateCode": template,
                "TemplateParam": json.dumps(dict(params), ensure_ascii=False),
                "OutId": out_id,
            },
        )
        return str(answer["BizId"])

    def send_many(self, template: str, texts: Sequence[Text]) -> list[str]:
        """Send texts of one template; return the provider's ids in the same order."""
        fields = {
            "TemplateCode": template,
            "PhoneNumberJson": json.dumps([one.phone for one in texts]),
            "TemplateParamJson": json.dumps([dict(one.params) for one in texts]),
            "OutIdJson": json.dumps([one.out_id for one in texts]),
        }
        found = self._call(f"{self._url}-batch", fields).get("BizIdJson")
        if not isinstance(found, list) or len(found) != len(texts):
            raise SmsUnknown("the answer does not fit the texts")
        return [str(one) for one in found]

    def _call(self, url: str, fields: dict[str, str]) -> dict[str, object]:
        try:
            response = self._client.post(url, data={"SignName": self._sign_name, **fields})
            answer = response.json() if response.is_success else {}
        except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
            raise SmsUnavailable(str(problem)) from problem
        except (httpx.HTTPError, ValueError) as problem:
            raise SmsUnknown(str(problem)) from problem
        if not response.is_success:
            raise SmsUnavailable(str(response.status_code))
        if answer.get("Code") != "OK":
            raise SmsRefused(str(answer.get("Code")), str(answer.get("Message")))
        return dict(answer)
