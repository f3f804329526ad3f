"""Asking the tax office: by machine, by two persons, before the money moves, at the year's end.

Every answer is kept as it came and never changed; the invoice's state is the newest decisive one,
on every use of it in the county. Calls over the wire stand outside transactions.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.evidence import errors, invoice_types
from sanzi.evidence.models import Attachment, Invoice, InvoiceCheck, InvoiceEntry
from sanzi.evidence.verification import channels
from sanzi.evidence.verification.port import (
    STATUS,
    UNCOUNTED,
    WORDS,
    InvoiceQuery,
    InvoiceVerifier,
    Verdict,
    VerifyResult,
)
from sanzi.kernel import clock, ids, money
from sanzi.orgs import scope
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound

PERMISSION = "evidence.verify_invoice"
PER_DAY = 5
FRESH = timedelta(hours=24)
RECHECK_DAYS = (30, 90, 360)
"""Days after payment on which an invoice is looked at again. Source: alert catalogue AL041."""
YEAR_END = (12, 20)
"""From this day every invoice of the year is looked at once more before the books close."""
ROUND = 50
LATER = {Verdict.TOO_NEW: 1, Verdict.TOO_MANY: 1, Verdict.TOO_OLD: 360}
"""After how many days what has no answer yet is asked about again."""
SUBJECT = "invoice"
LABELS = {
    "code": "发票代码", "number": "发票号码", "date": "开票日期", "gross": "价税合计",
    "net": "不含税金额", "check": "校验码",
}  # fmt: skip


def access(by: Actor, ext_id: str, permission: str = PERMISSION) -> Invoice:
    """Return an invoice of the actor's scope. Raises: NotFound."""
    found = Invoice.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, permission, found.division_code)
    return found


def query_of(invoice: Invoice) -> InvoiceQuery:
    """Return the question that an invoice's kind is asked by.

    Raises: QueryIncomplete, naming what is missing.
    """
    key = invoice.type_code or invoice_types.guess(invoice.kind, invoice.code, invoice.number)
    kind = invoice_types.types().get(key)
    if kind is None or invoice.issue_date is None:
        raise errors.QueryIncomplete(missing="票种" if kind is None else "开票日期")
    has = {
        "code": invoice.code, "number": invoice.number, "date": invoice.issue_date,
        "gross": invoice.amount_fen, "net": invoice.net_fen, "check": invoice.check_code,
    }  # fmt: skip
    missing = [LABELS[one] for one in kind.asks if has[one] in ("", None)]
    if missing:
        raise errors.QueryIncomplete(missing="、".join(missing))
    return InvoiceQuery(
        type_code=key,
        code=invoice.code if "code" in kind.asks else "",
        number=invoice.number,
        issue_date=invoice.issue_date,
        gross_fen=invoice.amount_fen if "gross" in kind.asks else None,
        net_fen=invoice.net_fen if "net" in kind.asks else None,
        check_code=invoice.check_code if "check" in kind.asks else "",
    )


def verify(*, by: Actor, at: datetime, ext_id: str, occasion: str = "asked") -> InvoiceCheck:
    """Ask the tax office about one invoice now; return the answer as it is kept.

    Raises: NotFound, NoVerifier, QueryIncomplete, TooManyChecks.
    """
    invoice = access(by, ext_id)
    verifier = channels.verifier()
    if verifier is None:
        raise errors.NoVerifier
    count = _asked_today(invoice, at)
    if count >= PER_DAY:
        raise errors.TooManyChecks(count=count, limit=PER_DAY)
    return _ask(invoice, verifier, by=by, at=at, occasion=occasion)


def _ask(
    invoice: Invoice, verifier: InvoiceVerifier, *, by: Actor, at: datetime, occasion: str
) -> InvoiceCheck:
    result = verifier.verify(query_of(invoice), at)
    return _keep(invoice, _judged(invoice, result, at), by=by, occasion=occasion)


def _asked_today(invoice: Invoice, at: datetime) -> int:
    start = clock.midnight(clock.local_date(at))
    asked = InvoiceCheck.objects.filter(key_index=invoice.key_index, asked_at__gte=start)
    return asked.exclude(channel="manual").exclude(result__in=list(UNCOUNTED)).count()


