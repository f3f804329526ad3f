"""Every answer has the strict policy, and a body beyond the limit is refused unread."""

from __future__ import annotations

import io

import pytest
from django.test import Client, RequestFactory

from sanzi.config import middleware

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
