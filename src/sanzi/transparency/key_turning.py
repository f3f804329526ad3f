"""Turning the log's keys: signed by the old ones, or declared where those were lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.audit.actions import By
from sanzi.kernel import notes
from sanzi.kernel.key_turns import KeyTurn
from sanzi.kernel.notes import BadNote, Note
from sanzi.transparency import keys
from sanzi.transparency.errors import KeysNotTurned
from sanzi.transparency.models import Checkpoint, Log

CHAIN = "transparency"


@transaction.atomic()
def turn(*, by: By, at: datetime, lost: Sequence[str] = ()) -> KeyTurn:
    """Make new keys for all heads after the newest; the old private ones are destroyed.

    Shapes: `lost` are the public keys that nobody holds the private ones of any more, a line
        each; then the new keys and the levels sign alone, and all readers are told.
    Raises: KeysNotTurned.
    """
    Log.objects.select_for_update().filter(pk=1).first()
    head = Checkpoint.objects.order_by("-size").first()
    ended = keys.generations()[:-1]
    if head is None or (ended and head.size <= (ended[-1].until or 0)):
        raise KeysNotTurned
    origin = settings.SANZI.log_origin
    fresh = [notes.new_signer(origin, kind) for kind in keys.KINDS]
    try:
        old = [notes.read_verifier(one) for one in lost] or keys.verifiers()
    except BadNote as wrong:
        raise KeysNotTurned from wrong
    if {(one.name, one.kind) for one in old} != {(origin, kind) for kind in keys.KINDS}:
        raise KeysNotTurned
    new = tuple(one.verifier for one in fresh)
    told = KeyTurn(origin, head.size, tuple(old), new, bool(lost))
    note = Note(told.text()).signed(*(one.sign(told.text()) for one in fresh))
    if not lost:
        note = note.signed(*(one.sign(told.text()) for one in keys.signers()))
    for level in keys.levels():
        seconds = int(at.timestamp())
        note = note.signed(*(one.sign(told.text(), seconds) for one in level.signers))
    audit.write(
        chain=CHAIN, kind="transparency.keys.turned", by=by, at=at, subject=("log", origin),
        after={"until": head.size, "lost": bool(lost), "keys": [one.text() for one in new]},
    )  # fmt: skip
    keys.replace(told, fresh, note.whole())
    return told
