"""The register of invoices: list, search, one invoice with its checks and uses, where it was used.

What lies out of an actor's scope is told as "already used", without the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from sanzi.evidence import hooks, invoice_types
from sanzi.evidence.invoices import LABELS, SOURCES, InvoiceFields
from sanzi.evidence.models import (
    Attachment,
    Invoice,
    InvoiceCheck,
    InvoiceEntry,
    InvoiceWaiver,
    Picture,
    PictureBand,
)
from sanzi.evidence.reading import likeness
from sanzi.evidence.verification import channels
from sanzi.evidence.verification.port import WORDS, Verdict
from sanzi.kernel import divisions, money
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import User

SEE = "payments.see"
VERIFY = "evidence.verify_invoice"
STATUS_WORDS = {
    "pending": "未查验", "ok": "查验一致", "failed": "查验不符", "voided": "已作废",
    "red_flushed": "已红冲",
}  # fmt: skip
KIND_WORDS = {
    "e_invoice": "电子发票", "paper_invoice": "纸质发票", "fiscal_receipt": "财政票据",
    "roster": "签字名单", "self_made": "自制凭证", "white_slip": "收条",
}  # fmt: skip
ALIKE_ROWS_MAX = 200
NEAR = timedelta(days=1)


@dataclass(frozen=True)
class InvoiceFilter:
    """What the register is narrowed to; empty means all.

    Shapes: `state` is a status, or `twice` (used more than once), `after` (void or red after it
    was paid); `text` is a number, a seller, or an amount in yuan.
    """

    text: str = ""
    state: str = ""
    division_code: str = ""
    month: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Line:
    """An invoice in the list. Units: fen."""

    ext_id: str
    number: str
    code: str
    type_text: str
    issue_date: date | None
    seller_name: str
    buyer_name: str
    amount_fen: int
    taken_fen: int
    status: str
    status_text: str
    village: str
    division_code: str
    case_number: str
    payment_ext_id: str
    is_claimed: bool


@dataclass(frozen=True)
class CheckRow:
    """One answer of the tax office."""

    at: datetime
    result: str
    words: str
    channel: str
    people: tuple[str, ...]
    has_picture: bool


@dataclass(frozen=True)
class Twin:
    """Another use of what may be the same paper. Out of scope only `sentence` tells of it.

    `ground` is number, file, alike (a picture that looks the same) or soft (seller, sum and day).
    """

    ground: str
    sentence: str
    case_number: str = ""
    village: str = ""


@dataclass(frozen=True)
class Page:
    """One invoice whole. `uses` are those in scope, `uses_elsewhere` counts the others."""

    line: Line
    fields: tuple[tuple[str, str, str], ...]
    checks: tuple[CheckRow, ...]
    uses: tuple[Line, ...]
    uses_elsewhere: int
    used_fen: int
    waivers: tuple[str, ...]
    file_ext_id: str
    file_title: str
    waiting: InvoiceEntry | None
    may_verify: bool
    can_ask: bool


def visible(by: Actor) -> QuerySet[Invoice]:
    """Return the invoices and receipts of the actor's scope."""
    papers = Invoice.objects.filter(kind__in=sorted(invoice_types.KINDS))
    return papers.filter(scope.within(by, SEE))


def lines(*, by: Actor, only: InvoiceFilter) -> QuerySet[Invoice]:
    """Return the invoices that match, newest day first."""
    rows = visible(by)
    if only.division_code:
        scope.require(by, SEE, only.division_code)
        rows = rows.filter(division_code__startswith=divisions.prefix(only.division_code))
    if only.month:
        rows = rows.filter(**_month(only.month))
    if only.day:
        rows = rows.filter(issue_date=only.day)
    if only.state == "twice":
        rows = rows.filter(key_index__in=_keys_used_twice(rows))
    elif only.state == "after":
        bad = Q(verify_status__in=["voided", "red_flushed"])
        rows = rows.filter(bad, Q(claimed_at__isnull=False) | ~Q(payment_ext_id=""))
    elif only.state in STATUS_WORDS:
        rows = rows.filter(verify_status=only.state)
    if only.text.strip():
        rows = rows.filter(_matches(only.text.strip()[:60]))
    return rows.order_by("-issue_date", "-id")


def _month(text: str) -> dict[str, date]:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return {}
    last = (first + timedelta(days=32)).replace(day=1)
    return {"issue_date__gte": first, "issue_date__lt": last}


def _matches(text: str) -> Q:
    found = Q(number__startswith=text) | Q(code=text) | Q(seller_name__contains=text)
    try:
        return found | Q(amount_fen=money.parse_yuan(text))
    except Refusal:
        return found


