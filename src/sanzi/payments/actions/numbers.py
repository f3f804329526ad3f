"""Numbers without gaps: taken under a lock, in the transaction that uses them."""

from __future__ import annotations

from sanzi.payments.models import NumberHead


def next_number(key: str) -> int:
    """Return the next number under a key, beginning with 1. Needs a transaction.

    The row stays locked until the transaction ends; a rollback gives the number back.
    """
    head = hold(key)
    head.last_number += 1
    head.save(update_fields=["last_number"])
    return head.last_number


def hold(key: str) -> NumberHead:
    """Lock the head of a key, making it when it is new: for who takes numbers after other locks."""
    NumberHead.objects.bulk_create([NumberHead(key=key)], ignore_conflicts=True)
    return NumberHead.objects.select_for_update(no_key=True).get(key=key)
