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
