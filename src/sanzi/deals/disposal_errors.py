"""Refusals of disposals."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class DisposalWrong(Refusal):
    """A disposal says something that does not hold."""

    code = "deals.disposal_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好“{what}”再交。"


class DisposalNotOurs(Refusal):
    """The thing belongs to another body."""

    code = "deals.disposal_not_ours"
    sentence = "“{asset}”不是本单位的，不能处置。"
    next_step = "请选本单位登记在册的资产。"


class DisposalTaken(Refusal):
    """The thing is let, auctioned or being disposed of already."""

    code = "deals.disposal_taken"
    sentence = "“{asset}”{why}，不能处置。"
    next_step = "请先收回、办完，再来处置。"


class NoAppraisal(Refusal):
    """The thing was not valued, or so long ago that it does not count. Source: 条例 第三十七条."""

    code = "deals.no_appraisal"
    sentence = "“{asset}”的评估不能用：{why}。"
    next_step = "请由三分之二以上表决选的评估机构评估，评估一年内有效。"


class PublicityTooShort(Refusal):
    """The valuation was not public long enough. Source: 条例 第三十七条."""

    code = "deals.publicity_too_short"
    sentence = "评估结果要公示满{days}天，现在才{shown}天。"
    next_step = "请等公示满了再交。"


class CheckersMissing(Refusal):
    """The thing was not looked at by two persons and the supervision."""

    code = "deals.checkers_missing"
    sentence = "现场核对{why}。"
    next_step = "请至少两个人和村监会一起看过，再填。"


class VoteTooFew(Refusal):
    """Less than two thirds agreed. Source: 条例 第三十七条; 农村集体经济组织法 第二十七条."""

    code = "deals.vote_too_few"
    sentence = "处置要三分之二以上同意，这条决议{agree}人同意，应到{eligible}人。"
    next_step = "请重新开会表决，或换成对得上的决议。"


class BuyerIsKin(Refusal):
    """An officer of the village or his kin would buy without open competition."""

    code = "deals.buyer_is_kin"
    sentence = "{name}和村干部有关系，不能这样卖给他。"
    next_step = "请另找买主；其他亲戚只能公开竞价。"


class SaleWrong(Refusal):
    """The sale is not what was decided, or not made yet."""

    code = "deals.sale_wrong"
    sentence = "这次出售{why}。"
    next_step = "{advice}"


class NotPaidYet(Refusal):
    """Nothing is handed over before the money is there."""

    code = "deals.not_paid_yet"
    sentence = "价款{price}元，到账{received}元，钱到齐了才能移交。"
    next_step = "请把缴款单交给买主，钱到账以后再来移交。"


class DisposalNotNow(Refusal):
    """The disposal is not where this needs it."""

    code = "deals.disposal_not_now"
    sentence = "“{asset}”的处置现在是“{status}”，不能{verb}。"
    next_step = "请按顺序办：批准、出售、收款、移交、核销。"
