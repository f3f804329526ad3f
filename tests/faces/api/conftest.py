"""Programs at the interface: a village with money, officers with tokens, a clock that stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from worlds import cases as worlds_cases
    from worlds.fake_bank import FakeBank

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Said:
    """An answer: status, and the body when it is JSON."""

    status: int
    body: Any
    raw: Any


@dataclass
class Program:
    """A program that speaks for one officer; without a token it speaks for nobody."""

    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: Any = None, **said: Any) -> Said:
        """Ask, and give the answer; `headers` are further ones, `files` make it a form."""
        from django.test import Client

        headers = {**self.headers, **said.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        given: dict[str, Any] = {"headers": headers, **said}
        if body is not None:
            given |= {"data": json.dumps(body), "content_type": "application/json"}
        files = given.pop("files", None)
        if files is not None:
            given["data"] = files
        answer = Client(raise_request_exception=False).generic
        if files is not None:
            raw = Client(raise_request_exception=False).post(f"/api/v1{path}", **given)
        else:
            raw = answer(method, f"/api/v1{path}", **given)
        is_json = raw.headers.get("Content-Type", "").startswith("application/json")
        return Said(raw.status_code, raw.json() if is_json else None, raw)


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
def desk(db: None, bank: FakeBank, monkeypatch: pytest.MonkeyPatch) -> worlds_cases.Desk:
    """The village of these tests, on the day of its story."""
    from sanzi.kernel import clock
    from sanzi.matters import limits
    from worlds import cases as worlds_cases

    limits.forget()
    monkeypatch.setattr(clock, "now", lambda: worlds_cases.AT)
    return worlds_cases.build()


@pytest.fixture
def program(desk: worlds_cases.Desk) -> Callable[[str], Program]:
    """Make a program for a role, with a token of its own."""
    from sanzi.orgs.actions import tokens
    from sanzi.orgs.actors import SYSTEM

    def make(role: str) -> Program:
        user = desk.world.users[role]
        made = tokens.make(
            username=user.username, days=30, title="测试", by=SYSTEM, at=desk.world.at
        )
        return Program(made.text)

    return make


@pytest.fixture
def code(desk: worlds_cases.Desk) -> Callable[[str], dict[str, str]]:
    """Give a role a second factor, and the header with its present code."""
    from allauth.mfa.totp.internal import auth as totp

    def make(role: str) -> dict[str, str]:
        user = desk.world.users[role]
        totp.TOTP.activate(user, SECRET)
        counter = int(datetime.now(UTC).timestamp()) // 30
        return {"X-Second-Factor": totp.format_hotp_value(totp.hotp_value(SECRET, counter))}

    return make
