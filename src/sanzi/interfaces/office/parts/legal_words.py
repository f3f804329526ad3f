"""What a law in the statute table asks, in a sentence; other grounds are named by the model alone.

A model names its grounds as law and article; the table holds what the article asks of whom.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sanzi.kernel import clock, money
from sanzi.matters import statutes
from sanzi.matters.decision_facts import share_words

_ARTICLES: Final = re.compile(r"第([0-9、]+)条")
_DAYS: Final = {
    "comment_days": "方案要公开征求意见{days}天",
    "notice_days": "开会要提前{days}天通知",
    "papers_days": "材料要提前{days}天送到",
    "publish_within_days": "{days}天内要公开",
    "resolution_days": "决议要公开{days}天",
    "result_days": "办理结果要公开{days}天",
}
_PLAIN: Final = {
    "watched": "表决要有村务监督机构在场",
    "risk_note": "要先写明风险",
    "recusal": "有利害关系的人要回避",
    "may_not_decide": "这类事它不能决定",
    "needs_decision": "要先有集体决议",
}
LEAST: Final = 3


def text_of(ground: str, division_code: str, at: datetime) -> str:
    """Return what the table says of a ground at a place on a day, empty when it says nothing."""
    numbers = {one for found in _ARTICLES.findall(ground) for one in found.split("、")}
    day = clock.local_date(at)
    said = [
        _sentence(row)
        for row in statutes.table()
        if row.article in numbers
        and row.law_title in ground
        and row.is_in_force(division_code, day)
    ]
    return "；".join(dict.fromkeys(one for one in said if one))


def _sentence(row: statutes.Row) -> str:
    bodies = statutes.frame().bodies
    who = "、".join(bodies[one].title for one in row.bodies[:LEAST] if one in bodies)
    what = _asked(row.rule, row.value)
    return f"{who}：{what}" if who and what else what


def _asked(rule: str, value: Mapping[str, Any]) -> str:
    if rule in _DAYS and "days" in value:
        return _DAYS[rule].format(days=value["days"])
    if rule == "majority" and "share" in value:
        of = "全体" if value.get("of") == "all" else "到会"
        return f"要{of}{share_words(value['share'], over=bool(value.get('over')))}同意"
    if rule == "may_decide_below" and "fen" in value:
        return f"只能定{money.format_yuan(int(value['fen']))}元以下的"
    return _PLAIN.get(rule, "")