def _keys_used_twice(rows: QuerySet[Invoice]) -> list[str]:
    """Return the keys among these rows that stand more than once in the county."""
    keys = rows.exclude(key_index="").values("key_index")
    twice = Invoice.objects.filter(key_index__in=keys).values("key_index").annotate(n=Count("id"))
    return list(twice.filter(n__gt=1).values_list("key_index", flat=True)[:2000])


def counts(*, by: Actor) -> dict[str, int]:
    """Return how many invoices in scope stand at each status."""
    tally = visible(by).values_list("verify_status").annotate(n=Count("id"))
    return dict(tally.order_by())


def shown(rows: Iterable[Invoice]) -> list[Line]:
    """Return rows as lines, with the names of their villages."""
    held = list(rows)
    names = orgs.division_names({one.division_code for one in held if one.division_code})
    return [_line(one, names.get(one.division_code, "")) for one in held]


def streamed(rows: QuerySet[Invoice], limit: int) -> Iterator[Line]:
    """Yield lines for a file, a few at a time."""
    for start in range(0, limit, 500):
        chunk = shown(rows[start : min(start + 500, limit)])
        yield from chunk
        if len(chunk) < 500:
            return


def _line(one: Invoice, village: str) -> Line:
    return Line(
        ext_id=one.ext_id,
        number=one.number,
        code=one.code,
        type_text=invoice_types.title(one.type_code) or KIND_WORDS.get(one.kind, one.kind),
        issue_date=one.issue_date,
        seller_name=one.seller_name,
        buyer_name=one.buyer_name,
        amount_fen=one.amount_fen,
        taken_fen=one.taken_fen,
        status=one.verify_status or "pending",
        status_text=STATUS_WORDS.get(one.verify_status or "pending", ""),
        village=village,
        division_code=one.division_code,
        case_number=one.case_number,
        payment_ext_id=one.payment_ext_id,
        is_claimed=one.claimed_at is not None,
    )


def page(*, by: Actor, ext_id: str) -> Page:
    """Return one invoice of the actor's scope. Raises: NotFound."""
    one = visible(by).filter(ext_id=ext_id).first()
    if one is None:
        raise NotFound
    same = Q(key_index=one.key_index) if one.key_index else Q(pk=one.pk)
    all_uses = Invoice.objects.filter(same)
    mine = list(all_uses.filter(scope.within(by, SEE)).order_by("id"))
    checks = InvoiceCheck.objects.filter(
        Q(key_index=one.key_index) if one.key_index else Q(invoice_ext_id=ext_id)
    )
    waivers = InvoiceWaiver.objects.filter(invoice_ext_id__in=[use.ext_id for use in mine])
    hung = _file_of(one)
    return Page(
        line=shown([one])[0],
        fields=_fields(one),
        checks=_checks(list(checks.order_by("-asked_at", "-id")[:50])),
        uses=tuple(shown(mine)),
        uses_elsewhere=all_uses.count() - len(mine),
        used_fen=_used_fen(all_uses),
        waivers=tuple(waiver.reason for waiver in waivers.order_by("id")),
        file_ext_id=hung.ext_id if hung else "",
        file_title=hung.title if hung else "",
        waiting=InvoiceEntry.objects.filter(invoice=one).first(),
        may_verify=scope.can(by, VERIFY, one.division_code),
        can_ask=channels.mode() in {channels.SIMULATOR, channels.VENDOR},
    )


def _used_fen(uses: QuerySet[Invoice]) -> int:
    """Return what payments that stand took of an invoice, in fen."""
    taken = [use for use in uses if use.claimed_at is not None]
    stands = hooks.standing([(use.case_number, use.payment_ext_id) for use in taken])
    return sum(use.taken_fen for use, held in zip(taken, stands, strict=True) if held)


def _file_of(one: Invoice) -> Attachment | None:
    if not one.file_digest:
        return None
    hung = Attachment.objects.filter(file_id=one.file_digest, removed_at__isnull=True)
    return hung.filter(subject_id=one.case_number).first()


def _fields(one: Invoice) -> tuple[tuple[str, str, str], ...]:
    """Return (label, text, where it was read) of each field told."""
    told = InvoiceFields(
        kind=one.kind, code=one.code, number=one.number, issue_date=one.issue_date,
        seller_name=one.seller_name, seller_tax_no=one.seller_tax_no, buyer_name=one.buyer_name,
        buyer_tax_no=one.buyer_tax_no, amount_fen=one.amount_fen, item_text=one.item_text,
        type_code=one.type_code, net_fen=one.net_fen, tax_fen=one.tax_fen,
        check_code=one.check_code, sources=one.sources,
    )  # fmt: skip
    return told_with_sources(told)


