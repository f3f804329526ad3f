"""Alerts to those who run the platform, over whatever they read: robots of groups, mail, phones.

The addresses are those of apprise. No personal data goes this way: a group reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import apprise

from sanzi.notices.channels.port import ChannelError, ChannelUnavailable, Fate, Message


class Operators:
    """All addresses of the settings together; one of them is enough."""

    at_once = 5

    def __init__(self, urls: Sequence[str]) -> None:
        """Keep the addresses. Raises: ValueError for one that apprise does not know."""
        self._all = apprise.Apprise()
        for place, url in enumerate(urls, 1):
            if not self._all.add(url):
                message = f"address {place} is none that apprise knows"
                raise ValueError(message)

    def send(self, messages: Sequence[Message]) -> list[str | ChannelError]:
        """Send each alert to every address; it went when at least one took it."""
        answers: list[str | ChannelError] = []
        for one in messages:
            took = [place.notify(body=one.text, title="三资运维") for place in self._all]
            answers.append(one.dedup_key if any(took) else ChannelUnavailable("no address took it"))
        return answers

    def fates(self, provider_ids: Sequence[str]) -> dict[str, Fate]:  # noqa: ARG002
        """Know nothing more."""
        return {}
