"""Refusals of decisions and meetings, each with what was found and the next step."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class BadDecision(Refusal):
    """Something in the plan of a decision can't be right."""

    code = "matters.bad_decision"
    sentence = "{what}。"
    next_step = "请改好再存，其他已填的都还在。"


class LawForbids(Refusal):
    """The statute table says no; the sentence names the article."""

    code = "matters.law_forbids"
    sentence = "按规定不能这样办。{article}：{why}"
    next_step = "请照这一条改，再办。"


class DecisionOver(Refusal):
    """The decision has its outcome; nothing before it changes any more."""

    code = "matters.decision_over"
    sentence = "“{title}”已经有结果：{outcome}。"
    next_step = "要改就另开一次会，重新表决。"


class StepNotThere(Refusal):
    """The procedure has no such step, or it is not a meeting or not a publication."""

    code = "matters.step_not_there"
    sentence = "“{procedure}”在这里没有“{step}”这一步。"
    next_step = "请照决策页上列的步骤办。"


class StepOutOfOrder(Refusal):
    """An earlier step has not been done."""

    code = "matters.step_out_of_order"
    sentence = "“{before}”还没有做，不能先做“{step}”。"
    next_step = "请先做“{before}”。"


class StepDone(Refusal):
    """The step has been done and counted."""

    code = "matters.step_done"
    sentence = "“{step}”已经做过了。"
    next_step = "请看决策页上的结果。"


class NoNoticeNow(Refusal):
    """The hour of the meeting is past or further away than a year."""

    code = "matters.meeting_hour"
    sentence = "开会时间要在今后一年里。"
    next_step = "请改开会时间。"


class RollNotOpen(Refusal):
    """The roll is not open: too early, not opened, or the votes are counted."""

    code = "matters.roll_not_open"
    sentence = "{why}。"
    next_step = "请找会上管签到的人。"


class NotOfBody(Refusal):
    """The person is not among those due at this meeting."""

    code = "matters.not_of_body"
    sentence = "{name}不在{body}的名册上。"
    next_step = "请核对身份；名册有错，先到任职或成员登记里改。"


class TermEnded(Refusal):
    """The person's term has ended by the day of the meeting."""

    code = "matters.term_ended"
    sentence = "{name}的任期在开会那天已经满了，不能作为{body}的人签到。"
    next_step = "连任的，请先登记新的任期。"


class PresenceNotAllowed(Refusal):
    """This body's law knows no online presence or no proxy, or not this proxy."""

    code = "matters.presence_not_allowed"
    sentence = "{why}。"
    next_step = "请本人到会，或照章程办。"


class SignedAlready(Refusal):
    """The person is on the roll."""

    code = "matters.signed_already"
    sentence = "{name}已经签到了。"
    next_step = "不用再签。"


class NotSigned(Refusal):
    """The person is not on the roll."""

    code = "matters.not_signed"
    sentence = "{name}没有签到。"
    next_step = "请刷新名册再看。"


class SignInWrong(Refusal):
    """Code, name and phone do not fit together; which of them is not said."""

    code = "matters.sign_in_wrong"
    sentence = "会场码、姓名和手机号对不上名册。"
    next_step = "请核对屏幕上的会场码；手机号用村里登记的那个，不行就到签到台签字。"


class SignInTooOften(Refusal):
    """Too many wrong tries at this meeting."""

    code = "matters.sign_in_too_often"
    sentence = "输错的次数太多，手机签到先停{minutes}分钟。"
    next_step = "请到签到台签字。"


class VotesDoNotAdd(Refusal):
    """More votes than voters, or none at all."""

    code = "matters.votes_do_not_add"
    sentence = "票数不对：能投票的有{voters}人，填了{votes}票。"
    next_step = "请重新点票。"


class MinutesMissing(Refusal):
    """No minutes hang on the meeting."""

    code = "matters.minutes_missing"
    sentence = "还没有传会议记录。"
    next_step = "请把会议记录拍照或扫描传上来，再存档。"


class MeetingNotHeld(Refusal):
    """The meeting of this step has not been counted yet."""

    code = "matters.meeting_not_held"
    sentence = "“{step}”的会还没有开完、点完票。"
    next_step = "请打开决策页发通知、签到、点票，点完再回来。"


class VoteFails(Refusal):
    """The vote was counted and does not stand; the sentence names the article."""

    code = "matters.vote_fails"
    sentence = "“{title}”的表决不成立，这件事办不下去。{article}"
    next_step = "请发起人撤回这一件；还要办的，重新提议、重新表决。"


class PublicityDays(Refusal):
    """A publication ends before it began or runs too long."""

    code = "matters.publicity_days"
    sentence = "公示要从今天算起，最长一年。"
    next_step = "请改截止日期。"
