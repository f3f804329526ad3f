"""Refusals of the room: what stands against a stamp, a keeper, a paper of the desk."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NotOnList(Refusal):
    """Outside of the list there is no power to stamp. Source: AL115."""

    code = "seals.not_on_list"
    sentence = "“{item}”不在{seal}能盖的清单里。"
    next_step = "请换一枚印章，或在清单里重新选事项。"


class NeverStamped(Refusal):
    """Class D: banned by the state, or nobody's to give."""

    code = "seals.never_stamped"
    sentence = "“{item}”村里不能盖：{why}"
    next_step = "{go}"


class SealNotUsable(Refusal):
    """The seal is lost, retired, or nobody keeps it."""

    code = "seals.not_usable"
    sentence = "{seal}现在用不了：{why}。"
    next_step = "请先在印章名册里办好，再来申请。"


class KeeperWrong(Refusal):
    """Who approves, applies or leads does not keep. Source: AL118."""

    code = "seals.keeper_wrong"
    sentence = "{name}{why}，不能保管这枚印章。"
    next_step = "请由村民代表会议另选一位保管人。"


class SamePerson(Refusal):
    """The approver keeps the seal or asks for himself. Source: AL118."""

    code = "seals.same_person"
    sentence = "{name}是这件的{what}，不能由自己批。"
    next_step = "请转给下一位审批人。"


class CopiesWrong(Refusal):
    """The number of impressions can't be right."""

    code = "seals.copies_wrong"
    sentence = "要盖的个数不对：要在1到{most}之间。"
    next_step = "请数一数文件上要盖几处。"


class ContractNeeded(Refusal):
    """A contract is stamped only when the register knows it."""

    code = "seals.contract_needed"
    sentence = "盖“{item}”要选一份登记过的合同，{why}。"
    next_step = "请先在合同里登记，再来申请用印。"


class DecisionNeeded(Refusal):
    """No passed decision stands behind the paper. Source: AL121."""

    code = "seals.decision_needed"
    sentence = "盖“{item}”要有通过的会议决议，{why}。"
    next_step = "请先开会表决，决议通过了再来申请用印。"


class PlaceNeeded(Refusal):
    """Out of the village, but not told where."""

    code = "seals.place_needed"
    sentence = "要带出村盖章，还没写去哪里。"
    next_step = "请写明地点和办什么。"


class NotKeeper(Refusal):
    """Only the keeper's hand is on the seal."""

    code = "seals.not_keeper"
    sentence = "{seal}的保管人是{keeper}，别人不能代盖。"
    next_step = "请由保管人来盖；换了人的，先在印章名册里登记。"


class OutsideWindow(Refusal):
    """The authorisation has run out, or does not hold yet."""

    code = "seals.outside_window"
    sentence = "批准的用印时间是{first}到{last}，现在不能盖。"
    next_step = "请写上“没有盖”结束这一件，再重新申请。"


class CopiesSpent(Refusal):
    """All approved impressions are made. Source: AL117."""

    code = "seals.copies_spent"
    sentence = "批了{approved}个，已经盖了{stamped}个，不能再盖。"
    next_step = "要多盖的，请另外申请。"


class PhotosNeeded(Refusal):
    """A picture of the paper before and after each impression. Source: AL119."""

    code = "seals.photos_needed"
    sentence = "{what}还没有拍。"
    next_step = "盖之前拍一张、盖好再拍一张，两张都要看得清字。"


class SamePhoto(Refusal):
    """Before and after can't be one picture, nor one of an earlier use."""

    code = "seals.same_photo"
    sentence = "这张照片{why}。"
    next_step = "请对着这份文件重新拍。"


class MachineOnly(Refusal):
    """A seal locked in a machine is not stamped by hand."""

    code = "seals.machine_only"
    sentence = "{seal}锁在印控机里，机器还没有传来盖章记录。"
    next_step = "请在机器上盖，记录传来以后再来确认。"


class UseNotNow(Refusal):
    """The use is not where this needs it."""

    code = "seals.not_now"
    sentence = "这次用印现在是“{status}”，不能{verb}。"
    next_step = "请刷新页面，看它走到了哪一步。"


class SealStateWrong(Refusal):
    """Reported lost twice, found again though never lost."""

    code = "seals.state_wrong"
    sentence = "{seal}现在是“{status}”，不用再报。"
    next_step = "请在印章名册里看一下现在的状态。"


class MachineUnreadable(Refusal):
    """Signed, but no record that we understand."""

    code = "seals.machine_unreadable"
    sentence = "印控机的记录看不懂：{why}。"
    next_step = "请联系印控机厂家核对接口。"


class NotServed(Refusal):
    """Nothing of this name is offered at the desk."""

    code = "seals.not_served"
    sentence = "便民服务清单里没有这一项。"
    next_step = "请在清单里重新选。"


class ApplicantWrong(Refusal):
    """The paper would speak of somebody it can't speak of."""

    code = "seals.applicant_wrong"
    sentence = "申请人{why}。"
    next_step = "请核对是谁来办；代办的，申请人写本人。"


class AlreadyAsked(Refusal):
    """The same paper for the same person is being made."""

    code = "seals.already_asked"
    sentence = "{name}的{item}正在办，{day}来申请的。"
    next_step = "请等那一件办好；不要的先撤回。"


class NoSealHere(Refusal):
    """The village has no usable seal of the kind a paper asks for."""

    code = "seals.no_seal_here"
    sentence = "村里没有能用的{kind}，{item}盖不了。"
    next_step = "请先在印章名册里登记印章和保管人。"


class NotStampedYet(Refusal):
    """Nothing is handed over before it bears the seal."""

    code = "seals.not_stamped_yet"
    sentence = "这份{item}还没有盖好章，不能交给村民。"
    next_step = "用印的办件号是{number}，请保管人先盖章。"
