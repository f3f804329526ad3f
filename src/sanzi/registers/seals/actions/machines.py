"""What machines are told, by the worker: leave to stamp, leave taken back; and their counters.

The rows are the queue: nothing goes over the wire inside the transaction of a step.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from sanzi.matters import gates
from sanzi.registers.seals.actions import arrivals
from sanzi.registers.seals.devices.port import (
    MachineRefuses,
    MachineSilent,
    SealAuth,
    SealDevice,
    wire,
)
from sanzi.registers.seals.models import (
    EventKind,
    Seal,
    SealImpression,
    SealState,
    SealUse,
    Sending,
)

logger = logging.getLogger(__name__)
BATCH = 50


def work(at: datetime) -> int:
    """Tell the machines what waits; a duty of the worker, safe to repeat. Returns how many."""
    if wire.device is None:
        return 0
    rows = SealUse.objects.filter(sending__in=[Sending.WAITING, Sending.CLOSING])
    done = 0
    for use in rows.select_related("seal__keeper").order_by("pk")[:BATCH]:
        try:
            done += _send(wire.device, use, at)
        except MachineSilent as silence:
            logger.warning("seal machine %s: %s", use.seal.device_uuid, silence)
    return done


def _send(device: SealDevice, use: SealUse, at: datetime) -> int:
    if use.sending == Sending.WAITING and gates.waiting(use.case_number):
        return 0  # a hold that nobody has released: the leave waits with it
    now = Sending.SENT if use.sending == Sending.WAITING else Sending.CLOSED
    try:
        if use.sending == Sending.WAITING:
            device.authorise(_auth(use))
        else:
            device.revoke(use.seal.device_uuid, use.ext_id)
    except MachineRefuses as no:
        logger.warning("seal machine %s refuses: %s", use.seal.device_uuid, no)
        now = Sending.REFUSED
    with transaction.atomic():
        # A step that ended the use meanwhile has said CLOSING: that word stands.
        rows = SealUse.objects.filter(pk=use.pk, sending=use.sending)
        return rows.update(sending=now, sent_at=at)


def _auth(use: SealUse) -> SealAuth:
    assert use.not_before_at is not None  # noqa: S101 - an approved use has a window
    assert use.not_after_at is not None  # noqa: S101
    return SealAuth(
        auth_id=use.ext_id,
        device=use.seal.device_uuid,
        seal=use.seal.ext_id,
        operator=use.seal.keeper.ext_id if use.seal.keeper else "",
        impressions=use.copies_approved,
        not_before=use.not_before_at,
        not_after=use.not_after_at,
        is_offsite=use.is_offsite,
    )


def compare(at: datetime) -> int:
    """Hold each machine's counter against its records; what is missing becomes an event.

    A machine that still has records to send, or does not answer, is asked another time.
    Source: AL116. Returns how many differ.
    """
    if wire.device is None:
        return 0
    found = 0
    for seal in Seal.objects.exclude(device_uuid="").filter(state=SealState.IN_USE):
        try:
            told = wire.device.status(seal.device_uuid)
        except (MachineSilent, MachineRefuses):
            continue
        known = SealImpression.objects.filter(device_uuid=seal.device_uuid).count()
        if told.is_online and not told.waiting and told.counter != known:
            words = f"机器盖了{told.counter}次，记录有{known}次"
            key = f"{seal.device_uuid}:{told.counter}:{known}"
            told_of = arrivals.note(seal, EventKind.COUNT_DIFFERS, key=key, words=words, at=at)
            found += told_of
    return found
