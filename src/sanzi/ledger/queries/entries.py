"""Entry templates as a county sees them: each version, who made it, what it books, its uses."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.db.models import Count

from sanzi.kernel.refusals import Refusal
from sanzi.ledger import rules, standards
from sanzi.ledger.errors import BadEntryVersion
from sanzi.ledger.models import EntryVersion, Voucher
from sanzi.ledger.queries import charts
from sanzi.ledger.queries.proposals import names_of_people, require_seen, state_of
from sanzi.ledger.rules import Line
from sanzi.ledger.standards import BadStandard, Entry, Standard, said
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

CONTENT_MAX = 20_000
WHOLE = "全文"
"""What a problem is of when no single key is to blame."""
_TRYING = {"maker": "试算", "checker": "试算核准", "date": "2000-01-01"}


@dataclass(frozen=True)
class RuleRow:
    """A template in a list, as it is in force on the day asked for."""

    rule_code: str
    title: str
    event: str
    version: str
    is_shipped: bool
    waiting: int


@dataclass(frozen=True)
class TriedLine:
    """One line that a template would book. Units: fen."""

    account: str
    summary: str
    debit_fen: int
    credit_fen: int
    aux: str


@dataclass(frozen=True)
class VersionView:
    """One version of a template. `state` is shipped, waiting, approved or refused.

    `text` is the template as YAML, `changes` its lines against the version before as (mark,
    text), mark one of '+', '-', ' '; `used` counts the vouchers that name it.
    """

    ext_id: str
    version: str
    state: str
    made_by: str
    made_at: dt.datetime | None
    approved_by: str
    approved_on: dt.date | None
    refused_reason: str
    reason: str
    first_date: dt.date | None
    last_date: dt.date | None
    used: int
    text: str
    changes: tuple[tuple[str, str], ...]
    tried: tuple[TriedLine, ...]
    is_mine: bool


@dataclass(frozen=True)
class RulePage:
    """A template with all its versions, the shipped one first."""

    standard_code: str
    standard_title: str
    rule_code: str
    title: str
    event: str
    kinds: tuple[str, ...]
    basis: str
    versions: tuple[VersionView, ...]


def rules_of(*, by: Actor, standard_code: str, on: dt.date) -> list[RuleRow]:
    """Return the templates of a standard as they are in force on a day. Raises: NotFound."""
    require_seen(by, standard_code)
    shipped = standards.get(standard_code).entries
    waiting = dict(
        EntryVersion.objects.filter(
            standard_code=standard_code, approved_at__isnull=True, refused_reason=""
        )
        .values_list("rule_code")
        .annotate(count=Count("pk"))
    )
    return [
        RuleRow(
            rule_code=entry.rule_code,
            title=entry.title,
            event=entry.event,
            version=entry.version,
            is_shipped=entry.version == shipped[entry.rule_code].version,
            waiting=waiting.get(entry.rule_code, 0),
        )
        for entry in charts.chart_of_standard(standard_code, on).entries.values()
    ]


def rule_page(*, by: Actor, standard_code: str, rule_code: str) -> RulePage:
    """Return a template with every version it ever had. Raises: NotFound."""
    require_seen(by, standard_code)
    shipped = standards.get(standard_code).entries.get(rule_code)
    if shipped is None:
        raise NotFound
    rows = list(
        EntryVersion.objects.filter(standard_code=standard_code, rule_code=rule_code).order_by(
            "made_at", "id"
        )
    )
    used = dict(
        Voucher.objects.filter(book__standard_code=standard_code, rule_code=rule_code)
        .values_list("rule_version")
        .annotate(count=Count("pk"))
    )
    until = _until(rows)
    versions = [_shipped(shipped, until[0], used)]
    people = names_of_people(rows)
    for number, row in enumerate(rows, 1):
        versions.append(
            _version(row, people, by, until=until[number], used=used, before=versions[-1].text)
        )
    return RulePage(
        standard_code=standard_code,
        standard_title=standards.get(standard_code).title,
        rule_code=rule_code,
        title=shipped.title,
        event=shipped.event,
        kinds=shipped.kinds,
        basis=shipped.basis,
        versions=tuple(versions),
    )


def try_entry(
    content: Mapping[str, Any], event: Mapping[str, Any], *, chart: Standard
) -> list[TriedLine]:
    """Return what a template would book for an event, posting nothing.

    Raises: BadEntryVersion when it cannot be read, does not balance, or books to what is closed.
    """
    entry = read_entry(content, chart)
    try:
        draft = rules.from_event(
            entry, event, date=dt.date(2000, 1, 1), source=("trial", ""), posted_by=""
        )
        rules.check(draft, chart)
    except Refusal as refusal:
        raise BadEntryVersion(key="lines", problem=refusal.text.rstrip("。")) from refusal
    return [_tried(line, chart) for line in draft.lines]


def read_entry(content: Mapping[str, Any], chart: Standard) -> Entry:
    """Return the template that a mapping says. Raises: BadEntryVersion."""
    given = {"approved": _TRYING, **content}
    try:
        return standards.entry_from(given, to=chart)
    except BadStandard as problem:
        key = WHOLE if problem.key == "-" else problem.key
        raise BadEntryVersion(key=key, problem=said.in_chinese(problem.problem)) from problem
    except (TypeError, ValueError, AttributeError, KeyError) as problem:
        raise BadEntryVersion(key=WHOLE, problem=said.UNKNOWN) from problem


def read_text(text: str) -> dict[str, Any]:
    """Return the template that a text in YAML says. Raises: BadEntryVersion."""
    try:
        found = yaml.safe_load(text[:CONTENT_MAX])
    except yaml.YAMLError as problem:
        raise BadEntryVersion(key=WHOLE, problem=_yaml_problem(problem)) from problem
    if not isinstance(found, dict):
        raise BadEntryVersion(key=WHOLE, problem=said.in_chinese("must be a mapping"))
    return found


def _yaml_problem(problem: yaml.YAMLError) -> str:
    mark = getattr(problem, "problem_mark", None)
    place = f"第{mark.line + 1}行第{mark.column + 1}个字附近" if mark else ""
    return f"{place}格式读不懂，请看缩进和冒号后的空格"


def content_of(entry: Entry) -> dict[str, Any]:
    """Return a template as its row of `entries.yaml` would say it, without who approved it."""
    content: dict[str, Any] = {
        "rule": entry.rule_code,
        "version": entry.version,
        "title": entry.title,
        "when": {"event": entry.event} | ({"kinds": list(entry.kinds)} if entry.kinds else {}),
        "word": entry.word,
        "summary": entry.summary,
        "basis": entry.basis,
    }
    if entry.is_red:
        content["red"] = True
    if entry.how != "own":
        content["how"] = entry.how
    content["lines"] = [_line_content(line) for line in entry.lines]
    content["sample"] = dict(entry.sample)
    return content


def text_of(content: Mapping[str, Any]) -> str:
    """Return a template's row as YAML."""
    kept = {key: value for key, value in content.items() if key != "approved"}
    return str(yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=90))


