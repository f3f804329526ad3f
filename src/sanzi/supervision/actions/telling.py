"""Inbox notices of the room, written in the transaction that gives cause to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.supervision.models import Alert


def tell(
    *, alert: Alert, user_ids: Iterable[int], template: str, at: datetime, turn: str = ""
) -> None:
    """Tell users of an alert, each once for its template and turn."""
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}/{alert.ext_id}/{turn}/{user_id}"[:80],
                channel=Channel.INBOX,
                template=template,
                params={"sentence": alert.sentence, "due_at": alert.due_at.isoformat()},
                user_id=user_id,
                subject_kind="alert",
                subject_id=alert.ext_id,
            )
            for user_id in sorted(set(user_ids))
        ],
        at=at,
    )
