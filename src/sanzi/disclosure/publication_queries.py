"""Reads of publications by officers: those of the scope, standing or not."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from sanzi.disclosure import bulletin_queries
from sanzi.disclosure.models import Publication
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

SEE: Final = "matters.see"
WITHDRAW: Final = "disclosure.withdraw"
Seen = Publication
"""What `access_publication` returns, for the faces that draw it."""


def visible_publications(by: Actor) -> QuerySet[Publication]:
    """Return the publications of an officer's scope."""
    return Publication.objects.filter(scope.within(by, SEE, "division_id"))


def access_publication(*, by: Actor, ext_id: str) -> Publication:
    """Return one publication, with its village and its newer version. Raises: NotFound."""
    found = (
        visible_publications(by)
        .select_related("division", "replaced_by")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def is_withdrawable(one: Publication) -> bool:
    """Whether a publication can be taken off the web by hand.

    What stands of a payment or a month follows the books; an old version of it may go.
    """
    if one.unpublished_at is not None:
        return False
    return bulletin_queries.page_of(one)[0] == "sheet" or hasattr(one, "replaced_by")
