"""Handovers of books: the list that the system makes, who may sign, and the list as a paper.

The list holds what a new bookkeeper must know to go on where the last one stopped: books, closed
months, last numbers and their digests, what waits, what money stands at, archives and plans.
Source: 会计基础工作规范 第二十五条至第三十五条.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from sanzi.kernel import clock, divisions
from sanzi.kernel.money import format_yuan
from sanzi.ledger import rules, standards
from sanzi.ledger.models import (
    Book,
    Handover,
    NumberHead,
    Period,
    RecurringPlan,
    Reopening,
    VoucherDraft,
    YearArchive,
)
from sanzi.ledger.queries import hindrances, totals
from sanzi.ledger.queries.pages import names_of
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Division, Person
from sanzi.orgs.roles import roles
from sanzi.orgs.roles import title as role_title
from sanzi.record.sheets import Column, Row, Sheet

SEE = "ledger.see"
SIGNERS = (("handed_at", "from_person_id", "移交人"), ("received_at", "to_person_id", "接收人"),
           ("supervised_at", "supervisor_person_id", "监交人"))  # fmt: skip
"""The signatures in their order: column, whose, title."""


@dataclass(frozen=True)
class Signature:
    """One of the three places: who signs, and when he did."""

    title: str
    person: str
    person_id: int
    at: dt.datetime | None


@dataclass(frozen=True)
class HandoverView:
    """A handover as its page shows it; `next_signer_id` is None when all have signed."""

    ext_id: str
    division_code: str
    division: str
    on_date: dt.date
    made_at: dt.datetime
    digest: str
    content: dict[str, Any]
    signatures: tuple[Signature, ...]
    next_signer_id: int | None


def access_handover(*, by: Actor, ext_id: str) -> HandoverView:
    """Return one handover. Raises: NotFound."""
    row = Handover.objects.filter(ext_id=ext_id).first()
    if row is None or not scope.can(by, SEE, row.division_code):
        raise NotFound
    return _view(row, _names([row]), _places([row]))


def handovers(*, by: Actor, limit: int = 200) -> list[HandoverView]:
    """Return the handovers of the actor's scope, newest first."""
    rows = list(
        Handover.objects.filter(scope.within(by, SEE, "division_code")).order_by("-made_at", "-pk")[
            :limit
        ]
    )
    names, places = _names(rows), _places(rows)
    return [_view(row, names, places) for row in rows]


def holders(permission: str, division_code: str, on: dt.date) -> list[tuple[str, str]]:
    """Return (person ext id, `沈月琴 代理会计`) of those who may do something at a place."""
    able = [code for code, role in roles().items() if permission in role.may]
    rows = Appointment.objects.filter(
        role_code__in=able, start_date__lte=on, organisation__division_id__in=_above(division_code)
    ).exclude(end_date__lt=on)
    found: dict[str, str] = {}
    for one in rows.select_related("person").order_by("person_id", "pk"):
        found.setdefault(one.person.ext_id, f"{one.person.name} {role_title(one.role_code)}")
    return list(found.items())


def choices(*, by: Actor, division_code: str, on: dt.date) -> dict[str, list[tuple[str, str]]]:
    """Return who may receive and who may supervise a handover of a place.

    Raises: NotFound when the actor may not hand over there.
    """
    scope.require(by, "ledger.hand_over", division_code)
    own = by.person_ext_id
    return {
        "to": [one for one in holders("ledger.hand_over", division_code, on) if one[0] != own],
        "supervisor": [
            one for one in holders("ledger.supervise", division_code, on) if one[0] != own
        ],
    }


def places(*, by: Actor) -> list[tuple[str, str]]:
    """Return (division code, name) of the places with books that the actor may hand over."""
    codes = Book.objects.filter(
        scope.within(by, "ledger.hand_over", "organisation__division_id")
    ).values_list("organisation__division_id", flat=True)
    wanted = {above for code in codes for above in _above(code)}
    rows = Division.objects.filter(
        scope.within(by, "ledger.hand_over", "code"), code__in=wanted
    ).order_by("code")
    return [(row.code, row.name) for row in rows]


