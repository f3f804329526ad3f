"""Refusals of periods: a year's end, distribution, reopening, plans and handover."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NoClosingRules(Refusal):
    """The standard does not say where a year's result goes."""

    code = "ledger.no_closing_rules"
    sentence = "“{standard}”没有写明年终怎么结转。"
    next_step = "请告诉系统管理员补上这套制度的结转科目。"


class EarlierMonthOpen(Refusal):
    """A year is closed after its eleven months."""

    code = "ledger.earlier_month_open"
    sentence = "{year}年还有月份没结账：{periods}。"
    next_step = "请先把这些月份结了，再做年终结转。"


class PendingLeft(Refusal):
    """Losses and gains that nobody has decided on are still pending."""

    code = "ledger.pending_left"
    sentence = "{year}年的待处理财产损溢还有{amount}元没处理，不能年终结转。"
    next_step = "请按批准的处理意见转销，余额为0再来。"


class NoDistribution(Refusal):
    """Books of this standard distribute nothing."""

    code = "ledger.no_distribution"
    sentence = "“{standard}”没有收益分配。"
    next_step = "结余留在累计结余里，不用分配。"


class DecisionMissing(Refusal):
    """Income is distributed by decision only."""

    code = "ledger.decision_missing"
    sentence = "收益分配要有成员（代表）大会的决议。"
    next_step = "请填写决议的编号，再来分配。"


class AlreadyDistributed(Refusal):
    """This decision has been carried out, or waits for its reviewer."""

    code = "ledger.already_distributed"
    sentence = "决议“{decision}”的{year}年收益分配已经{state}。"
    next_step = "不用再做；要改，请走凭证更正。"


class NothingToDistribute(Refusal):
    """The year leaves nothing: 可分配收益 is zero or a loss."""

    code = "ledger.nothing_to_distribute"
    sentence = "{year}年可分配收益是{total}元，不能分配。"
    next_step = "请先弥补以前年度亏损；有余再提取和分配。"


class TooMuchDistributed(Refusal):
    """The decision gives away more than there is."""

    code = "ledger.too_much_distributed"
    sentence = "{year}年还能分配{left}元，这次要分{wanted}元，多了。"
    next_step = "请按还能分配的数改小，再来。"


class ReserveTooSmall(Refusal):
    """The reserve comes before the members, with its least share."""

    code = "ledger.reserve_too_small"
    sentence = "要先提取公积公益金：至少{least}元，现在只有{reserved}元。"
    next_step = "请先提足，再向成员分配。依据：{source_ref}"


class LossNotThere(Refusal):
    """Reserves make up a loss and no more than it."""

    code = "ledger.loss_not_there"
    sentence = "{year}年没有这么多亏损要弥补：亏损{loss}元，要转入{wanted}元。"
    next_step = "请改成亏损的数。"


class YearNotTransferred(Refusal):
    """A decision of the new year waits until the old year is closed."""

    code = "ledger.year_not_transferred"
    sentence = "{year}年还没有年终结账，不能在新年里分配。"
    next_step = "请先做{year}年的年终结转和结账。"


class ShareNotAllowed(Refusal):
    """A share goes to accounts of its own only."""

    code = "ledger.share_not_allowed"
    sentence = "“{title}”不能记到科目{account_code}。"
    next_step = "请改用：{allowed}。"


class NotLastClosed(Refusal):
    """Only the last closed month is opened again."""

    code = "ledger.not_last_closed"
    sentence = "{period}后面的{later}已经结账，不能只反结前面的月份。"
    next_step = "请从最后结账的月份开始，一个月一个月地办。"


class NotClosed(Refusal):
    """The month is open as it is."""

    code = "ledger.not_closed"
    sentence = "{period}还没结账，不用反结账。"
    next_step = "直接改就行。"


class YearArchived(Refusal):
    """What has been archived stays as it is."""

    code = "ledger.year_archived"
    sentence = "{year}年的会计档案已经归档，这一年不能再反结账。"
    next_step = "要改，请在今年做一张凭证调整。"


class ReopenWaiting(Refusal):
    """One wish at a time."""

    code = "ledger.reopen_waiting"
    sentence = "这本账已有一件反结账申请在等审批。"
    next_step = "请等审批结果。"


class ReopenDecided(Refusal):
    """Somebody has decided it."""

    code = "ledger.reopen_decided"
    sentence = "这件反结账申请已经办过了。"
    next_step = "要再反结账，请重新申请。"


class AskerGrants(Refusal):
    """Nobody grants his own wish."""

    code = "ledger.asker_grants"
    sentence = "自己申请的反结账，不能自己批。"
    next_step = "请镇农经负责人审批。"


class BadPlan(Refusal):
    """A plan of recurring entries does not add up."""

    code = "ledger.bad_plan"
    sentence = "这个定期分录计划不对：{why}。"
    next_step = "请改好再提交。"


class NominalAsset(Refusal):
    """What stands in the books at one yuan is not depreciated."""

    code = "ledger.nominal_asset"
    sentence = "“{title}”是按名义金额1元入账的，不提折旧。"
    next_step = "不用建计划，在台账里登记就行。"


class PlanAccount(Refusal):
    """A plan books to accounts that the standard names for it."""

    code = "ledger.plan_account"
    sentence = "这类定期分录不能记到科目{account_code}。"
    next_step = "请改用：{allowed}。"


class PlanMakerApproves(Refusal):
    """Nobody approves his own plan."""

    code = "ledger.plan_maker_approves"
    sentence = "自己拟的计划不能自己审核。"
    next_step = "请换一位审核人员。"


class PlanDecided(Refusal):
    """Somebody has decided about the plan."""

    code = "ledger.plan_decided"
    sentence = "“{title}”已经审核过了。"
    next_step = "要改，请停掉它，另建一个。"


class PlanNotRunning(Refusal):
    """Only a running plan is stopped, and not before what it has booked."""

    code = "ledger.plan_not_running"
    sentence = "“{title}”不能停在{period}：它没有在执行，或者后面的月份已经记账。"
    next_step = "请核对计划的状态和月份。"


class HandoverPeople(Refusal):
    """Giver, receiver and supervisor are three people who hold the posts for it."""

    code = "ledger.handover_people"
    sentence = "移交人、接收人、监交人要是三个人：接收人是代理会计，监交人是镇农经负责人。"
    next_step = "请从名单里重选。"


class NothingToHandOver(Refusal):
    """The place keeps no books."""

    code = "ledger.nothing_to_hand_over"
    sentence = "这个地方没有账套，不用移交。"
    next_step = "请核对选的是哪个镇、哪个村。"


class HandoverTurn(Refusal):
    """Each signs in turn."""

    code = "ledger.handover_turn"
    sentence = "现在该{title}{name}签。"
    next_step = "请等前面的人签好。"


class HandoverDone(Refusal):
    """All three have signed."""

    code = "ledger.handover_done"
    sentence = "这份移交清册三方都签好了，不能再改。"
    next_step = "以后再移交，请另做一份。"


class HandoverChanged(Refusal):
    """The list is not the one that was made."""

    code = "ledger.handover_changed"
    sentence = "清册的内容和做好时的指纹对不上，不能签。"
    next_step = "请另做一份清册，并告诉系统管理员。"
