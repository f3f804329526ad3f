"""Refusals of the log."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NotInLog(Refusal):
    """Nothing of this is in the log yet; it takes a minute."""

    code = "transparency.not_in_log"
    sentence = "这一条还没有进公开日志。"
    next_step = "日志一分钟记一次，过一会儿再来看。"