def _above(division_code: str) -> list[str]:
    """Return a place and those above it."""
    return [
        code
        for code in Division.objects.values_list("code", flat=True)
        if divisions.is_within(division_code, code)
    ]


def content_of(division_code: str, on: dt.date, at: dt.datetime) -> dict[str, Any]:
    """Return the list of a place's books as it stands now, as JSON values."""
    prefix = divisions.prefix(division_code)
    books = list(
        Book.objects.select_related("organisation")
        .filter(organisation__division_id__gte=prefix, organisation__division_id__lt=prefix + ":")
        .order_by("organisation__division_id", "organisation__ext_id")
    )
    parts = _Parts(books, on)
    return {
        "division_code": division_code,
        "on_date": on.isoformat(),
        "made_at": at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "books": [parts.of(book) for book in books],
    }


class _Parts:
    """Everything about many books, read once."""

    def __init__(self, books: Sequence[Book], on: dt.date) -> None:
        keys = [book.pk for book in books]
        period = rules.period_of(on)
        self.closed = {
            row["book_id"]: row["last"]
            for row in Period.objects.filter(book__in=keys, closed_at__isnull=False)
            .values("book_id")
            .annotate(last=Max("period"))
        }
        self.numbers = _grouped(
            (head.book_id, [head.period, head.word, head.last_number, head.last_hash])
            for head in NumberHead.objects.filter(
                book__in=keys, period__gte=rules.shift(period, -1), last_number__gt=0
            ).order_by("period", "word")
        )
        self.drafts = _grouped(
            (row.book_id, [row.ext_id, str(row.content[0]["summary"])])
            for row in VoucherDraft.objects.filter(book__in=keys).order_by("pk")
        )
        self.reopenings = _grouped(
            (row.book_id, [row.ext_id, row.period, row.reason])
            for row in Reopening.objects.filter(book__in=keys, decided_at__isnull=True)
        )
        self.archives = _grouped(
            (row.book_id, [row.year, row.digest])
            for row in YearArchive.objects.filter(book__in=keys).order_by("year")
        )
        self.plans = _grouped(
            (row.book_id, [row.ext_id, row.title])
            for row in RecurringPlan.objects.filter(book__in=keys, refused_reason="").order_by("pk")
            if row.valid_until_date is None or row.valid_until_date >= on
        )
        self.money = _money(books, period)
        self.left = hindrances.of_books(books, period)

    def of(self, book: Book) -> dict[str, Any]:
        return {
            "book": book.ext_id,
            "organisation": book.organisation.name,
            "standard": standards.get(book.standard_code).title,
            "first_period": book.first_period,
            "last_closed": self.closed.get(book.pk, ""),
            "numbers": self.numbers.get(book.pk, []),
            "money": self.money.get(book.pk, []),
            "drafts": self.drafts.get(book.pk, []),
            "reopenings": self.reopenings.get(book.pk, []),
            "left": [[one.title, one.count] for one in self.left.get(book.pk, [])],
            "plans": self.plans.get(book.pk, []),
            "archives": self.archives.get(book.pk, []),
        }


def _grouped(pairs: Iterable[tuple[int, list[Any]]]) -> dict[int, list[list[Any]]]:
    found: dict[int, list[list[Any]]] = {}
    for book_id, value in pairs:
        found.setdefault(book_id, []).append(value)
    return found


