"""Refusals about questions over the record: the form, the answer, what is kept."""

from __future__ import annotations

from sanzi.kernel.refusals import Refusal


class PeriodWrong(Refusal):
    """The days of a question are missing, upside down or too many."""

    code = "insight.question_period"
    sentence = "日子不对：{what}"
    next_step = "请改好日子再问。"


class FormWrong(Refusal):
    """Something in a form is none of what may be chosen."""

    code = "insight.question_form"
    sentence = "这样问不成：{what}"
    next_step = "请从页面上列出的里面选。"


class AmountWrong(Refusal):
    """The range of amounts is no range."""

    code = "insight.question_amount"
    sentence = "金额不对：{what}"
    next_step = "请写元，最多两位小数，小的在前。"


class TooMuchToRead(Refusal):
    """A table holds more rows than an answer may read: no figure over a part of them."""

    code = "insight.question_too_much"
    sentence = "这里的{what}超过{most}行，不能一次算完。"
    next_step = "请选小一点的地方。"


class TooManyGroups(Refusal):
    """The answer has too many lines to be put in order."""

    code = "insight.question_too_many_lines"
    sentence = "分出来超过{most}行，排不出先后。"
    next_step = "请少分一层，或者先挑出要看的。"


class TookTooLong(Refusal):
    """The statement ran out of time or memory."""

    code = "insight.question_too_long"
    sentence = "算了{seconds}秒还没算完，已经停了。"
    next_step = "请选小一点的地方，或者短一点的日子。"


class AskBusy(Refusal):
    """Others ask at this moment."""

    code = "insight.question_busy"
    sentence = "现在有{count}个人在算，请等一下。"
    next_step = "请过十几秒再问。"


class FewPeople(Refusal):
    """Rows about people are not opened to who sees no names."""

    code = "insight.question_few_people"
    sentence = "这是关于个人的数，您的职务看得到合计，看不到一行一行的。"
    next_step = "要核对的，请找看得到姓名的同事。"


class QuestionWords(Refusal):
    """A question that is to be kept has no name, or too many words."""

    code = "insight.question_words"
    sentence = "还不能存：{what}"
    next_step = "请补好再存。"


class TooManyQuestions(Refusal):
    """An officer keeps so many questions at most."""

    code = "insight.question_too_many"
    sentence = "您已经存了{most}个问题。"
    next_step = "请先删掉不用的。"
