"""The raw messages to and from banks, for county inspectors: searched by number, day, account."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from sanzi.bank.actions import SEALED_AS
from sanzi.bank.models import BankMessage
from sanzi.kernel import clock
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import roles
from sanzi.payments import raw_rules
from sanzi.payments.models import Instruction

SEE = "audit.see"
LEVEL = "county"
TAIL = 4
KINDS = {
    "pain.001.001.09": "付款指令",
    "query": "问结果",
    "camt.055.001.08": "请求撤回",
    "not-executed": "要没有执行的书面答复",
    "acmt.023.001.04": "核对户名",
    "camt.060.001.05": "要余额、流水、对账单",
    "receipt": "取电子回单",
    "reconciliation": "告诉对账结果",
    "accounts": "问有哪些账户",
    "cards": "问有哪些村务卡",
    "card-lines": "取刷卡流水",
    "card": "问村务卡",
}
"""Words of the kinds of the first adapter; another adapter's codes stand as they are."""
OUTCOMES = {
    "200": "答了",
    "404": "银行说没有",
    "NOT_SENT": "没有送出",
    "NO_ANSWER": "没有回话",
    "BAD_SIGNATURE": "签名不对",
    "": "还没有回话",
}
_FINE = ("200", "404")


@dataclass(frozen=True)
class RawFilter:
    """What is looked for; days are local and both count. Empty or None does not narrow.

    `account` is a number or its last four figures.
    """

    number: str = ""
    account: str = ""
    first: date | None = None
    last: date | None = None
    is_wrong: bool = False


@dataclass(frozen=True)
class RawRow:
    """One call: what was asked about what, and what came of it."""

    pk: int
    bank: str
    kind: str
    reference: str
    outcome: str
    is_fine: bool
    sent_at: datetime
    answered_at: datetime | None
    digest: str


@dataclass(frozen=True)
class RawPage:
    """One call with both texts, masked."""

    row: RawRow
    request: str
    answer: str


def messages(*, by: Actor, only: RawFilter) -> QuerySet[BankMessage]:
    """Return the calls that fit, the newest first. Raises: NotFound without a county post."""
    if not is_inspector(by):
        raise NotFound
    found = BankMessage.objects.all()
    if only.number:
        found = found.filter(reference__icontains=_typed(only.number))
    if only.account:
        found = found.filter(_of_account(only.account))
    if only.first:
        found = found.filter(sent_at__gte=clock.midnight(only.first))
    if only.last:
        found = found.filter(sent_at__lt=clock.midnight(only.last + timedelta(days=1)))
    if only.is_wrong:
        found = found.exclude(outcome__in=_FINE)
    return found.order_by("-sent_at", "-pk")


def is_inspector(by: Actor) -> bool:
    """Tell who reads the log for a whole county: messages name people of all villages."""
    held = (roles().get(post.role_code) for post in by.posts)
    return any(role.level == LEVEL and SEE in role.may for role in held if role is not None)


def row_of(one: BankMessage) -> RawRow:
    """Return one call in words."""
    return RawRow(
        pk=one.pk,
        bank=one.bank,
        kind=KINDS.get(one.kind, one.kind),
        reference=one.reference,
        outcome=OUTCOMES.get(one.outcome, f"答{one.outcome}"),
        is_fine=one.outcome in _FINE,
        sent_at=one.sent_at,
        answered_at=one.answered_at,
        digest=one.request_digest,
    )


def message(*, by: Actor, pk: int) -> RawPage:
    """Return one call with both texts, masked. Raises: NotFound."""
    if not is_inspector(by):
        raise NotFound
    found = BankMessage.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return RawPage(row_of(found), _text(found.sealed_request), _text(found.sealed_answer))


def _text(sealed: str) -> str:
    if not sealed:
        return ""
    return raw_rules.readable(base64.b64decode(secrets.reveal(SEALED_AS, sealed)))


def _of_account(typed: str) -> Q:
    """Return what is true of calls about an account: reports name its tail, orders their number."""
    tail = re.sub(r"[^0-9]", "", typed)[-TAIL:]
    if len(tail) < TAIL:
        return Q(pk__in=[])
    sent = Instruction.objects.filter(debit_account__tail=tail).values("msg_id")
    return Q(reference=tail) | Q(reference__in=sent)


def _typed(text: str) -> str:
    return text.replace("\0", "").strip()[:40]