def _money(books: Sequence[Book], period: str) -> dict[int, list[list[Any]]]:
    """Return [account code, words, balance in fen] of cash and each bank account, by book."""
    heads = {
        book.pk: standards.get(book.standard_code).accounts_for.get("money", ()) for book in books
    }
    wanted = sorted({head for few in heads.values() for head in few})
    if not wanted:
        return {}
    sums: dict[tuple[int, str, str, str], int] = {}
    for opening in totals.openings(books, with_aux=True):
        key = opening[:4]
        if opening.account_code.startswith(heads[opening.book_id]):
            sums[key] = sums.get(key, 0) + opening.balance_fen
    for moved in totals.each_movement(
        books, last=period, with_aux=True, accounts=wanted, cuts=(period,)
    ):
        key = moved[:4]
        sums[key] = sums.get(key, 0) + moved.debit_fen - moved.credit_fen
    names = names_of({(key[2], key[3]) for key in sums}, is_masked=False)
    found: dict[int, list[list[Any]]] = {}
    for (book_id, code, kind, aux_id), fen in sorted(sums.items()):
        if code.startswith(tuple(heads[book_id])):
            words = names.get((kind, aux_id), aux_id)
            found.setdefault(book_id, []).append([code, words, fen])
    return found


def sheets_of(view: HandoverView) -> list[Sheet]:
    """Return the list as tables, ready for a PDF."""
    left = f"{view.division}　移交日：{clock.date_said(view.on_date)}"
    signed = tuple(
        f"{one.title}：{one.person}" + (f"　{clock.minute_text(one.at)}签" if one.at else "　未签")
        for one in view.signatures
    )
    rows = [
        Row(
            (
                one["organisation"],
                one["last_closed"] or "还没结过",
                "、".join(f"{period} {word}-{last}" for period, word, last, _ in one["numbers"]),
                len(one["drafts"]),
                "、".join(f"{title}{count}" for title, count in one["left"]),
                len(one["plans"]),
                "、".join(str(year) for year, _ in one["archives"]),
            )
        )
        for one in view.content["books"]
    ]
    books = Sheet(
        title="会计移交清册：账套",
        columns=(
            Column("账套", width=34),
            Column("结到哪月", "mid", 12),
            Column("最后凭证号", width=22),
            Column("待审草稿", "count"),
            Column("没办完的事", width=34),
            Column("定期计划", "count"),
            Column("已归档年度", width=14),
        ),
        rows=rows,
        left=left,
        right="",
        notes=(f"清册指纹 SM3 {view.digest}",),
        signers=signed,
    )
    money = Sheet(
        title="会计移交清册：货币资金",
        columns=(
            Column("账套", width=40),
            Column("科目", "mid", 10),
            Column("账户", width=30),
            Column("账面余额", "money"),
        ),
        rows=[
            Row((one["organisation"], code, words, fen))
            for one in view.content["books"]
            for code, words, fen in one["money"]
        ],
        left=left,
        notes=(f"合计{format_yuan(_total(view))}元",),
        signers=signed,
    )
    return [books, money]


def _total(view: HandoverView) -> int:
    return sum(fen for one in view.content["books"] for _, _, fen in one["money"])


def _names(rows: Sequence[Handover]) -> dict[int, str]:
    wanted = {getattr(row, whose) for row in rows for _, whose, _ in SIGNERS}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _places(rows: Sequence[Handover]) -> dict[str, str]:
    codes = {row.division_code for row in rows}
    return dict(Division.objects.filter(code__in=codes).values_list("code", "name"))


def _view(row: Handover, names: dict[int, str], places: dict[str, str]) -> HandoverView:
    signatures = tuple(
        Signature(
            title, names.get(getattr(row, whose), "未知"), getattr(row, whose), getattr(row, when)
        )
        for when, whose, title in SIGNERS
    )
    waiting = [one.person_id for one in signatures if one.at is None]
    return HandoverView(
        ext_id=row.ext_id,
        division_code=row.division_code,
        division=places.get(row.division_code, row.division_code),
        on_date=row.on_date,
        made_at=row.made_at,
        digest=row.digest,
        content=row.content,
        signatures=signatures,
        next_signer_id=waiting[0] if waiting else None,
    )
