"""What the demo finds ready of reports: last month's bulletin of a town issued, others as drafts.

Everything goes the way the worker and two officers would go, through the room's actions.
"""

from __future__ import annotations

from datetime import datetime

from sanzi.insight.actions import reports
from sanzi.insight.errors import ReportWithoutData
from sanzi.insight.reports import periods
from sanzi.interfaces.cli import scene
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM

REMARK = "各村先看自己那一行，预警没处置的这周办掉。"


def leave_reports(village: str, at: datetime) -> None:
    """Issue the bulletin of a village's town; leave drafts of the month and of an inspection."""
    town = f"{village[:9]}000"
    today = clock.local_date(at)
    month = periods.newest(periods.MONTH, today).code
    bulletin = _made("monthly", town, month, at)
    if bulletin:
        head, leader = (scene.officer(one, town, at) for one in ("town_agri_head", "town_leader"))
        reports.look(ext_id=bulletin, by=head, at=at)
        reports.issue(ext_id=bulletin, remark=REMARK, by=leader, at=at)
    _made("inspection", village, today.isoformat(), at)


def _made(code: str, division_code: str, period: str, at: datetime) -> str:
    """Return the draft of a report; empty where a county is too young to have figures."""
    try:
        asked = reports.ask(code=code, division_code=division_code, period=period, by=SYSTEM, at=at)
    except ReportWithoutData:
        return ""
    return asked if reports.make(ext_id=asked, at=at) else ""
