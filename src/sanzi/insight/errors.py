"""Refusals of the room."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class ObjectionEmpty(Refusal):
    """An objection that names no reason."""

    code = "insight.objection_empty"
    sentence = "还没有写哪里不对。"
    next_step = "请写清哪一项、哪一行不对，应该是多少。"


class ObjectionLate(Refusal):
    """The days in which a score may be questioned are over."""

    code = "insight.objection_late"
    sentence = "这个月的分已经过了提异议的日子（{until}）。"
    next_step = "请对这个月的分提异议；旧账错了，请走更正。"


class ObjectionOpen(Refusal):
    """One objection at a time to a figure."""

    code = "insight.objection_open"
    sentence = "这一项已经有一条异议在等答复。"
    next_step = "请等答复，或者把要补充的话告诉镇党建办。"


class ObjectionAnswered(Refusal):
    """An objection is answered once."""

    code = "insight.objection_answered"
    sentence = "这条异议已经答复过了。"
    next_step = "请刷新页面看答复。"


class OwnObjection(Refusal):
    """Who objects does not answer."""

    code = "insight.own_objection"
    sentence = "不能答复自己提的异议。"
    next_step = "请由另一位镇党建办人员答复。"


class AnswerEmpty(Refusal):
    """An answer without words."""

    code = "insight.answer_empty"
    sentence = "还没有写答复。"
    next_step = "请写清查了什么、改不改、为什么。"


class StepNone(Refusal):
    """Nothing follows from this flag."""

    code = "insight.step_none"
    sentence = "这面旗不用谈话，也不上名单。"
    next_step = "连续两个月黄旗才谈话，三个月才上县里的名单。"


class StepDone(Refusal):
    """The talk, or the listing, is noted once."""

    code = "insight.step_done"
    sentence = "这件事已经记过了。"
    next_step = "请刷新页面看。"


class StepWords(Refusal):
    """A talk without a word of what was said."""

    code = "insight.step_words"
    sentence = "还没有写办了什么。"
    next_step = "请写清和谁谈的、谈了什么、定了什么。"


class CockpitAsked(Refusal):
    """Figures of now are already asked for."""

    code = "insight.cockpit_asked"
    sentence = "已经在重算了。"
    next_step = "请过十来分钟再看。"
