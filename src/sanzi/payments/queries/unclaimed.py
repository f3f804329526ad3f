"""Credits that nobody has claimed, each with what it may be: suggestions, the likeliest first.

A suggestion says why in words, and carries what a claim needs, so that one tap does it. Nothing
here decides: only an exact reference with an exact sum is claimed without a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from sanzi.kernel import divisions, money, references
from sanzi.ledger.queries import subjects
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.payments import rules
from sanzi.payments.models import (
    BankTransaction,
    Bill,
    BillState,
    Payment,
    PaymentStatus,
    Receipt,
)
from sanzi.payments.queries.bills import KIND_WORDS

SEE = "payments.see"
PER_LINE_MAX = 3
USUAL_MAX = 2000


@dataclass(frozen=True)
class Suggestion:
    """What a credit may be. `what` is bill, bill_part, bill_over, cash, usual, interest or return.

    `is_sure` offers one tap: the parts of the claim are complete. Units: fen.
    """

    what: str
    words: str
    is_sure: bool
    target_ext_id: str = ""
    amount_fen: int = 0
    kind: str = ""
    subject_code: str = ""
    purpose: str = ""
    payer_name: str = ""
    payer_counterparty: str = ""


@dataclass(frozen=True)
class Credit:
    """A credit that waits, with its suggestions. Units: fen."""

    ext_id: str
    booked_at: datetime
    amount_fen: int
    peer_name: str
    memo: str
    channel: str
    organisation_name: str
    organisation_kind: str
    org_ext_id: str
    division_code: str
    account_masked: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class CreditFilter:
    """What the queue is narrowed to."""

    division_code: str = ""
    text: str = ""
    channel: str = ""


def waiting(*, by: Actor, only: CreditFilter) -> QuerySet[BankTransaction]:
    """Return the credits of the scope that have neither receipt nor payment, newest first."""
    found = BankTransaction.objects.filter(
        scope.within(by, SEE, "account__organisation__division_id"),
        direction="in",
        payment__isnull=True,
        receipt__isnull=True,
    )
    if only.division_code:
        prefix = divisions.prefix(only.division_code)
        found = found.filter(account__organisation__division__code__startswith=prefix)
    if only.text:
        found = found.filter(
            Q(peer_name__icontains=only.text)
            | Q(memo__icontains=only.text)
            | Q(account__organisation__name__icontains=only.text)
        )
    if only.channel:
        found = found.filter(channel=only.channel)
    return found.select_related("account__organisation").order_by("-booked_at", "-pk")


def with_suggestions(page: Sequence[BankTransaction]) -> list[Credit]:
    """Return the credits of one page with what each may be, in a fixed number of queries."""
    bodies = {one.account.organisation_id for one in page if one.account.organisation_id}
    seen = _Seen(page, bodies)
    return [_credit(one, seen) for one in page]


class _Seen:
    """What the suggestions of a page look at, read once."""

    def __init__(self, page: Sequence[BankTransaction], bodies: set[int]) -> None:
        named = {ref for one in page for ref in references.found_in(f"{one.memo} {one.e2e_id}")}
        amounts = {one.amount_fen for one in page}
        names = {one.peer_name for one in page if one.peer_name}
        self.bills: dict[int, list[Bill]] = defaultdict(list)
        waits = Q(state__in=[BillState.OPEN, BillState.PART])
        for bill in Bill.objects.filter(
            Q(organisation__in=bodies)
            & (Q(reference__in=named) | waits & (Q(amount_fen__in=amounts) | Q(paid_fen__gt=0)))
            | Q(organisation__in=bodies) & waits & Q(payer_name__in=names)
        ).select_related("payer_counterparty"):
            self.bills[bill.organisation_id].append(bill)
        self.cash: dict[int, list[Receipt]] = defaultdict(list)
        for receipt in Receipt.objects.filter(
            organisation__in=bodies, received_via="cash", banked_at=None, voided_at=None
        ):
            self.cash[receipt.organisation_id].append(receipt)
        self.usual: dict[tuple[int, str], Receipt] = {}
        for receipt in (
            Receipt.objects.filter(
                organisation__in=bodies, payer_name__in=names, voided_at=None, bill__isnull=True
            )
            .select_related("payer_counterparty")
            .order_by("-issued_at")[:USUAL_MAX]
        ):
            self.usual.setdefault((receipt.organisation_id, receipt.payer_name), receipt)
        self.paid: dict[int, list[Payment]] = defaultdict(list)
        for payment in Payment.objects.filter(
            order__organisation__in=bodies,
            status=PaymentStatus.SETTLED,
            amount_fen__in=amounts,
            payee_name__in=names,
        ).select_related("order"):
            self.paid[payment.order.organisation_id].append(payment)


def _credit(line: BankTransaction, seen: _Seen) -> Credit:
    body = line.account.organisation
    key = line.account.organisation_id or 0
    found = [
        *_by_bill(line, seen.bills[key]),
        *_by_cash(line, seen.cash[key]),
        *_by_interest(line),
        *_by_return(line, seen.paid[key]),
        *_by_usual(line, seen.usual.get((key, line.peer_name))),
    ]
    return Credit(
        ext_id=line.ext_id,
        booked_at=line.booked_at,
        amount_fen=line.amount_fen,
        peer_name=line.peer_name,
        memo=line.memo,
        channel=line.channel,
        organisation_name=body.name if body else "",
        organisation_kind=body.kind if body else "",
        org_ext_id=body.ext_id if body else "",
        division_code=body.division_id if body else "",
        account_masked=f"****{line.account.tail}",
        suggestions=tuple(found[:PER_LINE_MAX]),
    )


def _by_bill(line: BankTransaction, bills: Sequence[Bill]) -> list[Suggestion]:
    """Bills by reference first, then by sum and name, then by sum, then by name."""
    named = references.found_in(f"{line.memo} {line.e2e_id}")
    ranked = []
    for bill in bills:
        left = bill.amount_fen - bill.paid_fen
        is_named, is_payer = bill.reference in named, bill.payer_name == line.peer_name
        is_even = left == line.amount_fen
        if bill.state not in (BillState.OPEN, BillState.PART):
            if is_named:
                ranked.append((0, bill.pk, _done(bill)))
            continue
        if not (is_named or is_even or is_payer):
            continue
        rank = 0 if is_named else 1 if is_even and is_payer else 2 if is_even else 3
        ranked.append((rank, bill.pk, _bill(bill, line, is_named=is_named, is_payer=is_payer)))
    return [one for _, _, one in sorted(ranked, key=lambda row: row[:2])]


def _bill(bill: Bill, line: BankTransaction, *, is_named: bool, is_payer: bool) -> Suggestion:
    left = bill.amount_fen - bill.paid_fen
    why = "附言写了编号" if is_named else "交款人相同" if is_payer else "金额相同"
    said = f"{bill.number}号缴款单，{bill.payer_name}，{bill.purpose}，{why}"
    what, more = "bill", ""
    if line.amount_fen < left:
        what, more = "bill_part", f"，交了一部分，还差{money.format_yuan(left - line.amount_fen)}元"
    elif line.amount_fen > left:
        what, more = "bill_over", f"，多交了{money.format_yuan(line.amount_fen - left)}元"
    return Suggestion(
        what=what,
        words=f"{said}{more}",
        is_sure=what != "bill_over" and bool(bill.subject_code),
        target_ext_id=bill.ext_id,
        amount_fen=min(left, line.amount_fen),
        kind=bill.kind,
        subject_code=bill.subject_code,
        purpose=bill.purpose,
        payer_name=bill.payer_name,
    )


def _done(bill: Bill) -> Suggestion:
    now = "已经交清" if bill.state == BillState.PAID else "已经作废"
    return Suggestion(
        what="bill_done",
        words=f"附言写的{bill.number}号缴款单{now}，可能交重了，先问一声",
        is_sure=False,
        target_ext_id=bill.ext_id,
    )


def _by_cash(line: BankTransaction, cash: Sequence[Receipt]) -> list[Suggestion]:
    """One cash receipt of that sum, or all of a body's together."""
    early = [one for one in cash if one.issued_at <= line.booked_at and one.subject_code]
    for one in early:
        if one.amount_fen == line.amount_fen:
            return [_cash(one, f"{one.number}号现金收据存进来了", one.ext_id, line)]
    if len(early) > 1 and sum(one.amount_fen for one in early) == line.amount_fen:
        names = ",".join(one.ext_id for one in early)
        return [_cash(early[0], f"{len(early)}张现金收据一起存进来了", names, line)]
    return []


