"""Refusals about parameters: values out of range, periods that do not fit, who decides."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class BadParameterValue(Refusal):
    """The value is not one that this parameter may have."""

    code = "supervision.bad_parameter_value"
    sentence = "“{meaning}”不能定成这个值：{why}。"
    next_step = "请照后面写的范围再填一次，什么都没有改动。"


class SourceMissing(Refusal):
    """A value names the paper it stands on."""

    code = "supervision.source_missing"
    sentence = "没有写依据。"
    next_step = "请写明是哪一份文件、哪一次会议定的。"


class SameValue(Refusal):
    """The value is the one in force already."""

    code = "supervision.same_value"
    sentence = "“{meaning}”在{place}从那天起本来就是{value}。"
    next_step = "不用再提。"


class NotForTownship(Refusal):
    """The model file does not let a town set this parameter for itself."""

    code = "supervision.not_for_township"
    sentence = "“{meaning}”要全县一个样，乡镇不能另定。"
    next_step = "请由县里提。"


class NotAPlace(Refusal):
    """A parameter is set for a county or a town."""

    code = "supervision.not_a_place"
    sentence = "参数只能给一个县或者一个乡镇定，{place}不是。"
    next_step = "请选县或者乡镇。"


class PeriodPast(Refusal):
    """The first day is past, or the last one is before the first."""

    code = "supervision.period_past"
    sentence = "{why}。已经查过的，还按当时的尺度算。"
    next_step = "请从今天或以后的一天起。"


class PeriodOverlaps(Refusal):
    """Another value holds, or is proposed, for some of these days."""

    code = "supervision.period_overlaps"
    sentence = "{place}的“{meaning}”{days}已经定过或者正等核准，两段日子碰在一起了。"
    next_step = "请换一段日子，或者先把等核准的那条撤回。"


class ChangeDecided(Refusal):
    """The change was approved, rejected or withdrawn before."""

    code = "supervision.change_decided"
    sentence = "这个改动{state}，不能再办。"
    next_step = "请刷新页面看最新的情况。"


class OwnChange(Refusal):
    """Who made a change does not decide on it."""

    code = "supervision.own_change"
    sentence = "这个改动是您提的，不能由您自己核准。"
    next_step = "请县纪委监委的另一位来定。"


class NotYourChange(Refusal):
    """Only who made a change withdraws it."""

    code = "supervision.not_your_change"
    sentence = "这个改动是{who}提的，只有他能撤回。"
    next_step = "不同意，就由核准的人写明原因退掉。"


class NoBackTest(Refusal):
    """Nobody has tried out yet what the change would do."""

    code = "supervision.no_backtest"
    sentence = "还没有试算过近24个月，不知道改了会怎样。"
    next_step = "请先点“试算”，算好了再定。"


class BackTestStale(Refusal):
    """What was tried out is not what would come into force now."""

    code = "supervision.backtest_stale"
    sentence = "试算的结果旧了：{why}。"
    next_step = "请再试算一次，看过结果再定。"


class BackTestRunning(Refusal):
    """One is on its way already."""

    code = "supervision.backtest_running"
    sentence = "这个改动正在试算，等它算完。"
    next_step = "请过一会儿刷新页面。"
