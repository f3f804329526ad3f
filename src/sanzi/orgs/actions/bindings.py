"""Outside accounts of officers: asked for by himself, approved by the township, ended by either.

Before approval an outside account opens nothing; after it, it stands for the password, never for
the second factor.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import (
    BindingDecided,
    BindingReasonNeeded,
    NoPost,
    NotFound,
    OutsideAccountTaken,
    OwnBinding,
)
from sanzi.orgs.models import Binding, BindingState, User

APPROVE: Final = "orgs.approve_binding"
CHAIN: Final = "accounts"
REASON_LENGTH_MIN: Final = 4
OPEN: Final = (BindingState.ASKED, BindingState.APPROVED)
PROVIDERS: Final = {"dingtalk": "钉钉", "weixin": "微信", "openid_connect": "统一身份认证"}


def index(provider: str, uid: str) -> str:
    """Return the keyed digest by which an outside account is found."""
    return secrets.index("outside", f"{provider}:{uid}")


@transaction.atomic
def ask(*, provider: str, uid: str, nick: str, by: Actor, at: datetime) -> str:
    """Ask to log in by an outside account that has just shown itself; return the binding's id.

    Raises: NotFound (no user, no such provider), NoPost, OutsideAccountTaken.
    """
    user = User.objects.filter(pk=by.user_id or 0, is_active=True).select_for_update().first()
    if user is None or not uid or provider not in PROVIDERS:
        raise NotFound
    if not by.posts:
        raise NoPost
    title, found = PROVIDERS[provider], index(provider, uid)
    taken = Binding.objects.filter(provider=provider, state__in=OPEN)
    if taken.filter(user=user).exists():
        raise OutsideAccountTaken(why=f"您已经绑定了一个{title}号")
    if taken.filter(uid_index=found).exists():
        raise OutsideAccountTaken(why=f"这个{title}号已经绑定了别人")
    made = Binding.objects.create(
        ext_id=ids.new_id("BD", at), user=user, provider=provider,
        sealed_uid=secrets.seal("outside", uid), uid_index=found, nick=nick[:60],
        division_code=max(by.posts, key=lambda post: post.division_code).division_code,
        asked_at=at,
    )  # fmt: skip
    _audit(made, "asked", by, at)
    return made.ext_id


@transaction.atomic
def approve(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Let an officer log in by his outside account.

    Raises: NotFound, OwnBinding, BindingDecided, SecondFactorNeeded.
    """
    found = _to_decide(ext_id, by, "批准")
    by.require_second_factor(at)
    _decide(found, BindingState.APPROVED, "", by, at)


@transaction.atomic
def refuse(*, ext_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Refuse a binding, with the reason.

    Raises: NotFound, OwnBinding, BindingDecided, BindingReasonNeeded.
    """
    found = _to_decide(ext_id, by, "退回")
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise BindingReasonNeeded
    _decide(found, BindingState.REFUSED, reason.strip(), by, at)


@transaction.atomic
def end(*, ext_id: str, by: Actor, at: datetime) -> None:
    """End a binding: its owner at any time, the township for him.

    Raises: NotFound, BindingDecided.
    """
    found = Binding.objects.select_for_update().filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    if found.user_id != by.user_id:
        scope.require(by, APPROVE, found.division_code)
    if found.state not in OPEN:
        raise BindingDecided(state=BindingState(found.state).label, verb="解绑")
    _decide(found, BindingState.ENDED, "", by, at)


@transaction.atomic
def end_by_address(*, provider: str, addresses: list[str], at: datetime) -> int:
    """End the bindings of those who left the organisation at the provider; return how many."""
    left = Binding.objects.select_for_update().filter(
        provider=provider, notice_address__in=[one for one in addresses if one], state__in=OPEN
    )
    rows = list(left)
    for one in rows:
        _decide(one, BindingState.ENDED, "已离开那边的组织", SYSTEM, at)
    return len(rows)


def user_of(*, provider: str, uid: str) -> User | None:
    """Return the active user whom an outside account stands for, None for nobody."""
    found = (
        Binding.objects.filter(
            provider=provider,
            uid_index=index(provider, uid),
            state=BindingState.APPROVED,
            user__is_active=True,
        )
        .select_related("user")
        .first()
    )
    return found.user if found is not None else None


def keep_address(*, ext_id: str, address: str) -> None:
    """Keep where work notices to a bound officer go."""
    Binding.objects.filter(ext_id=ext_id).update(notice_address=address[:80])


def _to_decide(ext_id: str, by: Actor, verb: str) -> Binding:
    found = Binding.objects.select_for_update().filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, APPROVE, found.division_code)
    if found.user_id == by.user_id:
        raise OwnBinding
    if found.state != BindingState.ASKED:
        raise BindingDecided(state=BindingState(found.state).label, verb=verb)
    return found


def _decide(one: Binding, state: BindingState, reason: str, by: Actor, at: datetime) -> None:
    one.state, one.reason, one.decided_by_id, one.decided_at = state, reason, by.user_id, at
    one.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    _audit(one, state.value.lower(), by, at)


def _audit(one: Binding, what: str, by: Actor, at: datetime) -> None:
    audit.write(
        chain=CHAIN, kind=f"orgs.binding.{what}", by=by, at=at,
        subject=("user", one.user.username),
        after={"binding": one.ext_id, "provider": one.provider},
    )  # fmt: skip
