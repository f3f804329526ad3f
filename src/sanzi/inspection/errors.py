"""Refusals of the room: what cannot be ordered, drawn, found, put right, verified, closed."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class InspectionWrong(Refusal):
    """Something in the order of an inspection cannot be right."""

    code = "inspection.wrong"
    sentence = "{what}不对：{why}。"
    next_step = "请改好再交一次。"


class TooFewInspectors(Refusal):
    """Nobody inspects alone."""

    code = "inspection.too_few_inspectors"
    sentence = "{village}只派了{count}个人，至少要{least}个人一起去。"
    next_step = "请再选一位检查人。"


class InspectorMayNot(Refusal):
    """Somebody was named who has no post that inspects there."""

    code = "inspection.inspector_may_not"
    sentence = "{name}没有在{village}做检查的职责。"
    next_step = "请换一位纪委、农经或财政的人。"


class InspectorTooNear(Refusal):
    """Own village or near kin there: he stands aside. Which of the two is not told."""

    code = "inspection.inspector_too_near"
    sentence = "{name}和{village}有关系，要回避。"
    next_step = "请换一位和这个村没有关系的人。"


class DrawnAlready(Refusal):
    """A draw is made once: nobody draws until he likes what he sees."""

    code = "inspection.drawn_already"
    sentence = "{village}已经抽过了，不能再抽。"
    next_step = "想多看几件，可以在检查里直接记问题。"


class NotDrawn(Refusal):
    """Findings and the end of a task need a draw."""

    code = "inspection.not_drawn"
    sentence = "{village}还没有抽件。"
    next_step = "请先抽件，再到村里看。"


class NotYourTask(Refusal):
    """Only the inspectors who were named write in a task."""

    code = "inspection.not_your_task"
    sentence = "{village}这次不是派您去查。"
    next_step = "请让派去的人来记。"


class InspectionClosed(Refusal):
    """What is closed is not written into."""

    code = "inspection.closed"
    sentence = "这次检查已经办结，不能再改。"
    next_step = "还有问题的，请另发一次检查。"


class TaskFinished(Refusal):
    """The village was looked at to the end."""

    code = "inspection.task_finished"
    sentence = "{village}已经查完交上去了，不能再记。"
    next_step = "要补的，请发起检查的人退回这个村。"


class TaskNotFinished(Refusal):
    """Some of what was drawn was not looked at, or only by one."""

    code = "inspection.task_not_finished"
    sentence = "{village}还有{count}件抽到的没有看。"
    next_step = "请一件一件看完再交。"


class UnknownForm(Refusal):
    """The checklist knows no such form, or it is not among the fields of this inspection."""

    code = "inspection.unknown_form"
    sentence = "清单里没有“{form}”这种问题，或者这次不查这一类。"
    next_step = "请从清单里选一种。"


class AmountWrong(Refusal):
    """A sum that cannot be."""

    code = "inspection.amount_wrong"
    sentence = "涉及金额不对：{why}。"
    next_step = "没有涉及钱的就填0。"


class EvidenceMissing(Refusal):
    """A finding, and an answer to it, stand on a file."""

    code = "inspection.evidence_missing"
    sentence = "{what}要有照片或材料，一份也没有。"
    next_step = "请拍一张照片或附上材料。"


class EvidenceTooMany(Refusal):
    """More files than the county takes at once."""

    code = "inspection.evidence_too_many"
    sentence = "一次最多{most}份材料。"
    next_step = "请先交最要紧的。"


class WordsTooShort(Refusal):
    """What was seen, done or meant is told in words."""

    code = "inspection.words_too_short"
    sentence = "{what}至少写{least}个字。"
    next_step = "请写清谁、什么时候、怎么回事。"


class RowNotThere(Refusal):
    """A row was named that is not in this village."""

    code = "inspection.row_not_there"
    sentence = "{village}没有“{ref}”这一件。"
    next_step = "请核对办件号。"


class FindingNotNow(Refusal):
    """A finding stands elsewhere."""

    code = "inspection.finding_not_now"
    sentence = "这个问题现在是“{state}”，不能{verb}。"
    next_step = "请看看它办到哪一步。"


class VerifyOwn(Refusal):
    """Who found it, who answered, and the village's own do not verify."""

    code = "inspection.verify_own"
    sentence = "{why}，不能由您核对。"
    next_step = "请换一位检查人核对。"


class CloseNotYet(Refusal):
    """Something is open."""

    code = "inspection.close_not_yet"
    sentence = "还不能办结：{why}。"
    next_step = "请先办完这些。"


class LeadNotNow(Refusal):
    """A lead stands elsewhere, or was handed over before."""

    code = "inspection.lead_not_now"
    sentence = "这条线索{why}。"
    next_step = "请看看它办到哪一步。"


class LeadOwn(Refusal):
    """Who is named in a lead, and his kin, have nothing to do with it."""

    code = "inspection.lead_own"
    sentence = "这里不能写您自己或您的亲属。"
    next_step = "请让另一位检查人来移交。"


class OutcomeWrong(Refusal):
    """What came of it cannot be noted so."""

    code = "inspection.outcome_wrong"
    sentence = "处理结果不对：{why}。"
    next_step = "请改好再记。"
