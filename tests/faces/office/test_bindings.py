"""Logging in by DingTalk: bound by oneself, approved by the township; the second factor stays."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from django.core.cache import cache
from django.test import Client

from sanzi.audit.models import Event
from sanzi.orgs.models import Binding
from worlds.fake_channels import Answer, Call, Provider, serving

pytestmark = pytest.mark.django_db


class DingTalkDoor(Provider):
    """The three documented calls of a log-in; `who` is the person in front of the phone."""

    who: str = "union-7"

    def answer(self, call: Call) -> Answer:
        """Give a token for a code, and the person for a token."""
        if call.path == "/v1.0/oauth2/userAccessToken":
            if call.json["code"] != "good":
                return 400, {"code": "invalidAuthCode", "message": "不合法的code"}
            return 200, {"accessToken": "U1", "refreshToken": "R1", "expireIn": 7200}
        if call.headers.get("x-acs-dingtalk-access-token") != "U1":
            return 401, {}
        return 200, {"unionId": self.who, "openId": f"open-{self.who}", "nick": "老周"}


@pytest.fixture
def door(settings, monkeypatch) -> Iterator[DingTalkDoor]:
    cache.clear()
    app = {"client_id": "dingkey", "secret": "s3cret"}
    settings.SOCIALACCOUNT_PROVIDERS = {"dingtalk": {"APPS": [app]}}
    with serving(DingTalkDoor()) as server:
        monkeypatch.setattr(
            DingTalkOAuth2Adapter, "access_token_url", f"{server.url}/v1.0/oauth2/userAccessToken"
        )
        monkeypatch.setattr(
            DingTalkOAuth2Adapter, "profile_url", f"{server.url}/v1.0/contact/users/me"
        )
        yield server


def go(client: Client, query: str = "", code: str = "good"):
    """Walk to DingTalk and back, as the browser does."""
    out = client.post(f"/account/outside/dingtalk/login/{query}")
    assert out.status_code == 302
    state = parse_qs(urlsplit(out.headers["Location"]).query)["state"][0]
    return client.get(
        "/account/outside/dingtalk/login/callback/", {"authCode": code, "state": state}
    )


def bound(officer, ask: str = "agency_accountant", approve: str = "town_agri_head") -> Client:
    """Return the browser of an officer whose DingTalk account is bound and approved."""
    client = officer(ask)
    go(client, "?process=connect")
    binding = Binding.objects.get()
    officer(approve).post(f"/office/bindings/{binding.ext_id}/", {"what": "approve"})
    assert Binding.objects.get().state == "APPROVED"
    return client


def test_a_bound_account_stands_for_the_password_and_not_for_the_second_factor(
    door, officer
) -> None:
    bound(officer)
    fresh = Client()

    answer = go(fresh)

    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert fresh.get("/office/").status_code == 302
    assert SocialAccount.objects.count() == 0
    kinds = list(Event.objects.filter(kind__startswith="orgs.binding").values_list("kind"))
    assert kinds == [("orgs.binding.asked",), ("orgs.binding.approved",)]
    assert "union-7" not in str(Binding.objects.values().get())


def test_before_approval_it_opens_nothing(door, officer) -> None:
    client = officer("agency_accountant")
    asked = go(client, "?process=connect")
    assert asked.headers["Location"] == "/office/bindings/"
    assert "等镇里批准" in client.get("/office/bindings/").content.decode()

    answer = go(Client())

    assert answer.headers["Location"] == "/account/login/"


def test_a_stranger_is_sent_back_to_the_password(door, officer) -> None:
    fresh = Client()

    answer = go(fresh)

    assert answer.headers["Location"] == "/account/login/"
    assert "还没有绑定" in fresh.get("/account/login/").content.decode()
    assert Binding.objects.count() == 0


def test_a_wrong_code_or_a_forged_state_opens_nothing(door, officer) -> None:
    bound(officer)
    wrong = go(Client(), code="bad")
    assert wrong.status_code == 401
    assert "没有登录成" in wrong.content.decode()

    fresh = Client()
    forged = fresh.get(
        "/account/outside/dingtalk/login/callback/", {"authCode": "good", "state": "made-up"}
    )
    assert "没有登录成" in forged.content.decode()
    assert fresh.get("/office/").status_code == 302


def test_one_account_stands_for_one_officer_and_nobody_approves_his_own(door, officer) -> None:
    head = officer("town_agri_head")
    go(head, "?process=connect")
    binding = Binding.objects.get()
    own = head.post(f"/office/bindings/{binding.ext_id}/", {"what": "approve"}, follow=True)
    assert "这是您自己的绑定" in own.content.decode()

    other = officer("agency_accountant")
    go(other, "?process=connect")

    assert "已经绑定了别人" in other.get("/office/bindings/").content.decode()
    assert [(one.state, one.user_id) for one in Binding.objects.all()] == [
        ("ASKED", binding.user_id)
    ]


def test_a_refusal_has_a_reason_and_the_account_may_be_bound_again(door, officer) -> None:
    client, head = officer("agency_accountant"), officer("town_agri_head")
    go(client, "?process=connect")
    place = f"/office/bindings/{Binding.objects.get().ext_id}/"
    head.post(place, {"what": "refuse", "reason": "不"})
    assert Binding.objects.get().state == "ASKED"

    head.post(place, {"what": "refuse", "reason": "不是本人的号"})

    assert Binding.objects.get().state == "REFUSED"
    go(client, "?process=connect")
    assert Binding.objects.filter(state="ASKED").count() == 1


def test_an_ended_binding_opens_nothing(door, officer) -> None:
    client = bound(officer)
    client.post(f"/office/bindings/{Binding.objects.get().ext_id}/", {"what": "end"})

    assert go(Client()).headers["Location"] == "/account/login/"
    again = client.post(f"/office/bindings/{Binding.objects.get().ext_id}/", follow=True)
    assert "不能再解绑" in again.content.decode()


def test_officers_of_another_town_do_not_see_it(door, officer) -> None:
    go(officer("agency_accountant"), "?process=connect")
    binding = Binding.objects.get()

    stranger = officer("cashier_reporter")
    answer = stranger.post(f"/office/bindings/{binding.ext_id}/", {"what": "approve"})

    assert answer.status_code == 404
    assert Binding.objects.get().state == "ASKED"
