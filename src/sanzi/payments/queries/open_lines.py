"""Open lines of both sides of one account, with everything by which the rules know them.

A fixed number of queries for an account, whatever the number of lines; ids go to the database in
pieces. Account numbers are compared by their blind index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from sanzi.kernel import clock
from sanzi.ledger.models import VoucherLine
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments import rules
from sanzi.payments.matching_rules import NONE, OpenLine, plain_name
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    InstructionLine,
    MatchedBankLine,
    MatchedBookLine,
    Payment,
    PaymentOrder,
    PaymentStatus,
    Receipt,
)

IDS_AT_ONCE = 5000
RETURN_SUFFIX = "-TH"
BLUE = "订正"
"""How the summary of a voucher begins that takes the place of another."""
BOOKED = (PaymentStatus.SETTLED, PaymentStatus.RETURNED)


def open_book_rows(account: BankAccount, until: date | None = None) -> QuerySet[VoucherLine]:
    """Return the voucher lines of an account that are in no live match, `until` included."""
    live = MatchedBookLine.objects.filter(line=OuterRef("pk"), is_live=True)
    rows = book_rows(account).filter(~Exists(live))
    return rows.filter(voucher__date__lte=until) if until else rows


def book_rows(account: BankAccount) -> QuerySet[VoucherLine]:
    """Return all voucher lines of an account."""
    return VoucherLine.objects.filter(
        voucher__book__organisation=account.organisation_id,
        aux_kind="account",
        aux_id=account.ext_id,
    )


def open_bank_rows(account: BankAccount, until: date | None = None) -> QuerySet[BankTransaction]:
    """Return the bank lines of an account that are in no live match, `until` included."""
    live = MatchedBankLine.objects.filter(line=OuterRef("pk"), is_live=True)
    rows = BankTransaction.objects.filter(~Exists(live), account=account)
    return rows.filter(booked_at__lt=day_after(until)) if until else rows


def day_after(day: date) -> datetime:
    """Return the first instant after a day in Shanghai."""
    return clock.midnight(day + timedelta(days=1))


def open_lines(account: BankAccount) -> tuple[list[OpenLine], list[OpenLine]]:
    """Return the open lines of the book and of the bank."""
    return book_lines(open_book_rows(account)), bank_lines(open_bank_rows(account))


def bank_lines(rows: QuerySet[BankTransaction]) -> list[OpenLine]:
    """Return bank lines as the rules read them."""
    found = rows.order_by("booked_at", "pk").values_list(
        "pk",
        "direction",
        "amount_fen",
        "booked_at",
        "e2e_id",
        "msg_id",
        "bank_ref",
        "peer_account_index",
        "peer_name",
        "channel",
        "payment_id",
        "receipt_id",
        "payment__voucher_ext_id",
        "payment__order__case_number",
    )
    return [_bank_line(row) for row in found.iterator(chunk_size=IDS_AT_ONCE)]


def _bank_line(row: Sequence[Any]) -> OpenLine:
    key, direction, amount, at, e2e, msg, ref, index, name, channel, payment, receipt = row[:12]
    voucher, case = row[12:]
    own = frozenset(_own(payment, receipt))
    return OpenLine(
        key=key,
        signed_fen=amount if direction == "in" else -amount,
        day=clock.local_date(at),
        e2e=e2e,
        own=own,
        refs=own | {f"B:{ref}"},
        accounts=frozenset((index,)) if index else NONE,
        names=_names(name, channel),
        batches=(f"M:{msg}" if msg else "", f"V:{voucher}" if voucher else "", _case(case)),
        cancels=frozenset((f"E:{e2e}",)) if e2e else frozenset(f"E:{one}" for one in own),
    )


def _own(payment: int | None, receipt: int | None) -> Iterator[str]:
    if payment:
        yield f"P:{payment}"
    if receipt:
        yield f"R:{receipt}"


def _case(number: str | None) -> str:
    return f"O:{number}" if number else ""


def _names(name: str, channel: str) -> frozenset[str]:
    """Return by what name the other party is known; the bank's own fees and interest have one."""
    if channel in ("fee", "interest"):
        return frozenset((f"C:{channel}",))
    plain = plain_name(name)
    return frozenset((plain,)) if plain else NONE


@dataclass
class _Known:
    """What a voucher says of the money behind it."""

    e2e: str = ""
    own: set[str] = field(default_factory=set)
    refs: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    batches: tuple[str, ...] = ("", "", "")


