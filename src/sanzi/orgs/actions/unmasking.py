"""The full view of a personal field: allowed by role, with a reason, and logged."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound, ReasonNeeded
from sanzi.orgs.models import Person, Unmasking

Field = Literal["id_no", "phone"]
FIELD_TITLES: dict[str, str] = {
    "id_no": "身份证号",
    "phone": "手机号",
    "account": "账号",
}
REASON_LENGTH_MIN = 4


@transaction.atomic()
def unmask(*, ext_id: str, field: Field, reason: str, by: Actor, at: datetime) -> str:
    """Return a personal number in full and write down who looked and why.

    Raises: NotFound (absent, out of scope, or no right to look), ReasonNeeded. Nothing is
    written when raised. Source: PIPL art. 51; rules of access 5.
    """
    person = Person.objects.filter(
        scope.within(by, "orgs.unmask", "division_id"),
        ext_id=ext_id,
    ).first()
    if person is None or by.user_id is None:
        raise NotFound
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(field=FIELD_TITLES[field])
    sealed = person.sealed_id_no if field == "id_no" else person.sealed_phone
    Unmasking.objects.create(
        at=at,
        user_id=by.user_id,
        person=person,
        field=field,
        reason=reason.strip()[:200],
    )
    audit.write(
        chain=by.posts[0].org_ext_id,
        kind="orgs.person.unmasked",
        by=by,
        at=at,
        subject=("person", ext_id),
        after={"field": field},
    )
    return secrets.reveal(field, sealed)
