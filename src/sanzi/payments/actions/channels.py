"""Ways to banks: stopped when a bank does not accept our signature, resumed by an operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.orgs import scope
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import telling
from sanzi.payments.errors import ChannelRuns
from sanzi.payments.models import BankChannel

PERMISSION = "notices.operate"


@dataclass(frozen=True)
class ChannelRow:
    """A stopped way to a bank: its name in the settings, since when, and why."""

    name: str
    stopped_at: datetime
    why: str


def stopped_names() -> frozenset[str]:
    """Return the names of the connections over which nothing may be sent now."""
    found = BankChannel.objects.filter(stopped_at__isnull=False)
    return frozenset(found.values_list("name", flat=True))


@transaction.atomic
def stop(name: str, *, why: str, at: datetime) -> bool:
    """Stop a connection and ring for the operators; return False when it was stopped already."""
    BankChannel.objects.bulk_create([BankChannel(name=name)], ignore_conflicts=True)
    channel = BankChannel.objects.select_for_update().get(name=name)
    if channel.stopped_at is not None:
        return False
    channel.stopped_at, channel.why = at, why[:200]
    channel.save(update_fields=["stopped_at", "why"])
    telling.channel_stopped(name, why, at)
    _audit(name, "stopped", SYSTEM, at, {"why": why[:200]})
    return True


def stopped(*, by: Actor) -> list[ChannelRow]:
    """Return the connections that are stopped, for an operator. Raises NotFound."""
    _require_operator(by)
    rows = BankChannel.objects.filter(stopped_at__isnull=False).order_by("name")
    return [ChannelRow(one.name, one.stopped_at, one.why) for one in rows if one.stopped_at]


@transaction.atomic
def resume(*, name: str, by: Actor, at: datetime) -> None:
    """Let messages go out again over a connection, after certificate and keys were looked at.

    Raises: NotFound for who is no operator, SecondFactorNeeded, ChannelRuns.
    """
    _require_operator(by)
    by.require_second_factor(at)
    channel = BankChannel.objects.select_for_update().filter(name=name).first()
    if channel is None or channel.stopped_at is None:
        raise ChannelRuns
    channel.stopped_at, channel.why = None, ""
    channel.resumed_at, channel.resumed_by_id = at, by.user_id
    channel.save()
    _audit(name, "resumed", by, at, {})


def _require_operator(by: Actor) -> None:
    if by.user_id is not None and not scope.prefixes(by, PERMISSION):
        raise NotFound


def _audit(name: str, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=f"bank:{name}",
        kind=f"payments.channel.{what}",
        by=by,
        at=at,
        subject=("bank_channel", name),
        after=after,
    )
