"""What providers with an app have in common: a token, codes in the answer, one call a message."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from sanzi.notices.channels.port import (
    ChannelError,
    ChannelRefused,
    ChannelUnavailable,
    Fate,
    Message,
    client,
    exchange,
)
from sanzi.notices.channels.tokens import TokenKeeper

TOKEN_ENDED = frozenset({40001, 40014, 42001})


class AppNotifier(ABC):
    """A provider that wants a token with each call and answers `errcode` and `errmsg`."""

    at_once = 20
    too_often: ClassVar[frozenset[int]]

    def __init__(self, url: str, timeout_seconds: float) -> None:
        """Keep the address; the first call fetches the token."""
        self._url = url.rstrip("/")
        self._wire = client(timeout_seconds)
        self._tokens = TokenKeeper(self._fetch_token)

    def send(self, messages: Sequence[Message]) -> list[str | ChannelError]:
        """Send each message by itself; an error of one does not touch the others."""
        answers: list[str | ChannelError] = []
        for one in messages:
            try:
                answers.append(self._send(one))
            except ChannelError as problem:
                answers.append(problem)
        return answers

    def fates(self, provider_ids: Sequence[str]) -> dict[str, Fate]:  # noqa: ARG002
        """Know nothing more, where a provider gives no receipts to ask for."""
        return {}

    @abstractmethod
    def _send(self, one: Message) -> str:
        """Send one message and return the provider's id."""

    @abstractmethod
    def _fetch_token(self) -> tuple[str, int]:
        """Return a token and the seconds it lives."""

    def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Do one call; a token that has ended is fetched anew, once.

        Raises: ChannelUnavailable when told to come later, ChannelRefused for any other code.
        """
        answer = self._post(path, body)
        if answer.get("errcode") in TOKEN_ENDED:
            self._tokens.drop()
            answer = self._post(path, body)
        code = answer.get("errcode", 0)
        if code in self.too_often:
            raise ChannelUnavailable(str(code))
        if code:
            raise ChannelRefused(str(code), str(answer.get("errmsg")))
        return answer

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = {"access_token": self._tokens.get()}
        return exchange(self._wire, "POST", self._url + path, params=asked, json=body)

    def _ask_token(self, method: str, url: str, **given: Any) -> tuple[str, int]:
        """Ask for a token; the names of the two values differ between providers."""
        answer = exchange(self._wire, method, url, **given)
        token = answer.get("access_token") or answer.get("accessToken")
        if not token:
            raise ChannelUnavailable(f"no token: {answer.get('errcode') or answer.get('code')}")
        return str(token), int(answer.get("expires_in") or answer.get("expireIn") or 0)
