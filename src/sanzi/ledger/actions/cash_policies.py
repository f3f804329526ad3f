"""What a place allows of cash: drawn up by one person, approved by another; nothing by default."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from sanzi.kernel import ids, money
from sanzi.ledger.actions import proposals
from sanzi.ledger.errors import BadCashPolicy, ReasonMissing
from sanzi.ledger.models import CashPolicy
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division

KIND = "cash_policy"


@dataclass(frozen=True)
class NewPolicy:
    """What is asked for. Units: fen; a limit goes with LIMITED only."""

    division_code: str
    policy: str
    reason: str
    valid_from_date: dt.date
    valid_until_date: dt.date | None = None
    limit_fen: int = 0


def propose_policy(*, policy: NewPolicy, by: Actor, at: dt.datetime) -> str:
    """Draw up a cash policy of a place; returns its ext id.

    Raises: NotFound, BadCashPolicy, ReasonMissing, FirstDayPast. Nothing is written when raised.
    """
    person = proposals.require(by, proposals.PROPOSE)
    if not Division.objects.filter(code=policy.division_code).exists():
        raise NotFound
    scope.require(by, proposals.PROPOSE, policy.division_code)
    _require_written(policy)
    proposals.require_ahead(policy.valid_from_date, at)
    with transaction.atomic():
        made = CashPolicy.objects.create(
            ext_id=ids.new_id("CP", at),
            division_code=policy.division_code,
            policy=policy.policy,
            limit_fen=policy.limit_fen,
            reason=policy.reason.strip()[: proposals.REASON_MAX],
            made_by_id=person,
            made_at=at,
            valid_from_date=policy.valid_from_date,
            valid_until_date=policy.valid_until_date,
        )
        after = {"place": made.division_code, "policy": made.policy, "limit_fen": made.limit_fen}
        proposals.tell(made, KIND, "proposed", by=by, at=at, after=after)
    return made.ext_id


def approve_policy(*, ext_id: str, by: Actor, at: dt.datetime) -> None:
    """Approve a cash policy; it counts from its first day on.

    Raises: NotFound, ProposalDecided, MakerApproves, FirstDayPast.
    """
    with transaction.atomic():
        row = proposals.locked(CashPolicy, ext_id, by)
        scope.require(by, proposals.APPROVE, row.division_code)
        proposals.approve(row, KIND, by=by, at=at)


def refuse_policy(*, ext_id: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """Refuse a cash policy with the reason.

    Raises: NotFound, ProposalDecided, MakerApproves, ReasonMissing.
    """

    def access(row: CashPolicy) -> None:
        scope.require(by, proposals.APPROVE, row.division_code)

    with transaction.atomic():
        proposals.refuse(
            CashPolicy, KIND, ext_id=ext_id, reason=reason, by=by, at=at, access=access
        )


def _require_written(policy: NewPolicy) -> None:
    is_limited = policy.policy == CashPolicy.Kind.LIMITED
    until = policy.valid_until_date
    if policy.policy not in CashPolicy.Kind.values:
        raise BadCashPolicy(why="没有这一种规定")
    if is_limited != (policy.limit_fen > 0) or policy.limit_fen > money.MAX_FEN:
        raise BadCashPolicy(why="限额使用要写限额，别的不写")
    if until is not None and until < policy.valid_from_date:
        raise BadCashPolicy(why="截止日早于生效日")
    if not policy.reason.strip():
        raise ReasonMissing
