"""Refusals of the room, each with what was found and the next step."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NotNow(Refusal):
    """The case is not in a state for this."""

    code = "matters.not_now"
    sentence = "这一件现在的状态办不了这一步。"
    next_step = "请刷新页面，看它走到了哪一步。"


class NoTier(Refusal):
    """No tier table is in force on the day."""

    code = "matters.no_tier"
    sentence = "{day}还没有{matter}的金额分档规定。"
    next_step = "请告诉县农业农村局补上分档表。"


class NoSuchMatter(Refusal):
    """The power has no matter file yet."""

    code = "matters.no_such_matter"
    sentence = "“{title}”还不能在网上办。"
    next_step = "请照原来的办法办；能在网上办时会通知您。"


class VersionReused(Refusal):
    """The file of a power was changed and its version was not."""

    code = "matters.version_reused"
    sentence = "“{matter}”的文件改过了，版本号还是{version}，先不能开新件。"
    next_step = "请县里管事项的人把版本号加上去；正在办的件不受影响。"


class MayNotStart(Refusal):
    """The actor's role does not start this matter here."""

    code = "matters.may_not_start"
    sentence = "{matter}由{roles}发起，您在这个村没有这个身份。"
    next_step = "请交给{roles}来填。"


class SavedSince(Refusal):
    """The draft was saved since the page was opened that this comes from."""

    code = "matters.saved_since"
    sentence = "这张表刚才在别处存过，这一次没有存。"
    next_step = "请刷新页面，看过新的再接着填。"


class WrittenSince(Refusal):
    """The open step was written down since the page was opened that this comes from."""

    code = "matters.written_since"
    sentence = "这一步刚才已经记过一次，这一次没有再记。"
    next_step = "请看看记下的对不对；还要再记，就再交一次。"


class NothingToRepeat(Refusal):
    """Nothing of the older case holds today, or all is filled in already."""

    code = "matters.nothing_to_repeat"
    sentence = "上次的{number}里，没有还能照抄到这张表上的。"
    next_step = "请照常填；已经填好的都还在。"


class BadField(Refusal):
    """A value can't stand in its field."""

    code = "matters.bad_field"
    sentence = "{what}。"
    next_step = "改好再存，其他已填的都还在。"


class BadPayeeLine(Refusal):
    """A payee line can't be right."""

    code = "matters.bad_payee_line"
    sentence = "第{line}行不对：{what}。"
    next_step = "请改这一行，其他行不用动。"


class FormIncomplete(Refusal):
    """Required fields are empty."""

    code = "matters.form_incomplete"
    sentence = "还差{count}处没填：{labels}。"
    next_step = "填好这几处就能提交。"


class PapersMissing(Refusal):
    """Required evidence does not hang on the case."""

    code = "matters.papers_missing"
    sentence = "还缺凭据：{titles}。"
    next_step = "拍照或选文件传上来，再提交。"


class PayeesUnchecked(Refusal):
    """The bank has not yet confirmed the payees' names and accounts."""

    code = "matters.payees_unchecked"
    sentence = "还有{count}个收款账户没有同银行核对。"
    next_step = "请先点“核对收款人”，银行答复后再办。"


class PayeeMismatch(Refusal):
    """The bank knows the account under another name, or not at all."""

    code = "matters.payee_mismatch"
    sentence = "第{line}行不能付。{found}。"
    next_step = "请改成收款人本人的账户，再核对一次。"


class DecisionNeeded(Refusal):
    """The tier needs a passed decision of a meeting."""

    code = "matters.decision_needed"
    sentence = "这一档要有已通过的会议决议：{why}。"
    next_step = "请在“会议决议”里选一条，没有就先开会表决。"


class Blocked(Refusal):
    """A red-line model hit: the case can't go on."""

    code = "matters.blocked"
    sentence = "{sentence}"
    next_step = "{what_to_do}"


class Held(Refusal):
    """A model holds the case until the named reviewer releases it."""

    code = "matters.held"
    sentence = "这一件暂缓：{sentence}"
    next_step = "等{reviewer}看过、写明理由放行，再接着办。"


class NoOpenStep(Refusal):
    """Nothing of this case waits for this actor."""

    code = "matters.no_open_step"
    sentence = "这一步已经有人办了，或者还没有轮到您。"
    next_step = "请刷新页面，看现在由谁办。"


class StandsAside(Refusal):
    """Nobody approves his own, nor that of his kin."""

    code = "matters.stands_aside"
    sentence = "您是{why}，这一件不能由您审批。"
    next_step = "请点“转给下一位”，由{role}的另一位或上一级来办。"


