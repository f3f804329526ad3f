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


class AlreadyReplaced(Refusal):
    """A publication can be corrected once; the next correction names the newer one."""

    code = "disclosure.already_replaced"
    sentence = "这一份已经更正过了，要改请改最新的一份。"
    next_step = "请打开最新的一份再更正。"
