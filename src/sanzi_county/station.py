"""The station of each village: who looks over it has signed the promise that its members sign.

In one village of every second town a member has not signed yet.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from sanzi.kernel.digest import sm3_of
from sanzi_county.days import DAY, at
from sanzi_county.world import Village
from sanzi_county.write import Sink

MEMBERS: Final = ("supervision_head", "supervision_member")
UNSIGNED: Final = 4
"""In which village of a town the member has not signed."""
AFTER_DAYS: Final = 6


def write(sink: Sink, village: Village, first: date) -> None:
    """The promises of one village, signed in its first days."""
    text = _text()
    for place, role in enumerate(MEMBERS, start=1):
        if place > 1 and village.tells(UNSIGNED):
            continue
        sink.add(
            "station_promise", promise_id=f"CN{village.key}{place}", village_id=village.code,
            person_id=village.officer(role).person_id, role_code=role,
            text_date=text["valid_from_date"], text_digest=sm3_of(text["sentences"]),
            signed_at=at(first + AFTER_DAYS * DAY, 9, 10 * place),
        )  # fmt: skip


@cache
def _text() -> dict[str, Any]:
    """The words in force, read as any program reads the published file."""
    source = files("sanzi").joinpath("data", "voice", "promise.yaml")
    texts: list[dict[str, Any]] = yaml.safe_load(source.read_text(encoding="utf-8"))["lists"]
    return texts[-1]
