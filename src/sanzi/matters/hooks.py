"""What this room tells higher ones of its cases, inside its own transaction. No tables here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class CaseNews:
    """A case came to a moment, or a step of it is done.

    `moment` is `submitted`, `approved`, `returned`, `ended`, `finished`, `step`, or `entry` when a
    step that stays open was written down once more; only these two have a `step_key`.
    """

    number: str
    matter_code: str
    moment: str
    by: Actor
    at: datetime
    step_key: str = ""


_listeners: list[Callable[[CaseNews], None]] = []


def on_moment(listener: Callable[[CaseNews], None]) -> None:
    """Let a room hear of every moment of every case."""
    _listeners.append(listener)


def tell(news: CaseNews) -> None:
    """Tell those who listen."""
    for listener in _listeners:
        listener(news)
