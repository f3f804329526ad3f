"""Whether what was typed may stand in its fields, before anything of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sanzi.kernel import clock
from sanzi.matters import errors, offers, rules
from sanzi.matters.fields import Field
from sanzi.matters.models import Case
from sanzi.orgs.models import Organisation

SAID_MAX = 3


def require_possible(fields: Sequence[Field], form: Mapping[str, Any]) -> None:
    """Refuse values that their fields can't hold.

    Shapes: `form` as typed. Raises: BadField with the sentence of each field in `data["said"]`.
    """
    refuse(rules.wrong_fields(fields, form))


def require_own_people(
    case: Case, fields: Sequence[Field], form: Mapping[str, Any], at: datetime
) -> None:
    """Refuse persons who are not of the village of a case: its pages would say their names.

    Whoever stands in the case already may stay.
    Raises: BadField as `require_possible`.
    """
    people = [one for one in offers.chosen(fields, form) if one.column.type == "person"]
    refuse(offers.unoffered(people, place_of(case.organisation, at), case.form))


def not_offered(
    case: Case, fields: Sequence[Field], form: Mapping[str, Any], at: datetime
) -> list[tuple[str, str]]:
    """Return (key, sentence) of what was chosen from a list that does not offer it to this body.

    To be asked before an effect, which may change the list, and refused after what the register
    says of it, whose words are better.
    """
    return offers.unoffered(offers.chosen(fields, form), place_of(case.organisation, at), {})


def refuse(wrong: Sequence[tuple[str, str]]) -> None:
    """Refuse when something is wrong. Raises: BadField with each sentence in `data["said"]`."""
    if wrong:
        raise errors.BadField(
            what="；".join(said for _, said in wrong[:SAID_MAX]),
            keys=[key for key, _ in wrong],
            said=[list(one) for one in wrong],
        )


def place_of(body: Organisation, at: datetime) -> offers.Place:
    """Return for whom the lists of a body's forms are, at a moment."""
    return offers.Place(body.ext_id, body.kind, body.division_id, clock.local_date(at))
