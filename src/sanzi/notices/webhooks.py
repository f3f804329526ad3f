"""Signed messages to other programs: what happened here, told once in the order it happened.

What the log takes is written down for those who listen, in the same transaction; a duty delivers.
The body is JSON that says what happened to which thing, and no more: who wants to know asks the
API, where his rights are looked at. `X-Sanzi-Signature: t=<unix>,v1=<hex>` is
HMAC-SHA256 over `<unix>.<body>`; `X-Sanzi-Event-Id` stays the same in every repetition. A receiver
answers 2xx; anything else is tried again, and a webhook that fails for three days is stopped.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
from django.db import transaction
from django.db.models import F, Q

from sanzi.kernel import ids
from sanzi.notices import errors
from sanzi.notices.channels.port import client
from sanzi.notices.models import Delivery, NoticeState, Webhook

logger = logging.getLogger(__name__)

EVENTS = {
    "matters.case.submitted": "一件事报上来了",
    "matters.case.moved": "一件事走了一步",
    "payments.order.approved": "一笔付款批准了",
    "payments.lines.moved": "付款有了结果",
    "payments.receipt.issued": "开了收据",
    "ledger.period.closed": "一个月结了账",
    "ledger.periods.closed": "一批账结了账",
    "supervision.alert.opened": "出了预警",
    "disclosure.sheet.published": "公开了一项",
    "test.ping": "试一试",
}
"""What may be heard, with its words: kinds of the log."""

ATTEMPT_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
GIVE_UP_AFTER = timedelta(days=3)
LEASE = timedelta(minutes=2)
SEND_MAX = 200
BODY_BYTES_MAX = 64 * 1024


@dataclass(frozen=True)
class Event:
    """One thing that happened. `event_id` is the log's own, so that it is told once.

    `division_code` is the place (12 figures); a webhook of a town hears of its villages.
    """

    kind: str
    event_id: str
    division_code: str
    data: Mapping[str, object]
    at: datetime


class Locks:
    """How secrets are sealed and opened; put in by a higher room."""

    seal: Callable[[str], str] = staticmethod(lambda plain: plain)
    reveal: Callable[[str], str] = staticmethod(lambda sealed: sealed)
    allows_private: bool = False


locks = Locks()


def check_url(url: str) -> str:
    """Return an address that may be told to: https and not in this house.

    Raises: BadWebhook.
    """
    parts = urlsplit(url)
    if locks.allows_private and parts.scheme in ("http", "https") and parts.hostname:
        return url
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise errors.BadWebhook(why="地址要以https开头，不带用户名和口令")
    if _is_private(parts.hostname):
        raise errors.BadWebhook(why="地址在内部网络里")
    return url


def _is_private(host: str) -> bool:
    try:
        found = {one[4][0] for one in socket.getaddrinfo(host, None)}
    except OSError as problem:
        raise errors.BadWebhook(why="这个地址现在找不到") from problem
    return any(not ipaddress.ip_address(str(one).split("%")[0]).is_global for one in found)


def is_anybody_listening() -> bool:
    """Tell whether any program is connected."""
    return Webhook.objects.filter(is_active=True).exists()


def emit(events: Sequence[Event]) -> int:
    """Write what happened for every webhook that listens; return how many deliveries.

    Runs in the caller's transaction: no event is told of what did not happen.
    """
    listening = list(Webhook.objects.filter(is_active=True)) if events else []
    rows = [_delivery(hook, event) for event in events for hook in listening if _hears(hook, event)]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _hears(hook: Webhook, event: Event) -> bool:
    is_wanted = event.kind in hook.events or "*" in hook.events
    return is_wanted and event.division_code.startswith(hook.division_code)


def _delivery(hook: Webhook, event: Event) -> Delivery:
    body = {
        "id": event.event_id,
        "event": event.kind,
        "at": event.at.isoformat(),
        "division_code": event.division_code,
        "data": dict(event.data),
    }
    return Delivery(
        webhook=hook,
        event_id=event.event_id[:40],
        event=event.kind,
        body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        next_attempt_at=event.at,
        created_at=event.at,
    )


def ping(hook: Webhook, at: datetime) -> None:
    """Send a trial to one webhook."""
    event = Event("test.ping", ids.new_id("W", at), hook.division_code, {}, at)
    _delivery(hook, event).save()


def signature(secret: str, body: str, at: datetime) -> str:
    """Return the signature header of a body sent at an instant."""
    moment = int(at.timestamp())
    signed = hmac.new(secret.encode(), f"{moment}.{body}".encode(), "sha256")
    return f"t={moment},v1={signed.hexdigest()}"


def deliver(at: datetime) -> int:
    """Deliver what is due; return how many were taken. A duty of the worker.

    One webhook's trouble does not hold up the others: after its first failure in a round the
    rest of its queue waits.
    """
    taken, in_trouble = 0, set()
    with client(10.0) as wire:
        for one in _claim(at):
            if one.webhook_id in in_trouble:
                continue
            if _post(one, wire, at):
                taken += 1
            else:
                in_trouble.add(one.webhook_id)
    return taken


@transaction.atomic
def _claim(at: datetime) -> list[Delivery]:
    due = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("webhook")
        .filter(state=NoticeState.QUEUED, next_attempt_at__lte=at, webhook__is_active=True)
        .order_by("pk")
    )
    claimed = list(due[:SEND_MAX])
    Delivery.objects.filter(pk__in=[one.pk for one in claimed]).update(next_attempt_at=at + LEASE)
    return claimed


def _post(one: Delivery, wire: httpx.Client, at: datetime) -> bool:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Sanzi-Event": one.event,
        "X-Sanzi-Event-Id": one.event_id,
        "X-Sanzi-Signature": signature(locks.reveal(one.webhook.sealed_secret), one.body, at),
    }
    status, problem = None, ""
    try:
        check_url(one.webhook.url)  # its name may lead elsewhere today
        answer = wire.post(one.webhook.url, content=one.body.encode(), headers=headers)
        status = answer.status_code
        if answer.is_success:
            Delivery.objects.filter(pk=one.pk).update(
                state=NoticeState.SENT, sent_at=at, last_status=status, last_error="",
                attempt_count=F("attempt_count") + 1,
            )  # fmt: skip
            return True
        problem = f"HTTP {status}"
    except errors.BadWebhook as refused:
        problem = str(refused)
    except httpx.HTTPError as broken:
        problem = type(broken).__name__
    _put_back(one, status, problem, at)
    return False


def _put_back(one: Delivery, status: int | None, problem: str, at: datetime) -> None:
    logger.warning("webhook %s: %s: %s", one.webhook.ext_id, one.event_id, problem)
    is_over = at - one.created_at >= GIVE_UP_AFTER
    wait = ATTEMPT_AFTER[min(one.attempt_count, len(ATTEMPT_AFTER) - 1)]
    Delivery.objects.filter(pk=one.pk).update(
        attempt_count=F("attempt_count") + 1,
        next_attempt_at=at + wait,
        last_status=status,
        last_error=problem[:120],
        state=NoticeState.FAILED if is_over else NoticeState.QUEUED,
    )
    if is_over:
        Webhook.objects.filter(Q(pk=one.webhook_id), is_active=True).update(
            is_active=False, stopped_reason=f"三天没有送到：{problem}"[:120]
        )
