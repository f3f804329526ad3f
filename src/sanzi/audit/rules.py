"""How events are chained: pure functions over their content. SM3 throughout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sanzi.kernel import digest


@dataclass(frozen=True)
class Entry:
    """The content of one event, as it is hashed and stored."""

    chain: str
    number: int
    at: datetime
    kind: str
    actor_id: int | None
    actor_name: str
    origin: str
    subject_kind: str
    subject_id: str
    change: str


def change_text(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """Return canonical JSON of what changed, empty when nothing is told."""
    told = {key: value for key, value in (("before", before), ("after", after)) if value}
    return digest.canonical(told).decode() if told else ""


def link(previous_hash: str, entry: Entry) -> str:
    """Return the hash of an event: SM3 over its bytes."""
    return digest.sm3(content(previous_hash, entry))


def content(previous_hash: str, entry: Entry) -> bytes:
    """Return the bytes of an event: the hash before it, and all it tells."""
    told = [
        previous_hash,
        entry.chain,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.kind,
        entry.actor_id,
        entry.actor_name,
        entry.origin,
        entry.subject_kind,
        entry.subject_id,
        entry.change,
    ]
    return digest.canonical(told)


def heads_digest(heads: Iterable[tuple[str, str]]) -> str:
    """Return one digest over (chain, hash) of every head, in the order given."""
    return digest.sm3_of([list(head) for head in heads])


def seal_hash(previous_hash: str, at: datetime, digest_of_heads: str) -> str:
    """Return the hash that chains a seal to the one before it."""
    return digest.sm3_of([previous_hash, at.astimezone(UTC).isoformat(), digest_of_heads])
