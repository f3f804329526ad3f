"""What the public may read: a village's month, one payment with its course, its papers.

Everything here is masked already: persons as 王*芳, accounts by their last four digits, no
resident ids, no phones. Nothing here needs a log-in; the household's own page is in
`household_queries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Sum

from sanzi.disclosure import naming, rules, uses
from sanzi.disclosure.models import Door, Publication
from sanzi.disclosure.periods import bounds, month_of
from sanzi.evidence.models import Attachment, Invoice
from sanzi.kernel import clock, masking
from sanzi.ledger.models import Voucher
from sanzi.matters.models import Case, CaseStep, Decision
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import CounterpartyKind, Division, Organisation
from sanzi.orgs.roles import title
from sanzi.payments.models import (
    DayBalance,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
    Receipt,
)

PAGE_ROWS = 30
PAID = (PaymentStatus.SETTLED, PaymentStatus.RETURNED)


@dataclass(frozen=True)
class Village:
    """A village as its own page shows it."""

    code: str
    name: str
    town_name: str
    population: int | None
    household_count: int | None


@dataclass(frozen=True)
class Use:
    """One use of money in a month, with its share of the largest."""

    word: str
    amount_fen: int
    share_percent: int


@dataclass(frozen=True)
class MonthPage:
    """A village's month: figures, sentence, uses, and the months around it."""

    period: str
    figures: rules.MonthFigures
    sentence: str
    uses: tuple[Use, ...]
    previous: str
    following: str | None


@dataclass(frozen=True)
class Item:
    """One line of money in or out."""

    number: str
    day: date
    title: str
    who: str
    amount_fen: int
    is_income: bool


@dataclass(frozen=True)
class Course:
    """One step of a payment's course: the office that acted, the masked name, when."""

    role: str
    name: str
    acted_at: datetime | None
    opinion: str


@dataclass(frozen=True)
class Payee:
    """One payee as the public sees him."""

    who: str
    account_tail: str
    amount_fen: int
    status: str
    paid_at: datetime | None
    receipt_id: str


@dataclass(frozen=True)
class PublicPayment:
    """One payment order with everything that is public of it."""

    number: str
    village_code: str
    organisation: str
    title: str
    use: str
    who: str
    amount_fen: int
    paid_fen: int
    state: str
    submitted_at: datetime | None
    approved_at: datetime | None
    paid_at: datetime | None
    payees: tuple[Payee, ...]
    course: tuple[Course, ...]
    evidence: tuple[tuple[str, str], ...]
    decision: str
    vouchers: tuple[tuple[str, str], ...]
    publication: Publication | None


def village(code: str) -> Village:
    """Return a village by its division code. Raises: NotFound."""
    found = Division.objects.filter(pk=code, level="village").first()
    if found is None:
        raise NotFound
    town = Division.objects.filter(pk=found.parent_code).values_list("name", flat=True).first()
    counts = Organisation.objects.filter(division_id=code).aggregate(
        people=Max("population"),
        households=Max("household_count"),
    )
    return Village(found.code, found.name, town or "", counts["people"], counts["households"])


def village_of_door(token: str) -> Village:
    """Return the village behind a QR token. Raises: NotFound, also for a revoked door."""
    door = Door.objects.filter(pk=token.upper(), revoked_at__isnull=True).first()
    if door is None:
        raise NotFound
    return village(door.division_id)


def villages() -> list[tuple[str, list[Village]]]:
    """Return all villages under their towns."""
    names = dict(Division.objects.filter(level="town").values_list("code", "name"))
    found: dict[str, list[Village]] = {name: [] for name in names.values()}
    for one in Division.objects.filter(level="village").order_by("code"):
        town = names.get(one.parent_code, "")
        found.setdefault(town, []).append(Village(one.code, one.name, town, None, None))
    return [(town, rows) for town, rows in found.items() if rows]


def latest_period(village_code: str, today: date) -> str:
    """Return the last month with money in or out, or the present month."""
    paid = Payment.objects.filter(
        order__division_code=village_code,
        status__in=PAID,
    ).aggregate(last=Max("paid_at"))["last"]
    return month_of(clock.local_date(paid)) if paid else month_of(today)


