"""Refusals that a villager may meet; none tells which half of an answer was wrong."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class HouseholdNotOpened(Refusal):
    """Name and code do not belong together, or the code is no longer good."""

    code = "disclosure.household_not_opened"
    sentence = "姓名和码对不上，没有打开。"
    next_step = "请对照信封里的码再输一次；码丢了，到村里找文书重领。"


class TooManyTries(Refusal):
    """Too many wrong answers for this name or from this place today."""

    code = "disclosure.too_many_tries"
    sentence = "今天试的次数太多了，先停一停。"
    next_step = "请明天再试，或到村里找文书帮忙。"


class TooManyApplications(Refusal):
    """A household, or an address, handed in as much as one may in a day."""

    code = "disclosure.too_many_applications"
    sentence = "{who}一天最多交{limit}件，今天交满了。"
    next_step = "请明天再交；急的，到村里当面办。"


class ReceiptNotOpened(Refusal):
    """Number and code of a receipt do not belong together."""

    code = "disclosure.receipt_not_opened"
    sentence = "回执号和查询码对不上，没有打开。"
    next_step = "请对照回执再输一次；或者用家庭码，从“我家的事”里看。"


class AlreadyReplaced(Refusal):
    """A publication can be corrected once; the next correction names the newer one."""

    code = "disclosure.already_replaced"
    sentence = "这一份已经更正过了，要改请改最新的一份。"
    next_step = "请打开最新的一份再更正。"


class NumberInText(Refusal):
    """A text that is to be published holds a phone, a resident id or an account."""

    code = "disclosure.number_in_text"
    sentence = "“{label}”里有手机号、身份证号或账号，不能公开。"
    next_step = "请把号码去掉再交。"


class PeriodNotOver(Refusal):
    """Money of a month is published when the month is over."""

    code = "disclosure.period_not_over"
    sentence = "{period}还没有过完，收支还会变。"
    next_step = "请选已经过完的月份，格式比如2026-10。"


class NothingInPeriod(Refusal):
    """The books know no money of that month."""

    code = "disclosure.nothing_in_period"
    sentence = "{period}没有进出账，没有可公开的。"
    next_step = "请核对月份。"


class StillShown(Refusal):
    """The days of a publication have not run."""

    code = "disclosure.still_shown"
    sentence = "这一份要公开满{days}天，到{day}才能收尾。"
    next_step = "请到那天以后再填大家的意见。"


class TooFewAskers(Refusal):
    """A formal inquiry needs more who ask."""

    code = "disclosure.too_few_askers"
    sentence = "{askers}提质询，至少要{least}人，只写了{count}人。"
    next_step = "人数不够的，按“村民个人”提，一样要公开答复。"


class NotUnsatisfied(Refusal):
    """The town answers only what did not satisfy."""

    code = "disclosure.not_unsatisfied"
    sentence = "原来那件质询没有评成“不满意”，不用镇里再答。"
    next_step = "请先把原来那件评完，或者另提一件。"


class PageStands(Refusal):
    """A published page has other bytes; it is corrected by a new one that names it."""

    code = "disclosure.page_stands"
    sentence = "{path}已经公布过了，内容和现在的不一样，没有改它。"
    next_step = "公布过的不能改。要更正，请另公布一份，写明更正哪一份、为什么。"


class NoSuchItem(Refusal):
    """The catalogue of publications has no such item."""

    code = "disclosure.no_such_item"
    sentence = "公开目录里没有“{item}”这一类。"
    next_step = "请从目录里选一类。"
