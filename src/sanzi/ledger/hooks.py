"""What the ledger asks of higher rooms. They register in their `apps.py`, in `ready`."""

from __future__ import annotations

from collections.abc import Callable, Collection

Approvers = Callable[[Collection[str]], set[int]]
"""Takes the ids of payments and gives the persons who approved them."""

Subjects = Callable[[str, Collection[str]], list[tuple[str, str]]]
"""Takes a source kind and source ids; gives (kind, id) of what the evidence hangs on."""

_subjects: list[Subjects] = []
_approvers: list[Approvers] = []


def register_approvers(ask: Approvers) -> None:
    """Let a room say who approved payments; once however often."""
    if ask not in _approvers:
        _approvers.append(ask)


def approvers_of(payment_ext_ids: Collection[str]) -> set[int]:
    """Return the persons who approved these payments."""
    return {person for ask in _approvers for person in ask(payment_ext_ids)}


def register_subjects(ask: Subjects) -> None:
    """Let a room say on what the evidence of its sources hangs; once however often."""
    if ask not in _subjects:
        _subjects.append(ask)


def evidence_of(source_kind: str, source_ids: Collection[str]) -> list[tuple[str, str]]:
    """Return (kind, id) of the subjects on which the evidence of these sources hangs."""
    return [subject for ask in _subjects for subject in ask(source_kind, source_ids)]
