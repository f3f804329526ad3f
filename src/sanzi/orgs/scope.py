"""The one scope check. Every door of every room stands on `can` or `within`.

A permission reaches a division when one of the actor's posts has a role that may do it and lies
at that division or above it: a scope is a prefix of the division code.
"""

from __future__ import annotations

from django.db.models import Q

from sanzi.kernel import divisions
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import roles


def prefixes(actor: Actor, permission: str) -> set[str]:
    """Return the significant prefixes of the divisions where the actor may do this."""
    return {
        divisions.prefix(post.division_code)
        for post in actor.posts
        if post.role_code in roles() and permission in roles()[post.role_code].may
    }


def can(actor: Actor, permission: str, division_code: str) -> bool:
    """Return whether the actor may do this at this place. The system may do everything."""
    if actor.user_id is None and actor.person_id is None:
        return True
    return any(division_code.startswith(prefix) for prefix in prefixes(actor, permission))


def require(actor: Actor, permission: str, division_code: str) -> None:
    """Refuse unless the actor may do this at this place.

    Raises: NotFound, the same as for a thing that is not there.
    """
    if not can(actor, permission, division_code):
        raise NotFound


def within(actor: Actor, permission: str, field: str = "division_code") -> Q:
    """Return the condition that keeps a queryset inside the actor's scope."""
    if actor.user_id is None and actor.person_id is None:
        # Never an empty Q: `a | Q()` is `a` in Django, and the system would see a part only.
        return ~Q(pk__in=[])
    condition = Q(pk__in=[])
    for prefix in sorted(prefixes(actor, permission)):
        # A range, not LIKE: it uses the index on both engines.
        condition |= Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + ":"})
    return condition