def told_with_sources(told: InvoiceFields) -> tuple[tuple[str, str, str], ...]:
    """Return (label, text, where it was read) of each field that a reading tells."""
    keys = {label: key for key, label in LABELS.items()}
    return tuple(
        (label, text, SOURCES.get(told.sources.get(keys[label], ""), ""))
        for label, text in told.table()
    )


def _checks(rows: list[InvoiceCheck]) -> tuple[CheckRow, ...]:
    people = {one for row in rows for one in (row.asked_by_id, row.second_by_id) if one}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "person__name"))
    return tuple(
        CheckRow(
            at=row.asked_at,
            result=row.result,
            words=row.words or WORDS[Verdict(row.result)],
            channel=row.channel,
            people=tuple(
                str(names.get(one) or "")
                for one in (row.asked_by_id, row.second_by_id)
                if names.get(one)
            ),
            has_picture=bool(row.file_digest),
        )
        for row in rows
    )


def twins(*, by: Actor, case_number: str) -> list[Twin]:
    """Return what else in the county may be the papers of a case. Callers hold its door."""
    mine = list(Invoice.objects.filter(case_number=case_number).order_by("id"))
    found: dict[tuple[str, str], Twin] = {}
    for one in mine:
        for ground, other in _others(one):
            twin = _twin(by, one, ground, other)
            found.setdefault((ground, other.ext_id), twin)
    for digest in _proof_digests(case_number):
        for hung in _alike(digest, case_number):
            found.setdefault(("alike", hung.ext_id), _alike_twin(by, hung))
    return list(found.values())


def _others(one: Invoice) -> Iterator[tuple[str, Invoice]]:
    others = Invoice.objects.exclude(pk=one.pk).exclude(case_number=one.case_number or "-")
    if one.key_index:
        for row in others.filter(key_index=one.key_index)[:20]:
            yield "number", row
    if one.file_digest:
        for row in others.filter(file_digest=one.file_digest).exclude(key_index=one.key_index)[:20]:
            yield "file", row
    if one.soft_index and one.issue_date and not one.number:
        near = Q(issue_date__range=(one.issue_date - NEAR, one.issue_date + NEAR))
        for row in others.filter(near, soft_index=one.soft_index)[:20]:
            yield "soft", row


_WHY = {
    "number": "发票{number}已经报过",
    "file": "发票{number}的文件在别处用过",
    "soft": "有一张同一家、同金额、前后一天的票据",
}


def _twin(by: Actor, mine: Invoice, ground: str, other: Invoice) -> Twin:
    why = _WHY[ground].format(number=mine.number or "（没有号码）")
    if not scope.can(by, SEE, other.division_code or "-"):
        return Twin(ground, f"{why}，用在别的村。")
    village = orgs.division_names([other.division_code]).get(other.division_code, "")
    return Twin(ground, f"{why}，用在{village}{other.case_number}。", other.case_number, village)


def _proof_digests(case_number: str) -> list[str]:
    hung = Attachment.objects.filter(
        subject_kind="case", subject_id=case_number, removed_at__isnull=True
    )
    return list(hung.values_list("file_id", flat=True))


def _alike(digest: str, case_number: str) -> list[Attachment]:
    """Return the files on other cases whose picture looks the same, or that are the same file."""
    picture = Picture.objects.filter(pk=digest).first()
    near: list[str] = []
    if picture is not None:
        bands = Q()
        for place, value in enumerate(likeness.bands(picture.likeness)):
            bands |= Q(place=place, value=value)
        rows = PictureBand.objects.filter(bands).values_list("picture_id", "picture__likeness")
        near = [
            other
            for other, seen in set(rows.distinct()[:ALIKE_ROWS_MAX])
            if likeness.distance(seen, picture.likeness) <= likeness.NEAR_BITS
        ]
    hung = Attachment.objects.filter(
        file_id__in=near, subject_kind="case", removed_at__isnull=True
    ).exclude(subject_id=case_number)
    return list(hung.order_by("id")[:20])


def _alike_twin(by: Actor, hung: Attachment) -> Twin:
    place = hung.subject_id.split("-", 1)[0]
    if not place.isdecimal() or not scope.can(by, SEE, place):
        return Twin("alike", "有一份凭据的照片和别的村用过的很像。")
    village = orgs.division_names([place]).get(place, "")
    words = f"有一份凭据的照片和{village}{hung.subject_id}里的“{hung.title}”很像。"
    return Twin("alike", words, hung.subject_id, village)
