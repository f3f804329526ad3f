"""Accounts of officers: made with an appointment, a password and a second factor."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Person, User


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


def current_code(user: User, at: datetime) -> str:
    """Return the six digits that the user's device shows now. For the demo's list only.

    Raises: Authenticator.DoesNotExist.
    """
    device = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    secret = totp.decrypt(device.data["secret"])
    counter = int(at.timestamp()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))