def month(village_code: str, period: str, today: date) -> MonthPage:
    """Return a village's month. Raises: ValueError for a period that is none."""
    start, end = bounds(period)
    payments = Payment.objects.filter(
        order__division_code=village_code,
        status=PaymentStatus.SETTLED,
        paid_at__gte=start,
        paid_at__lt=end,
    )
    receipts = Receipt.objects.filter(
        division_code=village_code,
        issued_at__gte=start,
        issued_at__lt=end,
        voided_at__isnull=True,
    )
    out = payments.aggregate(total=Sum("amount_fen"), count=Count("order_id", distinct=True))
    came = receipts.aggregate(total=Sum("amount_fen"), count=Count("id"))
    largest = receipts.order_by("-amount_fen").first()
    figures = rules.MonthFigures(
        in_fen=came["total"] or 0,
        out_fen=out["total"] or 0,
        balance_fen=_balance(village_code, end),
        out_count=out["count"],
        in_count=came["count"],
        largest_in=uses.word("in", largest.subject_code) if largest else "",
    )
    by_subject = payments.values_list("order__subject_code").annotate(total=Sum("amount_fen"))
    after = month_of(clock.local_date(end))
    return MonthPage(
        period=period,
        figures=figures,
        sentence=rules.month_sentence(figures),
        uses=_uses(list(by_subject)),
        previous=month_of(clock.local_date(start) - timedelta(days=1)),
        following=after if after <= month_of(today) else None,
    )


