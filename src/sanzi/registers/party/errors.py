"""Refusals of the room: stages, dues, awards."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class StageWrong(Refusal):
    """A stage cannot be reached like this."""

    code = "party.stage_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请核对后再记。"


class TooEarly(Refusal):
    """A stage has a term that has not run."""

    code = "party.too_early"
    sentence = "{what}要满{months}个月，{day}以后才行。"
    next_step = "请继续培养考察，到日子再办。"


class VoteFails(Refusal):
    """The vote of the branch does not carry."""

    code = "party.vote_fails"
    sentence = "支部大会的表决不成立：{why}。"
    next_step = "请重新开会表决，再记这一步。"


class PublicityRuns(Refusal):
    """What is public must hang its days before the next step."""

    code = "party.publicity_runs"
    sentence = "公示要满{days}，{day}以后才能办下一步。"
    next_step = "请到{day}以后再办。"


class RunsAlready(Refusal):
    """Somebody is on his way already, or has arrived."""

    code = "party.runs_already"
    sentence = "{name}{why}。"
    next_step = "请到原来的那一件里接着办。"


class DuesWrong(Refusal):
    """A field of the dues or a fund cannot be right."""

    code = "party.dues_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好这一格再交。"


class DuesLate(Refusal):
    """Dues are paid by a day of the month; what comes later comes with words."""

    code = "party.dues_late"
    sentence = "党费要在{day}日以前收齐，晚了要写明原因。"
    next_step = "请填“晚了的原因”。"


class FundNotPayable(Refusal):
    """Money asked for that no approved request covers."""

    code = "party.fund_not_payable"
    sentence = "这一件{why}，不能付款。"
    next_step = "请核对来源和金额。"


class AwardWrong(Refusal):
    """A field of an award cannot be right."""

    code = "party.award_wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好再交。"


class AwardBarred(Refusal):
    """Somebody with an open question over him is not put forward."""

    code = "party.award_barred"
    sentence = "{name}{why}，现在不能推荐。"
    next_step = "请等办结再报，或推荐别的人；认为不对，请向镇纪委核对。"


class AwardRepeated(Refusal):
    """One deed is rewarded once."""

    code = "party.award_repeated"
    sentence = "{name}因“{event}”{when}已经得过奖励。"
    next_step = "请不要重复报；是另一件事，请把事由写清楚。"
