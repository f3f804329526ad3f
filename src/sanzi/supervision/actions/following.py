"""What becomes of alerts in later nights: kept, changed, gone with what changed, or back again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sanzi.kernel import clock, digest
from sanzi.orgs.actors import Actor
from sanzi.supervision import frozen, known, queries, rules
from sanzi.supervision.actions import alerts, silences, stepping
from sanzi.supervision.actions.stepping import Step
from sanzi.supervision.models import Alert, AlertState, Disposal

Key = tuple[str, str, str, str]
ENDED: Final = "误报记到期、被撤回，或者事实变了，规则又查到了"
BACK: Final = "上次说是数据错，改好过，现在又查到了"


def keep(
    current: Mapping[Key, rules.Finding],
    held: Mapping[Key, Alert],
    remembered: silences.Remembered,
    *,
    by: Actor,
    at: datetime,
) -> tuple[int, list[int]]:
    """Keep alerts whose finding is still there; return how many, and what kept some silent."""
    kept = 0
    silent: list[int] = []
    ended = {
        one.pk
        for one in Alert.objects.filter(
            state=AlertState.DISPOSED, conclusion="false_positive", silences__isnull=False
        ).distinct()
    }
    for key, finding in current.items():
        alert = held.get(key)
        if alert is None:
            continue
        kept += 1
        if alert.state != AlertState.DISPOSED:
            _follow(alert, finding, at)
        elif alert.pk in ended:
            payments = alert.rows.get("payment") or [None]
            by_whom = remembered.silences(finding, payments[0])
            if by_whom is not None:
                silent.append(by_whom)
            else:
                _back(alert, finding, ENDED, by, at)
        elif alert.conclusion == "data_error" and alert.vanished_at is not None:
            _back(alert, finding, BACK, by, at)
    return kept, silent


def _follow(alert: Alert, finding: rules.Finding, at: datetime) -> None:
    if dict(finding.figures) == alert.figures and not alert.vanished_at:
        return
    _take_over(alert, finding)
    alert.save(update_fields=["vanished_at", "figures", "sentence"])
    Disposal.objects.create(
        alert=alert, at=at, action="facts_changed", text=alert.sentence,
        data=_joining(alert, finding),
    )  # fmt: skip


def _joining(alert: Alert, finding: rules.Finding) -> dict[str, Any]:
    """Return the rows that the finding stands on now and did not before, frozen with their digest.

    What was frozen before stays as it is.
    """
    now = frozen.evidence(finding, frozen.read(frozen.wanted([finding])))
    before = [alert.rows]
    before += [
        one.get("rows", {})
        for one in alert.disposals.filter(action="facts_changed").values_list("data", flat=True)
    ]
    fresh = {
        table: [row for row in rows if not any(row in one.get(table, []) for one in before)]
        for table, rows in now.items()
    }
    joined = {table: rows for table, rows in fresh.items() if rows}
    return {"rows": joined, "rows_digest": digest.sm3_of(joined)} if joined else {}


def _back(alert: Alert, finding: rules.Finding, why: str, by: Actor, at: datetime) -> None:
    _take_over(alert, finding)
    alerts.open_again(alert, Step("reopened", "重新打开", why), by, at)


def _take_over(alert: Alert, finding: rules.Finding) -> None:
    alert.vanished_at = None
    alert.figures = dict(finding.figures)
    alert.sentence = finding.sentence[:400]


def mark_vanished(
    current: Mapping[Key, rules.Finding],
    held: Mapping[Key, Alert],
    ran: set[str],
    *,
    at: datetime,
) -> int:
    """Mark alerts whose finding is gone, and say what changed; return how many.

    What keeps a page from being published stands as long as it does.
    """
    gone = [
        alert
        for key, alert in held.items()
        if key not in current
        and alert.model_code in ran
        and alert.vanished_at is None
        and alert.state != AlertState.DISPOSED
    ]
    held_back = queries.held_back((alert.model_code, alert.finding_id) for alert in gone)
    gone = [one for one in gone if (one.model_code, one.finding_id) not in held_back]
    if not gone:
        return 0
    now = frozen.read(_stood_on(gone))
    overrides = queries.overrides()
    for alert in gone:
        model = known.model_of(alert.model_code)
        own = [one for one in overrides if one.model_code == model.code]
        day = clock.local_date(alert.opened_at)
        told = frozen.why_gone(alert, now, rules.values_for(model, own, alert.division_code, day))
        alert.vanished_at = at
        alert.save(update_fields=["vanished_at"])
        Disposal.objects.create(
            alert=alert, at=at, action="vanished", text=told.sentence[:1000],
            data={"cause": told.cause, "changes": [vars(one) for one in told.changes]},
        )  # fmt: skip
        stepping.tell_handler(alert, "alert_vanished", at)
    return len(gone)


def _stood_on(gone: list[Alert]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for alert in gone:
        names = frozen.names_of(alert.finding_kind, alert.finding_id, alert.figures)
        for table, row_id in names:
            if table in alert.rows:
                found.setdefault(table, set()).add(row_id)
    return found
