"""From the log to the programs that listen: which events, of which place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sanzi.audit.actions import Happened
from sanzi.kernel import digest
from sanzi.notices import webhooks
from sanzi.orgs.models import Organisation

ID_LENGTH_MAX = 40


def hear(chain: str, last_number: int, events: Sequence[Happened], at: datetime) -> None:
    """Write down for the listeners what the log has just taken; runs in its transaction."""
    first = last_number - len(events) + 1
    told = [
        (number, one) for number, one in enumerate(events, first) if one.kind in webhooks.EVENTS
    ]
    if not told or not webhooks.is_anybody_listening():
        return
    place = Organisation.objects.filter(ext_id=chain).values_list("division_id", flat=True).first()
    webhooks.emit(
        [
            webhooks.Event(
                kind=one.kind,
                event_id=_event_id(chain, number),
                division_code=place or "",
                data={"subject_kind": one.subject[0], "subject_id": one.subject[1]},
                at=at,
            )
            for number, one in told
        ]
    )


def _event_id(chain: str, number: int) -> str:
    plain = f"{chain}-{number}"
    return plain if len(plain) <= ID_LENGTH_MAX else digest.sm3(plain.encode())[:ID_LENGTH_MAX]
