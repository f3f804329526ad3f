"""A county's own versions of entry templates: tried out, approved by another, named by vouchers.

Source: 财会〔2024〕11号 第十七条, 12号 第二十一条（一）: rules of automatic vouchers can be
queried, checked and traced, and a change of them is approved.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from sanzi.kernel import clock, ids
from sanzi.ledger import standards
from sanzi.ledger.actions import proposals
from sanzi.ledger.errors import (
    BadEntryVersion,
    NoStandard,
    ReasonMissing,
    UnknownRule,
    VersionTaken,
)
from sanzi.ledger.models import EntryVersion
from sanzi.ledger.queries import charts, entries
from sanzi.ledger.standards import Entry
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Person

KIND = "entry_version"
VERSION_MAX = 12


def propose_version(
    *,
    standard_code: str,
    content: Mapping[str, Any],
    reason: str,
    valid_from_date: dt.date,
    by: Actor,
    at: dt.datetime,
) -> str:
    """Draw up another version of a template; returns its ext id.

    Shapes: content is a row of `entries.yaml` without `approved`.
    Raises: NotFound, NoStandard, UnknownRule, VersionTaken, BadEntryVersion, ReasonMissing,
    FirstDayPast. Nothing is written when raised.
    """
    person = proposals.require(by, proposals.PROPOSE)
    proposals.require_ahead(valid_from_date, at)
    entry = _require_fit(standard_code, content, valid_from_date)
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        made = EntryVersion.objects.create(
            ext_id=ids.new_id("EV", at),
            standard_code=standard_code,
            rule_code=entry.rule_code,
            version=entry.version,
            content={key: value for key, value in content.items() if key != "approved"},
            reason=reason.strip()[: proposals.REASON_MAX],
            made_by_id=person,
            made_at=at,
            valid_from_date=valid_from_date,
        )
        after = {"standard": standard_code, "rule": made.rule_code, "version": made.version}
        proposals.tell(made, KIND, "proposed", by=by, at=at, after=after)
    return made.ext_id


def approve_version(*, ext_id: str, by: Actor, at: dt.datetime) -> None:
    """Approve a version: events from its first day on are booked by it.

    Raises: NotFound, ProposalDecided, MakerApproves, FirstDayPast, BadEntryVersion when the chart
    has moved since. Nothing is written when raised.
    """
    with transaction.atomic():
        row = proposals.locked(EntryVersion, ext_id, by)
        _require_books(row.standard_code, row.content, row.valid_from_date)
        maker = Person.objects.get(pk=row.made_by_id).name
        approved = {
            "maker": maker,
            "checker": by.name if by.name != maker else f"{by.name}（核准）",
            "date": clock.local_date(at).isoformat(),
        }
        proposals.approve(row, KIND, by=by, at=at, content={**row.content, "approved": approved})


def refuse_version(*, ext_id: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """Refuse a version with the reason; its number stays taken.

    Raises: NotFound, ProposalDecided, MakerApproves, ReasonMissing.
    """
    with transaction.atomic():
        proposals.refuse(EntryVersion, KIND, ext_id=ext_id, reason=reason, by=by, at=at)


def _require_fit(standard_code: str, content: Mapping[str, Any], day: dt.date) -> Entry:
    if standard_code not in standards.codes():
        known = "、".join(standards.get(code).title for code in standards.codes())
        raise NoStandard(standard=standard_code, known=known)
    official, rule_code = standards.get(standard_code), str(content.get("rule", ""))
    shipped = official.entries.get(rule_code)
    if shipped is None:
        raise UnknownRule(standard=official.title, rule_code=rule_code)
    version = str(content.get("version", ""))
    there = EntryVersion.objects.filter(
        standard_code=standard_code, rule_code=rule_code, version=version
    )
    if version == shipped.version or there.exists():
        raise VersionTaken(rule_code=rule_code, version=version)
    if len(version) > VERSION_MAX:
        raise BadEntryVersion(key="version", problem=f"最多{VERSION_MAX}个字")
    if len(json.dumps(content, ensure_ascii=False)) > entries.CONTENT_MAX:
        raise BadEntryVersion(key=entries.WHOLE, problem="太长了")
    return _require_books(standard_code, content, day)


def _require_books(standard_code: str, content: Mapping[str, Any], day: dt.date) -> Entry:
    """Require that a version reads well and books its own sample and the shipped one."""
    shipped = standards.get(standard_code).entries[str(content.get("rule", ""))]
    chart = charts.chart_of_standard(standard_code, day)
    entry = entries.read_entry(content, chart)
    if (entry.event, entry.kinds) != (shipped.event, shipped.kinds):
        raise BadEntryVersion(key="when", problem="要和随系统来的那一版记同样的业务")
    for event in (entry.sample, shipped.sample):
        entries.try_entry(content, event, chart=chart)
    return entry
