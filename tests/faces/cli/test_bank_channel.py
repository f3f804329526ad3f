"""`sanzi bank-channel` shows the stopped ways to banks, and lets one go on."""

from __future__ import annotations

import pytest

from sanzi.audit.models import Event
from sanzi.interfaces.cli.main import main
from sanzi.payments.actions import channels
from sanzi.payments.models import BankChannel
from worlds import village
from worlds.money import AT

pytestmark = pytest.mark.django_db


def test_nothing_is_said_to_be_stopped_when_nothing_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bank-channel"]) == 0
    assert "没有停着的通道" in capsys.readouterr().out


def test_a_stopped_channel_is_named_with_its_reason_and_let_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    village.add_operator(village.build())
    channels.stop("rural", why="银行不认我们的签名。", at=AT)

    assert main(["bank-channel"]) == 1
    shown = capsys.readouterr().out
    assert "rural" in shown
    assert "银行不认我们的签名。" in shown

    assert main(["bank-channel", "--resume", "rural"]) == 0
    assert "通道rural放行了" in capsys.readouterr().out
    assert BankChannel.objects.get().stopped_at is None
    assert Event.objects.filter(kind="payments.channel.resumed").count() == 1
    assert main(["bank-channel"]) == 0


def test_a_channel_that_runs_is_not_let_go_and_nothing_changes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    events = Event.objects.count()

    assert main(["bank-channel", "--resume", "nobody"]) == 2
    said = capsys.readouterr()
    assert "这条银行通道没有停" in said.err
    assert Event.objects.count() == events
    assert not BankChannel.objects.exists()