@dataclass(frozen=True)
class _Row:
    """A voucher line of the account with the head of its voucher."""

    key: int
    signed_fen: int
    summary: str
    voucher_id: int
    voucher: str
    day: date
    source_kind: str
    source_id: str
    reversal_of: int | None
    head: str
    place: tuple[int, str, str, int]


def book_lines(rows: QuerySet[VoucherLine]) -> list[OpenLine]:
    """Return voucher lines as the rules read them."""
    found = [
        _Row(row[0], row[1] - row[2], *row[3:11], place=row[11:])
        for row in rows.order_by("voucher__date", "pk").values_list(
            "pk",
            "debit_fen",
            "credit_fen",
            "summary",
            "voucher_id",
            "voucher__ext_id",
            "voucher__date",
            "voucher__source_kind",
            "voucher__source_id",
            "voucher__reversal_of_id",
            "voucher__summary",
            "voucher__book_id",
            "voucher__period",
            "voucher__word",
            "voucher__number",
        )
    ]
    known = _payments_behind(found) | _receipts_behind(found) | _hands_behind(found)
    reds = {row.place: row for row in found if row.reversal_of}
    return [_book_line(row, known, reds) for row in found]


def _book_line(
    row: _Row, known: dict[int, _Known], reds: dict[tuple[int, str, str, int], _Row]
) -> OpenLine:
    book, period, word, number = row.place
    # The blue voucher stands next to the red one and takes the place of what that strikes out.
    red = reds.get((book, period, word, number - 1)) if row.head.startswith(BLUE) else None
    said = known.get(row.voucher_id) or _Known()
    if red is not None:
        said = known.get(red.reversal_of or 0) or said
    cancels = {f"X:{row.reversal_of or row.voucher_id}"}
    if row.reversal_of or red is not None:
        cancels.add(f"S:{row.voucher_id if row.reversal_of else red.voucher_id if red else 0}")
    if said.e2e:
        cancels.add(f"E:{said.e2e}")
    return OpenLine(
        key=row.key,
        signed_fen=row.signed_fen,
        day=row.day,
        e2e=said.e2e,
        own=frozenset(said.own),
        refs=frozenset(said.refs),
        accounts=frozenset(said.accounts),
        names=frozenset(said.names)
        or _names("", rules.channel_of(row.summary + row.head, is_credit=row.signed_fen > 0)),
        batches=said.batches,
        cancels=frozenset(cancels),
    )


def _payments_behind(rows: Sequence[_Row]) -> dict[int, _Known]:
    """Return what is known of vouchers that payments made: by number, or by case for history."""
    sources = {
        row.voucher_id: (row.voucher, row.source_id) for row in rows if row.source_kind == "payment"
    }
    roots = {source.removesuffix(RETURN_SUFFIX) for _, source in sources.values()}
    attempts = {
        row[0]: row[1:]
        for part in _parts(roots)
        for row in InstructionLine.objects.filter(e2e_id__in=part).values_list(
            "e2e_id", "payment_id", "payment__order_id", "instruction__msg_id"
        )
    }
    cases = {
        number: pk
        for part in _parts(roots - attempts.keys())
        for number, pk in PaymentOrder.objects.filter(case_number__in=part).values_list(
            "case_number", "pk"
        )
    }
    orders = {order for _, order, _ in attempts.values()} | set(cases.values())
    of_voucher, of_order, single = _payment_rows(orders)
    found: dict[int, _Known] = {}
    for voucher_id, (voucher, source) in sources.items():
        root = source.removesuffix(RETURN_SUFFIX)
        attempt = attempts.get(root)
        if attempt is None:
            paid = of_order.get(cases.get(root, 0), [])
            found[voucher_id] = _of_payments(paid, "", "", voucher)
        elif source != root:
            found[voucher_id] = _of_payments([single[attempt[0]]], root, attempt[2], "")
        else:
            paid = of_voucher.get(voucher) or [single[attempt[0]]]
            e2e = root if len(paid) == 1 else ""
            found[voucher_id] = _of_payments(paid, e2e, attempt[2], voucher)
    return found


PaymentRow = tuple[int, str, str, str, str]
"""Key, bank reference, account index, name, case."""


