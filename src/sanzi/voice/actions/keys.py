"""The keys of offices: made for an office that keeps the private one, only the public one stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import envelope
from sanzi.voice import queries, rules, sealing
from sanzi.voice.actions.turning import CHAIN
from sanzi.voice.errors import PassphraseWeak
from sanzi.voice.models import OfficeKey


def make(*, passphrase: str, again: str, by: Actor, at: datetime) -> str:
    """Make a key for the actor's office and return its file, sealed by the passphrase.

    The file is not kept. Letters that came before stay with the older key.
    Raises: NotFound (not of a discipline office), SecondFactorNeeded, PassphraseWeak.
    """
    office = queries.own_key(by)
    if office is None:
        raise NotFound
    by.require_second_factor(at)
    if passphrase != again:
        raise PassphraseWeak(least=sealing.PASSPHRASE_LEAST)
    text, public = sealing.new_key_file(passphrase)
    register(office=office, public_key=public, by=by, at=at)
    return text


@transaction.atomic
def register(*, office: tuple[str, str], public_key: str, by: Actor, at: datetime) -> str:
    """Let letters be sealed to a public key from now on; return its fingerprint.

    Shapes: (role, division); (`outside`, "") is the office outside the county.
    Raises: record.BadRecipientKey.
    """
    role, division_code = office
    if role not in {*rules.DISCIPLINE.values(), rules.OUTSIDE}:
        raise NotFound
    public = envelope.public_key(public_key)
    fingerprint = envelope.fingerprint(public)
    older = OfficeKey.objects.select_for_update().filter(
        role_code=role, division_code=division_code, ended_at__isnull=True
    )
    if older.filter(fingerprint=fingerprint).exists():
        return fingerprint
    older.update(ended_at=at)
    OfficeKey.objects.create(
        role_code=role,
        division_code=division_code,
        public_key=public,
        fingerprint=fingerprint,
        registered_at=at,
        registered_by_id=by.user_id,
    )
    audit.write(
        chain=CHAIN,
        kind="voice.key.registered",
        by=by,
        at=at,
        subject=("voice_key", fingerprint[:16]),
        after={"office": role, "place": division_code, "fingerprint": fingerprint},
    )
    return fingerprint


def open_file(*, text: str, passphrase: str, by: Actor) -> sealing.Opener:
    """Open a key file for a discipline officer. Raises: NotFound, KeyNotOpened."""
    if queries.own_key(by) is None:
        raise NotFound
    return sealing.open_key_file(text, passphrase)
