"""What those who run the platform do with notices: send one again, connect other programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import divisions, ids
from sanzi.notices import webhooks
from sanzi.notices.errors import BadWebhook, NoticeGone
from sanzi.notices.models import Notice, NoticeState, Webhook
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

PERMISSION: Final = "notices.operate"
CHAIN: Final = "notices"
SECRET_BITS: Final = 256


@dataclass(frozen=True)
class Connected:
    """A new webhook; `secret` is shown this once."""

    ext_id: str
    secret: str


def require(by: Actor) -> None:
    """Let only those pass who run the platform. Raises: NotFound."""
    if not scope.prefixes(by, PERMISSION):
        raise NotFound


@transaction.atomic
def send_again(*, notice_id: int, by: Actor, at: datetime) -> None:
    """Put a notice that did not go back into the queue.

    Raises: NotFound; NoticeGone when it is not among those that failed.
    """
    require(by)
    found = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    if found.state != NoticeState.FAILED:
        raise NoticeGone(state=NoticeState(found.state).label)
    found.state = NoticeState.QUEUED
    found.attempt_count, found.next_attempt_at, found.ended_at = 0, at, None
    found.save(update_fields=["state", "attempt_count", "next_attempt_at", "ended_at"])
    audit.write(
        chain=CHAIN, kind="notices.notice.again", by=by, at=at,
        subject=("notice", str(notice_id)), after={"template": found.template},
    )  # fmt: skip


@transaction.atomic
def connect(
    *, title: str, url: str, events: list[str], division_code: str, by: Actor, at: datetime
) -> Connected:
    """Let another program hear of events of a place (empty: everywhere).

    Raises: NotFound, BadWebhook. Nothing is written then.
    """
    require(by)
    if not title.strip():
        raise BadWebhook(why="没有写给谁用")
    wrong = [one for one in events if one not in webhooks.EVENTS and one != "*"]
    if wrong or not events:
        raise BadWebhook(why=f"没有“{wrong[0]}”这种事" if wrong else "一种事也没有选")
    try:
        prefix = divisions.prefix(division_code) if division_code else ""
    except divisions.BadDivisionCode as refusal:
        raise BadWebhook(why=refusal.text) from refusal
    webhooks.check_url(url)
    secret = ids.new_token(SECRET_BITS)
    made = Webhook.objects.create(
        ext_id=ids.new_id("WH", at), title=title.strip()[:60], url=url[:300],
        sealed_secret=webhooks.locks.seal(secret), events=sorted(set(events)),
        division_code=prefix, created_by_id=by.user_id or 0, created_at=at,
    )  # fmt: skip
    _audit(made, "connected", by, at, {"url": made.url, "events": made.events})
    return Connected(made.ext_id, secrets.normalise(secret))


@transaction.atomic
def switch(*, ext_id: str, is_on: bool, by: Actor, at: datetime) -> None:
    """Stop a webhook, or let it go on; what waited meanwhile is delivered then.

    Raises: NotFound.
    """
    found = _access(ext_id, by)
    found.is_active, found.stopped_reason = is_on, "" if is_on else "人工停用"
    found.save(update_fields=["is_active", "stopped_reason"])
    _audit(found, "resumed" if is_on else "stopped", by, at, {})


@transaction.atomic
def try_out(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Send a trial event to a webhook. Raises: NotFound."""
    found = _access(ext_id, by)
    webhooks.ping(found, at)
    _audit(found, "tried", by, at, {})


def _access(ext_id: str, by: Actor) -> Webhook:
    require(by)
    found = Webhook.objects.select_for_update().filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def _audit(one: Webhook, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=CHAIN, kind=f"notices.webhook.{what}", by=by, at=at,
        subject=("webhook", one.ext_id), after={"title": one.title, **after},
    )  # fmt: skip
