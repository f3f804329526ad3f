"""Refusals of the room: money of a fund that has not come, or that is used up."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class FundNotReceived(Refusal):
    """The money of a fund has not come to the village yet."""

    code = "funds.not_received"
    sentence = "“{fund}”的钱还没有拨到{village}，不能用。"
    next_step = "请等镇里拨下来，或换一笔资金。"


class FundOverspent(Refusal):
    """More would be used of a fund than came."""

    code = "funds.overspent"
    sentence = "“{fund}”到村{come}元，用过和在付的{used}元，再付{more}元就超了。"
    next_step = "请改到{left}元以内，多的用别的钱付。"
