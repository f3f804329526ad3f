"""One voucher, whole or masked, and the list of a month's vouchers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db.models import QuerySet

from sanzi.audit import kinds
from sanzi.audit import queries as audit
from sanzi.kernel import masking
from sanzi.ledger import rules
from sanzi.ledger.models import Voucher, VoucherLine
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.doors import (
    PAGE_ROWS,
    BookInfo,
    access_book,
    account_of,
    info,
    require_period,
)
from sanzi.ledger.standards import Standard
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, CounterpartyKind, Household, Organisation, Person

_COMPANY = CounterpartyKind.COMPANY
NAMERS: dict[str, Callable[[Iterable[str]], Mapping[str, str]]] = {}


@dataclass(frozen=True)
class VoucherRow:
    """A voucher in a list."""

    ext_id: str
    label: str
    date: date
    summary: str
    total_fen: int
    origin: str
    is_red: bool


@dataclass(frozen=True)
class LineView:
    """One line of a voucher page; `aux` names the auxiliary, masked where the page is."""

    line_no: int
    summary: str
    account_code: str
    account_name: str
    debit_fen: int
    credit_fen: int
    aux_kind: str
    aux_id: str
    aux: str
    source_ref: str


@dataclass(frozen=True)
class HistoryView:
    """One event in the life of a voucher."""

    at: datetime
    kind: str
    title: str
    actor: str


@dataclass(frozen=True)
class VoucherPage:
    """A voucher whole. In the masked form names are masked and ids, hashes, history left out."""

    ext_id: str
    book: BookInfo
    period: str
    label: str
    date: date
    summary: str
    origin: str
    rule: str
    source_kind: str
    source_id: str
    attachment_count: int
    total_fen: int
    maker: str
    reviewer: str
    posted_by: str
    posted_at: datetime
    reversal_of: str
    reversed_by: str
    hash: str
    lines: tuple[LineView, ...]
    history: tuple[HistoryView, ...]


def vouchers(*, by: Actor, org_ext_id: str, period: str, page: int = 1) -> list[VoucherRow]:
    """Return one page of a month's vouchers by word and number. Raises: NotFound."""
    book = access_book(by=by, org_ext_id=org_ext_id)
    require_period(period)
    rows = Voucher.objects.filter(book=book, period=period).order_by("word", "number")
    start = (max(1, page) - 1) * PAGE_ROWS
    return [
        VoucherRow(
            ext_id=row.ext_id,
            label=f"{row.word}-{row.number}",
            date=row.date,
            summary=row.summary,
            total_fen=row.total_fen,
            origin=row.origin,
            is_red=row.total_fen < 0,
        )
        for row in rows[start : start + PAGE_ROWS]
    ]


def visible_vouchers(by: Actor) -> QuerySet[Voucher]:
    """Return the vouchers of the actor's scope."""
    return Voucher.objects.filter(scope.within(by, "ledger.see", "book__organisation__division_id"))


def access_voucher(*, by: Actor, ext_id: str) -> VoucherPage:
    """Return a voucher whole, with its history.

    Raises: NotFound when absent or out of scope.
    """
    voucher = _whole(visible_vouchers(by), ext_id)
    if voucher is None:
        raise NotFound
    history = tuple(
        HistoryView(event.at, event.kind, kinds.title(event.kind), event.actor_name)
        for event in audit.history("voucher", ext_id)
    )
    return _page(voucher, history, is_masked=False)


def masked_voucher(*, ext_id: str, division_code: str) -> VoucherPage:
    """Return a voucher as villagers see it. The caller shows only what is published.

    Names are masked, lines carry no text of their own, and nothing leads to a person.
    Raises: NotFound when absent or of another place.
    """
    voucher = _whole(Voucher.objects.all(), ext_id)
    if voucher is None or voucher.book.organisation.division_id != division_code:
        raise NotFound
    return _page(voucher, (), is_masked=True)


def vouchers_of(source_kind: str, source_id: str) -> list[str]:
    """Return the ext ids of the vouchers that book a source, alone or as one line of a batch."""
    own = Voucher.objects.filter(source_kind=source_kind, source_id=source_id)
    within = Voucher.objects.filter(
        pk__in=VoucherLine.objects.filter(source_ref=source_id).values("voucher_id"),
        source_kind=source_kind,
    )
    rows = {row.pk: row.ext_id for row in [*own, *within]}
    return [rows[key] for key in sorted(rows)]


class HasAux(Protocol):
    """What names an auxiliary: a line, a row of a statement."""

    @property
    def aux_kind(self) -> str: ...  # noqa: D102 - as in VoucherLine
    @property
    def aux_id(self) -> str: ...  # noqa: D102


def aux_names(lines: Iterable[HasAux], *, is_masked: bool = False) -> dict[tuple[str, str], str]:
    """Return names by (kind, id), one query per kind that occurs.

    Masked, the names of persons, of households and of counterparties that are persons are.
    """
    return names_of({(line.aux_kind, line.aux_id) for line in lines}, is_masked=is_masked)


