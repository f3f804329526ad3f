"""What the ledger asks of higher rooms. They register in their `apps.py`, in `ready`."""

from __future__ import annotations

from collections.abc import Callable, Collection

Approvers = Callable[[Collection[str]], set[int]]
"""Takes the ids of payments and gives the persons who approved them."""

_approvers: list[Approvers] = []


def register_approvers(ask: Approvers) -> None:
    """Let a room say who approved payments; once however often."""
    if ask not in _approvers:
        _approvers.append(ask)


def approvers_of(payment_ext_ids: Collection[str]) -> set[int]:
    """Return the persons who approved these payments."""
    return {person for ask in _approvers for person in ask(payment_ext_ids)}
