"""Refusals of the room."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class ObjectionEmpty(Refusal):
    """An objection that names no reason."""

    code = "insight.objection_empty"
    sentence = "还没有写哪里不对。"
    next_step = "请写清哪一项、哪一行不对，应该是多少。"


class ObjectionLate(Refusal):
    """The days in which a score may be questioned are over."""

    code = "insight.objection_late"
    sentence = "这个月的分已经过了提异议的日子（{until}）。"
    next_step = "请对这个月的分提异议；旧账错了，请走更正。"


class ObjectionOpen(Refusal):
    """One objection at a time to a figure."""

    code = "insight.objection_open"
    sentence = "这一项已经有一条异议在等答复。"
    next_step = "请等答复，或者把要补充的话告诉镇党建办。"


class ObjectionAnswered(Refusal):
    """An objection is answered once."""

    code = "insight.objection_answered"
    sentence = "这条异议已经答复过了。"
    next_step = "请刷新页面看答复。"


class OwnObjection(Refusal):
    """Who objects does not answer."""

    code = "insight.own_objection"
    sentence = "不能答复自己提的异议。"
    next_step = "请由另一位镇党建办人员答复。"


class AnswerEmpty(Refusal):
    """An answer without words."""

    code = "insight.answer_empty"
    sentence = "还没有写答复。"
    next_step = "请写清查了什么、改不改、为什么。"


class StepNone(Refusal):
    """Nothing follows from this flag."""

    code = "insight.step_none"
    sentence = "这面旗不用谈话，也不上名单。"
    next_step = "连续两个月黄旗才谈话，三个月才上县里的名单。"


class StepDone(Refusal):
    """The talk, or the listing, is noted once."""

    code = "insight.step_done"
    sentence = "这件事已经记过了。"
    next_step = "请刷新页面看。"


class StepWords(Refusal):
    """A talk without a word of what was said."""

    code = "insight.step_words"
    sentence = "还没有写办了什么。"
    next_step = "请写清和谁谈的、谈了什么、定了什么。"


class SettingsWrong(Refusal):
    """Weights or ends that no index can have."""

    code = "insight.settings_wrong"
    sentence = "{what}"
    next_step = "请改了再试算。"


class ChangeSame(Refusal):
    """A change that changes nothing."""

    code = "insight.change_same"
    sentence = "和现在的算法一样，没有改动。"
    next_step = "请先改权重或者得分的起止点，试算过再提请。"


class ChangeDate(Refusal):
    """A version begins on the first day of a month to come, after the last one."""

    code = "insight.change_date"
    sentence = "新算法只能从以后某个月的1日起用，也不能早过已经定好的版本。"
    next_step = "请选下个月或者更后面的1日。"


class ChangeReason(Refusal):
    """A change or a decision without a reason or a source."""

    code = "insight.change_reason"
    sentence = "还没有写理由和依据。"
    next_step = "请写清为什么改、按哪个文件改；审的写清同意或者不同意的理由。"


class ChangeOpen(Refusal):
    """One change of an index at a time."""

    code = "insight.change_open"
    sentence = "这个指数已经有一个新算法在等第二人审。"
    next_step = "请等审完再提。"


class ChangeDecided(Refusal):
    """A change is decided once."""

    code = "insight.change_decided"
    sentence = "这个新算法已经审过了。"
    next_step = "请刷新页面看。"


class OwnChange(Refusal):
    """Who made a change does not approve it."""

    code = "insight.own_change"
    sentence = "不能审自己提的新算法。"
    next_step = "请由另一个人审。"


class CockpitAsked(Refusal):
    """Figures of now are already asked for."""

    code = "insight.cockpit_asked"
    sentence = "已经在重算了。"
    next_step = "请过十来分钟再看。"


class ReportUnknown(Refusal):
    """No template of this code."""

    code = "insight.report_unknown"
    sentence = "没有“{report}”这种报告。"
    next_step = "请从能做的报告里选一种。"


class ReportNotForPlace(Refusal):
    """A template is made for places of another level."""

    code = "insight.report_not_for_place"
    sentence = "{title}不是给{place}这一级做的。"
    next_step = "请换一个地方，或者换一种报告。"


class ReportPeriodUnknown(Refusal):
    """A period that is none of the template's kind."""

    code = "insight.report_period_unknown"
    sentence = "“{period}”不是这种报告的期间，要写成{form}这样。"
    next_step = "请改了再来。"


class ReportPeriodOpen(Refusal):
    """The period lies ahead, or is not over yet."""

    code = "insight.report_period_open"
    sentence = "{period}还没有过完，现在做不了。"
    next_step = "最近能做的是{newest}。"


class ReportPeriodGone(Refusal):
    """A report of how things stand can only be made of today."""

    code = "insight.report_period_gone"
    sentence = "这种报告说的是当天的样子，做不了{period}的。"
    next_step = "请做今天的。"


class ReportWithoutData(Refusal):
    """The record holds nothing of the place up to the period's end."""

    code = "insight.report_without_data"
    sentence = "{place}到{period}还没有数，做不出报告。"
    next_step = "请等有了账和办件再做，或者换一个期间。"


class ReportOpen(Refusal):
    """The same report is already being made, or waits to be looked at or issued."""

    code = "insight.report_open"
    sentence = "{place}{period}的{title}已经有一份{state}的。"
    next_step = "请先把那一份办完。"


class ReportIssued(Refusal):
    """The report is issued and stays as it is."""

    code = "insight.report_issued"
    sentence = "{place}{period}的{title}已经签发，不能改。"
    next_step = "数变了，请重出一份，新的一份会写明改了什么。"


class ReportUnchanged(Refusal):
    """Nothing differs from what was issued."""

    code = "insight.report_unchanged"
    sentence = "和已经签发的那一份比，没有一个数变了。"
    next_step = "不用重出。"


class ReportNotReady(Refusal):
    """A step that is not the report's next one."""

    code = "insight.report_not_ready"
    sentence = "这份报告现在是“{state}”，不能{step}。"
    next_step = "请刷新页面，看现在该办哪一步。"


class ReportRemarkLong(Refusal):
    """A remark beyond what fits on the first page."""

    code = "insight.report_remark_long"
    sentence = "附言有{count}个字，最多{most}个字。"
    next_step = "请写短一些。"


class ReportForeign(Refusal):
    """The figures of a draft are not those of its digest."""

    code = "insight.report_foreign"
    sentence = "这份报告的数和做的时候不一样，不能签发。"
    next_step = "请退回重做，并告诉平台管理员。"


class MapTooLarge(Refusal):
    """A file of boundaries that is too large."""

    code = "insight.map_too_large"
    sentence = "地图文件有{size}MB，最多{most}MB。"
    next_step = "请先简化界线，再装。"


class MapBroken(Refusal):
    """A file of boundaries that is none, or a place in it that cannot be drawn."""

    code = "insight.map_broken"
    sentence = "地图文件用不了，{where}：{why}。"
    next_step = "改好文件再装；原来的地图没有动。"


class MapCodeUnknown(Refusal):
    """A boundary of a place that is not here."""

    code = "insight.map_code_unknown"
    sentence = "地图文件{where}的区划代码{code_told}，这里没有这个地方。"
    next_step = "核对代码，或者去掉这一处；原来的地图没有动。"


class MapRingOpen(Refusal):
    """A ring whose last point is not its first."""

    code = "insight.map_ring_open"
    sentence = "地图文件{where}的界线没有合上：最后一个点要和第一个点一样，至少4个点。"
    next_step = "改好文件再装；原来的地图没有动。"
