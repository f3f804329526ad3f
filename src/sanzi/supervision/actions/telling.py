"""Inbox notices of the room, written in the transaction that gives cause to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sanzi.notices.models import Channel, Notice, NoticeState
from sanzi.supervision.models import Alert


def tell(
    *, alert: Alert, user_ids: Iterable[int], template: str, at: datetime, turn: str = ""
) -> None:
    """Tell users of an alert, each once for its template and turn."""
    Notice.objects.bulk_create(
        [
            Notice(
                dedup_key=f"{template}/{alert.ext_id}/{turn}/{user_id}"[:80],
                channel=Channel.INBOX,
                user_id=user_id,
                template=template,
                params={"sentence": alert.sentence, "due_at": alert.due_at.isoformat()},
                subject_kind="alert",
                subject_id=alert.ext_id,
                state=NoticeState.SENT,
                next_attempt_at=at,
                created_at=at,
                sent_at=at,
            )
            for user_id in sorted(set(user_ids))
        ],
        ignore_conflicts=True,
    )
