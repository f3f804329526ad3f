"""Accounts as a form offers them: which may stand in a kind of event, and their full names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sanzi.kernel import clock
from sanzi.ledger import standards
from sanzi.ledger.models import VoucherLine
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.doors import access_book
from sanzi.ledger.queries.pages import names_of
from sanzi.ledger.standards import Standard, UnknownStandard
from sanzi.orgs.actors import Actor

AUX_MAX = 500


def choices(organisation_kind: str, event: str, on: dt.date | None = None) -> list[tuple[str, str]]:
    """Return (code, `51401 管理费用`) of the accounts that an event may name, by code.

    Only lowest accounts of the body's standard that the event's templates take on the day, today
    when none is given.
    """
    standard = _standard(organisation_kind, on or clock.local_date(clock.now()))
    if standard is None:
        return []
    heads = tuple(
        head
        for entry in standard.entries.values()
        if entry.event == event
        for line in entry.lines
        for head in line.within
    )
    return [
        (code, _full(standard, code))
        for code, account in sorted(standard.accounts.items())
        if account.is_leaf and not account.blocked and code.startswith(heads)
    ]


def of_kind(
    organisation_kind: str, event: str, kind: str, on: dt.date | None = None
) -> list[tuple[str, str]]:
    """Return (code, words) of the accounts that an event of one kind may name on a day.

    One account when the kind's template names it; all that the general template takes otherwise;
    none when the body's standard books no such kind.
    """
    standard = _standard(organisation_kind, on or clock.local_date(clock.now()))
    entry = standard.rule_for(event, kind) if standard else None
    if standard is None or entry is None:
        return []
    fixed = [line.account for line in entry.lines if line.is_each and line.account.isdecimal()]
    if fixed:
        return [(code, _full(standard, code)) for code in fixed]
    return choices(organisation_kind, event, on)


def words(organisation_kind: str, code: str) -> str:
    """Return an account with the names above it, or the bare code when it is not known."""
    standard = _standard(organisation_kind, None)
    if standard is None or code not in standard.accounts:
        return code
    return _full(standard, code)


def _standard(organisation_kind: str, on: dt.date | None) -> Standard | None:
    code = standards.for_organisation_kind(organisation_kind)
    try:
        return charts.chart_of_standard(code, on) if code else None
    except UnknownStandard:
        return None


def _full(standard: Standard, code: str) -> str:
    chart = standard.accounts
    names = [chart[each].name for each in standard.lineage(code) if each in chart]
    return f"{code} {'／'.join(names)}"


def all_choices(standard_code: str) -> list[tuple[str, str]]:
    """Return (code, words) of every lowest account of a standard that takes lines, by code."""
    standard = charts.chart_of_standard(standard_code, clock.local_date(clock.now()))
    return [
        (code, _full(standard, code))
        for code, account in sorted(standard.accounts.items())
        if account.is_leaf and not account.blocked
    ]


def chart_choices(standard_code: str) -> list[tuple[str, str]]:
    """Return (code, words) of every account of a standard, those above others too, by code."""
    standard = charts.chart_of_standard(standard_code, None)
    return [(code, _full(standard, code)) for code in sorted(standard.accounts)]


@dataclass(frozen=True)
class Pick:
    """An account as a form by hand offers it; `wants` are the kinds of which a line names one."""

    code: str
    words: str
    wants: tuple[str, ...]


def pickable(*, by: Actor, org_ext_id: str, on: dt.date) -> list[Pick]:
    """Return the lowest accounts of a book that take lines on a day, by code. Raises: NotFound."""
    book = access_book(by=by, org_ext_id=org_ext_id, permission="ledger.correct")
    standard = charts.chart_of(book, on)
    return [
        Pick(code, _full(standard, code), account.requires)
        for code, account in sorted(standard.accounts.items())
        if account.is_leaf and not account.blocked
    ]


def used_auxiliaries(*, by: Actor, org_ext_id: str) -> list[tuple[str, str, str]]:
    """Return (kind, id, name) of what the book's lines have named so far. Raises: NotFound."""
    book = access_book(by=by, org_ext_id=org_ext_id, permission="ledger.correct")
    rows = VoucherLine.objects.filter(voucher__book=book).exclude(aux_id="")
    keys = list(rows.values_list("aux_kind", "aux_id").distinct()[:AUX_MAX])
    names = names_of(keys, is_masked=False)
    return [(kind, key, names.get((kind, key), key)) for kind, key in sorted(keys)]
