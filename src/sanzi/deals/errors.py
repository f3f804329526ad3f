"""Refusals of the room: contracts, competitions, offers."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class ContractWrong(Refusal):
    """A field of a contract cannot be right."""

    code = "deals.contract_wrong"
    sentence = "合同的{field}不对：{why}。"
    next_step = "请改好这一格再登记。"


class ContractBeforeDecision(Refusal):
    """Signed before the body decided, or for more than it decided."""

    code = "deals.contract_before_decision"
    sentence = "这份合同{why}。"
    next_step = "请先开会表决，或换成对得上的决议。"


class ContractDeviates(Refusal):
    """The contract is not what was awarded."""

    code = "deals.contract_deviates"
    sentence = "这份合同和中标结果对不上：{why}。"
    next_step = "请照中标的单位、价格在30天内签；变了就重新招。"


class ContractEnded(Refusal):
    """A contract that has ended takes nothing any more."""

    code = "deals.contract_ended"
    sentence = "合同“{title}”是“{status}”，不能再{verb}。"
    next_step = "要接着做，请另签一份。"


class ContractOverpaid(Refusal):
    """The money would be more than the contract says."""

    code = "deals.contract_overpaid"
    sentence = "合同一共{total}元，付过和在付的{paid}元，再付{more}元就超了。"
    next_step = "请把金额改到{left}元以内；确实加了活，先签补充合同。"


class TenderWrong(Refusal):
    """A field of a competition cannot be right."""

    code = "deals.tender_wrong"
    sentence = "招标的{field}不对：{why}。"
    next_step = "请改好这一格再发布。"


class NoticeTooShort(Refusal):
    """Too few days between notice and deadline."""

    code = "deals.notice_too_short"
    sentence = "从发布到截止要满{days}天，现在不够。"
    next_step = "请把截止时间放到{earliest}以后。"


class TenderNotNow(Refusal):
    """The competition is not in the state that this needs."""

    code = "deals.tender_not_now"
    sentence = "“{title}”现在是“{state}”，不能{verb}。"
    next_step = "请刷新页面看最新的情况。"


class BidTooLate(Refusal):
    """The deadline has passed by the clock of the server."""

    code = "deals.bid_too_late"
    sentence = "截止时间{deadline}已经过了，收不了报价。"
    next_step = "过了时间谁都不能再交；有疑问请找镇里。"


class BidWrong(Refusal):
    """A field of an offer cannot be right."""

    code = "deals.bid_wrong"
    sentence = "报价的{field}不对：{why}。"
    next_step = "请改好再交。"


class BadTicket(Refusal):
    """No such code for this competition."""

    code = "deals.bad_ticket"
    sentence = "投标码不对。"
    next_step = "请对着通知再输一遍；丢了请到村里重领。"


class BidderIsKin(Refusal):
    """An officer of the village or his near kin stands behind the bidder."""

    code = "deals.bidder_is_kin"
    sentence = "{name}和村干部有关系，不能参加本村的报价。"
    next_step = "请请别家；认为登记有错，请向镇纪委核对。"


class BidderBarred(Refusal):
    """A bidder on the list of those who may not."""

    code = "deals.bidder_barred"
    sentence = "{name}在禁入名单上，不能报价。"
    next_step = "请请别家。"


class OpeningTooEarly(Refusal):
    """Nobody sees a price before the deadline."""

    code = "deals.opening_too_early"
    sentence = "还没到截止时间{deadline}，谁也不能拆封。"
    next_step = "请到时间再来，两个人一起拆。"


class TwoOpenersNeeded(Refusal):
    """Offers are opened by two persons of different roles."""

    code = "deals.two_openers_needed"
    sentence = "拆封要两个不同岗位的人都在场：{why}。"
    next_step = "请另一位先点“我在场”，两小时内由您拆封。"


class TooFewBids(Refusal):
    """Fewer offers than a competition needs."""

    code = "deals.too_few_bids"
    sentence = "有效的报价只有{count}家，不到{least}家，{verb}。"
    next_step = "请作流标处理，重新招一次。"


class BidNotAwardable(Refusal):
    """This offer cannot win."""

    code = "deals.bid_not_awardable"
    sentence = "不能定{name}：{why}。"
    next_step = "请按规则选另一家，或作流标处理。"


class AwardReasonNeeded(Refusal):
    """An award that is not to the lowest, or despite flags, needs words."""

    code = "deals.award_reason_needed"
    sentence = "{why}，要写明理由，至少{length}个字。"
    next_step = "请写清楚为什么，会一起公示。"


class PublicityRunning(Refusal):
    """The result has not been public long enough."""

    code = "deals.publicity_running"
    sentence = "中标结果要公示到{until}，现在还不能发通知书。"
    next_step = "请等公示满了再来。"