def _judged(invoice: Invoice, result: VerifyResult, at: datetime) -> VerifyResult:
    """Hold what the office tells against what was written down; a new invoice may be late."""
    verdict, words = result.verdict, result.words
    if verdict == Verdict.VALID:
        told_gross = result.told.get("gross", "")
        told_seller = result.told.get("seller_name", "")
        ours = money.format_yuan(invoice.amount_fen).replace(",", "")
        if told_gross and told_gross.replace(",", "") != ours:
            verdict, words = Verdict.MISMATCH, f"税务局登记的价税合计是{told_gross}元"
        elif told_seller and invoice.seller_name and told_seller != invoice.seller_name:
            verdict, words = Verdict.MISMATCH, f"税务局登记的销售方是{told_seller}"
    is_new = invoice.issue_date is not None and invoice.issue_date >= clock.local_date(at)
    if verdict == Verdict.NOT_FOUND and is_new:
        verdict, words = Verdict.TOO_NEW, WORDS[Verdict.TOO_NEW]
    return VerifyResult(verdict, result.channel, result.at, words, result.raw, result.told)


def _keep(
    invoice: Invoice,
    result: VerifyResult,
    *,
    by: Actor,
    occasion: str,
    entry: InvoiceEntry | None = None,
) -> InvoiceCheck:
    """Write an answer down and let every use of the invoice follow it."""
    status = STATUS.get(result.verdict)
    with transaction.atomic():
        same = Q(key_index=invoice.key_index) if invoice.key_index else Q(pk=invoice.pk)
        uses = list(Invoice.objects.select_for_update().filter(same).order_by("pk"))
        made = InvoiceCheck.objects.create(
            ext_id=ids.new_id("IC", result.at),
            key_index=invoice.key_index,
            invoice_ext_id=invoice.ext_id,
            result=result.verdict,
            channel=result.channel,
            occasion=occasion,
            words=result.words[:200],
            told=dict(result.told),
            raw=result.raw,
            file_digest=entry.file_digest if entry else "",
            asked_by_id=(entry.entered_by_id if entry else by.user_id) or 0,
            second_by_id=(by.user_id or 0) if entry else 0,
            asked_at=result.at,
        )
        for one in uses:
            _follow(one, status, result.at)
        audit.write(
            chain=invoice.org_ext_id or "evidence",
            kind="evidence.invoice.verified",
            by=by,
            at=result.at,
            subject=(SUBJECT, invoice.ext_id),
            before={"status": invoice.verify_status},
            after={"check": made.ext_id, "result": made.result, "channel": made.channel},
        )
    return made


def _follow(use: Invoice, status: str | None, at: datetime) -> None:
    if status is not None:
        use.verify_status, use.verified_at = status, at
    use.next_check_date = next_check(use, clock.local_date(at))
    use.save(update_fields=["verify_status", "verified_at", "next_check_date"])


def next_check(use: Invoice, today: date) -> date | None:
    """Return the day on which a paid invoice is looked at again, None when it needs it no more."""
    if use.claimed_at is None or use.verify_status in {"voided", "red_flushed"}:
        return None
    paid = clock.local_date(use.claimed_at)
    year_end = date(paid.year, *YEAR_END)
    days = [paid + timedelta(days=count) for count in RECHECK_DAYS]
    coming = [one for one in (*days, year_end) if one > today]
    return min(coming, default=None)


