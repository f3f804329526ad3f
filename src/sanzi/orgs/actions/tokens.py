"""Tokens of programs: made for a user, dated, revocable; only a keyed digest is kept.

The token is told once, when it is made. A token stands for its user with his posts of the day; it
never stands for his second factor (see `second_factor`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import BadToken, NotFound, TokenDays
from sanzi.orgs.models import ApiToken, User

DAYS_MAX: Final = 366
BITS: Final = 160
CHAIN: Final = "accounts"


@dataclass(frozen=True)
class Made:
    """A new token; `text` is shown this once."""

    ext_id: str
    text: str
    expires_at: datetime


def make(*, username: str, days: int, title: str, by: Actor, at: datetime) -> Made:
    """Make a token for a user.

    Raises: NotFound (no such user), TokenDays. Nothing is written then.
    """
    if not 1 <= days <= DAYS_MAX:
        raise TokenDays(days=DAYS_MAX)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound
    _require(by, user)
    text = ids.new_token(BITS)
    with transaction.atomic():
        made = ApiToken.objects.create(
            ext_id=ids.new_id("TK", at),
            user=user,
            digest=secrets.index("token", text),
            title=title[:60],
            made_at=at,
            expires_at=at + timedelta(days=days),
        )
        after = {"token": made.ext_id, "days": days, "title": made.title}
        audit.write(
            chain=CHAIN, kind="orgs.token.made", by=by, at=at,
            subject=("user", username), after=after,
        )  # fmt: skip
    return Made(made.ext_id, text, made.expires_at)


def revoke(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Revoke a token at once. Raises: NotFound, also for one revoked already."""
    with transaction.atomic():
        found = (
            ApiToken.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(ext_id=ext_id, revoked_at__isnull=True)
            .first()
        )
        if found is None:
            raise NotFound
        _require(by, found.user)
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        audit.write(
            chain=CHAIN, kind="orgs.token.revoked", by=by, at=at,
            subject=("user", found.user.username), after={"token": ext_id},
        )  # fmt: skip


def take(*, text: str, at: datetime) -> tuple[User, str]:
    """Return the user behind a token, and the token's id.

    Raises: BadToken, the same for unknown, expired, revoked and closed accounts.
    """
    found = (
        ApiToken.objects.select_related("user__person")
        .filter(
            digest=secrets.index("token", ids.read_token(text[:100])),
            revoked_at__isnull=True,
            expires_at__gt=at,
            user__is_active=True,
        )
        .first()
    )
    if found is None:
        raise BadToken
    today = clock.local_date(at)
    if found.last_used_date != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used_date=today)
    return found.user, found.ext_id


def _require(by: Actor, user: User) -> None:
    is_system = by.user_id is None and by.person_id is None
    if not is_system and by.user_id != user.pk and not scope.prefixes(by, "orgs.accounts"):
        raise NotFound
