"""The office over the demo county, walked link by link as officers do, with wrong filters typed in.

A page never shows a link that leads to nothing for who reads it, and no address, however typed,
breaks a page down.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.test import Client
from lxml import html

from county.crawl import kind_of
from county.loaded import county
from sanzi.kernel import clock
from sanzi.orgs.actions import accounts
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import User
from sanzi.supervision.actions import nightly

pytestmark = pytest.mark.django_db

WALKERS = ("county_agri", "county_discipline", "town_leader", "agency_cashier", "cashier_reporter")
NOT_WALKED = ("//", "/account/", "/static/", "/look/")
PAGES_MAX = 2
"""So many of one address pattern, with one set of filters, are read."""
FILTERS = 4
"""So many times each form that only looks is sent with wrong words."""
WRONG = (
    "-1", "abc", "9" * 20, "1.5", "2026-13-45", "0001-01-01", "9999-12-31", "2026-13", "x" * 1000,
    "'\"<b>--", "一" * 300, "١٢٣", "999901101299",
)  # fmt: skip


@dataclass
class Walk:
    """What a walker met: links that lead to nothing, forms that only look."""

    broken: list[str] = field(default_factory=list)
    forms: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)
    read: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The small county after a night of its models."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        folder = tmp_path_factory.mktemp("county") / "package"
        with county(folder, plant=lambda: None):
            nightly.run(as_of=clock.now(), by=SYSTEM)
            accounts.open_all(
                password="x" * 20, secret=generate_totp_secret, by=SYSTEM, at=clock.now()
            )
            yield


@pytest.mark.parametrize("role", WALKERS)
def test_every_link_leads_somewhere_and_no_filter_breaks_a_page(loaded: None, role: str) -> None:
    client = entered(role)

    found = walk(client, "/office/")

    assert len(found.read) > 50
    assert found.broken == []
    ask_wrongly(client, found)


def test_no_filter_breaks_a_page_that_villagers_read(loaded: None) -> None:
    client = Client()

    found = walk(client, "/")

    assert len(found.read) > 30
    assert len(found.forms) > 2
    ask_wrongly(client, found)


def ask_wrongly(client: Client, found: Walk) -> None:
    """Send every form that only looks with wrong words."""
    chance = random.Random(7)  # noqa: S311 - which wrong words, not secrets
    for address, names in found.forms:
        for _ in range(FILTERS):
            typed = urlencode({name: chance.choice(WRONG) for name in names})
            answer = client.get(f"{address}?{typed}")
            assert answer.status_code < 500, (address, typed)


def entered(role: str) -> Client:
    """Return a browser in which the first holder of a role is logged in."""
    user = User.objects.filter(username__startswith=f"{role}.").order_by("username").first()
    assert user is not None
    client = Client()
    client.force_login(user)
    session = client.session
    session["second_factor_at"] = clock.now().timestamp()
    session.save()
    return client


def walk(client: Client, first: str) -> Walk:
    """Read what can be reached from a first page, without leaving what lies below it."""
    found, waiting, seen = Walk(), [(first, "")], {first}
    while waiting:
        address, source = waiting.pop(0)
        kind = _kind(address)
        if found.read[kind] >= PAGES_MAX:
            continue
        found.read[kind] += 1
        answer = client.get(address, follow=True)
        if answer.status_code != 200:
            found.broken.append(f"{answer.status_code} {address} on {source}")
        if answer.streaming:
            b"".join(answer.streaming_content)
            continue
        if "html" not in answer.headers.get("Content-Type", ""):
            continue
        page = html.fromstring(answer.content)
        for form in page.forms:
            names = tuple(sorted({str(one.name) for one in form.inputs if one.name is not None}))
            if form.method == "GET" and names:
                found.forms.setdefault((urljoin(address, form.action or ""), names), address)
        for link in page.xpath("//a/@href"):
            to = urljoin(address, str(link)).split("#")[0]
            if to not in seen and to.startswith(first) and not to.startswith(NOT_WALKED):
                seen.add(to)
                waiting.append((to, address))
    return found


def _kind(address: str) -> tuple[str, tuple[str, ...]]:
    parts = urlsplit(address)
    return kind_of(address), tuple(name for name, _ in parse_qsl(parts.query))
