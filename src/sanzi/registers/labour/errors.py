"""Refusals about village labour: requests, rosters, photos, declarations, rates."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class RequestWrong(Refusal):
    """A field of the request is not what it may be."""

    code = "labour.request_wrong"
    sentence = "{field}不对：{why}。"
    next_step = "请改这一处，再交一次。"


class StartedBefore(Refusal):
    """Work began before it was asked for (AL001)."""

    code = "labour.started_before"
    sentence = "{when}开工，比{what}早。先申请、批了再开工。"
    next_step = "请改开工时间；抢险先干的，勾上“抢险”，{hours}小时内补申请。"


class CheckerIsDispatcher(Refusal):
    """The person who checks is not the one who dispatches."""

    code = "labour.checker_is_dispatcher"
    sentence = "派工的和核对的是同一个人。"
    next_step = "请换一位核对人。"


class PostMissing(Refusal):
    """A named officer holds no post that lets him do this in the village."""

    code = "labour.post_missing"
    sentence = "{name}在这个村没有{what}的职务。"
    next_step = "请选村里有这个职务的人。"


class RateOver(Refusal):
    """The rate is above the rate card (AL006)."""

    code = "labour.rate_over"
    sentence = "单价{rate}元，比{title}标准{limit}元高。"
    next_step = "请按标准填；标准要改，由镇农经负责人改单价表。"


class RateUnknown(Refusal):
    """No rate card names this work on that day."""

    code = "labour.rate_unknown"
    sentence = "单价表里没有{day}能用的这一档。"
    next_step = "请另选一档，或请镇农经负责人把标准登记上。"


class NotOpen(Refusal):
    """The request is not at the stage where this may be done."""

    code = "labour.not_open"
    sentence = "这件用工现在是“{state}”，不能{verb}。"
    next_step = "请看这一件走到哪一步了。"


class DayOutside(Refusal):
    """The day lies outside of the days that were asked for."""

    code = "labour.day_outside"
    sentence = "{day}不在申请的{first}到{last}之内。"
    next_step = "请核对日期；要延长的，另交一件申请。"


class DayLate(Refusal):
    """A day is entered and confirmed on the day itself, or with a reason on the next."""

    code = "labour.day_late"
    sentence = "{day}的{what}要当天办，第二天补要写原因，再晚就补不了。"
    next_step = "{advice}"


class PhotoFirst(Refusal):
    """A day starts with a photo."""

    code = "labour.photo_first"
    sentence = "{day}还没有{phase}的照片。"
    next_step = "请先在现场拍一张。"


class PhotoWrong(Refusal):
    """What was sent is no photo of the site."""

    code = "labour.photo_wrong"
    sentence = "这张照片收不了：{why}。"
    next_step = "请用手机在现场拍一张照片再传。"


class RosterEmpty(Refusal):
    """A roster names at least one person."""

    code = "labour.roster_empty"
    sentence = "名单上一个人也没有。"
    next_step = "请勾上今天来的人。"


class RosterTooLong(Refusal):
    """More people than one roster takes."""

    code = "labour.roster_too_long"
    sentence = "一天最多记{limit}人，名单上有{count}人。"
    next_step = "请分成两件用工来办。"


class PersonTwice(Refusal):
    """One person stands on the roster twice for the same hours."""

    code = "labour.person_twice"
    sentence = "{name}在{day}的名单上有两次。"
    next_step = "请去掉一行，或者把时间改开。"


class PersonUnfit(Refusal):
    """The person may not be on this roster (AL003, AL009)."""

    code = "labour.person_unfit"
    sentence = "{name}不能上名单：{why}。"
    next_step = "{advice}"


class HoursWrong(Refusal):
    """The hours of a row are not possible."""

    code = "labour.hours_wrong"
    sentence = "{name}的工时不对：{why}。"
    next_step = "请改成真实的起止时间和工时。"


class PiecesWrong(Refusal):
    """What was made is not told, though it is paid by the piece; or told though it is not."""

    code = "labour.pieces_wrong"
    sentence = "{name}的件数不对：{why}。"
    next_step = "请照实际做的写。"


class Overlap(Refusal):
    """The person worked elsewhere at the same time (AL005)."""

    code = "labour.overlap"
    sentence = "{name}{day}{hours}已经在{place}记了工，时间重了。"
    next_step = "请核对时间；那边记错的，请那边先改。"


class DispatcherPaid(Refusal):
    """A dispatcher or checker is not paid on his own request."""

    code = "labour.dispatcher_paid"
    sentence = "{name}是这件用工的{duty}，不能给自己记工。"
    next_step = "请去掉这一行。"


class NotSigned(Refusal):
    """The worker has not confirmed his row."""

    code = "labour.not_signed"
    sentence = "{day}还有{count}人没有签字。"
    next_step = "请让本人在手机上点名字签，或拍一张签到单。"


class NotChecked(Refusal):
    """A day is confirmed by its checker before wages are declared."""

    code = "labour.not_checked"
    sentence = "{day}的名单还没有人核对。"
    next_step = "请核对人{name}先核对这一天。"


class DayLocked(Refusal):
    """A checked day is not changed any more."""

    code = "labour.day_locked"
    sentence = "{day}的名单已经核对过，改不了。"
    next_step = "请在申报前由核对人退回这一天，再改。"


class NothingDone(Refusal):
    """Wages are declared for work that was done."""

    code = "labour.nothing_done"
    sentence = "这件用工一天也没有记。"
    next_step = "请先记工，再申报。"


class DeclarationHeld(Refusal):
    """The declaration waits for a reviewer (AL002, AL007, AL008)."""

    code = "labour.declaration_held"
    sentence = "这份申报暂缓：{why}"
    next_step = "请镇分管领导看过、写明理由放行，再往下办。"


class ReasonNeeded(Refusal):
    """A release or a return has its reason."""

    code = "labour.reason_needed"
    sentence = "{verb}要写理由，至少4个字。"
    next_step = "请写明为什么。"


class DeclarerAccepts(Refusal):
    """Who dispatched or declared does not accept."""

    code = "labour.declarer_accepts"
    sentence = "派工、申报的人不能自己验收。"
    next_step = "请村监会主任来验收。"


class PublicityRuns(Refusal):
    """Wages are paid after the roll was shown for its days."""

    code = "labour.publicity_runs"
    sentence = "工资名单要公示到{day}，现在还不能付。"
    next_step = "请公示满了再付款。"


class WagesDiffer(Refusal):
    """Wages are paid as they were accepted, whole."""

    code = "labour.wages_differ"
    sentence = "要付{asked}元，验收的工资是{total}元，对不上。"
    next_step = "请照工资名单付，一分不多一分不少。"


class WagesPaid(Refusal):
    """Wages are paid once."""

    code = "labour.wages_paid"
    sentence = "这件用工的工资已经付过，或正在付。"
    next_step = "银行退回的，请在原来那件付款里改好账户再付。"


class NoAccount(Refusal):
    """A worker has no bank account of his own that is registered."""

    code = "labour.no_account"
    sentence = "{name}没有登记本人的银行账户，工资付不出去。"
    next_step = "请先给本人登记账户，工资只付到本人账户。"


class ListWrong(Refusal):
    """An entry of the labour list or the rate card cannot be kept."""

    code = "labour.list_wrong"
    sentence = "登记不了：{why}。"
    next_step = "请核对后再登记。"
