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


STATES: Final = (("standing", "还挂着"), ("replaced", "换过的"), ("withdrawn", "撤下的"))
"""How a publication may stand, for those who choose; what left by itself is under none."""


def publications(
    *, by: Actor, text: str = "", division_code: str = "", state: str = ""
) -> QuerySet[Publication]:
    """Return the publications of the scope with these words in the title, the newest first.

    Bodies are not read. A state that is none of `STATES` chooses nothing.
    """
    found = visible_publications(by).select_related("division", "replaced_by")
    found = found.defer("body", "replaced_by__body").order_by("-published_at", "-pk")
    if text:
        found = found.filter(title__icontains=text)
    if division_code:
        found = found.filter(division_id=division_code)
    if state == "standing":
        return found.filter(unpublished_at__isnull=True, replaced_by__isnull=True)
    if state == "replaced":
        return found.filter(unpublished_at__isnull=True, replaced_by__isnull=False)
    return found.exclude(withdrawn_reason="") if state == "withdrawn" else found


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
