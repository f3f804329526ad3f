"""Logging in: password and second factor, a lock after five wrong tries, no sign-up, an end."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from sanzi.kernel import clock
from sanzi.orgs import accounts
from sanzi.orgs.actions.accounts import open_account
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Person, User
from worlds import village

pytestmark = pytest.mark.django_db
PASSWORD = "long-enough-2026"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def officer() -> User:
    cache.clear()
    village.build()
    person = Person.objects.create(ext_id="P-NEW", name="周新来", division_id=village.WILLOW)
    return open_account(
        person=person,
        username="newcomer",
        password=PASSWORD,
        totp_secret=SECRET,
        by=SYSTEM,
        at=village.AT,
    )


def log_in(client: Client, password: str):
    return client.post("/account/login/", {"login": "newcomer", "password": password})


def test_a_password_alone_does_not_open_the_office(officer) -> None:
    client = Client()

    answer = log_in(client, PASSWORD)

    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/office/").status_code == 302


def test_password_and_second_factor_open_it_and_logging_out_ends_it(officer) -> None:
    client = Client()
    log_in(client, PASSWORD)

    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    code = accounts.current_code(officer, clock.now())
    client.post("/account/2fa/authenticate/", {"code": code})

    assert client.get("/office/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/office/").status_code == 302


def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(officer) -> None:
    client = Client()
    for _ in range(5):
        assert log_in(client, "wrong-password").status_code == 200

    answer = log_in(client, PASSWORD)

    assert answer.status_code in {200, 429}
    assert "Location" not in answer.headers
    assert client.get("/office/").status_code == 302


def test_the_second_factors_secret_is_sealed_at_rest(officer) -> None:
    stored = officer.authenticator_set.get().data["secret"]

    assert SECRET not in stored


def test_nobody_signs_up() -> None:
    before = User.objects.count()

    Client().post(
        "/account/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert User.objects.count() == before


def test_an_officer_without_a_second_factor_is_led_to_set_one_up(officer) -> None:
    officer.authenticator_set.all().delete()
    client = Client()
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/office/").headers["Location"] == "/account/2fa/totp/activate/"
