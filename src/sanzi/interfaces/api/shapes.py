"""Types of what comes in and the page of what goes out, used by all routers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from ninja import Field, Header, Query, Schema
from pydantic import StringConstraints

from sanzi.kernel import typed
from sanzi.kernel.money import MAX_FEN

Ident = Annotated[
    str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_.:-]+$")
]
"""An id or number of ours."""

Place = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
"""A division code."""

PlaceOrAny = Annotated[str, StringConstraints(pattern=r"^([0-9]{12})?$")]
"""A division code, or nothing for all."""

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month, `2026-11`."""

Day = Annotated[date, Field(ge=typed.FIRST_DAY, le=typed.LAST_DAY)]
"""A day that papers of a village name; a day before or after it may be reckoned with."""

AccountCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,12}$")]
"""A code of the chart of accounts."""

PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Text without control characters; lines may end in it."""

Words = Annotated[str, StringConstraints(max_length=60, pattern=PRINTABLE)]
"""A few words to search for, or a short field."""

Text = Annotated[str, StringConstraints(max_length=1000, pattern=PRINTABLE)]
"""Free text."""

Digest = Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9a-f]*$")]
"""An SM3 digest in hex, or nothing."""

Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]
"""Money that comes in, in fen."""

LineNo = Annotated[int, Field(ge=0, le=100_000)]
"""A payee line; 0 means the whole case."""

LIMIT_MAX = 100
OFFSET_MAX = 1_000_000


class Window(Schema):
    """Which part of a list is wanted."""

    limit: int = Field(30, ge=1, le=LIMIT_MAX, description="最多几条，不超过 100")
    offset: int = Field(0, ge=0, le=OFFSET_MAX, description="跳过几条")


class Empty(Schema):
    """Done, with nothing to add."""

    done: bool = True


class MadeOut(Schema):
    """What was made or drawn up, by its id."""

    ext_id: str


class WhyNotIn(Schema):
    """Why something is refused."""

    reason: Text


Row = TypeVar("Row")


class Page(Schema, Generic[Row]):
    """A part of a list. `next_offset` is null at the end."""

    items: list[Row]
    total: int
    next_offset: int | None


def page(rows: Any, window: Window, make: Callable[[Any], Any] = lambda one: one) -> dict[str, Any]:
    """Return the wanted part of a queryset or sequence."""
    total = len(rows) if isinstance(rows, Sequence) else rows.count()
    end = window.offset + window.limit
    return {
        "items": [make(one) for one in rows[window.offset : end]],
        "total": total,
        "next_offset": end if end < total else None,
    }


Wanted = Query[Window]
"""Limit and offset of a list."""
SecondFactor = Annotated[
    str | None,
    Header(
        None,
        alias="X-Second-Factor",
        description="动态码，6 位数字；五分钟内同一令牌不用再带",
        pattern=r"^[0-9]{6}$",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        description="防重键：同一个键的同一请求只办一次，重发得到同一答复",
        min_length=8,
        max_length=80,
        pattern=r"^[0-9A-Za-z_.:-]+$",
    ),
]
