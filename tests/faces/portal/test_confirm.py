"""The page behind the link of a text, and the office's pages about it, through HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sanzi.kernel import clock
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import User
from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly
from sanzi.supervision.models import Alert
from sanzi.voice.actions import confirming
from sanzi.voice.models import Confirmation
from worlds import confirmations as asked
from worlds import village
from worlds.village import AT, World

pytestmark = pytest.mark.django_db
OFFICE = "/office/confirmations/"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", lambda: AT)
    closed = [catalogue.models()[code] for code in catalogue.closed_codes()]
    monkeypatch.setattr(catalogue, "at_gate", lambda _gate: closed)
    world = village.build()
    village.add_operator(world)
    asked.paid(world, asked.households(world, 40))
    confirming.draw_due(AT)
    return world


def log_in(user: User) -> Client:
    """Return a browser of an officer, second factor just shown."""
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator

    secret = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    client = Client()
    client.force_login(user)
    session = client.session
    session["second_factor_at"] = AT.timestamp()
    session.save()
    return client


def link(place: int = 0) -> str:
    return f"/q/{asked.code(asked.texts()[place])}"


def test_the_page_asks_in_plain_words_and_opening_it_answers_nothing(world: World) -> None:
    answer = Client().get(link())

    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("三季度山林补偿，365元", "收到了，365元", "没有收到", "收到多少元"):
        assert words in page
    assert "王" not in page
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert not Confirmation.objects.exclude(answer="").exists()


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("received", "记下了，谢谢您"), ("not_received", "记下了，您没收到"),
        ("wrong_sum", "记下了，数不对"), ("declined", "记下了，以后不问了"),
    ],
)  # fmt: skip
def test_one_button_answers_and_the_link_is_used_up(world: World, said: str, title: str) -> None:
    client, here = Client(), link()

    assert title in client.post(here, {"said": said, "received": "265.5"}).content.decode()

    again = client.get(here)
    assert again.status_code == 409
    assert "只能答一次" in again.content.decode()
    held = Confirmation.objects.exclude(answer="").get()
    assert held.received_fen == (26_550 if said == "wrong_sum" else None)


def test_a_sum_that_is_none_is_asked_for_again_with_what_was_typed(world: World) -> None:
    answer = Client().post(link(), {"said": "wrong_sum", "received": "<b>两百"})

    page = answer.content.decode()
    assert "收到多少钱没有写清" in page
    assert "&lt;b&gt;两百" in page
    assert not Confirmation.objects.exclude(answer="").exists()


def test_a_link_is_over_after_its_days(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=7, seconds=1))

    for answer in (Client().get(link()), Client().post(link(), {"said": "received"})):
        assert answer.status_code == 409
        assert "回答的日子过了" in answer.content.decode()
    assert not Confirmation.objects.exclude(answer="").exists()


def test_wrong_codes_are_not_found_until_the_network_has_tried_too_often(world: World) -> None:
    client = Client(REMOTE_ADDR="203.0.113.5")

    assert {client.get(f"/q/AAAA{number:08d}").status_code for number in range(30)} == {404}
    assert client.get(link()).status_code == 429
    assert client.post(link(), {"said": "received"}).status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.6").get(link()).status_code == 200


def test_the_discipline_office_goes_from_the_alert_to_the_household(world: World) -> None:
    Client().post(link(), {"said": "not_received"})
    one = Confirmation.objects.exclude(answer="").get()
    nightly.run(as_of=AT, by=SYSTEM)
    alert = Alert.objects.get()
    client = log_in(world.users["town_discipline_office"])
    here = f"{OFFICE}{alert.ext_id}/"

    assert here in client.get(f"/office/alerts/{alert.ext_id}/").content.decode()
    page = client.get(here).content.decode()
    assert "没收到" in page
    assert one.payment.payee_name not in page
    form = {"one": one.ext_id, "words": "上门当面问有没有收到"}
    short = client.post(f"{here}household/", {**form, "words": "看看"}, follow=True)
    assert "写得太短" in short.content.decode()
    assert one.payment.payee_name in client.post(f"{here}household/", form).content.decode()
    assert client.post(f"{here}household/", {**form, "one": "HD-0"}).status_code == 404
    counts = client.get(OFFICE).content.decode()
    assert "一年来问了3户，1户说钱不对" in counts
    assert one.payment.payee_name not in counts


def test_officers_of_village_and_town_find_neither_page_nor_alert(world: World) -> None:
    Client().post(link(), {"said": "not_received"})
    one = Confirmation.objects.exclude(answer="").get()
    nightly.run(as_of=AT, by=SYSTEM)
    alert = Alert.objects.get()
    names = [each.payment.payee_name for each in Confirmation.objects.all()]

    for role in ("village_secretary", "cashier_reporter", "town_leader", "county_agri"):
        client = log_in(world.users[role])
        for url in (OFFICE, f"{OFFICE}{alert.ext_id}/", f"/office/alerts/{alert.ext_id}/"):
            assert client.get(url).status_code == 404
        form = {"one": one.ext_id, "words": "上门当面问有没有收到"}
        assert client.post(f"{OFFICE}{alert.ext_id}/household/", form).status_code == 404
        for url in ("/office/", "/office/alerts/", "/office/alerts/?as=csv"):
            page = b"".join(client.get(url)).decode()
            assert alert.ext_id not in page
            assert not [name for name in names if f">{name}<" in page]
    notices = log_in(world.users["platform_admin"]).get("/office/notices/").content.decode()
    assert "问一户钱到了没有" in notices
    assert not [each for each in asked.texts() if asked.code(each) in notices]
    assert not [name for name in names if f">{name}<" in notices]
    assert Notice.objects.filter(template=confirming.TEMPLATE).count() == 3
