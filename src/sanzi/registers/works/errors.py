"""Refusals of the room: what a project lacks at a step, and what to do about it."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class WorksWrong(Refusal):
    """A field of a project cannot be right."""

    code = "works.wrong"
    sentence = "工程的{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class WorksNotNow(Refusal):
    """The project is not where this needs it."""

    code = "works.not_now"
    sentence = "“{name}”现在是“{stage}”，不能{verb}。"
    next_step = "请按顺序办，一步一步来。"


class WorksSplit(Refusal):
    """Projects beside each other come to the next tier."""

    code = "works.split"
    sentence = "{days}天里{place}附近还有{count}个同类工程，合起来{fen}元，到了上一档。"
    next_step = "请合成一个工程报；确实不是一回事，请镇工程办说明。"


class WorksTwice(Refusal):
    """The same was built here a short while ago."""

    code = "works.twice"
    sentence = "这里{years}年内建过“{name}”。"
    next_step = "请说明是不是二期；重复的不能再立项。"


class GuidePriceNeeded(Refusal):
    """From 30 000 yuan a third party names the price first."""

    code = "works.guide_price_needed"
    sentence = "3万元起的工程先要第三方的指导价，{why}。"
    next_step = "请先补上指导价，限价和中标价都不能高过它。"


class AwardWrong(Refusal):
    """The award does not fit the tier or the price."""

    code = "works.award_wrong"
    sentence = "不能定这家施工：{why}。"
    next_step = "请换一次定了标的招标，或重新招。"


class PromisesMissing(Refusal):
    """Not every officer has promised to hold no share and to have no kin in it."""

    code = "works.promises_missing"
    sentence = "还有{count}位没有签“不入股、不让亲属参与”的承诺：{names}。"
    next_step = "请他们每人签了，再签合同。"


class PromisedAlready(Refusal):
    """A promise is given once, by those whom it binds."""

    code = "works.promised_already"
    sentence = "{why}。"
    next_step = "不用再签，请看工程的页面。"


class PhotoNeeded(Refusal):
    """What is written on the site has a photo of the place and of the day."""

    code = "works.photo_needed"
    sentence = "要有当天在工地拍的照片，{why}。"
    next_step = "请在工地重新拍一张，再交。"


class VariationTooLarge(Refusal):
    """Changes of more than a fifth are another project."""

    code = "works.variation_too_large"
    sentence = "变更加起来到了合同价的{percent}%，超过20%。"
    next_step = "请另立项目、重新招标，不能用变更单。"


class VariationDecided(Refusal):
    """A variation is decided once, by the level that its sum needs."""

    code = "works.variation_decided"
    sentence = "这张变更单{why}。"
    next_step = "请由该批的人来批，批了再做。"


class AcceptanceIrregular(Refusal):
    """The acceptance lacks persons or quantity."""

    code = "works.acceptance_irregular"
    sentence = "这样验收不算数：{why}。"
    next_step = "请人到齐了、量准了再验收。"


class SettlementOver(Refusal):
    """More than contract and approved changes."""

    code = "works.settlement_over"
    sentence = "{what}{fen}元，高过合同加变更的{limit}元。"
    next_step = "请核对工程量；没有批过的变更不能结算。"


class WorksOverpaid(Refusal):
    """More than contract, progress, audit or warranty allow now."""

    code = "works.overpaid"
    sentence = "“{name}”现在最多付到{cap}元（{why}），付过和在付的{paid}元，再付{more}元就超了。"
    next_step = "请把金额改到{left}元以内，其余等下一步。"


class TooNear(Refusal):
    """Who supervises a project has no share in its builder and no kin there."""

    code = "works.too_near"
    sentence = "您或您的近亲属和施工单位有关系，不能{verb}这个工程。"
    next_step = "请换一位没有关系的人来办。"


class RiskNotNow(Refusal):
    """The finding is not where this needs it."""

    code = "works.risk_not_now"
    sentence = "这个问题现在是“{state}”，不能{verb}。"
    next_step = "请看工程页面上这个问题现在等谁办。"


class RectifyNotYours(Refusal):
    """A finding is put right by the one who was named for it."""

    code = "works.rectify_not_yours"
    sentence = "这个问题由{name}负责整改，不由您填。"
    next_step = "请{name}来填；他不在任了，同村的干部才能接着填。"


class VerifyOwn(Refusal):
    """Nobody verifies what he put right or had to put right himself."""

    code = "works.verify_own"
    sentence = "这个问题{why}，不能由您核对。"
    next_step = "请村监会、镇工程办或镇纪委的另一个人来核对。"
