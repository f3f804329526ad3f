"""Fixtures of the office: the desk of cases, officers who are logged in, the clock of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from worlds import cases as worlds_cases
    from worlds.fake_bank import FakeBank

    Officer = Callable[[str], Client]

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def bank() -> Iterator[FakeBank]:
    """The bank in memory, put in as the gateway in use."""
    from sanzi.payments.actions import gateways
    from worlds.fake_bank import FakeBank

    found = FakeBank()
    gateways.use(found)
    yield found
    gateways.use(None)


@pytest.fixture
def desk(
    db: None,
    bank: FakeBank,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: object,
) -> worlds_cases.Desk:
    """The village of these tests, at its own hour; the models run for real."""
    from django.core.management import call_command

    from sanzi.kernel import clock
    from sanzi.matters import limits
    from worlds import cases as worlds_cases

    limits.forget()
    monkeypatch.setattr(clock, "now", lambda: worlds_cases.AT)
    call_command("createcachetable", verbosity=0)
    return worlds_cases.build()


@pytest.fixture
def officer(desk: worlds_cases.Desk) -> Officer:
    """Return a browser in which the holder of a role is logged in, second factor just shown."""
    return lambda role: logged_in(desk, role)


def logged_in(desk: worlds_cases.Desk, role: str, minutes_ago: int = 0) -> Client:
    """Return a browser of a role whose second factor was shown so many minutes ago."""
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from worlds.cases import AT

    user = desk.world.users[role]
    Authenticator.objects.get_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": get_adapter().encrypt(SECRET)}},
    )
    client = Client()
    client.force_login(user)
    session = client.session
    session["second_factor_at"] = (AT - timedelta(minutes=minutes_ago)).timestamp()
    session.save()
    return client
