"""Corrections that wait for their reviewer, and finding a voucher by its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from sanzi.ledger.models import Voucher, VoucherDraft
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.doors import account_of
from sanzi.ledger.queries.pages import VoucherRow
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person

FOUND_MAX = 20


@dataclass(frozen=True)
class DraftLine:
    """One line of a waiting voucher. Units: fen."""

    account: str
    summary: str
    debit_fen: int
    credit_fen: int
    aux: str
    account_code: str
    aux_kind: str
    aux_id: str


@dataclass(frozen=True)
class DraftView:
    """A hand-made voucher, or a correction, as its reviewer sees it."""

    ext_id: str
    organisation: str
    org_ext_id: str
    division_code: str
    corrects_ext_id: str
    corrects_label: str
    maker: str
    maker_id: int
    made_at: datetime
    returned_reason: str
    vouchers: tuple[tuple[str, str, tuple[DraftLine, ...]], ...]


def waiting(*, by: Actor) -> list[DraftView]:
    """Return the drafts of the actor's scope, oldest first."""
    rows = _drafts().filter(scope.within(by, "ledger.see", "book__organisation__division_id"))
    return [_view(one) for one in rows.order_by("made_at", "id")[:200]]


def access_draft(*, by: Actor, ext_id: str) -> DraftView:
    """Return one draft. Raises: NotFound."""
    found = _drafts().filter(ext_id=ext_id).first()
    if found is None or not scope.can(
        by,
        "ledger.see",
        found.book.organisation.division_id,
    ):
        raise NotFound
    return _view(found)


def draft_of(voucher_ext_id: str) -> str:
    """Return the id of the correction that waits for a voucher, or ''."""
    found = VoucherDraft.objects.filter(corrects__ext_id=voucher_ext_id)
    return found.values_list("ext_id", flat=True).first() or ""


def voucher_count(*, org_ext_id: str, period: str) -> int:
    """Return how many vouchers a month has. The caller holds the book's door."""
    return Voucher.objects.filter(book__organisation__ext_id=org_ext_id, period=period).count()


def find_vouchers(*, by: Actor, words: str) -> list[tuple[VoucherRow, str]]:
    """Return (voucher, body) by summary or by label `记-52`, newest first."""
    number = words.rsplit("-", 1)[-1]
    wanted = Q(summary__icontains=words)
    if number.isdecimal() and len(number) < 9:
        wanted |= Q(number=int(number))
    rows = (
        Voucher.objects.filter(scope.within(by, "ledger.see", "book__organisation__division_id"))
        .filter(wanted)
        .select_related("book__organisation")
        .order_by("-date", "-id")[:FOUND_MAX]
    )
    return [
        (
            VoucherRow(
                ext_id=one.ext_id,
                label=f"{one.word}-{one.number}",
                date=one.date,
                summary=one.summary,
                total_fen=one.total_fen,
                origin=one.origin,
                is_red=one.total_fen < 0,
            ),
            one.book.organisation.name,
        )
        for one in rows
    ]


def _drafts() -> QuerySet[VoucherDraft]:
    return VoucherDraft.objects.select_related("book__organisation", "corrects")


def _view(one: VoucherDraft) -> DraftView:
    maker = Person.objects.filter(pk=one.maker_id).values_list("name", flat=True).first()
    body = one.book.organisation
    standard = charts.shown_chart(one.book)

    def line(raw: Mapping[str, Any]) -> DraftLine:
        code = raw["account_code"]
        return DraftLine(
            account=f"{code} {account_of(standard, code).name}",
            summary=raw["summary"],
            debit_fen=raw["debit_fen"],
            credit_fen=raw["credit_fen"],
            aux=raw["aux_id"],
            account_code=code,
            aux_kind=raw["aux_kind"],
            aux_id=raw["aux_id"],
        )

    return DraftView(
        ext_id=one.ext_id,
        organisation=body.name,
        org_ext_id=body.ext_id,
        division_code=body.division_id,
        corrects_ext_id=one.corrects.ext_id if one.corrects else "",
        corrects_label=f"{one.corrects.word}-{one.corrects.number}" if one.corrects else "",
        maker=maker or "未知",
        maker_id=one.maker_id,
        made_at=one.made_at,
        returned_reason=one.returned_reason,
        vouchers=tuple(
            (each["summary"], str(each["date"]), tuple(line(raw) for raw in each["lines"]))
            for each in one.content
        ),
    )
