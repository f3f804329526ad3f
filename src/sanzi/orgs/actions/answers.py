"""Answers kept under an idempotency key, so that a program may repeat a write it is unsure of.

The row is written in the transaction of the action: the answer is there exactly when the deed is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import KeyReused
from sanzi.orgs.models import KeptAnswer

KEPT_FOR: Final = timedelta(days=7)


@dataclass(frozen=True)
class Answer:
    """What a program is told: status and JSON text; `is_repeat` when nothing was done."""

    status: int
    body: str
    is_repeat: bool = False


def once(
    *, key: str, request_digest: str, by: Actor, at: datetime, act: Callable[[], Answer]
) -> Answer:
    """Act and keep the answer, or give the answer kept under this key.

    Shapes: `request_digest` covers method, path and body. A refusal of `act` is not kept.
    Raises: KeyReused when the key came with another request; what `act` raises.
    """
    if by.user_id is None:
        return act()
    kept = _kept(by.user_id, key, request_digest)
    if kept is not None:
        return kept
    try:
        with transaction.atomic():
            row = KeptAnswer.objects.create(
                user_id=by.user_id, key=key, request_digest=request_digest, made_at=at
            )
            answer = act()
            row.status, row.body = answer.status, answer.body
            row.save(update_fields=["status", "body"])
    except IntegrityError:
        # Another request with the same key was faster and has committed.
        kept = _kept(by.user_id, key, request_digest)
        if kept is None:
            raise
        return kept
    return answer


def forget(at: datetime) -> int:
    """Drop answers older than a week; return how many."""
    return KeptAnswer.objects.filter(made_at__lt=at - KEPT_FOR).delete()[0]


def _kept(user_id: int, key: str, request_digest: str) -> Answer | None:
    row = KeptAnswer.objects.filter(user_id=user_id, key=key).first()
    if row is None:
        return None
    if row.request_digest != request_digest:
        raise KeyReused
    return Answer(row.status, row.body, is_repeat=True)
