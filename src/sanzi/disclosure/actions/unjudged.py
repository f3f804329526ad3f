"""Pages of which the models can say nothing: after an hour the office is told, once.

A page is tried again every hour; what cannot be judged then will not come right by waiting. It is
judged sooner or later, and what was told is then closed by itself, in `publishing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.disclosure import due_queries
from sanzi.disclosure.models import HeldSheet
from sanzi.kernel import clock
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM

TEMPLATE = "sheet_unjudged"


def register() -> None:
    """Make the wording known; called once from `apps.ready`."""
    outbox.register_text(
        TEMPLATE,
        "有{count}份公开没能检查，压着没公布，系统每小时再试。最早的是{village}的“{title}”。"
        "请联系运维看看检查为什么跑不了。",
        title="公开没能检查，压着",
    )


@transaction.atomic
def tell(at: datetime) -> int:
    """Tell the offices of what waits unjudged for an hour; return of how many pages."""
    rows = list(
        due_queries.unjudged(at)
        .filter(told_at=None)
        .select_for_update(of=("self",))
        .select_related("division")
        .order_by("unjudged_at", "pk")
    )
    for one in rows:
        audit.write(
            chain=one.org_ext_id,
            kind="disclosure.sheet.unjudged",
            by=SYSTEM,
            at=at,
            subject=("publication", one.ext_id),
            after={"item": one.item_code, "since": one.unjudged_at},
        )
    HeldSheet.objects.filter(pk__in=[one.pk for one in rows]).update(told_at=at)
    outbox.enqueue(
        [_notice(user, found) for user, found in sorted(_of_users(rows, at).items())], at=at
    )
    return len(rows)


def _of_users(rows: list[HeldSheet], at: datetime) -> Mapping[int, list[HeldSheet]]:
    """Return what each officer of the responsible offices is told of, one notice for all."""
    day = clock.local_date(at)
    holders: dict[str, set[int]] = {}
    found: dict[int, list[HeldSheet]] = {}
    for one in rows:
        if one.division_id not in holders:
            holders[one.division_id] = {
                holder.user_id
                for role in due_queries.OFFICES
                for holder in orgs.holders(role, one.division_id, day)
                if holder.user_id is not None
            }
        for user in holders[one.division_id]:
            found.setdefault(user, []).append(one)
    return found


def _notice(user: int, rows: list[HeldSheet]) -> outbox.NewNotice:
    first = rows[0]
    return outbox.NewNotice(
        dedup_key=f"{TEMPLATE}:{first.ext_id}:{first.unjudged_at:%y%m%d%H%M}:{user}"[:80],
        channel=Channel.INBOX,
        template=TEMPLATE,
        user_id=user,
        params={"count": str(len(rows)), "village": first.division.name, "title": first.title},
        subject_kind="village_due",
        subject_id=first.division_id,
    )
