"""The actions on cases that faces call, under one name."""

from sanzi.matters.actions.again import Repeated, repeat
from sanzi.matters.actions.drafts import (
    Problem,
    Saved,
    Submitted,
    open_for,
    problems,
    save,
    start,
    submit,
    withdraw,
)
from sanzi.matters.actions.entries import finish, record
from sanzi.matters.actions.lines import correct_line
from sanzi.matters.actions.steps import Acted, Opinion, act, decide, pass_on

__all__ = [
    "Acted",
    "Opinion",
    "Problem",
    "Repeated",
    "Saved",
    "Submitted",
    "act",
    "correct_line",
    "decide",
    "finish",
    "open_for",
    "pass_on",
    "problems",
    "record",
    "repeat",
    "save",
    "start",
    "submit",
    "withdraw",
]
