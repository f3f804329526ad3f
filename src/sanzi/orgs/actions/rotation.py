"""Put every personal number under the key of now, in batches; may be stopped and begun again.

While it runs the older keys still open what is not done. Columns are found by their name:
`sealed_<kind>`; rooms that keep ciphertext inside JSON register how to go through it. The blind
index is not rotated: what was approved is fixed by digests over it, see the handbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q, QuerySet, TextField

from sanzi.audit import actions as audit
from sanzi.audit import personal
from sanzi.kernel import cipher
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.secrets import Kind

BATCH: Final = 500
CHAIN: Final = "county"
_KINDS: Final[dict[str, Kind]] = {
    "sealed_id_no": "id_no",
    "sealed_phone": "phone",
    "sealed_number": "account",
    "sealed_account": "account",
    "sealed_peer_account": "account",
    "sealed_request": "message",
    "sealed_answer": "message",
    "sealed_offer": "offer",
    "sealed_letter": "letter",
    "sealed_lead": "lead",
    "sealed_file": "file",
}
Reseal = Callable[[Kind, str], str]
Walk = Callable[[Reseal, int], Iterator[int]]
Progress = Callable[[str, int], None]

_walks: dict[str, Walk] = {}


@dataclass(frozen=True)
class Rotated:
    """How many numbers were put under the key of now, and which would not open (table, row)."""

    done: dict[str, int]
    broken: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class _Column:
    model: type[Model]
    name: str
    kind: Kind

    @property
    def title(self) -> str:
        return f"{self.model._meta.db_table}.{self.name}"  # noqa: SLF001 - the public way

    def stale(self) -> QuerySet[Model]:
        rows = self.model._default_manager  # noqa: SLF001 - the same
        is_now = Q(**{f"{self.name}__startswith": f"{secrets.ring().version}."})
        return rows.exclude(Q(**{self.name: ""}) | is_now)


def _silent(name: str, done: int) -> None:
    """Report progress to nobody."""


def register(name: str, walk: Walk) -> None:
    """Register how a room goes through its JSON: walk(reseal, batch) yields counts per batch."""
    _walks[name] = walk


def remaining() -> dict[str, int]:
    """Return how many numbers of each column still lie under an older key; columns done are out."""
    counts = {column.title: column.stale().count() for column in _columns()}
    counts["audit_personkey.sealed_key"] = personal.stale_keys().count()
    return {name: count for name, count in counts.items() if count}


def rotate(*, by: Actor, at: datetime, progress: Progress = _silent) -> Rotated:
    """Put everything under the key of now; each batch is one transaction with its event."""
    done: dict[str, int] = {}
    broken: list[tuple[str, object]] = []

    def note(name: str, count: int) -> None:
        done[name] = done.get(name, 0) + count
        progress(name, done[name])

    for column in _columns():
        for count in _go_through(column, broken, by=by, at=at):
            note(column.title, count)
    while rows := list(personal.stale_keys().order_by("pk")[:BATCH]):
        with transaction.atomic():
            personal.reseal(rows)
            _log("audit_personkey.sealed_key", len(rows), by=by, at=at)
        note("audit_personkey.sealed_key", len(rows))
    for name, walk in sorted(_walks.items()):
        for count in walk(_reseal, BATCH):
            if count:
                with transaction.atomic():
                    _log(name, count, by=by, at=at)
                note(name, count)
    return Rotated(done, tuple(broken))


def _go_through(
    column: _Column, broken: list[tuple[str, object]], *, by: Actor, at: datetime
) -> Iterator[int]:
    last: object = 0
    while True:
        rows = list(
            column.stale().filter(pk__gt=last).order_by("pk").values_list("pk", column.name)[:BATCH]
        )
        if not rows:
            return
        last, count = rows[-1][0], 0
        with transaction.atomic():
            for pk, sealed in rows:
                try:
                    fresh = _reseal(column.kind, sealed)
                except cipher.SealBroken:
                    broken.append((column.title, pk))
                    continue
                same = column.model._default_manager.filter(  # noqa: SLF001 - the same
                    **{"pk": pk, column.name: sealed}
                )
                count += same.update(**{column.name: fresh})
            _log(column.title, count, by=by, at=at)
        yield count


def _reseal(kind: Kind, sealed: str) -> str:
    ring = secrets.ring()
    return sealed if ring.is_current(sealed) else ring.seal(ring.open(sealed, kind), kind)


def _log(name: str, count: int, *, by: Actor, at: datetime) -> None:
    audit.write(
        chain=CHAIN,
        kind="orgs.key.rotated",
        by=by,
        at=at,
        subject=("key", secrets.ring().version),
        after={"column": name, "rows": count},
    )


def _second_factors(reseal: Reseal, batch: int) -> Iterator[int]:
    """Go through the secrets of second factors: TOTP secrets and seeds of recovery codes."""
    for row in Authenticator.objects.order_by("pk").iterator(chunk_size=batch):
        fresh: dict[str, Any] = {
            key: reseal("totp", value) if key in ("secret", "seed") else value
            for key, value in row.data.items()
        }
        if fresh != row.data:
            yield Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=fresh)


register("mfa_authenticator.data", _second_factors)


def _columns() -> Iterator[_Column]:
    for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table):  # noqa: SLF001
        for field in model._meta.concrete_fields:  # noqa: SLF001 - the public way to columns
            if field.name in _KINDS and isinstance(field, TextField):
                yield _Column(model, field.name, _KINDS[field.name])
