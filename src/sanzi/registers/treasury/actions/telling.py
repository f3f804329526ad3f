"""What officers hear: deposits that mature, debts that fall due, advances and cards left over.

Each is told once, some days before its day (`data/treasury/rules.yaml`), an advance on the first
day it is late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sanzi.kernel import clock, money
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.registers.treasury import rules
from sanzi.registers.treasury.actions import advances, cards
from sanzi.registers.treasury.models import (
    Advance,
    AdvanceState,
    CardIssue,
    CardIssueState,
    Debt,
    DebtState,
    DebtTurn,
    Deposit,
)

TEXTS = {
    "deposit_matures": "{org}有一笔{amount}元的定期存款{due}到期，还有{days}天。转存要重新招标，"
    "取回以后核对利息。",
    "debt_due": "{org}向{who}借的钱，{due}要还本金{amount}元，还有{days}天。请先备好钱。",
    "card_holder_left": "{org}的{who}不在任了，手上还有村务卡。请五天内结清、销卡。",
    "advance_late": "{org}的{who}领的{amount}元，{due}前该清没清。请催他报账或交回。",
}
TITLES = {
    "deposit_matures": "存款快到期",
    "debt_due": "快到还款日",
    "card_holder_left": "离任要销卡",
    "advance_late": "备用金没清",
}
HEARERS = (
    "coop_director", "cashier_reporter", "village_clerk", "agency_accountant", "town_agri_head",
)  # fmt: skip


def work(at: datetime) -> int:
    """Take over what was paid, and tell what is due; a duty of the worker, safe to repeat."""
    advances.follow_all()
    today = clock.local_date(at)
    told = [*_deposits(today), *_debts(today), *_advances(today), *_cards(today, at)]
    outbox.enqueue(told, at=at)
    return len(told)


def _deposits(today: date) -> Iterator[outbox.NewNotice]:
    last = today + timedelta(days=rules.on(today).reminder_days)
    rows = Deposit.objects.filter(withdrawn_at__isnull=True, maturity_date__range=(today, last))
    for one in rows.select_related("organisation").order_by("pk"):
        params = {"amount": money.format_yuan(one.principal_fen), **_day(one.maturity_date, today)}
        yield from _inbox(one, "deposit_matures", params, key=f"deposit:{one.ext_id}", today=today)


def _debts(today: date) -> Iterator[outbox.NewNotice]:
    last = today + timedelta(days=rules.on(today).reminder_days)
    rows = DebtTurn.objects.filter(
        paid_date__isnull=True, due_date__range=(today, last), debt__state=DebtState.STANDING
    ).select_related("debt__organisation", "debt__counterparty", "debt__person")
    for turn in rows.order_by("pk"):
        if turn.due_date is None:
            continue
        params = {
            "who": _who(turn.debt),
            "amount": money.format_yuan(turn.principal_fen),
            **_day(turn.due_date, today),
        }
        key = f"debt:{turn.debt.ext_id}:{turn.due_date}"
        yield from _inbox(turn.debt, "debt_due", params, key=key, today=today)


def _advances(today: date) -> Iterator[outbox.NewNotice]:
    rows = Advance.objects.filter(state=AdvanceState.OUT, due_date__lt=today)
    for one in rows.select_related("organisation", "person", "counterparty").order_by("pk"):
        left = money.format_yuan(one.amount_fen - one.cleared_fen)
        params = {"who": _who(one), "amount": left, **_day(one.due_date, today)}
        yield from _inbox(one, "advance_late", params, key=f"advance:{one.ext_id}", today=today)


def _cards(today: date, at: datetime) -> Iterator[outbox.NewNotice]:
    rows = CardIssue.objects.filter(state=CardIssueState.ISSUED)
    for one in rows.select_related("organisation", "holder").order_by("pk"):
        if not cards.may_hold(one.holder, one.division_code, at):
            params = {"who": one.holder.name}
            key = f"card_left:{one.ext_id}"
            yield from _inbox(one, "card_holder_left", params, key=key, today=today)


def _who(one: Debt | Advance) -> str:
    party = one.counterparty or one.person
    return party.name if party else "别人"


def _day(due: date, today: date) -> dict[str, str]:
    return {"due": clock.day_said(due), "days": str(abs((due - today).days))}


def _inbox(
    row: Deposit | Debt | Advance | CardIssue,
    template: str,
    params: dict[str, str],
    *,
    key: str,
    today: date,
) -> Iterator[outbox.NewNotice]:
    held = [one for role in HEARERS for one in orgs.holders(role, row.division_code, today)]
    for user in sorted({one.user_id for one in held if one.user_id is not None}):
        yield outbox.NewNotice(
            dedup_key=f"{key}:{user}"[:80],
            channel=Channel.INBOX,
            template=template,
            user_id=user,
            params={"org": row.organisation.name, **params},
            subject_kind="treasury",
            subject_id=row.ext_id,
        )
