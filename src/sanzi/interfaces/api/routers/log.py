"""The log: who did what and when, by person, day and content."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Query, Router, Schema

from sanzi.interfaces.api.answers import READ
from sanzi.interfaces.api.requests import OFFICER, ApiRequest
from sanzi.interfaces.api.shapes import Day
from sanzi.orgs import log_queries

router = Router(auth=OFFICER)

PAGE_MAX = 100_000


class LogWanted(Schema):
    """What is looked for; what is left out does not narrow. Days are local, both count."""

    who: str = Field("", max_length=60, description="姓名里的字")
    words: str = Field("", max_length=60, description="做了什么、编号或改动里的字")
    first: Day | None = Field(None, description="从哪天")
    last: Day | None = Field(None, description="到哪天")
    page: int = Field(1, ge=1, le=PAGE_MAX)


class LogRowOut(Schema):
    """One event; `change` is canonical JSON text, personal fields in it are ciphertext."""

    at: datetime
    actor: str
    origin: str
    kind: str
    title: str
    chain: str
    number: int
    subject_kind: str
    subject_id: str
    change: str
    hash: str


class LogOut(Schema):
    """One page of the log, newest first, 50 rows; pages count from 1."""

    rows: list[LogRowOut]
    total: int
    number: int


@router.get("/log", response={200: LogOut, **READ}, summary="审计日志")
def search(request: ApiRequest, wanted: Query[LogWanted]) -> object:
    """Search the log of this officer's scope."""
    only = log_queries.LogFilter(wanted.who, wanted.words, wanted.first, wanted.last)
    return log_queries.log(by=request.auth, only=only, page=wanted.page)
