"""What machines send: impressions with their pictures, and what they tell of themselves.

A record may come late, twice, out of order. It counts once, by the machine's own number of it.
An impression without leave is kept and shouted about, never refused: the paper is stamped.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence.actions import files
from sanzi.kernel import clock, digest, ids, signatures
from sanzi.kernel.refusals import Refusal
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.registers.seals import errors, rules
from sanzi.registers.seals.actions import telling, uses
from sanzi.registers.seals.devices.port import wire
from sanzi.registers.seals.models import (
    ALARMS,
    EventKind,
    Seal,
    SealDeviceEvent,
    SealImpression,
    SealUse,
    UseStatus,
)

IMPRESSION = "impression"
SUBJECT = "seal_use"
RECORDS_MAX = 50
SEQ_MAX = 2**31 - 1
TEXT_MAX = 40
DEGREES_MAX_E6 = 180_000_000


@dataclass(frozen=True)
class Taken:
    """What came of a message: records new to us, and those we had."""

    new: int
    known: int


@dataclass(frozen=True)
class Record:
    """One record of a machine, read. Units: degrees in millionths; times aware UTC."""

    device: str
    seq: int
    kind: str
    at: datetime
    auth_id: str
    is_late: bool
    lat_e6: int | None
    lng_e6: int | None
    photos: Mapping[str, bytes]
    raw_digest: str


def take(*, raw: bytes, signature: str, customer: str, at: datetime) -> Taken:
    """Take a signed message with records of machines; repeated ones bring nothing.

    Raises: NotFound for what the platform of the machines did not sign for us,
        MachineUnreadable for what it signed and is no record, or is of a machine that no seal is
        locked in. What stands before it is kept: the same message comes again.
    """
    _require_signed(raw, signature, customer)
    records = _read(raw)
    new = sum(_keep(one, at) for one in records)
    return Taken(new, len(records) - new)


def _require_signed(raw: bytes, signature: str, customer: str) -> None:
    if not wire.public_key or customer != wire.customer:
        raise NotFound
    key = signatures.read_key(wire.public_key)
    if not signatures.is_valid(key, customer.encode() + b"\n" + raw, signature):
        raise NotFound


def _read(raw: bytes) -> list[Record]:
    try:
        told = json.loads(raw)["records"]
        if not isinstance(told, list) or len(told) > RECORDS_MAX:
            raise errors.MachineUnreadable(why=f"一次最多{RECORDS_MAX}条")
        return [_record(one) for one in told]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as wrong:
        raise errors.MachineUnreadable(why=type(wrong).__name__) from wrong


def _record(told: Mapping[str, Any]) -> Record:
    at = datetime.fromisoformat(told["at"])
    seq, kind = told["seq"], told["kind"]
    if at.tzinfo is None or not isinstance(seq, int) or not 0 < seq <= SEQ_MAX:
        raise ValueError("time or number")
    if kind != IMPRESSION and kind not in EventKind.values:
        raise ValueError("kind")
    photos = {
        name: base64.b64decode(told[name], validate=True)
        for name in ("before_photo", "after_photo")
        if told.get(name)
    }
    return Record(
        device=_text(told["device"]), seq=seq, kind=kind, at=at.astimezone(UTC),
        auth_id=_text(told.get("auth_id", "")), is_late=bool(told.get("is_late", False)),
        lat_e6=_degrees(told.get("lat_e6")), lng_e6=_degrees(told.get("lng_e6")),
        photos=photos, raw_digest=digest.sm3_of({**told, "is_late": False}),
    )  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        raise ValueError("text")
    return value


def _degrees(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or abs(value) > DEGREES_MAX_E6:
        raise ValueError("degrees")
    return value


def _keep(record: Record, at: datetime) -> bool:
    """Keep one record, once; return whether it was new. Raises: NotFound for unknown machines."""
    with transaction.atomic():
        seal = (
            Seal.objects.select_for_update(of=("self",))
            .select_related("organisation", "keeper")
            .filter(device_uuid=record.device)
            .exclude(device_uuid="")
            .order_by("-pk")
            .first()
        )
        if seal is None:
            raise errors.MachineUnreadable(why=f"没有登记{record.device}这台机器")
        if record.kind != IMPRESSION:
            return note(
                seal, EventKind(record.kind), key=f"{record.device}:{record.seq}:{record.kind}",
                at=at, event_at=record.at,
            )  # fmt: skip
        known = SealImpression.objects.filter(
            device_uuid=record.device, device_seq=record.seq
        ).first()
        if known is None:
            _impress(seal, record, at)
            return True
        if known.raw_digest != record.raw_digest:
            key = f"{record.device}:{record.seq}:{record.raw_digest}"
            note(seal, EventKind.CLASH, key=key, at=at, words=f"第{record.seq}号来了两样")
        return False


def _impress(seal: Seal, record: Record, at: datetime) -> None:
    """Put an impression on its use, or on a use that nobody approved; say what is wrong."""
    use = SealUse.objects.select_for_update(of=("self",)).filter(
        ext_id=record.auth_id, seal=seal, approved_at__isnull=False
    ).first()  # fmt: skip
    faults: list[tuple[EventKind, str]] = []
    why = _why_not(use, seal, record, at)
    if use is None or why:
        faults.append((EventKind.UNAUTHORISED, why))
        use = _unapproved(seal, record, at)
    elif use.copies_stamped >= use.copies_approved:
        words = f"批了{use.copies_approved}个，这是第{use.copies_stamped + 1}个"
        faults.append((EventKind.EXCESS, words))
    listed = rules.seal_list(clock.local_date(at))
    if rules.is_clock_wrong(record.at, at, listed.skew_seconds, is_late=record.is_late):
        faults.append((EventKind.CLOCK_ERROR, f"机器说是{clock.minute_text(record.at)}"))
    photos = {name: _photo(use, name, data, at) for name, data in record.photos.items()}
    uses.keep(
        use,
        SealImpression(
            ext_id=ids.new_id("GY", at), use=use, device_uuid=record.device,
            device_seq=record.seq, stamped_at=record.at, received_at=at, is_late=record.is_late,
            before_photo_hash=photos.get("before_photo", ""),
            after_photo_hash=photos.get("after_photo", ""),
            lat_e6=record.lat_e6, lng_e6=record.lng_e6, raw_digest=record.raw_digest,
        ),
    )  # fmt: skip
    for kind, words in faults:
        key = f"{record.device}:{record.seq}:{kind}"
        note(seal, kind, key=key, at=at, event_at=record.at, words=words, use=use)
    audit.write(
        chain=seal.organisation.ext_id, kind="seals.use.told", by=SYSTEM, at=at,
        subject=("seal_use", use.ext_id),
        after={"device": record.device, "seq": record.seq, "record": record.raw_digest},
    )  # fmt: skip


def _why_not(use: SealUse | None, seal: Seal, record: Record, at: datetime) -> str:
    """Return why an impression stands under no leave; empty when it does."""
    if use is None:
        return "没有这个批准"
    if seal.lost_at is not None and record.at >= seal.lost_at:
        return "印章已经报失"
    skew = timedelta(seconds=rules.seal_list(clock.local_date(at)).skew_seconds)
    first, last = use.not_before_at, use.not_after_at
    is_inside = first is not None and last is not None and first - skew <= record.at <= last + skew
    return "" if is_inside else "不在批准的时间里"


def _unapproved(seal: Seal, record: Record, at: datetime) -> SealUse:
    """Make the use that nobody asked for: the record must show it."""
    return SealUse.objects.create(
        ext_id=ids.new_id(uses.PREFIX, at), seal=seal, organisation=seal.organisation,
        division_code=seal.division_code, is_listed_item=False, keeper=seal.keeper,
        requested_at=record.at, status=UseStatus.UNAPPROVED,
    )  # fmt: skip


def _photo(use: SealUse, name: str, data: bytes, at: datetime) -> str:
    """Keep a picture; one that is none leaves its place empty, which a model finds (AL119)."""
    upload = files.Upload(f"{name}.png", name, data, may_be_invoice=False)
    try:
        with transaction.atomic():
            stored = files.store(
                by=SYSTEM, at=at, upload=upload, subject_kind=SUBJECT, subject_id=use.ext_id
            )
    except Refusal:
        return ""
    return stored.digest


def note(
    seal: Seal,
    kind: EventKind,
    *,
    key: str,
    at: datetime,
    event_at: datetime | None = None,
    words: str = "",
    use: SealUse | None = None,
) -> bool:
    """Keep an event once by its key, and tell of an alarm; return whether it was new."""
    made, is_new = SealDeviceEvent.objects.get_or_create(
        ext_id=f"YS{digest.sm3(key.encode())[:30]}",
        defaults={
            "seal": seal, "organisation": seal.organisation, "division_code": seal.division_code,
            "case_number": use.case_number if use else "", "device_uuid": seal.device_uuid,
            "kind": kind, "event_at": event_at or at, "received_at": at, "words": words[:120],
        },
    )  # fmt: skip
    if is_new and kind in ALARMS:
        telling.tell_alarm(made, at)
    if is_new:
        audit.write(
            chain=seal.organisation.ext_id, kind="seals.machine.told", by=SYSTEM, at=at,
            subject=("seal", seal.ext_id), after={"kind": str(kind), "words": words},
        )  # fmt: skip
    return is_new