def _uses(by_subject: Sequence[tuple[str, int]]) -> tuple[Use, ...]:
    sums: dict[str, int] = {}
    for code, total in by_subject:
        found = uses.word("out", code)
        sums[found] = sums.get(found, 0) + total
    largest = max(sums.values(), default=1)
    return tuple(
        Use(found, total, max(1, total * 100 // largest))
        for found, total in sorted(sums.items(), key=lambda pair: -pair[1])
    )


def _balance(village_code: str, end: datetime) -> int | None:
    last_day = clock.local_date(end) - timedelta(days=1)
    newest = (
        DayBalance.objects.filter(
            account__organisation__division_id=village_code,
            balance_date__lte=last_day,
        )
        .values("account_id")
        .annotate(last=Max("balance_date"))
    )
    found = [
        DayBalance.objects.get(account_id=one["account_id"], balance_date=one["last"]).balance_fen
        for one in newest
    ]
    return sum(found) if found else None


def items(village_code: str, period: str) -> list[Item]:
    """Return every line of a month, newest first: payments by order, incomes by receipt."""
    start, end = bounds(period)
    orders = (
        PaymentOrder.objects.filter(
            division_code=village_code,
            payments__status=PaymentStatus.SETTLED,
            payments__paid_at__gte=start,
            payments__paid_at__lt=end,
        )
        .annotate(paid=Sum("payments__amount_fen"), last=Max("payments__paid_at"))
        .order_by("-last", "-id")
    )
    payees = _payees_of([order.pk for order in orders])
    receipts = list(
        Receipt.objects.filter(
            division_code=village_code,
            issued_at__gte=start,
            issued_at__lt=end,
            voided_at__isnull=True,
        ).select_related("payer_counterparty")
    )
    titles = iter(
        naming.clean(
            village_code,
            [order.purpose for order in orders]
            + [one.purpose or uses.word("in", one.subject_code) for one in receipts],
            _people(pair for order in orders for pair in payees[order.pk]),
        )
    )
    out = [
        Item(
            number=order.case_number,
            day=clock.local_date(order.last),
            title=next(titles),
            who=rules.payees_shown(payees[order.pk]),
            amount_fen=order.paid,
            is_income=False,
        )
        for order in orders
    ]
    came = [
        Item(
            number=receipt.number,
            day=clock.local_date(receipt.issued_at),
            title=next(titles),
            who=_payer(receipt),
            amount_fen=receipt.amount_fen,
            is_income=True,
        )
        for receipt in receipts
    ]
    return sorted(out + came, key=lambda item: item.day, reverse=True)


def _people(payees: Iterable[tuple[str, str]]) -> set[str]:
    return {name for kind, name in payees if kind == "person"}


def _payer(receipt: Receipt) -> str:
    firm = receipt.payer_counterparty
    is_person = None if firm is None else firm.kind == CounterpartyKind.PERSON
    return rules.payer_shown(receipt.payer_name, is_person=is_person)


def _payees_of(order_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {pk: [] for pk in order_ids}
    rows = Payment.objects.filter(order_id__in=order_ids).order_by("order_id", "line_no")
    for order_id, kind, name in rows.values_list("order_id", "payee_kind", "payee_name"):
        found[order_id].append((kind, name))
    return found


def payment(village_code: str, number: str) -> PublicPayment:
    """Return one payment of a village as the public may see it.

    Raises: NotFound, also while nothing of it has been paid.
    """
    order = (
        PaymentOrder.objects.select_related("organisation")
        .filter(
            division_code=village_code,
            case_number=number,
            state__in=(OrderState.SETTLED, OrderState.PART_SETTLED, OrderState.RELEASED),
        )
        .first()
    )
    if order is None:
        raise NotFound
    rows = list(order.payments.order_by("line_no"))
    case = Case.objects.filter(number=number).first()
    paid_times = [row.paid_at for row in rows if row.paid_at]
    course, evidence = _course(case), _evidence(number, rows)
    purpose, decision, *said = naming.clean(
        village_code,
        [order.purpose, _decision(case), *(step.opinion for step in course),
         *(sub for _, sub in evidence)],
        _people((row.payee_kind, row.payee_name) for row in rows),
    )  # fmt: skip
    opinions, subs = said[: len(course)], said[len(course) :]
    return PublicPayment(
        number=number,
        village_code=village_code,
        organisation=order.organisation.name,
        title=purpose,
        use=uses.word("out", order.subject_code),
        who=rules.payees_shown([(row.payee_kind, row.payee_name) for row in rows]),
        amount_fen=order.amount_fen,
        paid_fen=sum(row.amount_fen for row in rows if row.status == PaymentStatus.SETTLED),
        state=order.get_state_display(),
        submitted_at=order.submitted_at,
        approved_at=order.approved_at,
        paid_at=max(paid_times) if paid_times else None,
        payees=tuple(_payee(row) for row in rows),
        course=tuple(
            replace(step, opinion=opinion) for step, opinion in zip(course, opinions, strict=True)
        ),
        evidence=tuple((kind, sub) for (kind, _), sub in zip(evidence, subs, strict=True)),
        decision=decision,
        vouchers=_vouchers(order, rows),
        publication=Publication.objects.filter(
            subject_kind="case",
            subject_id=number,
            replaced_by__isnull=True,
        ).first(),
    )


def _payee(row: Payment) -> Payee:
    return Payee(
        who=rules.payee_shown(row.payee_kind, row.payee_name),
        account_tail=row.account_tail,
        amount_fen=row.amount_fen,
        status=row.get_status_display(),
        paid_at=row.paid_at,
        receipt_id=row.ext_id if row.status in PAID else "",
    )


def _course(case: Case | None) -> tuple[Course, ...]:
    if case is None:
        return ()
    steps = (
        CaseStep.objects.filter(case=case, acted_at__isnull=False)
        .select_related("actor")
        .order_by("acted_at", "step_no")
    )
    return tuple(
        Course(
            role=title(step.role_code),
            name=masking.name(step.actor.name) if step.actor else "",
            acted_at=step.acted_at,
            opinion=f"{step.get_state_display()} {step.opinion}".strip(),
        )
        for step in steps
    )


def _evidence(number: str, rows: Sequence[Payment]) -> tuple[tuple[str, str], ...]:
    kinds = {"invoice": "发票", "photo": "照片", "roll": "名单", "contract": "合同"}
    found = [
        (kinds.get(one.kind, "凭据"), f"{clock.local_date(one.uploaded_at):%m月%d日}交")
        for one in Attachment.objects.filter(
            subject_kind="case",
            subject_id=number,
            removed_at__isnull=True,
        ).order_by("uploaded_at")
    ]
    for invoice in Invoice.objects.filter(payment_ext_id__in=[row.ext_id for row in rows]):
        seller = invoice.seller_name
        checked = "已查验" if invoice.verify_status == "ok" else ""
        found.append(("发票", " ".join(part for part in (seller, checked) if part)))
    return tuple(found)


def _decision(case: Case | None) -> str:
    if case is None or not case.decision_ext_id:
        return ""
    found = Decision.objects.filter(ext_id=case.decision_ext_id).first()
    if found is None or found.passed_at is None:
        return ""
    day = clock.local_date(found.passed_at)
    votes = f"，{found.agree_count}票同意" if found.agree_count is not None else ""
    return f"{day:%Y年%m月%d日}《{found.title}》{votes}"


def _vouchers(order: PaymentOrder, rows: Sequence[Payment]) -> tuple[tuple[str, str], ...]:
    sources = [row.ext_id for row in rows] + [order.ext_id, order.case_number]
    sources += list(order.instructions.values_list("msg_id", flat=True))
    found = Voucher.objects.filter(
        book__organisation_id=order.organisation_id,
        source_id__in=sources,
    ).order_by("date", "number")
    return tuple((one.ext_id, f"{one.word}字第{one.number}号") for one in found)
