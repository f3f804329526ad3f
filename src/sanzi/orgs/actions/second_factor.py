"""The second factor shown again: six digits checked, counted when wrong, good for five minutes.

What is remembered is kept under the door that showed it (a token), never for the whole user.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache

from sanzi.orgs.actors import SECOND_FACTOR_LASTS
from sanzi.orgs.errors import SecondFactorNeeded

WRONG_MAX: Final = 5
WRONG_SECONDS: Final = 15 * 60


def has_device(user_id: int) -> bool:
    """Return whether the user has a second factor at all."""
    found = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP)
    return bool(found.exists())


def prove(*, user_id: int, code: str) -> None:
    """Check a code; wrong ones are counted for the user, whichever door they come through.

    Raises: SecondFactorNeeded, when it is wrong, used before, or wrong ones came too often.
    """
    tries_key = f"second-factor:{user_id}"
    tries = int(cache.get(tries_key, 0))
    device = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).first()
    if device is None or tries >= WRONG_MAX or not TOTP(device).validate_code(code):
        cache.set(tries_key, tries + 1, WRONG_SECONDS)
        raise SecondFactorNeeded
    cache.delete(tries_key)


def show(*, user_id: int, code: str, door: str, at: datetime) -> datetime:
    """Check a code and remember that this door showed it.

    Raises: SecondFactorNeeded, as `prove`.
    """
    prove(user_id=user_id, code=code)
    cache.set(_key(door), at.timestamp(), SECOND_FACTOR_LASTS.total_seconds())
    return at


def shown_at(door: str) -> datetime | None:
    """Return when this door last showed a right code, while that still counts."""
    at = cache.get(_key(door))
    return datetime.fromtimestamp(float(at), tz=UTC) if at else None


def _key(door: str) -> str:
    return f"second-factor-at:{door}"
