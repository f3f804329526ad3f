"""The one way into the log: `write` links an event to its chain in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from sanzi.audit import rules
from sanzi.audit.models import ChainHead, Event, Seal, SealedHead


class By(Protocol):
    """Whoever acts: `orgs.actors.Actor` has these."""

    @property
    def user_id(self) -> int | None:
        """The user, None for the system."""

    @property
    def name(self) -> str:
        """The name at the time."""

    @property
    def origin(self) -> str:
        """Where the request came from."""


def write(
    *,
    chain: str,
    kind: str,
    by: By,
    at: datetime,
    subject: tuple[str, str],
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one event as the next link of a chain.

    Shapes: `chain` is the ext id of an organisation; `kind` reads room.noun.past_tense;
    `subject` is (kind, id); `before` and `after` hold only what changed, JSON values.
    Must run inside the transaction of what it tells; the chain's head row is the lock.
    """
    with transaction.atomic(savepoint=False):
        head = _locked_head(chain)
        entry = rules.Entry(
            chain=chain,
            number=head.last_number + 1,
            at=at,
            kind=kind,
            actor_id=by.user_id,
            actor_name=by.name,
            origin=by.origin[:60],
            subject_kind=subject[0],
            subject_id=subject[1],
            change=rules.change_text(before, after),
        )
        link = rules.link(head.last_hash, entry)
        Event.objects.create(**entry.__dict__, previous_hash=head.last_hash, hash=link)
        ChainHead.objects.filter(pk=chain).update(last_number=entry.number, last_hash=link)


def _locked_head(chain: str) -> ChainHead:
    head = ChainHead.objects.select_for_update().filter(pk=chain).first()
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(chain=chain)], ignore_conflicts=True)
        head = ChainHead.objects.select_for_update().get(pk=chain)
    return head


def seal_heads(at: datetime) -> Seal | None:
    """Join the heads of all chains under one digest, when any has moved since the last seal."""
    with transaction.atomic():
        heads = sorted(ChainHead.objects.all(), key=lambda head: head.chain)
        last = Seal.objects.order_by("-id").first()
        heads_digest = rules.heads_digest((head.chain, head.last_hash) for head in heads)
        if last is not None and last.heads_digest == heads_digest:
            return None
        previous = last.hash if last else ""
        seal = Seal.objects.create(
            at=at,
            head_count=len(heads),
            heads_digest=heads_digest,
            previous_hash=previous,
            hash=rules.seal_hash(previous, at, heads_digest),
        )
        _seal_moved(seal, [head for head in heads if head.sealed_number != head.last_number])
    return seal


def _seal_moved(seal: Seal, moved: Sequence[ChainHead]) -> None:
    SealedHead.objects.bulk_create(
        [
            SealedHead(
                seal_id=seal.pk, chain=head.chain, number=head.last_number, hash=head.last_hash
            )
            for head in moved
        ],
        batch_size=500,
    )
    for head in moved:
        # By the number read above: what was written meanwhile waits for the next seal.
        ChainHead.objects.filter(pk=head.chain).update(sealed_number=head.last_number)
