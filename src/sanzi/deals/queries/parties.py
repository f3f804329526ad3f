"""Reads of those with whom a body may deal: who stands behind a firm, and whose kin he is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Q

from sanzi.orgs import queries as orgs
from sanzi.orgs.models import Appointment, Counterparty, CounterpartyOwner

OFFERED_MAX = 500
SHARE_MIN_PERCENT = 5
CONTROL_MIN_PERCENT = 50
CADRES: Final = (
    "village_secretary", "committee_head", "committee_member", "village_clerk",
    "cashier_reporter", "supervision_head", "supervision_member", "coop_director", "coop_board",
    "coop_supervisor",
)  # fmt: skip
NONE: Final = ""
NEAR: Final = "near"
DISTANT: Final = "distant"


def offered() -> list[tuple[str, str]]:
    """Return (ext id, name) of the firms of the register, by name; persons are not among them."""
    rows = Counterparty.objects.exclude(kind="person").order_by("name", "pk")[:OFFERED_MAX]
    return [(one.ext_id, one.name) for one in rows]


def people_behind(counterparty_id: int, share_min: int = SHARE_MIN_PERCENT) -> set[int]:
    """Return the persons of a party: itself, who signs for it, who owns or runs it."""
    party = Counterparty.objects.get(pk=counterparty_id)
    owners = CounterpartyOwner.objects.filter(counterparty_id=counterparty_id).filter(
        ~Q(kind="shareholder") | Q(share_percent__gte=share_min)
    )
    found = set(owners.values_list("person_id", flat=True))
    signers = (party.person_id, party.legal_rep_person_id)
    return found | {one for one in signers if one is not None}


def controllers(counterparty_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return by party the keys of those who control it: signer, and owners of half or more."""
    return {
        key: frozenset(str(one) for one in people_behind(key, CONTROL_MIN_PERCENT))
        for key in counterparty_ids
    }


def cadres(division_code: str, on: date) -> set[int]:
    """Return the persons who hold an office in a village on a day."""
    posts = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=on),
        start_date__lte=on,
        role_code__in=CADRES,
        organisation__division_id=division_code,
    )
    return set(posts.values_list("person_id", flat=True))


def tie_to_officers(counterparty_id: int, division_code: str, on: date) -> str:
    """Return how near a party is to the officers of a village: NEAR, DISTANT or NONE.

    Source: REG-BID 34; LAW-REC 35. Near kin are those of the Civil Code.
    """
    people = people_behind(counterparty_id)
    officers = cadres(division_code, on)
    if people & officers:
        return NEAR
    if any(orgs.kin_ids(one) & officers for one in people):
        return NEAR
    if any(orgs.kin_ids(one, statutory=False) & officers for one in people):
        return DISTANT
    return NONE
