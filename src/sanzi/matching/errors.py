"""Refusals of the room: why nothing was matched. What stood before stands as it was."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class NotTakingPart(Refusal):
    """This installation has no file that says where the service is and who takes part."""

    code = "matching.not_taking_part"
    sentence = "这里没有参加跨县比对。"
    next_step = "要参加的，请管理员照 docs/how-to/match-across-counties.md 设好 SANZI_MATCHING。"


class BadSetting(Refusal):
    """The file of participants, the file of purposes, or a key cannot be used."""

    code = "matching.bad_setting"
    sentence = "跨县比对的设置不能用：{why}。"
    next_step = "照 docs/how-to/match-across-counties.md 改好再运行。"


class UnknownPurpose(Refusal):
    """Nobody may match for this purpose."""

    code = "matching.unknown_purpose"
    sentence = "没有“{purpose}”这个比对用途。"
    next_step = "能比对的用途在 data/matching/purposes.yaml 里，各有法律依据。"


class PeriodClosed(Refusal):
    """A period that has not ended, or whose key is destroyed."""

    code = "matching.period_closed"
    sentence = "{purpose}的{period}这一期现在不能比对。"
    next_step = "一期结束以后、期限以前才能比对；过了期限密钥就销毁了。"


class ServiceDown(Refusal):
    """The service does not answer, or too late, or with half an answer. Nothing was matched."""

    code = "matching.service_down"
    sentence = "省里的比对服务没有答上来：{why}。这一期留着，下次再送。"
    next_step = "请等下一次自动运行；一直不通，请问省里的管理员。"


class AnswerForged(Refusal):
    """An answer that the service did not sign, or that was given to another question."""

    code = "matching.answer_forged"
    sentence = "收到的回答不是比对服务签的，没有采用。"
    next_step = "请管理员查网络上有没有人动过，并和省里核对服务的公钥。"


class ServiceRefused(Refusal):
    """The service said no. `why` is its word."""

    code = "matching.service_refused"
    sentence = "省里的比对服务没有接受：{why}。"
    next_step = "照这个原因处理；不明白的问省里的管理员。"


class AnswerWrong(Refusal):
    """An answer that is signed and cannot be: pairs of places that were not sent."""

    code = "matching.answer_wrong"
    sentence = "比对服务的回答和送去的对不上：{why}，没有采用。"
    next_step = "请把这一期的记录给省里的管理员看。"


class TooManyValues(Refusal):
    """More values than the purpose allows in a period."""

    code = "matching.too_many_values"
    sentence = "{purpose}这一期有{count}个值，最多{most}个，没有送。"
    next_step = "请核对数据；确实多的，请省里改用途里的上限。"
