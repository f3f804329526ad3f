"""Parts of pages about a letter: its steps in words, the photos that the station took."""

from __future__ import annotations

from django.urls import reverse

from sanzi.interfaces.look.parts import Evidence
from sanzi.interfaces.office.pages import moment
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.voice import queries

STEPS = {
    "received": "收到",
    "dispatched": "转办",
    "transferred": "移送",
    "taken": "接办",
    "answered": "答复",
    "extended": "延期",
    "passed_on": "转到另一类",
    "sent_on": "纪委转给别的单位",
    "climbed": "逾期，升一级",
    "agreed": "写信人满意，办结",
    "rated": "写信人不满意",
    "reopened": "写信人要求重新办",
    "threatened": "写信人报告有人威胁",
    "closed": "上一级定了办结",
    "visited": "联络站到场看过",
    "put_right": "联络站记了整改",
}


def said(step: queries.Said) -> str:
    """Return which office took a step and what was seen and said in it."""
    helper = f"{step.helper}帮着点的" if step.helper else ""
    words = "，".join(text for text in (step.found, step.words, helper) if text)
    return f"　{step.office}{'：' if words else ''}{words}"


def pictures(request: OfficeRequest, opened: queries.Opened) -> list[Evidence]:
    """Return the photos that the station took, as pieces of evidence."""
    return [
        Evidence(
            STEPS[step.action],
            moment(request, step.at),
            reverse("office:paper", args=[step.photo_ext_id]),
            reverse("office:preview", args=[step.photo_ext_id, 1]),
        )
        for step in opened.turns
        if step.photo_ext_id
    ]
