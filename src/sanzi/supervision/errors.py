"""Refusals of the room: gates that could not run, holds, disposal out of turn."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class CheckNotRun(Refusal):
    """A model could not be run, so nobody knows whether the money may move."""

    code = "supervision.check_not_run"
    sentence = "付款前的核查没有做完（{model}），这一步先不办。"
    next_step = "请过一分钟再试；还不行，请告诉平台管理员。"


class ReasonTooShort(Refusal):
    """A release or an opinion says why, in eight characters or more."""

    code = "supervision.reason_too_short"
    sentence = "理由只写了{count}个字，至少写{least}个字。"
    next_step = "请写明为什么可以这样办。"


class NothingHeld(Refusal):
    """There is no hold of this kind on the case, or its facts have changed."""

    code = "supervision.nothing_held"
    sentence = "这一件没有这条暂缓，或者情况已经变了。"
    next_step = "请刷新这一件，看最新的核查结果。"


class OwnCase(Refusal):
    """Who acts in a case, or whose kin it pays, does not release it."""

    code = "supervision.own_case"
    sentence = "您在这一件里有份（{why}），不能由您放行。"
    next_step = "请由上一级的负责人放行。"


class NotYourTurn(Refusal):
    """The alert is routed to somebody else, or another handler has it."""

    code = "supervision.not_your_turn"
    sentence = "这条预警现在由{whose}办。"
    next_step = "有情况要说，请告诉承办的人。"


class ClosedAlert(Refusal):
    """Only discipline offices may know of the alert, so the village is not asked about it."""

    code = "supervision.closed_alert"
    sentence = "这条预警只有纪委看得到，不能让村里知道，不能要求村里说明。"
    next_step = "请直接上门核实，再定结论。"


class WrongState(Refusal):
    """The disposal loop does not allow this step now."""

    code = "supervision.wrong_state"
    sentence = "这条预警现在是“{state}”，不能{action}。"
    next_step = "请刷新页面，看它走到哪一步了。"


class SameHandler(Refusal):
    """The verifier is not the handler."""

    code = "supervision.same_handler"
    sentence = "这条是您办的，不能由您自己复核。"
    next_step = "请由上一级或县里的人复核。"


class OnlyDiscipline(Refusal):
    """A red line is called a false alarm only by the discipline office."""

    code = "supervision.only_discipline"
    sentence = "红线预警要定为误报，只能由镇纪委定。"
    next_step = "请转镇纪委，或按属实、合规说明、数据错来定。"


class OnlyWarnSnoozes(Refusal):
    """Only a warning may wait."""

    code = "supervision.only_warn_snoozes"
    sentence = "只有提醒类的预警能往后放，最多30天。"
    next_step = "请按时限办理，或请镇分管领导延长。"


class UnknownConclusion(Refusal):
    """A conclusion is one of five words."""

    code = "supervision.unknown_conclusion"
    sentence = "没有“{conclusion}”这种结论。"
    next_step = "请选属实、合规说明、误报、数据错或移送。"


class KinStandsAside(Refusal):
    """Who is kin of a person in the alert does not handle, verify or move it."""

    code = "supervision.kin_stands_aside"
    sentence = "这条预警里有您的亲属，您要回避。"
    next_step = "请由没有亲属关系的同事办。"


class NotRectified(Refusal):
    """A confirmed alert was put right first, with evidence."""

    code = "supervision.not_rectified"
    sentence = "定为属实，要先整改、传凭据、反馈结果，这条还没有。"
    next_step = "请先写整改办法，改好后传凭据再反馈。"


class EvidenceNeeded(Refusal):
    """A rectification is fed back with at least one file."""

    code = "supervision.evidence_needed"
    sentence = "整改没有一份凭据，不能反馈。"
    next_step = "请先传退款回单、补签的表或照片。"


class BadFinishDate(Refusal):
    """A rectification ends on a day to come."""

    code = "supervision.bad_finish_date"
    sentence = "改好的日子“{text}”不对，要写今天或以后的一天。"
    next_step = "请按2026-11-30这样写。"


class UnknownRectification(Refusal):
    """What was put right is one of eight kinds."""

    code = "supervision.unknown_rectification"
    sentence = "没有“{kind}”这种整改。"
    next_step = "请从列出的几种里选。"


class MoneyDoesNotAddUp(Refusal):
    """Amounts of a feedback can't be."""

    code = "supervision.money_does_not_add_up"
    sentence = "金额对不上：{why}。"
    next_step = "请核对涉及多少、追回多少、拦下多少。"


