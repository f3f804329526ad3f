"""What each step of a disposal is called, for pages, papers and programs alike."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "opened": "发现",
    "taken": "接办",
    "asked": "要求说明",
    "explained": "村里说明",
    "rectifying": "整改",
    "fed_back": "反馈结果",
    "concluded": "定结论",
    "verified": "复核同意，已处置",
    "sent_back": "复核退回",
    "reopened": "重新打开",
    "snoozed": "往后放",
    "reminded": "快到期，催办",
    "escalated": "逾期，转上一级",
    "triggered": "直接转纪委",
    "overdue": "逾期",
    "extended": "延长期限",
    "suspended": "挂起",
    "resumed": "接着办",
    "handed_over": "移交纪委",
    "accepted": "纪委收下",
    "handed_back": "纪委退回",
    "limit_settled": "按放假安排重算期限",
    "facts_changed": "再查，事实变了",
    "vanished": "再查，已经没有了",
}


def of(action: str) -> str:
    """Return the words for a step."""
    return WORDS.get(action, action)