def _payment_rows(
    orders: Iterable[int],
) -> tuple[dict[str, list[PaymentRow]], dict[int, list[PaymentRow]], dict[int, PaymentRow]]:
    """Return the payments of orders by voucher; those without one by order; and all by key."""
    of_voucher: dict[str, list[PaymentRow]] = defaultdict(list)
    of_order: dict[int, list[PaymentRow]] = defaultdict(list)
    single: dict[int, PaymentRow] = {}
    for part in _parts(orders):
        rows: QuerySet[Any, Any] = Payment.objects.filter(order__in=part).values_list(
            "order_id",
            "voucher_ext_id",
            "status",
            "pk",
            "bank_ref",
            "account_index",
            "payee_name",
            "order__case_number",
        )
        for order, voucher, status, key, ref, index, name, case in rows:
            row: PaymentRow = (key, ref, index, name, case)
            single[key] = row
            if voucher:
                of_voucher[voucher].append(row)
            elif status in BOOKED:
                of_order[order].append(row)
    return of_voucher, of_order, single


def _of_payments(paid: Sequence[PaymentRow], e2e: str, msg_id: str, voucher: str) -> _Known:
    own = {f"P:{one[0]}" for one in paid}
    known = _Known(
        e2e=e2e,
        own=own,
        batches=(
            f"M:{msg_id}" if msg_id else "",
            f"V:{voucher}" if voucher else "",
            _case(paid[0][4]) if paid else "",
        ),
    )
    if len(paid) == 1:
        _, ref, index, name, _ = paid[0]
        known.refs = own | ({f"B:{ref}"} if ref else set())
        known.accounts = {index} if index else set()
        known.names = {plain_name(name)} if name else set()
    return known


def _receipts_behind(rows: Sequence[_Row]) -> dict[int, _Known]:
    """Return what is known of vouchers that receipts made."""
    sources = {row.source_id: row.voucher_id for row in rows if row.source_kind == "receipt"}
    found = {}
    for part in _parts(sources):
        for ext_id, pk, name in Receipt.objects.filter(ext_id__in=part).values_list(
            "ext_id", "pk", "payer_name"
        ):
            own = {f"R:{pk}"}
            found[sources[ext_id]] = _Known(own=own, refs=own, names={plain_name(name)} - {""})
    return found


def _hands_behind(rows: Sequence[_Row]) -> dict[int, _Known]:
    """Return the other party of vouchers made by hand, where their lines name exactly one."""
    ours = {row.key for row in rows}
    vouchers = {row.voucher_id for row in rows if row.source_kind not in ("payment", "receipt")}
    others: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for part in _parts(vouchers):
        for key, voucher_id, kind, ext_id in (
            VoucherLine.objects.filter(voucher__in=part)
            .exclude(aux_kind="")
            .values_list("pk", "voucher_id", "aux_kind", "aux_id")
        ):
            if key not in ours:
                others[voucher_id].add((kind, ext_id))
    alone = {key: next(iter(named)) for key, named in others.items() if len(named) == 1}
    said = _parties(set(alone.values()))
    return {key: said[party] for key, party in alone.items() if party in said}


def _parties(parties: Iterable[tuple[str, str]]) -> dict[tuple[str, str], _Known]:
    """Return names and accounts of parties, by kind and id as voucher lines name them."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for kind, ext_id in parties:
        by_kind[kind].add(ext_id)
    found: dict[tuple[str, str], _Known] = defaultdict(_Known)
    models: tuple[tuple[str, str, Any], ...] = (
        ("counterparty", "counterparty__ext_id", Counterparty),
        ("person", "person__ext_id", Person),
        ("org", "organisation__ext_id", Organisation),
    )
    for kind, owner, model in models:
        for part in _parts(by_kind[kind]):
            for ext_id, name in model.objects.filter(ext_id__in=part).values_list("ext_id", "name"):
                found[kind, ext_id].names.add(plain_name(name))
            for ext_id, index in BankAccount.objects.filter(**{f"{owner}__in": part}).values_list(
                owner, "number_index"
            ):
                found[kind, ext_id].accounts.add(index)
    for part in _parts(by_kind["account"]):
        for ext_id, index in BankAccount.objects.filter(ext_id__in=part).values_list(
            "ext_id", "number_index"
        ):
            found["account", ext_id].accounts.add(index)
    return dict(found)


def _parts(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield ids in pieces that a statement takes."""
    whole = sorted(ids)
    for start in range(0, len(whole), IDS_AT_ONCE):
        yield whole[start : start + IDS_AT_ONCE]
