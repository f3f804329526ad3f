"""The one way into the log: `write` links an event to its chain in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import connection, transaction

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


@dataclass(frozen=True)
class Happened:
    """One thing to be told. `subject` is (kind, id); `before` and `after` hold what changed."""

    kind: str
    subject: tuple[str, str]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


Listener = Callable[[str, int, Sequence[Happened], datetime], None]
listeners: list[Listener] = []
"""Called in the transaction of what is written, with chain, number of the last event, events, time.

Filled in `apps.py` of higher rooms. A listener only writes down what it will tell later.
"""


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
    write_many(chain=chain, by=by, at=at, events=[Happened(kind, subject, before, after)])


def write_many(
    *, chain: str, by: By, at: datetime, events: Sequence[Happened], cursor: Any = None
) -> None:
    """Write events as the next links of a chain, in the order given, under one lock.

    `cursor` is one that the caller's transaction has open already.
    """
    if not events:
        return
    with transaction.atomic(savepoint=False), _open(cursor) as door:
        number, last_hash = _locked_head(door, chain)
        moment = connection.ops.adapt_datetimefield_value(at)
        linked: list[tuple[Any, ...]] = []
        for one in events:
            number += 1
            entry = rules.Entry(
                chain=chain,
                number=number,
                at=at,
                kind=one.kind,
                actor_id=by.user_id,
                actor_name=by.name,
                origin=by.origin[:60],
                subject_kind=one.subject[0],
                subject_id=one.subject[1],
                change=rules.change_text(one.before, one.after),
            )
            link = rules.link(last_hash, entry)
            values = {**entry.__dict__, "at": moment}
            linked.append((*(values[name] for name in _ENTRY), last_hash, link))
            last_hash = link
        door.executemany(_INSERT, linked)
        door.execute(_MOVE, [number, last_hash, chain])
    for listener in listeners:
        listener(chain, number, events, at)


def _open(cursor: Any) -> Any:
    """Return what hands on the caller's cursor, or opens one."""
    return connection.cursor() if cursor is None else nullcontext(cursor)


_EVENT: Final = Event._meta.db_table  # noqa: SLF001 - the public way to a table's name
_HEAD: Final = ChainHead._meta.db_table  # noqa: SLF001 - the same
_ENTRY: Final = tuple(one.name for one in fields(rules.Entry))
_INSERT: Final = (
    f"INSERT INTO {_EVENT} ({', '.join(_ENTRY)}, previous_hash, hash) "  # noqa: S608 - own names
    f"VALUES ({', '.join(['%s'] * (len(_ENTRY) + 2))})"
)
_MOVE: Final = f"UPDATE {_HEAD} SET last_number = %s, last_hash = %s WHERE chain = %s"  # noqa: S608


def _locked_head(cursor: Any, chain: str) -> tuple[int, str]:
    """Lock a chain, beginning it when it is new; return its last number and hash."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    sql = f"SELECT last_number, last_hash FROM {_HEAD} WHERE chain = %s{lock}"  # noqa: S608
    cursor.execute(sql, [chain])
    found = cursor.fetchone()
    if found is None:
        ChainHead.objects.bulk_create([ChainHead(chain=chain)], ignore_conflicts=True)
        cursor.execute(sql, [chain])
        found = cursor.fetchone()
    number, last_hash = found
    return int(number), str(last_hash)


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
