"""The talk with the bank about a message, kept in plain words for the page of its order."""

from __future__ import annotations

from datetime import datetime

from sanzi.bank.port import BatchStatus, LineState
from sanzi.payments.models import Turn, TurnKind

STATE_WORDS = {
    "SETTLED": "都付了",
    "ACCEPTED": "收下了，还没有记账",
    "PART": "有的付了，有的没付",
    "REJECTED": "没有收",
    "PENDING": "还在处理",
    "NOT_FOUND": "没有找到这一批",
}
LINE_WORDS = {
    LineState.SETTLED: "付了{count}户",
    LineState.ACCEPTED: "收下{count}户",
    LineState.PENDING: "{count}户还在处理",
    LineState.REJECTED: "拒付{count}户",
    LineState.NOT_FOUND: "{count}户没有找到",
}


def note(instruction_id: int, kind: TurnKind, at: datetime, text: str = "") -> None:
    """Keep one turn of the talk: what was sent, said or asked, and when."""
    Turn.objects.create(instruction_id=instruction_id, kind=kind, at=at, text=text[:200])


def words(status: BatchStatus) -> str:
    """Return what the bank said of a message in one sentence."""
    if not status.lines:
        reason = status.reason_text or status.reason_code
        said = STATE_WORDS[status.state.value]
        return f"银行说：{said}{'，' + reason if reason else ''}。"
    counts: dict[LineState, int] = {}
    for line in status.lines:
        counts[line.status] = counts.get(line.status, 0) + 1
    told = [LINE_WORDS[state].format(count=count) for state, count in counts.items()]
    return f"银行说：{'，'.join(told)}。"
