"""Events of DingTalk: opened when signed for this app, answered sealed; else there is no door."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.test import Client

from sanzi.notices import outbox
from sanzi.notices.channels.dingtalk_events import Envelope, NotFromDingTalk, Sealed
from sanzi.orgs.actions import bindings
from sanzi.orgs.models import Binding
from worlds import village

pytestmark = pytest.mark.django_db
AES_KEY = "0123456789012345678901234567890123456789012"


@pytest.fixture
def envelope(monkeypatch) -> Iterator[Envelope]:
    made = Envelope("token", AES_KEY, "dingkey")
    monkeypatch.setattr(outbox.wire, "dingtalk_events", made)
    return made


def post(envelope: Envelope, event: dict[str, object], **changed: str):
    sealed = envelope.seal(json.dumps(event), "1700000000000", "n1")
    asked = {
        "signature": sealed["msg_signature"], "timestamp": "1700000000000", "nonce": "n1",
    } | changed  # fmt: skip
    return Client().post(
        "/api/v1/dingtalk/events?" + "&".join(f"{key}={value}" for key, value in asked.items()),
        {"encrypt": sealed["encrypt"]},
        content_type="application/json",
    )


def test_who_leaves_the_organisation_loses_his_binding(envelope) -> None:
    world = village.build()
    by = world.actor("agency_accountant")
    ext_id = bindings.ask(provider="dingtalk", uid="union-7", nick="", by=by, at=world.at)
    bindings.keep_address(ext_id=ext_id, address="manager7")

    answer = post(envelope, {"EventType": "user_leave_org", "UserId": ["manager7"]})

    assert answer.status_code == 200
    assert Binding.objects.get().state == "ENDED"
    said = answer.json()
    sealed = Sealed(said["msg_signature"], said["timeStamp"], said["nonce"], said["encrypt"])
    with pytest.raises(NotFromDingTalk, match="content"):
        envelope.open(sealed)  # it says "success", which is no event, and the signature holds


@pytest.mark.parametrize(
    ("other", "changed"),
    [
        (Envelope("token", AES_KEY, "dingkey"), {"signature": "0" * 40}),
        (Envelope("token", AES_KEY, "dingkey"), {"nonce": "n2"}),
        (Envelope("another", AES_KEY, "dingkey"), {}),
        (Envelope("token", AES_KEY[::-1], "dingkey"), {}),
        (Envelope("token", AES_KEY, "another-app"), {}),
    ],
    ids=["signature", "nonce", "token", "key", "app"],
)
def test_what_dingtalk_did_not_sign_for_us_is_no_door(envelope, other, changed) -> None:
    answer = post(other, {"EventType": "user_leave_org", "UserId": ["manager7"]}, **changed)

    assert answer.status_code == 404


def test_without_an_app_there_is_no_door(monkeypatch) -> None:
    monkeypatch.setattr(outbox.wire, "dingtalk_events", None)

    assert post(Envelope("token", AES_KEY, "dingkey"), {}).status_code == 404