class DidAnotherStep(Refusal):
    """One person does not do two steps that must be apart."""

    code = "matters.did_another_step"
    sentence = "“{done}”这一步是您办的，“{step}”要换一个人。"
    next_step = "请点“转给下一位”，由另一位或上一级来办。"


class ContentChanged(Refusal):
    """What the actor saw is not what the case holds now."""

    code = "matters.content_changed"
    sentence = "您打开以后，这一件的内容变了。"
    next_step = "请重新打开，看过新的内容再办。"


class ReasonMissing(Refusal):
    """Return and reject need a reason of the list, and words for "other"."""

    code = "matters.reason_missing"
    sentence = "退回或不同意要选一条原因；选“其他”的，要写意见。"
    next_step = "选好原因再点一次。"


class OpinionTooLong(Refusal):
    """The opinion does not fit its column."""

    code = "matters.opinion_too_long"
    sentence = "意见最多{limit}个字，现在{count}个。"
    next_step = "请写短一些，长的材料作附件传。"


class StepHasForm(Refusal):
    """The open step is a form to fill in, not an opinion."""

    code = "matters.step_has_form"
    sentence = "“{step}”这一步要填表，不是签意见。"
    next_step = "请填好这一步的表再交。"


class StepHasNoForm(Refusal):
    """The open step is an opinion, not a form."""

    code = "matters.step_has_no_form"
    sentence = "“{step}”这一步是签意见，没有表要填。"
    next_step = "请看过以后签同意、退回或不同意。"


class NothingRecorded(Refusal):
    """A step was to be ended in which nothing was written down yet."""

    code = "matters.nothing_recorded"
    sentence = "“{step}”还一次都没有记，不能算办完。"
    next_step = "请先记一次，再点办完。"


class NobodyLeft(Refusal):
    """No holder of the role, and nobody in line behind him, may act."""

    code = "matters.nobody_left"
    sentence = "“{step}”这一步没有人能办：{role}都要回避，或者还没有任命。"
    next_step = "请告诉镇农经负责人，先把人定下来。"


class NotYours(Refusal):
    """Only the starter changes, submits or withdraws."""

    code = "matters.not_yours"
    sentence = "这一件是{name}填的，只有本人能改、能撤。"
    next_step = "请联系{name}。"


class TakenAlready(Refusal):
    """A villager takes back what he handed in until the first approval."""

    code = "matters.taken_already"
    sentence = "这一件已经有人批过，网上撤不回了。"
    next_step = "请到村里找文书，当面说明。"


class NotOnline(Refusal):
    """A form from the public door holds what a villager may not say there."""

    code = "matters.not_online"
    sentence = "“{label}”不能这样填：{why}。"
    next_step = "请照页面上有的选；没有合适的，到村里当面办。"


class LineUnconfirmed(Refusal):
    """A corrected account needs the word of the village."""

    code = "matters.line_unconfirmed"
    sentence = "改收款账户要写明村里谁核对过、怎么核对的。"
    next_step = "请同村里核对后写上，例如“报账员吴小芬当面看过存折”。"


class LineNotCorrected(Refusal):
    """The account is still the one that failed."""

    code = "matters.line_not_corrected"
    sentence = "第{line}行还是银行退回的那个账户。"
    next_step = "请先改好账户，再办这一步。"


class DelegationDates(Refusal):
    """The days of a delegation are missing, past or too many."""

    code = "matters.delegation_dates"
    sentence = "委托的起止日期不对：最长{days}天，不能已经过去。"
    next_step = "请改日期；要更长就到期再委托一次。"


class DelegationLimit(Refusal):
    """A delegation without an amount."""

    code = "matters.delegation_limit"
    sentence = "委托要写明最多能批多少钱。"
    next_step = "请填一个金额上限。"


class DelegationToSelf(Refusal):
    """From oneself to oneself."""

    code = "matters.delegation_to_self"
    sentence = "不能委托给自己。"
    next_step = "请选另一位。"


class Redelegated(Refusal):
    """A stand-in passes nothing on; two do not stand in for each other."""

    code = "matters.redelegated"
    sentence = "受托的事不能再委托出去，也不能互相委托。"
    next_step = "请由原来的委托人另选一位。"


class DelegatedTwice(Refusal):
    """The same post is already delegated on some of these days."""

    code = "matters.delegated_twice"
    sentence = "这个职务到{until}已经委托出去了。"
    next_step = "请先收回原来的委托。"


class DelegationPost(Refusal):
    """Giver or taker does not hold the post it needs."""

    code = "matters.delegation_post"
    sentence = "{why}。"
    next_step = "请选一位职级相当、没有回避关系的人。"
