"""Reads of the log: the history of a subject, and whether a chain is whole."""

from __future__ import annotations

from sanzi.audit import rules
from sanzi.audit.models import ChainHead, Event


def history(subject_kind: str, subject_id: str) -> list[Event]:
    """Return the events of one subject, oldest first. Callers hold the subject's door."""
    return list(
        Event.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by(
            "at",
            "id",
        ),
    )


def verify_chain(chain: str) -> list[str]:
    """Recompute a chain; return one sentence per break, none when it is whole."""
    wrong: list[str] = []
    previous, number = "", 0
    for event in Event.objects.filter(chain=chain).order_by("number").iterator(2000):
        if event.number != number + 1:
            wrong.append(f"{chain}: event {number + 1} is missing before {event.number}")
        entry = rules.Entry(
            **{name: getattr(event, name) for name in rules.Entry.__dataclass_fields__},
        )
        if event.previous_hash != previous or event.hash != rules.link(previous, entry):
            wrong.append(f"{chain}: event {event.number} does not match its hash")
        previous, number = event.hash, event.number
    head = ChainHead.objects.filter(pk=chain).first()
    if head is not None and (head.last_number, head.last_hash) != (number, previous):
        wrong.append(f"{chain}: the head says {head.last_number}, the last event is {number}")
    return wrong


def chains() -> list[str]:
    """Return the names of all chains."""
    return list(ChainHead.objects.order_by("chain").values_list("chain", flat=True))
