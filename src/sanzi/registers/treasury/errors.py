"""Refusals of the treasury: what a form or a step lacks, and what to do about it."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class TreasuryWrong(Refusal):
    """A field cannot be right."""

    code = "treasury.wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class NotNow(Refusal):
    """The matter is not where this needs it."""

    code = "treasury.not_now"
    sentence = "这件事现在是“{state}”，不能{verb}。"
    next_step = "请按表上的顺序办。"


class DecisionMissing(Refusal):
    """This asks for a passed decision of the village."""

    code = "treasury.decision_missing"
    sentence = "{verb}要有本村通过的决议，{why}。"
    next_step = "请先开会表决，再选那条决议。"


class DepositSplit(Refusal):
    """Several deposits below the line come to what must be tendered."""

    code = "treasury.deposit_split"
    sentence = "{days}天里存过{count}次，加上这次共{fen}元，到了招标的数。"
    next_step = "请合成一次，按合计的金额公开竞争。"


class DepositTooMuch(Refusal):
    """What is left would not last the months that were promised."""

    code = "treasury.deposit_too_much"
    sentence = "账上有{balance}元，每月花{monthly}元；留够{months}个月，最多能存{most}元。"
    next_step = "请少存一点，或核对每月的开支。"


class NotAwarded(Refusal):
    """A large sum is placed only after a public competition."""

    code = "treasury.deposit_not_awarded"
    sentence = "{fen}元要公开招标定银行，{why}。"
    next_step = "请先开标、定标，公示满了再存。"


class RateBelowBid(Refusal):
    """The agreed rate is lower than what won, or than the least rate of the plan."""

    code = "treasury.deposit_rate_low"
    sentence = "第{line}笔利率{rate}%，低过{which}{least}%。"
    next_step = "请让银行按说定的利率改，改好再登记。"


class AccountNotFit(Refusal):
    """A deposit lies in a registered term account of the body itself."""

    code = "treasury.account_not_fit"
    sentence = "第{line}笔的账户不行：{why}。"
    next_step = "请先在账户页报镇里备案定期户，再选它。"


class InterestShort(Refusal):
    """The bank paid less interest than was agreed, and nobody said why."""

    code = "treasury.interest_short"
    sentence = "利息应有{expected}元，银行只付了{told}元。"
    next_step = "请向银行问清楚，把原因写上（至少6个字）。"


class DepositsOpen(Refusal):
    """A deposit is still at the bank."""

    code = "treasury.deposits_open"
    sentence = "还有{count}笔没有取回。"
    next_step = "到期取回、核对了利息再办结。"


class Forbidden(Refusal):
    """What no decision can allow."""

    code = "treasury.forbidden"
    sentence = "{what}，办不了：{article}不准。"
    next_step = "请不要办；已经办了的，请报镇纪委。"


class DebtRatioTooHigh(Refusal):
    """With this debt the body owes more than the line allows."""

    code = "treasury.debt_ratio"
    sentence = "去年经营收入{income}元，借了以后共欠{owed}元，超过{line}%的红线。"
    next_step = "请少借，或先还掉一部分再报。"


class DebtOverLine(Refusal):
    """Beyond the warning line the village says why it borrows nevertheless. Source: ZJ-RA 18."""

    code = "treasury.debt_over_line"
    sentence = "去年经营收入{income}元，借了以后共欠{owed}元，负债率{ratio}%，超过{line}%的警戒线。"
    next_step = "请写清为什么还要借、怎么降下来；镇财政所和镇主要领导也要审。"


class DebtLineCrossed(Refusal):
    """While the case was under way other debts brought the body beyond the warning line."""

    code = "treasury.debt_line_crossed"
    sentence = "别的债先批了，现在负债率{ratio}%，超过{line}%的警戒线，镇里还有两个人没审。"
    next_step = "请退回村里，写清理由再交，会补上这两步。"


class PlanDiffers(Refusal):
    """The repayment plan does not come to what is borrowed."""

    code = "treasury.plan_differs"
    sentence = "还款计划合计{planned}元，借的是{principal}元，对不上。"
    next_step = "请把每期的本金改到合起来正好。"


class RepaidTooMuch(Refusal):
    """More is repaid than is owed."""

    code = "treasury.repaid_too_much"
    sentence = "还欠{balance}元，写了还{paid}元。"
    next_step = "请核对还的本金。"


class DebtStands(Refusal):
    """A debt that is not repaid is not closed."""

    code = "treasury.debt_stands"
    sentence = "还欠{balance}元，不能办结。"
    next_step = "还清了再办结。"


class ReserveFull(Refusal):
    """The village would have more reserve money out than the cap."""

    code = "treasury.reserve_full"
    sentence = "备用金最多{cap}元，在外{out}元，再借{more}元就超了。"
    next_step = "请先把在外的清掉，或少借一点。"


class CadreLoan(Refusal):
    """Officers and their kin borrow nothing from the collective."""

    code = "treasury.cadre_loan"
    sentence = "{name}是村干部或干部的近亲属，不能向集体借款（农村集体经济组织法第三十五条）。"
    next_step = "办公事请走备用金，办完三个工作日内清账。"


class AdvanceOverdue(Refusal):
    """Whoever has an advance that is overdue gets no other."""

    code = "treasury.advance_overdue"
    sentence = "{name}还有{fen}元到{due}该清没清。"
    next_step = "请先把那一笔清掉，再借。"


class ClearedTooMuch(Refusal):
    """More is cleared than was given."""

    code = "treasury.cleared_too_much"
    sentence = "在外{left}元，写了报账和交回共{cleared}元。"
    next_step = "请核对；多花的另走付款报销。"


class AdvanceOut(Refusal):
    """An advance that is not cleared is not closed."""

    code = "treasury.advance_out"
    sentence = "还有{left}元在外，不能办结。"
    next_step = "报账或交回以后再办结。"


class Overpaid(Refusal):
    """A payment gives more than was approved or is owed."""

    code = "treasury.overpaid"
    sentence = "最多付{most}元，付过和在付的{paid}元，再付{more}元就超了。"
    next_step = "请把金额改到{left}元以内。"


class PartnerIsKin(Refusal):
    """An officer of the village or his near kin stands behind the undertaking."""

    code = "treasury.partner_is_kin"
    sentence = "{name}和村干部有关系，村里不能和它办这件事。"
    next_step = "请换一家；认为登记有错，请向镇纪委核对。"


class ContractMissing(Refusal):
    """This asks for a registered contract."""

    code = "treasury.contract_missing"
    sentence = "要有合同，{why}。"
    next_step = "请先在合同里登记，再回来选。"


class ReturnTold(Refusal):
    """The return of a year is told once."""

    code = "treasury.return_told"
    sentence = "{year}年的收益登记过了。"
    next_step = "请核对是哪一年的。"


class CardNotFound(Refusal):
    """Neither the bank nor our register has the card."""

    code = "treasury.card_not_found"
    sentence = "银行和册子里都没有{name}名下、尾号{tail}的村务卡。"
    next_step = "请核对尾号；银行刚发的，过一会儿再试。"


class CardDiffers(Refusal):
    """The card is not the one that was approved."""

    code = "treasury.card_differs"
    sentence = "卡的{what}和批准的不一样：{why}。"
    next_step = "请让银行照批准的改，或重新申请。"


class HolderNotFit(Refusal):
    """Who asks for a card has one, or holds no post that carries one."""

    code = "treasury.holder_not_fit"
    sentence = "{name}不能持卡：{why}。"
    next_step = "请换一位在任、手上没有卡的人。"


class CardStillOpen(Refusal):
    """The matter of a card ends with the card."""

    code = "treasury.card_open"
    sentence = "尾号{tail}的卡还在用，不能办结。"
    next_step = "请先销卡。"


class IncomeNotIn(Refusal):
    """The money has not come, has no receipt, is not at the bank or not in the books."""

    code = "treasury.income_not_in"
    sentence = "缴款单{number}{why}，不能办结。"
    next_step = "{advice}"


class IncomeTwice(Refusal):
    """The same money is asked for twice."""

    code = "treasury.income_twice"
    sentence = "{payer}这笔{fen}元已经开过缴款单{number}。"
    next_step = "请打开那张单子；开错了先作废。"
