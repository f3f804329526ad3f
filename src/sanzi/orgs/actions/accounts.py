"""Accounts of officers: made with an appointment, a password and a second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Appointment, Person, User
from sanzi.orgs.roles import roles


@transaction.atomic()
def open_account(
    *,
    person: Person,
    username: str,
    password: str,
    totp_secret: str | None,
    by: Actor,
    at: datetime,
) -> User:
    """Open an account for a person; with a secret, the second factor is active at once.

    Shapes: `totp_secret` is base32. Raises: django.db.IntegrityError when the person has one.
    """
    user = User(username=username, person=person)
    user.set_password(password)
    user.save()
    if totp_secret is not None:
        totp.TOTP.activate(user, totp_secret)
    audit.write(
        chain="accounts",
        kind="orgs.account.opened",
        by=by,
        at=at,
        subject=("user", username),
        after={"person": person.ext_id},
    )
    return user


@transaction.atomic()
def open_all(
    *,
    password: str,
    secret: Callable[[], str],
    by: Actor,
    at: datetime,
) -> dict[str, str]:
    """Open an account for everybody who holds a listed role now; return role titles by name.

    For a county that begins: names of users are role and place, `cashier_reporter.101201`, with
    a number where several share them. Persons who have an account keep it.
    """
    today = clock.local_date(at)
    hashed = make_password(password)
    held = Appointment.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=today),
        role_code__in=list(roles()),
        start_date__lte=today,
        person__user__isnull=True,
    ).select_related("organisation", "person")
    made: dict[str, str] = {}
    known: set[int] = set()
    for one in held.order_by("organisation__division_id", "id"):
        if one.person_id in known:
            continue
        known.add(one.person_id)
        username = _free_name(f"{one.role_code}.{one.organisation.division_id[6:]}", made)
        user = User.objects.create(username=username, person=one.person, password=hashed)
        totp.TOTP.activate(user, secret())
        made[username] = roles()[one.role_code].title
    audit.write(
        chain="accounts",
        kind="orgs.accounts.opened",
        by=by,
        at=at,
        subject=("users", str(len(made))),
    )
    return made


def _free_name(wanted: str, taken: dict[str, str]) -> str:
    name, number = wanted, 1
    while name in taken or User.objects.filter(username=name).exists():
        number += 1
        name = f"{wanted}-{number}"
    return name
