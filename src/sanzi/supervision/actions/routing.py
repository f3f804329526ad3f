"""To whom an alert goes: the first sign of its route whose holders are not in it themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.record import extraction
from sanzi.record.extraction import Only
from sanzi.supervision import known, rules
from sanzi.supervision.models import Alert
from sanzi.supervision.shapes import Sign


@dataclass(frozen=True)
class Target:
    """Where an alert goes next: the step of the route, the role, the place, who can log in."""

    step: int
    role: str
    division_code: str
    days: int
    user_ids: tuple[int, ...]


def signs_of(alert: Alert) -> tuple[Sign, ...]:
    """Return the whole route of an alert, with the levels that escalation climbs."""
    return rules.full_route(known.model_of(alert.model_code, alert.model_version).route)


def ladder_of(alert: Alert) -> tuple[Sign, ...]:
    """Return the signs that an alert climbs by itself from where it stands."""
    return rules.ladder(known.model_of(alert.model_code, alert.model_version), alert.route_step)


def choose(
    route: Sequence[Sign],
    *,
    village_id: str,
    conflicted: set[str],
    at: datetime,
    from_step: int = 0,
) -> Target:
    """Return the first step from `from_step` on with a holder who has no part in the matter.

    Shapes: `conflicted` holds ext ids of the persons in it and of their kin. When nobody is
    left the last step stands, without a holder: the county sees it.
    """
    day = clock.local_date(at)
    for step in range(from_step, len(route)):
        meant = rules.addressee(route[step], village_id)
        for role in meant.roles:
            free = [
                one
                for one in orgs.holders(role, meant.division_code, day)
                if one.division_code == meant.division_code and one.person_ext_id not in conflicted
            ]
            if free:
                users = tuple(one.user_id for one in free if one.user_id is not None)
                return Target(step, role, meant.division_code, route[step].days, users)
    last = len(route) - 1
    meant = rules.addressee(route[last], village_id)
    return Target(last, meant.roles[0], meant.division_code, route[last].days, ())


def with_kin(person_ids: Iterable[str]) -> set[str]:
    """Return these persons and everybody declared as their kin, near or far."""
    people = sorted(set(person_ids))
    found = set(people)
    for column in ("person_id", "relative_person_id"):
        for row in extraction.fetch("kinship", Only(column, people)):
            found |= {row[0], row[1]}
    return found


def may_handle(by: Actor, alert: Alert) -> bool:
    """Return whether the actor holds a post that the alert is now routed to."""
    sign = signs_of(alert)[alert.route_step]
    meant = rules.addressee(sign, alert.division_code)
    here = {post.role_code for post in by.posts if post.division_code == meant.division_code}
    return bool(here & set(meant.roles))
