"""What a village's own page tells besides its money: what is being decided, what is let.

Words are masked as on every public page: no name of a villager stands in a title.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sanzi.deals.queries import auctions, tenders
from sanzi.disclosure import bulletin_queries, comment_queries, naming
from sanzi.matters import decision_queries
from sanzi.matters.items import items
from sanzi.registers.leases.queries import public as leases
from sanzi.registers.leases.queries.public import Letting


@dataclass(frozen=True)
class Deciding:
    """One thing that is not settled yet.

    Shapes: `kind` is "consultation", "meeting", "tender" or "auction"; `ext_id` leads to its
        page, empty where it has none; `until` is when one may no longer speak, come or bid.
    """

    kind: str
    ext_id: str
    title: str
    until: datetime


def deciding(village_code: str, at: datetime) -> list[Deciding]:
    """Return what is being decided in a village, the first to end first. Titles are masked."""
    found = [
        *_consultations(village_code, at),
        *(
            Deciding("meeting", "", decision_queries.body_words(one.body), one.held_at)
            for one in decision_queries.meetings_to_come(village_code, at)
        ),
        *(
            Deciding("tender", one.ext_id, one.title, one.bid_deadline_at)
            for one in tenders.taking_bids(village_code, at)
            if one.bid_deadline_at is not None
        ),
        *(
            Deciding("auction", one.ext_id, one.title, one.closes_at)
            for one in auctions.coming(village_code, at)
        ),
    ]
    masked = naming.clean(village_code, [one.title for one in found])
    shown = [replace(one, title=title) for one, title in zip(found, masked, strict=True)]
    return sorted(shown, key=lambda one: (one.until, one.kind, one.ext_id))


def _consultations(village_code: str, at: datetime) -> list[Deciding]:
    asked = [code for code, item in items().items() if item.comments]
    rows = bulletin_queries.standing(village_code).filter(item_code__in=asked)
    timed = [(one, comment_queries.until(one)) for one in rows]
    return [
        Deciding("consultation", one.ext_id, one.title, until) for one, until in timed if until > at
    ]


def lettings(village_code: str, today: date) -> list[Letting]:
    """Return what a village lets and what it could let. Names of things are masked."""
    found = leases.lettings(village_code, today)
    masked = naming.clean(village_code, [one.name for one in found])
    return [replace(one, name=name) for one, name in zip(found, masked, strict=True)]