class UnknownCircumstance(Refusal):
    """What may be told of a matter is one of a few kinds."""

    code = "supervision.unknown_circumstance"
    sentence = "没有“{circumstance}”这种情形。"
    next_step = "请从列出的几种里选，没有的就不选。"


class CircumstancesContradict(Refusal):
    """Circumstances of a wrong were told of what is none."""

    code = "supervision.circumstances_contradict"
    sentence = "选了情形，结论却不是属实。"
    next_step = "有这些情形的请定属实，没有的请不要选。"


class BadPersonCount(Refusal):
    """A number of persons can't be."""

    code = "supervision.bad_person_count"
    sentence = "涉及的人数{count}不对。"
    next_step = "请写一共几个人，不清楚就不填。"


class ExpiryNeeded(Refusal):
    """A false alarm is remembered until a day, a year off at most."""

    code = "supervision.expiry_needed"
    sentence = "定为误报，要写记到哪一天，从明天起最多{days}天。"
    next_step = "请写一个日子，到期后规则照常提醒。"


class UnknownScope(Refusal):
    """A false alarm is remembered for the facts or for the two parties."""

    code = "supervision.unknown_scope"
    sentence = "没有“{scope}”这种记法。"
    next_step = "请选同一件事实一样，或同样的两方。"


class SilenceTooWide(Refusal):
    """A red line is never silent for a pair, only for the very facts."""

    code = "supervision.silence_too_wide"
    sentence = "红线预警只能按这一件的事实记，不能按两方记。"
    next_step = "请选“同一件，查到的事实一样”。"


class NoPartyPair(Refusal):
    """The finding does not name two parties."""

    code = "supervision.no_party_pair"
    sentence = "这条预警里认不出两方，不能按两方记。"
    next_step = "请选“同一件，查到的事实一样”。"


class AlreadyRevoked(Refusal):
    """The remembered false alarm does not bind any more."""

    code = "supervision.already_revoked"
    sentence = "这条误报已经不再压着了。"
    next_step = "不用再撤，今晚照常查。"


class StillFound(Refusal):
    """An error of the data is closed when the model does not find it any more."""

    code = "supervision.still_found"
    sentence = "数据还没有改好，规则现在仍查得到。"
    next_step = "请先把数据改好，再点“再查一遍”。"


class UnknownGround(Refusal):
    """An alert is suspended for one of three reasons."""

    code = "supervision.unknown_ground"
    sentence = "没有“{ground}”这种挂起的原因。"
    next_step = "请选等法院判决、当事人去世或等外单位的数据。"


class BadUntil(Refusal):
    """A suspension ends on a day within a year."""

    code = "supervision.bad_until"
    sentence = "挂起到哪一天不对，要在明天以后、{days}天以内。"
    next_step = "请重新写日子，到那天自动接着办。"


class ExtendedOnce(Refusal):
    """A limit is made longer once."""

    code = "supervision.extended_once"
    sentence = "这条已经延长过一次，不能再延。"
    next_step = "请按现在的期限办，过期会转上一级。"


class ExtensionTooLong(Refusal):
    """An extension is no longer than the limit itself."""

    code = "supervision.extension_too_long"
    sentence = "最多再给{days}个工作日，和原来的期限一样长。"
    next_step = "请改短一些。"


class AlreadyThere(Refusal):
    """The discipline office has it already."""

    code = "supervision.already_there"
    sentence = "这条已经在纪委手里，不用再移交。"
    next_step = "请由纪委接着办。"


class HandOverFirst(Refusal):
    """Only the discipline office concludes that it takes a lead over."""

    code = "supervision.hand_over_first"
    sentence = "移送由纪委收下后来定。"
    next_step = "请点“移交纪委”，系统会带上案卷。"


class SentBackOnce(Refusal):
    """A hand-over is sent back once."""

    code = "supervision.sent_back_once"
    sentence = "这条退回过一次，不能再退。"
    next_step = "请收下来办。"


class NothingChosen(Refusal):
    """Several alerts are disposed of together when at least one is chosen."""

    code = "supervision.nothing_chosen"
    sentence = "一条也没有选。"
    next_step = "请先勾上要一起办的。"


class NotTogether(Refusal):
    """Only alerts about the same matter go together."""

    code = "supervision.not_together"
    sentence = "选的不是同一件事的预警，不能一起办。"
    next_step = "请只选这一件事里的。"
