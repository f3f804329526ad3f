"""Every answer has the strict policy, and a body beyond the limit is refused unread."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from sanzi.config import middleware
from sanzi.kernel import clock

AT = datetime(2026, 11, 12, 9, 30, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


class Unread(io.BytesIO):
    """A body that must not be touched."""

    def read(self, *_args) -> bytes:
        """Fail: somebody read it."""
        raise AssertionError("the body was read")


def test_every_page_may_load_only_our_own_files() -> None:
    policy = Client().get("/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_two_hundred_megabytes_are_refused_before_they_are_read() -> None:
    request = RequestFactory().post("/office/", data=b"x", content_type="image/jpeg")
    request.META |= {"CONTENT_LENGTH": str(200 * 1024 * 1024), "wsgi.input": Unread()}

    response = middleware.BodyLimit(lambda _request: pytest.fail("went through"))(request)

    assert response.status_code == 413
    assert "没有收下" in response.content.decode()


def test_what_fits_goes_through() -> None:
    request = RequestFactory().post("/office/", data=b"x", content_type="image/jpeg")

    assert middleware.BodyLimit(lambda _request: "through")(request) == "through"


def test_an_open_door_is_shut_for_who_asks_too_often_and_for_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    limit = middleware.OpenDoorLimit(lambda _request: HttpResponse("read"))

    def ask(path: str, address: str) -> HttpResponse:
        return limit(RequestFactory().get(path, REMOTE_ADDR=address))

    for _ in range(middleware.OPEN_REQUESTS_A_MINUTE):
        assert ask("/open/", "10.0.0.1").status_code == 200
    refused = ask("/api/v1/villages", "10.0.0.1")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "30"
    assert "先停一停" in json.loads(refused.content)["sentence"]
    assert "先停一停" in ask("/open/", "10.0.0.1").content.decode()
    assert ask("/open/", "10.0.0.2").status_code == 200
    assert ask("/", "10.0.0.1").status_code == 200

    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(minutes=1))
    assert ask("/open/", "10.0.0.1").status_code == 200


@pytest.mark.parametrize(("is_production", "address"), [(True, "10.9.9.9"), (False, "127.0.0.1")])
def test_only_behind_the_proxy_is_the_callers_address_what_the_proxy_says(
    monkeypatch: pytest.MonkeyPatch, is_production: bool, address: str
) -> None:
    name = "production" if is_production else "test"
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, name=name))
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "1.2.3.4, 10.9.9.9"})
    seen = middleware.ProxyAddress(lambda one: one.META["REMOTE_ADDR"])

    assert seen(request) == address