def names_of(pairs: Iterable[tuple[str, str]], *, is_masked: bool) -> dict[tuple[str, str], str]:
    """Return the names of auxiliaries given as (kind, id); see `aux_names`."""
    wanted: dict[str, set[str]] = {}
    for kind, ext_id in pairs:
        wanted.setdefault(kind, set()).add(ext_id)
    names: dict[tuple[str, str], str] = {}
    shown = masking.name if is_masked else str
    if "person" in wanted:
        people = Person.objects.filter(ext_id__in=wanted["person"])
        for ext_id, name in people.values_list("ext_id", "name"):
            names["person", ext_id] = shown(name)
    if "counterparty" in wanted:
        firms = Counterparty.objects.filter(ext_id__in=wanted["counterparty"])
        for ext_id, name, kind in firms.values_list("ext_id", "name", "kind"):
            names["counterparty", ext_id] = name if kind == _COMPANY else shown(name)
    if "org" in wanted:
        bodies = Organisation.objects.filter(ext_id__in=wanted["org"])
        for ext_id, name in bodies.values_list("ext_id", "name"):
            names["org", ext_id] = name
    if "household" in wanted:
        names |= _household_names(wanted["household"], shown)
    return names if is_masked else names | _named_above(wanted)


def _named_above(wanted: Mapping[str, set[str]]) -> dict[tuple[str, str], str]:
    return {
        (kind, ext_id): name
        for kind in wanted.keys() & NAMERS.keys()
        for ext_id, name in NAMERS[kind](wanted[kind]).items()
    }


def register_namer(kind: str, namer: Callable[[Iterable[str]], Mapping[str, str]]) -> None:
    """Let a higher room name auxiliaries that only it knows, such as bank accounts."""
    NAMERS[kind] = namer


def _household_names(ext_ids: set[str], shown: Callable[[str], str]) -> dict[tuple[str, str], str]:
    heads = dict(
        Household.objects.filter(ext_id__in=ext_ids).values_list("ext_id", "head_person_ext_id")
    )
    people = dict(Person.objects.filter(ext_id__in=heads.values()).values_list("ext_id", "name"))
    return {
        ("household", key): shown(people[head]) for key, head in heads.items() if head in people
    }


def _whole(shelf: QuerySet[Voucher], ext_id: str) -> Voucher | None:
    found = shelf.select_related("book__organisation", "reversal_of").filter(ext_id=ext_id)
    return found.first()


def _page(voucher: Voucher, history: tuple[HistoryView, ...], *, is_masked: bool) -> VoucherPage:
    rows = list(voucher.lines.order_by("line_no"))
    names = aux_names(rows, is_masked=is_masked)
    standard = charts.shown_chart(voucher.book)
    reversed_by = Voucher.objects.filter(reversal_of=voucher).first()
    is_auto = voucher.origin == rules.AUTO

    def signer(name: str) -> str:
        return masking.name(name) if is_masked and name and not is_auto else name

    return VoucherPage(
        ext_id=voucher.ext_id,
        book=info(voucher.book),
        period=voucher.period,
        label=f"{voucher.word}-{voucher.number}",
        date=voucher.date,
        summary=voucher.summary,
        origin=voucher.origin,
        rule=f"{voucher.rule_code} 第{voucher.rule_version}版" if voucher.rule_code else "",
        source_kind=voucher.source_kind,
        source_id="" if is_masked else voucher.source_id,
        attachment_count=voucher.attachment_count,
        total_fen=voucher.total_fen,
        maker=signer(voucher.maker_name),
        reviewer=signer(voucher.reviewer_name),
        posted_by=signer(voucher.posted_by_name),
        posted_at=voucher.posted_at,
        reversal_of=voucher.reversal_of.ext_id if voucher.reversal_of else "",
        reversed_by=reversed_by.ext_id if reversed_by else "",
        hash="" if is_masked else voucher.hash,
        lines=tuple(_line_view(row, standard, names, is_masked=is_masked) for row in rows),
        history=history,
    )


def _line_view(
    row: VoucherLine,
    standard: Standard,
    names: Mapping[tuple[str, str], str],
    *,
    is_masked: bool,
) -> LineView:
    name = names.get((row.aux_kind, row.aux_id), "" if is_masked else row.aux_id)
    return LineView(
        line_no=row.line_no,
        summary="" if is_masked else row.summary,
        account_code=row.account_code,
        account_name=account_of(standard, row.account_code).name,
        debit_fen=row.debit_fen,
        credit_fen=row.credit_fen,
        aux_kind=row.aux_kind,
        aux_id="" if is_masked else row.aux_id,
        aux=name,
        source_ref="" if is_masked else row.source_ref,
    )
