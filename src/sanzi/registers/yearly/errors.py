"""Refusals of the room: what a budget or a distribution lacks, and what to do about it."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class YearlyWrong(Refusal):
    """A field cannot be right."""

    code = "yearly.wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class NotNow(Refusal):
    """The matter is not where this needs it."""

    code = "yearly.not_now"
    sentence = "{year}年的{what}现在是“{status}”，不能{verb}。"
    next_step = "请按顺序办：公示、表决、镇里看。"


class ShownTooShort(Refusal):
    """A draft was shown fewer days than it must."""

    code = "yearly.shown_too_short"
    sentence = "方案贴了{days}天，要贴满{least}天。"
    next_step = "请贴满了再来记，日期照实填。"


class YearTaken(Refusal):
    """A year has one budget and one distribution."""

    code = "yearly.year_taken"
    sentence = "{year}年的{what}已经有了。"
    next_step = "预算要改的选“调整”；分配办过的，请看那一件。"


class NoBudget(Refusal):
    """Nothing can be adjusted or settled that was never voted."""

    code = "yearly.no_budget"
    sentence = "{year}年还没有表决过的预算{subject}。"
    next_step = "请先办年度预算。"


class BelowSpent(Refusal):
    """A line cannot be cut below what is spent or on its way."""

    code = "yearly.below_spent"
    sentence = "“{name}”已经用了{spent}元，不能改成{amount}元。"
    next_step = "请把这一行改到{spent}元以上。"


class VotedTogether(Refusal):
    """Spending that earns nothing is voted apart. Source: ZJ-RA 17."""

    code = "yearly.voted_together"
    sentence = "非生产性支出{fen}元，要单独表决：{why}。"
    next_step = "请在成员大会上单独表决，再选那一条决议。"


class NetDiffers(Refusal):
    """The income of the plan is not that of the books."""

    code = "yearly.net_differs"
    sentence = "填的{what}是{asked}元，账上是{found}元。"
    next_step = "请空着，系统照账上的数；账记错了先改账。"


class ReserveTooSmall(Refusal):
    """Less than the law's share goes to reserve and welfare. Source: ZJ-RA 32."""

    code = "yearly.reserve_too_small"
    sentence = "公积公益金提了{asked}元，至少要{least}元（弥补亏损后的{percent}%）。"
    next_step = "请多提一些，分给成员的相应减少。"


class TooMuchGiven(Refusal):
    """More than is left after losses, reserve and welfare. Source: LAW-REC 42."""

    code = "yearly.too_much_given"
    sentence = "先补亏{offset}元、再提公积公益金后，最多能分{most}元，填的是{asked}元。"
    next_step = "请把分配金额改到{most}元以内。"


class DebtFinanced(Refusal):
    """What is given out must lie in the collective's own accounts."""

    code = "yearly.debt_financed"
    sentence = "要分{asked}元，集体账上（不算土地补偿费专户）只有{cash}元，不能借钱分配。"
    next_step = "请等钱收回来再分，或少分一些。"


class RosterWrong(Refusal):
    """Somebody on the roster may not be there."""

    code = "yearly.roster_wrong"
    sentence = "名单里的{name}{why}。"
    next_step = "请改名单；每个成员一股的，名单可以空着。"


class NotPayable(Refusal):
    """Nothing is paid before the town has seen the plan."""

    code = "yearly.not_payable"
    sentence = "{year}年的分配还不能付：现在是“{status}”。"
    next_step = "请先办完公示、表决和镇里审核。"


class Overpaid(Refusal):
    """More than the plan gives."""

    code = "yearly.overpaid"
    sentence = "{year}年的分配还剩{left}元，这次要付{more}元。"
    next_step = "请照名单改金额。"


class WrongPayee(Refusal):
    """A payee who is not on the roster, or gets more than his shares."""

    code = "yearly.wrong_payee"
    sentence = "名单上{name}分{due}元，这样付就多了。"
    next_step = "请照名单上的人和金额付。"
