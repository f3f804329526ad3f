"""Personal fields in the log: ciphertext under a key per person, which can be destroyed.

The chain covers the ciphertext, so erasing a person (destroying the key) leaves it whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from sanzi.audit.models import PersonKey
from sanzi.kernel import cipher

KEY_BYTES = 16
CONTEXT = "audit"
ERASED = "已依法删除"


def seal(fields: Sequence[tuple[str, str]]) -> list[str]:
    """Return the ciphertext of (person's ext id, text) pairs, in order; keys are made as needed.

    A text without a person, or of a person whose key was destroyed, comes back as `ERASED`: it
    must not get into the log in the clear.
    """
    keys = _keys({person for person, _ in fields if person})
    return [
        cipher.seal(keys[person], text, CONTEXT) if person in keys else ERASED
        for person, text in fields
    ]


def reveal(person: str, sealed: str) -> str:
    """Return what stands behind a field of the log, or `ERASED` when its key is gone."""
    held = PersonKey.objects.filter(pk=person, destroyed_at__isnull=True).first()
    if held is None or sealed == ERASED:
        return ERASED
    return cipher.open_sealed({cipher.KEY_VERSION: _open(held)}, sealed, CONTEXT)


def destroy(person: str, at: datetime) -> bool:
    """Destroy a person's key for good; return whether there was one. The caller logs it."""
    return bool(
        PersonKey.objects.filter(pk=person, destroyed_at__isnull=True).update(
            sealed_key="", destroyed_at=at
        )
    )


def _keys(persons: Iterable[str]) -> dict[str, bytes]:
    wanted = sorted(persons)
    held = PersonKey.objects.in_bulk(wanted)
    fresh = {one: secrets.token_bytes(KEY_BYTES) for one in wanted if one not in held}
    PersonKey.objects.bulk_create(
        [
            PersonKey(person_ref=one, sealed_key=_master().seal(key.hex(), CONTEXT))
            for one, key in fresh.items()
        ],
        batch_size=500,
    )
    opened = {one: _open(row) for one, row in held.items() if row.destroyed_at is None}
    return opened | fresh


def _open(row: PersonKey) -> bytes:
    return bytes.fromhex(_master().open(row.sealed_key, CONTEXT))


def _master() -> cipher.KeyRing:
    return cipher.ring(settings.SANZI.data_key, settings.SANZI.old_data_keys)


def stale_keys() -> QuerySet[PersonKey]:
    """Return the keys of persons that lie under an older key of the installation."""
    return PersonKey.objects.exclude(sealed_key="").exclude(
        sealed_key__startswith=f"{_master().version}."
    )


def reseal(rows: Iterable[PersonKey]) -> None:
    """Put keys of persons under the installation's key of now; what they sealed stays as it is."""
    for row in rows:
        PersonKey.objects.filter(pk=row.pk, sealed_key=row.sealed_key).update(
            sealed_key=_master().seal(_open(row).hex(), CONTEXT)
        )
