"""The door to the log: who may read which part of it, by person, time and content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sanzi.audit import searching
from sanzi.audit.searching import LogRow, Wanted
from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.orgs.roles import roles

SEE = "audit.see"
EXPORT_ROWS_MAX = 50_000


@dataclass(frozen=True)
class LogFilter:
    """What is looked for; days are local and both count. Empty or None does not narrow."""

    who: str = ""
    words: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class LogPage:
    """One page of the log, newest first; `names` are organisations by their chain."""

    rows: list[LogRow]
    names: dict[str, str]
    total: int
    number: int
    size: int = searching.PAGE_ROWS


def log(*, by: Actor, only: LogFilter, page: int = 1) -> LogPage:
    """Return one page of what the actor may see of the log; pages count from 1.

    A post at the county sees the chains that belong to no organisation too: accounts, imports,
    exports. Raises: NotFound without the permission.
    """
    chains = _chains(by)
    wanted = _wanted(only)
    total = searching.count(wanted, chains)
    rows = searching.rows(wanted, chains, (page - 1) * searching.PAGE_ROWS, searching.PAGE_ROWS)
    known = Organisation.objects.filter(ext_id__in={row.chain for row in rows})
    return LogPage(rows, dict(known.values_list("ext_id", "name")), total, page)


def log_rows(*, by: Actor, only: LogFilter) -> Iterator[LogRow]:
    """Return all that the actor may see, for a file; at most `EXPORT_ROWS_MAX`.

    Raises: NotFound without the permission.
    """
    chains = _chains(by)
    return (
        row
        for _, row in zip(
            range(EXPORT_ROWS_MAX), searching.every(_wanted(only), chains), strict=False
        )
    )


def _chains(by: Actor) -> Any:
    """Return the chains of the actor's scope as a subquery, None for all."""
    is_system = by.user_id is None and by.person_id is None
    held = [post.role_code for post in by.posts if SEE in _rights(post.role_code)]
    if not held and not is_system:
        raise NotFound
    if is_system or any(roles()[code].level == "county" for code in held):
        return None
    return Organisation.objects.filter(scope.within(by, SEE, "division_id")).values("ext_id")


def _rights(role_code: str) -> frozenset[str]:
    role = roles().get(role_code)
    return role.may if role else frozenset()


def _wanted(only: LogFilter) -> Wanted:
    return Wanted(
        who=_typed(only.who),
        words=_typed(only.words),
        since=clock.midnight(only.first) if only.first else None,
        until=clock.midnight(only.last + dt.timedelta(days=1)) if only.last else None,
    )


def _typed(text: str) -> str:
    """Return what was typed without NUL, which no database holds, and not too long."""
    return text.replace("\0", "").strip()[:60]
