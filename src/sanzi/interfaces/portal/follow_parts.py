"""What the portal shows of a case that a household began: a row, its facts, its course."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Fact, ItemRow, PortalStep
from sanzi.interfaces.portal.pages import today
from sanzi.matters.followed import Followed, Line
from sanzi.matters.queries import ChainStep

STATES = {
    "RETURNED": "退回来了，要您改一改",
    "APPROVED": "批下来了，还在办后面的",
    "DONE": "办完了",
    "REJECTED": "没有办成",
    "WITHDRAWN": "您撤回了",
}
PLACES = {"done": "done", "returned": "done", "rejected": "done", "open": "now"}


def state_words(line: Line) -> str:
    """Return where a case is, as one says it."""
    if line.state == "SUBMITTED" or (line.state == "APPROVED" and line.step_word):
        return f"等着：{line.step_word}"
    return STATES.get(line.state, "在办")


def matter_row(code: str, line: Line) -> ItemRow:
    """Return a case as a row of the household's page."""
    parts = [day(line.handed_in_at) + "交的", state_words(line)]
    if line.due_at and line.is_open:
        parts.append(f"最迟{moment(line.due_at)}")
    return ItemRow(
        title=f"{line.matter_title}：{line.title}",
        url=reverse("portal:matter", args=[code, line.number]),
        sub="，".join(parts),
        due="晚了，村里还没有办" if line.is_late else "",
        is_late=line.is_late,
    )


def facts(found: Followed, promised_at: datetime | None) -> list[Fact]:
    """Return the slip of a case: its number, when it came, where it is, until when."""
    line = found.line
    shown = [
        Fact("回执号", line.number),
        Fact("哪天交的", moment(line.handed_in_at)),
        Fact("现在", state_words(line)),
    ]
    if line.is_open and line.due_at:
        shown.append(Fact("这一步", f"最迟{moment(line.due_at)}"))
    if line.is_open and promised_at:
        shown.append(Fact("有结果", f"最迟{moment(promised_at)}"))
    return shown


def course(found: Followed) -> list[PortalStep]:
    """Return the steps of a case, roles without names."""
    return [_step(one) for one in found.steps]


def _step(one: ChainStep) -> PortalStep:
    said = {"returned": "退回", "rejected": "不同意"}.get(one.state, "")
    due = f"最迟{moment(one.due_at)}" if one.state == "open" and one.due_at else ""
    return PortalStep(
        title=said or one.word,
        day=day(one.acted_at) if one.acted_at else "",
        text="，".join(part for part in (one.role, due) if part),
        place=PLACES.get(one.state, "ahead"),
    )


def day(at: datetime | None) -> str:
    """Return a day as the portal writes it."""
    return words.local_day(at, today=today()) if at else ""


def moment(at: datetime) -> str:
    """Return a moment as the portal writes it."""
    return words.local_time(at, today=today())
