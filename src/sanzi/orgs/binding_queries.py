"""Reads of outside accounts: one's own, those that wait for approval, and where notices go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sanzi.notices.models import Notice
from sanzi.orgs import scope, secrets
from sanzi.orgs.actions.bindings import APPROVE, OPEN, PROVIDERS, keep_address
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Binding, BindingState

LIST_MAX = 200
OF_CHANNEL = {"DINGTALK": "dingtalk"}
"""Which provider's binding says where a channel's notices go."""


@dataclass(frozen=True)
class BindingRow:
    """One binding as a page shows it. `may_end`: still open."""

    ext_id: str
    provider: str
    name: str
    nick: str
    state: str
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    may_end: bool


def own(*, by: Actor) -> list[BindingRow]:
    """Return one's own bindings, newest first."""
    found = Binding.objects.filter(user_id=by.user_id or 0).select_related("user__person")
    return [_row(one) for one in found.order_by("-asked_at")]


def waiting(*, by: Actor) -> list[BindingRow]:
    """Return the bindings that this actor may approve, oldest first."""
    found = (
        Binding.objects.filter(scope.within(by, APPROVE), state=BindingState.ASKED)
        .exclude(user_id=by.user_id or 0)
        .select_related("user__person")
    )
    return [_row(one) for one in found.order_by("asked_at")[:LIST_MAX]]


def bound(*, by: Actor) -> list[BindingRow]:
    """Return the bindings in force in the actor's scope of approval."""
    found = Binding.objects.filter(scope.within(by, APPROVE), state=BindingState.APPROVED)
    return [_row(one) for one in found.select_related("user__person").order_by("-decided_at")][
        :LIST_MAX
    ]


def address_of(notice: Notice, staff_of: Callable[[str], str]) -> str:
    """Return where a notice goes on its channel, empty for nobody bound.

    `staff_of` asks the provider for the address of an outside account; the answer is kept.
    """
    provider = OF_CHANNEL.get(notice.channel, "")
    found = Binding.objects.filter(
        user_id=notice.user_id or 0, provider=provider, state=BindingState.APPROVED
    ).first()
    if found is None:
        return ""
    if not found.notice_address:
        address = staff_of(secrets.reveal("outside", found.sealed_uid))
        keep_address(ext_id=found.ext_id, address=address)
        return address
    return found.notice_address


def _row(one: Binding) -> BindingRow:
    return BindingRow(
        ext_id=one.ext_id,
        provider=PROVIDERS.get(one.provider, one.provider),
        name=one.user.person.name,
        nick=one.nick,
        state=BindingState(one.state).label,
        reason=one.reason,
        asked_at=one.asked_at,
        decided_at=one.decided_at,
        may_end=one.state in OPEN,
    )
