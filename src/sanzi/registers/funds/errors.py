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


class MoneyWrong(Refusal):
    """A field of a form of fiscal money cannot be right."""

    code = "funds.wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class DayOutOfOrder(Refusal):
    """A day of the course of money lies before the day it must follow, or is still to come."""

    code = "funds.day_out_of_order"
    sentence = "{what}写的是{day}，{why}。"
    next_step = "请照下达、收到、拨付的先后，写实际的日子。"


class AllocatedTooMuch(Refusal):
    """More would be allocated of a fund than was granted."""

    code = "funds.allocated_too_much"
    sentence = "“{fund}”一共{granted}元，已经下达{sent}元，再下达{more}元就超了。"
    next_step = "请改到{left}元以内。"


class PassedTooMuch(Refusal):
    """More would be passed on than the town received."""

    code = "funds.passed_too_much"
    sentence = "镇里收到{received}元，已经拨付{passed}元，再拨{more}元就超了。"
    next_step = "请改到{left}元以内。"


class TransferNotNow(Refusal):
    """Money is not where this needs it."""

    code = "funds.not_now"
    sentence = "这笔钱{state}，不能{verb}。"
    next_step = "请看这笔钱的经过，走到哪一步办哪一步。"


class ProjectElsewhere(Refusal):
    """A project of another town is named for money of this one."""

    code = "funds.project_elsewhere"
    sentence = "“{project}”是{town}的项目，不能用{other}的钱。"
    next_step = "请选{other}自己的项目，或不选项目。"


class ProjectOverBudget(Refusal):
    """More would be paid for a project than its budget."""

    code = "funds.project_over_budget"
    sentence = "“{project}”预算{budget}元，写的已付是{paid}元。"
    next_step = "请核对已付的数；预算调了，先请县里下达。"


class PriceStands(Refusal):
    """A price stands from that day or later already; the book is never overwritten."""

    code = "funds.price_stands"
    sentence = "“{name}”从{day}起已经定了价，不能再定{wanted}起的。"
    next_step = "请写{day}以后的日子。原来的价留着，不改。"