def enter(
    *, by: Actor, at: datetime, ext_id: str, result: str, words: str = ""
) -> InvoiceCheck | None:
    """Write down what one person read on the tax office's page; the second makes it an answer.

    Returns None for the first person. The picture of the page hangs on the invoice before.
    Raises: NotFound, BadInvoice for no such result, EntryNeedsPicture, SecondPersonNeeded,
        EntriesDiffer (the first reading stays).
    """
    invoice = access(by, ext_id)
    if result not in Verdict.__members__ or Verdict(result) in UNCOUNTED:
        raise errors.BadInvoice(field="查验结果", why="请从列出的结果里选一个")
    picture = _picture(ext_id, by)
    with transaction.atomic():
        locked = Invoice.objects.select_for_update().get(pk=invoice.pk)
        entry = InvoiceEntry.objects.filter(invoice=locked).first()
        if entry is None:
            _first_entry(locked, result, words, picture, by=by, at=at)
            return None
        if entry.entered_by_id == by.user_id:
            raise errors.SecondPersonNeeded
        if entry.result != result:
            raise errors.EntriesDiffer(
                first_name=entry.entered_by_name,
                first=WORDS[Verdict(entry.result)],
                second=WORDS[Verdict(result)],
            )
        told = words.strip() or entry.words or WORDS[Verdict(result)]
        answer = VerifyResult(Verdict(result), channels.MANUAL, at, told)
        made = _keep(locked, answer, by=by, occasion="asked", entry=entry)
        entry.delete()
    return made


def _picture(ext_id: str, by: Actor) -> str:
    """Return the digest of the picture that this person hung on the invoice, else of any."""
    hung = Attachment.objects.filter(
        subject_kind=SUBJECT, subject_id=ext_id, removed_at__isnull=True
    ).order_by("-id")
    mine = hung.filter(uploaded_by_id=by.user_id or 0).first() or hung.first()
    if mine is None:
        raise errors.EntryNeedsPicture
    return mine.file_id


def _first_entry(
    invoice: Invoice, result: str, words: str, picture: str, *, by: Actor, at: datetime
) -> None:
    InvoiceEntry.objects.create(
        ext_id=ids.new_id("IE", at), invoice=invoice, result=result, words=words.strip()[:200],
        file_digest=picture, entered_by_id=by.user_id or 0, entered_by_name=by.name[:40],
        entered_at=at,
    )  # fmt: skip
    audit.write(
        chain=invoice.org_ext_id or "evidence", kind="evidence.invoice.read", by=by, at=at,
        subject=(SUBJECT, invoice.ext_id), after={"result": result, "picture": picture},
    )  # fmt: skip


def take_back(*, by: Actor, at: datetime, ext_id: str) -> None:
    """Take back one's own reading while it waits for the second person. Raises: NotFound."""
    invoice = access(by, ext_id)
    with transaction.atomic():
        entry = InvoiceEntry.objects.filter(invoice=invoice, entered_by_id=by.user_id or 0).first()
        if entry is None:
            raise NotFound
        before = entry.result
        entry.delete()
        audit.write(
            chain=invoice.org_ext_id or "evidence", kind="evidence.invoice.unread", by=by, at=at,
            subject=(SUBJECT, ext_id), before={"result": before},
        )  # fmt: skip


def work(at: datetime) -> int:
    """Ask about invoices that were never asked about, and those whose day has come again.

    A duty of the worker; one that cannot be asked is left for people. Returns how many it asked.
    """
    verifier = channels.verifier()
    if verifier is None:
        return 0
    today = clock.local_date(at)
    since = at - timedelta(hours=1)
    fresh = Q(verify_status="pending", recorded_at__isnull=False, next_check_date__isnull=True)
    due = Q(next_check_date__lte=today)
    rows = Invoice.objects.filter(fresh | due, kind__in=sorted(invoice_types.KINDS))
    asked = 0
    for one in rows.exclude(key_index="").order_by("id")[:ROUND]:
        lately = InvoiceCheck.objects.filter(key_index=one.key_index, asked_at__gte=since)
        if lately.exists() or _asked_today(one, at) >= PER_DAY:
            continue
        try:
            made = _ask(one, verifier, by=SYSTEM, at=at, occasion="round")
        except errors.QueryIncomplete:
            _put_off(one, today, RECHECK_DAYS[0])
            continue
        asked += 1
        if made.result in LATER:
            _put_off(one, today, LATER[Verdict(made.result)])
    return asked


def _put_off(invoice: Invoice, today: date, days: int) -> None:
    """Look again later at what can't be answered now, so that it does not stand before others."""
    invoice.next_check_date = today + timedelta(days=days)
    invoice.save(update_fields=["next_check_date"])