def _cash(one: Receipt, words: str, target: str, line: BankTransaction) -> Suggestion:
    return Suggestion(
        what="cash",
        words=words,
        is_sure=True,
        target_ext_id=target,
        amount_fen=line.amount_fen,
        kind=one.kind,
        subject_code=one.subject_code,
    )


def _by_interest(line: BankTransaction) -> list[Suggestion]:
    body = line.account.organisation
    if line.channel != "interest" or body is None:
        return []
    offered = subjects.of_kind(body.kind, "receipt.issued", "interest")
    if not offered:
        return []
    return [
        Suggestion(
            what="interest",
            words="存款利息",
            is_sure=True,
            amount_fen=line.amount_fen,
            kind="interest",
            subject_code=offered[0][0],
            purpose="存款利息",
            payer_name=line.peer_name or "开户银行",
        )
    ]


def _by_return(line: BankTransaction, paid: Sequence[Payment]) -> list[Suggestion]:
    same = [
        one
        for one in paid
        if one.amount_fen == line.amount_fen and one.payee_name == line.peer_name
    ]
    if same:
        case = same[0].order.case_number
        return [
            Suggestion(
                what="return",
                words=f"像是{case}付出去又退回来的",
                is_sure=False,
                target_ext_id=case,
            )
        ]
    if rules.is_return_memo(line.memo):
        return [Suggestion(what="return", words="附言像是退汇，先核对是哪一笔付款", is_sure=False)]
    return []


def _by_usual(line: BankTransaction, last: Receipt | None) -> list[Suggestion]:
    if last is None:
        return []
    firm = last.payer_counterparty
    return [
        Suggestion(
            what="usual",
            words=f"上次也是{last.payer_name}交的{KIND_WORDS.get(last.kind, '')}：{last.purpose}",
            is_sure=bool(last.purpose and last.subject_code),
            amount_fen=line.amount_fen,
            kind=last.kind,
            subject_code=last.subject_code,
            purpose=last.purpose,
            payer_name=last.payer_name,
            payer_counterparty=firm.ext_id if firm else "",
        )
    ]
