"""Reads of officers' accounts: by name, and the demo's list with codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt

from sanzi.kernel import clock
from sanzi.orgs import queries, roles
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, User


@dataclass(frozen=True)
class DemoLogin:
    """One officer on the demo's list."""

    username: str
    name: str
    role: str
    code: str


def user_named(username: str) -> User:
    """Return an active user by name. Raises: NotFound."""
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def current_code(user: User, at: datetime) -> str:
    """Return the six digits that the user's device shows now. For the demo's list and tests.

    Raises: Authenticator.DoesNotExist.
    """
    device = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    counter = int(at.timestamp()) // 30
    value = totp.hotp_value(decrypt(device.data["secret"]), counter)
    return str(totp.format_hotp_value(value))


def demo_places(village_code: str, at: datetime) -> list[tuple[str, list[DemoLogin]]]:
    """Return the officers of a village and of every node above it, by place, with codes."""
    today = clock.local_date(at)
    found = []
    for code in [village_code, *queries.ancestors(village_code)]:
        held = (
            Appointment.objects.filter(
                organisation__division_id=code,
                role_code__in=list(roles.roles()),
                person__user__is_active=True,
                start_date__lte=today,
            )
            .exclude(end_date__lt=today)
            .select_related("person__user")
            .order_by("id")
        )
        logins = [
            DemoLogin(
                username=one.person.user.username,
                name=one.person.name,
                role=roles.title(one.role_code),
                code=current_code(one.person.user, at),
            )
            for one in held
        ]
        if logins:
            found.append((queries.village_name(code), logins))
    return found
