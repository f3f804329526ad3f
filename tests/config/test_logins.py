"""The file of outside log-ins: whole, or the program does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanzi.config import logins
from sanzi.config.env import BadEnvironment

WHOLE = """
dingtalk: {client_id: dingkey, secret: "env:DING"}
openid_connect: {client_id: c, secret: s, provider_id: zj, name: 浙政钉, server_url: "http://idp"}
"""


def test_a_whole_file_gives_the_providers(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DING", "s3cret")
    place = tmp_path / "logins.yaml"
    place.write_text(WHOLE, encoding="utf-8")

    found = logins.read(place)

    assert found["dingtalk"]["APPS"] == [{"client_id": "dingkey", "secret": "s3cret"}]
    assert found["openid_connect"]["APPS"][0]["settings"] == {"server_url": "http://idp"}
    assert logins.read(None) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("qq: {client_id: a}", "'qq' is no provider"),
        ("dingtalk: {client_id: a}", "secret is missing"),
        ("dingtalk:", "client_id is missing"),
        ("dingtalk: {client_id: a, secret: 'env:NOT_SET'}", "NOT_SET is not set"),
        ("[dingtalk]", "expected a mapping"),
    ],
)
def test_a_mistake_stops_the_program(tmp_path: Path, text: str, said: str) -> None:
    place = tmp_path / "logins.yaml"
    place.write_text(text, encoding="utf-8")

    with pytest.raises(BadEnvironment, match=said):
        logins.read(place)
