"""A repeated application: a fresh draft is filled from the last of its power that ended well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.matters import errors, repeats
from sanzi.matters.actions import answers, drafts, steps
from sanzi.matters.actions.locking import lock_case
from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class Repeated:
    """What a draft took: from which case, which fields, which amounts to check, what is left out.

    Shapes: `amounts` and `left_out` are labels; of payees who are gone, their names.
    """

    number: str
    source: str
    fields: tuple[str, ...]
    amounts: tuple[str, ...]
    left_out: tuple[str, ...]


def repeat(*, number: str, by: Actor, at: datetime, source: str = "") -> Repeated:
    """Fill the empty fields of a draft from the body's last case of this power that ended well.

    `source` names another of them. What no longer holds is left out: what lists do not offer any
    more, days that are past, decisions, evidence, and the villager whom the old case was about.
    Payees come without their accounts, so that today's registered ones are used.
    Raises: NotFound, NotYours, NotNow, NothingToRepeat. Nothing is written then; of the old case
    nothing ever is.
    """
    with transaction.atomic():
        case = lock_case(number, by)
        matter = steps.matter_of(case)
        old = repeats.last(
            by=by, matter_code=case.matter_code,
            organisation_ext_id=case.organisation.ext_id, number=source,
        )  # fmt: skip
        found = repeats.taken(matter, old, answers.place_of(case.organisation, at))
        form = {key: value for key, value in found.form.items() if not case.form.get(key)}
        lines = () if case.form.get("lines") else found.lines
        if not form and not lines:
            raise errors.NothingToRepeat(number=old.number)
        drafts.save(number=number, by=by, at=at, form=form, lines=lines or None)
        audit.write(
            chain=case.organisation.ext_id, kind="matters.case.repeated", by=by, at=at,
            subject=("case", number), after={"from": old.number, "fields": sorted(form)},
        )  # fmt: skip
    amounts = [label for _, label in repeats.amounts(matter.fields, form)]
    if lines and matter.payees is not None:
        amounts.append(matter.payees.label)
    return Repeated(number, old.number, tuple(sorted(form)), tuple(amounts), found.left_out)
