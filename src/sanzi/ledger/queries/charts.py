"""The chart and the templates of a book on a day: the official ones and what a county approved.

`chart_of` is what every posting and every page asks. What is in force is read anew each time by
one small query (counts and newest approvals), the chart itself is composed once per answer.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db import connection

from sanzi.kernel import divisions, money
from sanzi.ledger import standards
from sanzi.ledger.models import Book, CashPolicy, ChartAddition, EntryVersion, Proposal
from sanzi.ledger.standards import Account, Standard
from sanzi.ledger.standards.chart import with_leaves

NO_CASH = "这里不用现金，收付都走银行"
_Stamp = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Added:
    """An approved account of a county, with its days. `row` is the JSON of its chart row."""

    row: str
    code: str
    first_date: dt.date
    last_date: dt.date | None


@dataclass(frozen=True, slots=True)
class Version:
    """An approved version of a template, with its days. `content` is its JSON."""

    content: str
    rule_code: str
    version: str
    first_date: dt.date
    last_date: dt.date | None


@dataclass(frozen=True, slots=True)
class Cash:
    """What is allowed of cash at one place. Units: fen; the limit counts for LIMITED only."""

    policy: str = CashPolicy.Kind.NONE
    limit_fen: int = 0
    division_code: str = ""
    first_date: dt.date = dt.date.min
    last_date: dt.date | None = None

    @property
    def words(self) -> str:
        """Say it as a page does."""
        if self.policy == CashPolicy.Kind.LIMITED:
            return f"限额使用，手里不超过{money.format_yuan(self.limit_fen)}元"
        return CashPolicy.Kind(self.policy).label


@dataclass(frozen=True)
class Charts:
    """What was approved for a book, read once; ask it for as many days as needed."""

    standard_code: str
    added: tuple[Added, ...]
    versions: tuple[Version, ...]
    cash_policies: tuple[Cash, ...]

    def on(self, day: dt.date, *, is_history: bool = False) -> Standard:
        """Return the chart of a day.

        History books what happened: all accounts ever added are open, and cash is not closed.
        """
        if is_history:
            return _composed(self.standard_code, self.added, (), "")
        added = tuple(one for one in self.added if _is_in_force(one, day))
        newest: dict[str, Version] = {}
        for one in self.versions:
            if _is_in_force(one, day):
                newest[one.rule_code] = one
        blocked = "" if self.cash_on(day).policy != CashPolicy.Kind.NONE else NO_CASH
        return _composed(self.standard_code, added, tuple(newest.values()), blocked)

    def cash_on(self, day: dt.date) -> Cash:
        """Return the cash policy of a day: the nearest place's newest one, else none allowed."""
        found = [one for one in self.cash_policies if _is_in_force(one, day)]
        return found[-1] if found else Cash()


def read(book: Book) -> Charts:
    """Return what was approved for a book: one small query when nothing is new."""
    place = book.organisation.division_id
    added, versions, cash = _stamps(book.standard_code, _above(place))
    return Charts(
        standard_code=book.standard_code,
        added=_added(book.standard_code, added),
        versions=_versions(book.standard_code, versions),
        cash_policies=_cash(place, cash),
    )


def chart_of(book: Book, on: dt.date) -> Standard:
    """Return the book's standard as it is in force on a day.

    The official accounts and templates, the county's approved additions and versions; accounts of
    cash are `blocked` unless the place's approved policy lets them be used (accounting rule:
    nothing is allowed until a county says so).
    """
    return read(book).on(on)


def shown_chart(book: Book) -> Standard:
    """Return the chart for pages: every account that was ever open, so that all lines have a name.

    Its templates are the shipped ones.
    """
    return read(book).on(dt.date.min, is_history=True)


def cash_of(book: Book, on: dt.date) -> Cash:
    """Return what is allowed of cash at the book's place on a day."""
    return read(book).cash_on(on)


def chart_of_standard(standard_code: str, on: dt.date | None) -> Standard:
    """Return a standard as every place of the county uses it on a day; cash stays open here.

    Without a day: with every account that was ever open.
    """
    added, versions, _ = _stamps(standard_code, ())
    charts = Charts(
        standard_code, _added(standard_code, added), _versions(standard_code, versions), (_FREE,)
    )
    return charts.on(on or dt.date.min, is_history=on is None)


_FREE = Cash(policy=CashPolicy.Kind.FREE)


def _is_in_force(one: Added | Version | Cash, day: dt.date) -> bool:
    return one.first_date <= day and (one.last_date is None or day <= one.last_date)


@lru_cache(maxsize=2048)
def _above(place: str) -> tuple[str, ...]:
    """Return the codes of a place and of all above it, the place last."""
    found = [place]
    while above := divisions.parent(found[-1]):
        found.append(above)
    return tuple(reversed(found))


