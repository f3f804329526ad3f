"""Whom the bank's word concerns: payees by text, the agency's desk by inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sanzi.bank.port import Entry
from sanzi.kernel import clock, money
from sanzi.notices import outbox
from sanzi.notices.models import Channel, Notice
from sanzi.orgs import queries as orgs
from sanzi.orgs.models import Person
from sanzi.payments.models import BankAccount, Instruction, Payment, PaymentOrder

SETTLED_TEXT = "payment_settled"
RETURNED_TEXT = "payment_returned"
HELP_PHONE = "12345"
"""The government service line of every county; villages have no line of their own."""
TEXTS = {
    SETTLED_TEXT: (
        "{name}您好，{org}于{date}向您尾号{tail}账户发放{item}{amount}元。如有疑问请联系{phone}。"
    ),
    RETURNED_TEXT: (
        "{name}您好，{org}发给您尾号{tail}账户的{item}{amount}元被银行退回，未到账。"
        "村里会和您核对账户再发，如有疑问请联系{phone}。"
    ),
    "bank_silent": (
        "{purpose}，{amount}元，批号{msg_id}，银行半小时没有回话。没有再付一次，等对账单来定。"
    ),
    "bank_silent_day": (
        "{purpose}，{amount}元，批号{msg_id}，一天过完了银行还没有回话。"
        "没有再付一次，请打电话问开户银行。"
    ),
    "bank_garbled": (
        "{purpose}，{amount}元，批号{msg_id}，{why}没有再付一次，请联系开户银行，查是谁在答话。"
    ),
    "bank_channel_stopped": "银行通道{name}停了：{why}请检查签名证书，好了再到“银行通道”里放行。",
    "bank_outside_debit": (
        "{org}尾号{tail}的账户付出{amount}元，和系统里的付款对不上：{why}。请马上问开户银行。"
    ),
}
TITLES = {
    SETTLED_TEXT: "款已到账",
    RETURNED_TEXT: "款被退回",
    "bank_silent": "银行半小时没有回话",
    "bank_silent_day": "银行一天没有回话",
    "bank_garbled": "银行的回话验不过",
    "bank_channel_stopped": "银行通道停了",
    "bank_outside_debit": "账户付出的钱对不上",
}
"""What kind of news each text is, for lists that do not tell the receiver."""
DESK = ("agency_cashier", "agency_reviewer")
OPERATOR = "platform_admin"


def settled(order: PaymentOrder, payments: Sequence[Payment], at: datetime) -> None:
    """Write a text to each payee who has a phone: after the money is booked, never before."""
    _text(order, payments, SETTLED_TEXT, at)


def returned(order: PaymentOrder, payments: Sequence[Payment], at: datetime) -> None:
    """Write a second text to payees whose money came back."""
    _text(order, payments, RETURNED_TEXT, at)


def _text(order: PaymentOrder, payments: Sequence[Payment], template: str, at: datetime) -> None:
    keys = [one.payee_person_id for one in payments if one.payee_person_id]
    phones = dict(
        Person.objects.filter(pk__in=keys)
        .exclude(sealed_phone="")
        .values_list("pk", "sealed_phone")
    )
    day = clock.local_date(at)
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}:{one.ext_id}:{one.attempt_no}"[:80],
                channel=Channel.SMS,
                template=template,
                person_id=one.payee_person_id,
                sealed_phone=phones[one.payee_person_id],
                params={
                    "name": one.payee_name,
                    "org": order.organisation.name,
                    "date": clock.day_said(day),
                    "tail": one.account_tail,
                    "item": one.note or order.purpose,
                    "amount": money.format_yuan(one.amount_fen),
                    "phone": HELP_PHONE,
                },
                subject_kind="payment",
                subject_id=one.ext_id,
            )
            for one in payments
            if one.payee_person_id in phones
        ],
        at=at,
    )


def silence(
    order: PaymentOrder, instruction: Instruction, at: datetime, *, ended: date | None = None
) -> None:
    """Tell desk and operators that the bank has not answered: for half an hour, or at day end."""
    template = "bank_silent_day" if ended else "bank_silent"
    mark = f"{ended:%m%d}:" if ended else ""
    _to_desk(order, instruction, template, at, mark=mark, params={})


def garbled(order: PaymentOrder, instruction: Instruction, why: str, at: datetime) -> None:
    """Tell desk and operators that the answer to a message cannot be trusted, once a message."""
    _to_desk(order, instruction, "bank_garbled", at, mark="", params={"why": why})


def _to_desk(
    order: PaymentOrder,
    instruction: Instruction,
    template: str,
    at: datetime,
    *,
    mark: str,
    params: dict[str, str],
) -> None:
    known = {
        "case_number": order.case_number,
        "purpose": order.purpose,
        "amount": money.format_yuan(instruction.amount_fen),
        "msg_id": instruction.msg_id,
    }
    _to_inbox(
        _users((*DESK, OPERATOR), order.division_code, at),
        template=template,
        key=f"{mark}{instruction.msg_id}",
        params={**known, **params},
        subject=("payment_order", order.ext_id),
        at=at,
    )


def outside_debit(account: BankAccount, entry: Entry, why: str, at: datetime) -> None:
    """Tell desk and operators of a debit that contradicts what the bank said before."""
    organisation = account.organisation
    if organisation is None:
        return
    _to_inbox(
        _users((*DESK, OPERATOR), organisation.division_id, at),
        template="bank_outside_debit",
        key=f"{account.pk}:{entry.bank_ref}",
        params={
            "org": organisation.name,
            "tail": account.tail,
            "amount": money.format_yuan(entry.amount_fen),
            "why": why,
        },
        subject=("bank_account", account.ext_id),
        at=at,
    )


def channel_stopped(name: str, why: str, at: datetime) -> None:
    """Tell every operator that nothing goes out over a connection any more."""
    day = clock.local_date(at)
    _to_inbox(
        set(orgs.users_with_role(OPERATOR, day)),
        template="bank_channel_stopped",
        key=f"{name}:{at:%m%d%H%M%S}",
        params={"name": name, "why": why},
        subject=("bank_channel", name),
        at=at,
    )


def _users(roles: Sequence[str], division_code: str, at: datetime) -> set[int]:
    day = clock.local_date(at)
    holders = [holder for role in roles for holder in orgs.holders(role, division_code, day)]
    return {one.user_id for one in holders if one.user_id is not None}


def _to_inbox(
    users: set[int],
    *,
    template: str,
    key: str,
    params: dict[str, str],
    subject: tuple[str, str],
    at: datetime,
) -> None:
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}:{key}:{user_id}"[:80],
                channel=Channel.INBOX,
                template=template,
                user_id=user_id,
                params=params,
                subject_kind=subject[0],
                subject_id=subject[1],
            )
            for user_id in sorted(users)
        ],
        at=at,
    )


def stand_ins(notice: Notice) -> list[int]:
    """Return the users who tell a villager in person what no channel brought him."""
    if notice.subject_kind != "payment":
        return []
    place = (
        Payment.objects.filter(ext_id=notice.subject_id)
        .values_list("order__division_code", flat=True)
        .first()
    )
    if place is None:
        return []
    day = clock.local_date(notice.created_at)
    holders = orgs.holders("cashier_reporter", place, day)
    return sorted({one.user_id for one in holders if one.user_id is not None})