def _line_content(line: standards.EntryLine) -> dict[str, Any]:
    found: dict[str, Any] = {"side": line.side, "account": line.account}
    if line.within:
        found["within"] = list(line.within)
    if line.is_each:
        found["each"] = True
    if line.aux_kind:
        found["aux"] = {"kind": line.aux_kind, "id": line.aux_id}
    if line.amount != "amount_fen":
        found["amount"] = f"{{{line.amount}}}"
    if line.is_optional:
        found["optional"] = True
    return found


def _until(rows: list[EntryVersion]) -> list[dt.date | None]:
    """Return the last day of the shipped version and of each row; None when it has none yet."""
    starts = sorted(row.valid_from_date for row in rows if row.approved_at is not None)

    def last(start: dt.date | None, own: dt.date | None) -> dt.date | None:
        later = [day for day in starts if start is None or day > start]
        ends = [day - dt.timedelta(days=1) for day in later[:1]]
        return min([*ends, *([own] if own else [])], default=None)

    return [last(None, None), *(last(row.valid_from_date, row.valid_until_date) for row in rows)]


def _shipped(entry: Entry, until: dt.date | None, used: Mapping[str, int]) -> VersionView:
    chart = standards.get(entry.standard_code)
    text = text_of(content_of(entry))
    return VersionView(
        ext_id="",
        version=entry.version,
        state="shipped",
        made_by=entry.approval.maker,
        made_at=None,
        approved_by=entry.approval.checker,
        approved_on=entry.approval.on_date,
        refused_reason="",
        reason="随系统带来的",
        first_date=None,
        last_date=until,
        used=used.get(entry.version, 0),
        text=text,
        changes=(),
        tried=tuple(_try_quietly(content_of(entry), entry.sample, chart)),
        is_mine=False,
    )


def _version(
    row: EntryVersion,
    people: Mapping[int, str],
    by: Actor,
    *,
    until: dt.date | None,
    used: Mapping[str, int],
    before: str,
) -> VersionView:
    text = text_of(row.content)
    chart = charts.chart_of_standard(row.standard_code, row.valid_from_date)
    return VersionView(
        ext_id=row.ext_id,
        version=row.version,
        state=state_of(row),
        made_by=people.get(row.made_by_id, "未知"),
        made_at=row.made_at,
        approved_by=people.get(row.approved_by_id or 0, ""),
        approved_on=row.approved_at.date() if row.approved_at else None,
        refused_reason=row.refused_reason,
        reason=row.reason,
        first_date=row.valid_from_date,
        last_date=until if row.approved_at else None,
        used=used.get(row.version, 0),
        text=text,
        changes=_changes(before, text),
        tried=tuple(_try_quietly(row.content, row.content.get("sample", {}), chart)),
        is_mine=row.made_by_id == by.person_id,
    )


def _changes(before: str, after: str) -> tuple[tuple[str, str], ...]:
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return tuple((line[0], line[2:]) for line in compared if line[0] in "+- ")


def _try_quietly(
    content: Mapping[str, Any], event: Mapping[str, Any], chart: Standard
) -> list[TriedLine]:
    try:
        return try_entry(content, event, chart=chart)
    except BadEntryVersion:
        return []


def _tried(line: Line, chart: Standard) -> TriedLine:
    return TriedLine(
        account=f"{line.account_code} {chart.accounts[line.account_code].name}",
        summary=line.summary,
        debit_fen=line.debit_fen,
        credit_fen=line.credit_fen,
        aux=line.aux_id,
    )