def _stamps(standard_code: str, places: tuple[str, ...]) -> tuple[_Stamp, _Stamp, _Stamp]:
    """Return how many approvals stand in each table and the newest: what moves when one comes."""
    with connection.cursor() as cursor:
        cursor.execute(_stamps_sql(len(places)), [standard_code, standard_code, *places])
        rows = {row[0]: (int(row[1]), int(row[2]), str(row[3]), str(row[4])) for row in cursor}
    return rows["0"], rows["1"], rows["2"]


@lru_cache(maxsize=8)
def _stamps_sql(places: int) -> str:
    marks = ", ".join(["%s"] * places) or "NULL"
    return " UNION ALL ".join(
        f"SELECT '{number}', COUNT(*), COUNT(valid_until_date), MAX(ext_id), MAX(approved_at)"  # noqa: S608 - our own names
        f" FROM {model._meta.db_table} WHERE approved_at IS NOT NULL AND {condition}"  # noqa: SLF001 - the public way to a table's name
        for number, (model, condition) in enumerate(
            (
                (ChartAddition, "standard_code = %s"),
                (EntryVersion, "standard_code = %s"),
                (CashPolicy, f"division_code IN ({marks})"),
            )
        )
    )


def _approved(model: type[Proposal], **wanted: object) -> list[Proposal]:
    found = model._default_manager.filter(approved_at__isnull=False, **wanted)  # noqa: SLF001
    return list(found.order_by("valid_from_date", "approved_at", "id"))


@lru_cache(maxsize=64)
def _added(standard_code: str, stamp: _Stamp) -> tuple[Added, ...]:
    if not stamp[0]:
        return ()
    found: list[Added] = []
    for one in _approved(ChartAddition, standard_code=standard_code):
        assert isinstance(one, ChartAddition)  # noqa: S101 - told to mypy
        found.append(
            Added(json.dumps(row_of(one)), one.code, one.valid_from_date, one.valid_until_date)
        )
    return tuple(sorted(found, key=lambda each: (len(each.code), each.code)))


@lru_cache(maxsize=64)
def _versions(standard_code: str, stamp: _Stamp) -> tuple[Version, ...]:
    if not stamp[0]:
        return ()
    found: list[Version] = []
    for one in _approved(EntryVersion, standard_code=standard_code):
        assert isinstance(one, EntryVersion)  # noqa: S101 - told to mypy
        text = json.dumps(one.content, sort_keys=True)
        found.append(
            Version(text, one.rule_code, one.version, one.valid_from_date, one.valid_until_date)
        )
    return tuple(found)


@lru_cache(maxsize=2048)
def _cash(place: str, stamp: _Stamp) -> tuple[Cash, ...]:
    """Return the policies over a place, the nearest place's last."""
    if not stamp[0]:
        return ()
    places = _above(place)
    found: list[Cash] = []
    for one in _approved(CashPolicy, division_code__in=places):
        assert isinstance(one, CashPolicy)  # noqa: S101 - told to mypy
        found.append(
            Cash(
                policy=one.policy,
                limit_fen=one.limit_fen,
                division_code=one.division_code,
                first_date=one.valid_from_date,
                last_date=one.valid_until_date,
            )
        )
    return tuple(sorted(found, key=lambda each: places.index(each.division_code)))


def row_of(one: ChartAddition) -> dict[str, object]:
    """Return an addition as a row of `accounts.yaml` would say it."""
    row: dict[str, object] = {"code": one.code, "name": one.name, "requires": list(one.requires)}
    if one.account_class:
        row |= {"class": one.account_class, "side": one.side}
    return row


@lru_cache(maxsize=256)
def _composed(
    standard_code: str,
    added: tuple[Added, ...],
    versions: tuple[Version, ...],
    cash_blocked: str,
) -> Standard:
    official = standards.get(standard_code)
    accounts: dict[str, Account] = dict(official.accounts)
    for one in added:
        grown = replace(official, accounts=accounts)
        if one.code not in accounts:
            accounts[one.code] = standards.account_from(json.loads(one.row), to=grown)
    if added:
        accounts = with_leaves(dict(sorted(accounts.items())), official.shape)
    if cash_blocked:
        heads = official.codes_for("cash")
        for code in [code for code in accounts if code.startswith(heads)]:
            blocked = accounts[code].blocked or cash_blocked
            accounts[code] = replace(accounts[code], blocked=blocked)
    chart = replace(official, accounts=accounts)
    entries = dict(official.entries)
    for version in versions:
        entries[version.rule_code] = standards.entry_from(json.loads(version.content), to=chart)
    return replace(chart, entries=entries)
