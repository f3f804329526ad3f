"""Refusals that a villager may meet; none tells which half of an answer was wrong."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class HouseholdNotOpened(Refusal):
    """Name and code do not belong together, or the code is no longer good."""

    code = "disclosure.household_not_opened"
    sentence = "姓名和码对不上，没有打开。"
    next_step = "请对照信封里的码再输一次；码丢了，到村里找文书重领。"


class NoSuchHelper(Refusal):
    """Who helps says who he is."""

    code = "disclosure.no_such_helper"
    sentence = "还没有选是谁在帮忙。"
    next_step = "请选一样。"


class HelpUnsure(Refusal):
    """What binds is asked again while somebody helps."""

    code = "disclosure.help_unsure"
    sentence = "旁边有人帮忙，这件事要您自己点一下头。"
    next_step = "请在按钮上面打一个勾，再交。"


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


class AlreadyWithdrawn(Refusal):
    """What is off the web cannot be taken off it."""

    code = "disclosure.already_withdrawn"
    sentence = "这一份已经不在网上了。"
    next_step = "不用再撤。要看当时公布了什么，找归档的那一份。"


class NotWithdrawable(Refusal):
    """Payments and months are pages of the books."""

    code = "disclosure.not_withdrawable"
    sentence = "付款和每月的收支跟着账走，不能撤下，只能更正。"
    next_step = "请先把写错的改正；换了新的一份，旧的一份就能撤下。"


class ReasonTooShort(Refusal):
    """The reason of a withdrawal stands in public."""

    code = "disclosure.reason_too_short"
    sentence = "为什么撤下，至少写{least}个字。"
    next_step = "理由会公开，请写清楚哪里不对、打算怎么改。"


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


class PagesDiffer(Refusal):
    """Published pages that are not any more what they were on their day."""

    code = "disclosure.pages_differ"
    sentence = "公布过的有{count}处和当天不一样：{first}。"
    next_step = "没有改它们。请用 sanzi site --check 看全部，查清是谁动的，再从库里补写。"


class CommentsClosed(Refusal):
    """The days for comments have run."""

    code = "disclosure.comments_closed"
    sentence = "收意见的日子已经过了。"
    next_step = "有话还想说，请点“问一问”，村里要公开答复。"


class SaidAlready(Refusal):
    """A household speaks once to one publication."""

    code = "disclosure.said_already"
    sentence = "您家已经说过一次了，排在这一份下面。"
    next_step = "还想补充，请到村里当面说，或者点“问一问”。"


class WordsMissing(Refusal):
    """A comment that is not plainly for, and an answer, need words."""

    code = "disclosure.words_missing"
    sentence = "还没有写完：先选怎么看，不同意或者有别的想法的，要写几句。"
    next_step = "请补上再交。"


class WordsTooLong(Refusal):
    """A comment or an answer is longer than it may be."""

    code = "disclosure.words_too_long"
    sentence = "写得太长了，最多{limit}个字。"
    next_step = "请留下最要紧的。"


class NoSuchItem(Refusal):
    """The catalogue of publications has no such item."""

    code = "disclosure.no_such_item"
    sentence = "公开目录里没有“{item}”这一类。"
    next_step = "请从目录里选一类。"


class MonthNotPublished(Refusal):
    """A poster shows what was published, and this month was not."""

    code = "disclosure.month_not_published"
    sentence = "{period}的收支还没有公布，印不了。"
    next_step = "每月10日公布上个月的，公布了再印。"
