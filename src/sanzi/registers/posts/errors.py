"""Refusals of the room: pay, hiring and leaving."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class PayWrong(Refusal):
    """A field of a pay sheet or a standard cannot be right."""

    code = "posts.pay_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class NoStandard(Refusal):
    """Nothing is paid without a standard that was decided."""

    code = "posts.no_standard"
    sentence = "{name}在{day}没有“{kind}”的标准，不能列。"
    next_step = "请先报一张“定标准”，表决、镇里同意后再列。"


class StandardTooHigh(Refusal):
    """A day's allowance has a ceiling of the county."""

    code = "posts.standard_too_high"
    sentence = "{kind}一天{fen}元，超过县里的上限{limit}元。"
    next_step = "请改到上限以内。"


class OnFullPay(Refusal):
    """Who draws a month's pay loses no work."""

    code = "posts.on_full_pay"
    sentence = "{name}{day}已经拿月报酬，不能再领{kind}。"
    next_step = "请删掉这一行。"


class OnLabourRoll(Refusal):
    """Nobody is paid twice for one day."""

    code = "posts.on_labour_roll"
    sentence = "{name}{day}在用工名单上领了工资，不能再领{kind}。"
    next_step = "请删掉这一行；工资记错的，先更正用工。"


class PaidAlready(Refusal):
    """A day or a month is on another sheet, here or in another village."""

    code = "posts.paid_already"
    sentence = "{name}的{what}已经列在{where}的表上。"
    next_step = "请删掉重复的一行。"


class SheetExists(Refusal):
    """A month has one sheet."""

    code = "posts.sheet_exists"
    sentence = "{period}的报酬表已经有一张（{case}）。"
    next_step = "漏了的人列到下个月；那张还没批的，请先撤回。"


class NothingToPay(Refusal):
    """A month in which nobody earned anything."""

    code = "posts.nothing_to_pay"
    sentence = "{period}没有人要发：没有月报酬标准，也没有误工。"
    next_step = "请先定标准，或填上误工。"


class PayNotReady(Refusal):
    """A payment asks for what no approved sheet says."""

    code = "posts.pay_not_ready"
    sentence = "这张报酬表{why}，不能付款。"
    next_step = "请等镇里审核完再付。"


class PayDiffers(Refusal):
    """A payment differs from its sheet."""

    code = "posts.pay_differs"
    sentence = "这次要付{asked}元，报酬表上是{total}元。"
    next_step = "请按报酬表的人和金额付。"


class WrongPayee(Refusal):
    """A payee who is not on the sheet, or gets more than it says."""

    code = "posts.wrong_payee"
    sentence = "报酬表上{name}是{due}元，这样付就多了。"
    next_step = "请按报酬表的人和金额付。"


class HireWrong(Refusal):
    """A field of a hiring cannot be right."""

    code = "posts.hire_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好再交。"


class NoticeRuns(Refusal):
    """A notice must hang its days before anybody is chosen or signed."""

    code = "posts.notice_runs"
    sentence = "{what}要挂满{days}天，{day}以后才能{verb}。"
    next_step = "请到{day}以后再办这一步。"


class KinInFinancePost(Refusal):
    """Money is not kept by near kin of those who spend it."""

    code = "posts.kin_in_finance_post"
    sentence = "{name}和村干部是近亲属，不能做{post}。"
    next_step = "请选别的人；认为登记有错，请向镇党建办核对。"


class PostsIncompatible(Refusal):
    """Two posts that one person may not hold together."""

    code = "posts.incompatible"
    sentence = "{name}正在任{held}，不能兼{post}（{basis}）。"
    next_step = "请选别的人，或先办离任。"


class PanelWrong(Refusal):
    """Who chooses must be enough, and apart from those who are chosen from."""

    code = "posts.panel_wrong"
    sentence = "评议小组{why}。"
    next_step = "请换人再评。"


class HireNotNow(Refusal):
    """The hiring is not where this needs it."""

    code = "posts.hire_not_now"
    sentence = "这次聘用现在是“{status}”，不能{verb}。"
    next_step = "请按顺序办：公告、评议、公示、签合同。"


class HandoverOpen(Refusal):
    """Nobody takes a post over that was not handed over."""

    code = "posts.handover_open"
    sentence = "{name}离任后还没有移交，{post}不能接任。"
    next_step = "请先办完移交，再签合同。"


class LeavingWrong(Refusal):
    """A field of a leaving cannot be right."""

    code = "posts.leaving_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好再交。"


class LateNeedsReason(Refusal):
    """What comes after its limit comes with words."""

    code = "posts.late_needs_reason"
    sentence = "{what}应在{day}以前，晚了{days}天，要写明原因。"
    next_step = "请在“晚了的原因”里写清楚，会一起公开。"


class NotRectified(Refusal):
    """A leaving with open findings is not closed."""

    code = "posts.not_rectified"
    sentence = "审计提出{count}个问题，改好了{done}个，还不能办结。"
    next_step = "请把剩下的整改写进来再办结。"
