"""The port of a channel: what a provider is asked, what it answers, what can go wrong. No Django.

Whoever sends calls `send` with a `dedup_key` of its own. The same key to the same address is one
message at the provider where it can tell, so after ChannelUnknown the same call may be made again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import httpx


class ChannelError(Exception):
    """Any trouble with a provider; the message may be tried again with the same key."""


class ChannelUnavailable(ChannelError):
    """Nothing was sent, or the provider said that it did not take it."""


class ChannelUnknown(ChannelError):
    """The request went out and no answer came."""


class ChannelRefused(ChannelError):
    """The provider refuses this message for good; `args` are its code and its words."""


class Fate(StrEnum):
    """What a provider says later of a message that it took."""

    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    OPEN = "OPEN"


@dataclass(frozen=True)
class Message:
    """One message. `address` is a phone, or the receiver's id at the provider.

    `text` is the whole wording; `params` are its parts for providers that keep the wording
    themselves. `url` is where a tap leads, empty for none.
    """

    address: str
    template: str
    text: str
    dedup_key: str
    params: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    title: str = ""


class Notifier(Protocol):
    """A provider of one channel."""

    def send(self, messages: Sequence[Message]) -> list[str | ChannelError]:
        """Send messages; one provider's id or one error for each, in their order.

        At most `at_once` messages. Raises a ChannelError that holds for all of them.
        """
        ...

    @property
    def at_once(self) -> int:
        """How many messages one call takes."""
        ...

    def fates(self, provider_ids: Sequence[str]) -> dict[str, Fate]:
        """Ask what became of messages; one that is not named is still open."""
        ...


def client(timeout_seconds: float) -> httpx.Client:
    """Return a client whose every call opens a connection of its own.

    A kept connection may be dead; then nobody could tell whether the provider got the bytes.
    """
    return httpx.Client(
        timeout=timeout_seconds,
        trust_env=False,
        limits=httpx.Limits(max_keepalive_connections=0),
    )


def exchange(
    wire: httpx.Client,
    method: str,
    url: str,
    **given: Any,
) -> dict[str, Any]:
    """Do one call that answers a JSON object.

    Raises: ChannelUnavailable when nothing was sent or the provider is out of order,
        ChannelUnknown when it may have taken the message.
    """
    try:
        response = wire.request(method, url, **given)
    except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
        raise ChannelUnavailable(type(problem).__name__) from problem
    except httpx.HTTPError as problem:
        raise ChannelUnknown(type(problem).__name__) from problem
    if not response.is_success:
        raise ChannelUnavailable(str(response.status_code))
    try:
        found = response.json()
    except ValueError as problem:
        raise ChannelUnknown("not JSON") from problem
    if not isinstance(found, dict):
        raise ChannelUnknown("not an object")
    return found


def secret(value: str) -> str:
    """Return a secret of the settings file; `env:NAME` takes it from the environment.

    Raises: KeyError when the variable is not there.
    """
    name = value.removeprefix("env:")
    return os.environ[name] if name != value else value
