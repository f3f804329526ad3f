"""What is wrong with a chart or template, in Chinese, for the officers who change them.

The files of a standard speak English to those who write them (`BadStandard`); a county's officer
reads a sentence. A problem without one is told by its key alone.
"""

from __future__ import annotations

import re
from typing import Final

UNKNOWN: Final = "这里写得不对"
_SENTENCES: Final = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"must be a mapping", "要写成一项一项的“名称: 内容”"),
        (r"unknown key; expected (.*)", "没有这一项，能写的是：{0}"),
        (r"must be text, in quotes if it is a number", "要写文字；是数字的，两边加引号"),
        (r"must not be empty", "不能空着"),
        (r"is (.*); must be one of (.*)", "写的是{0}，只能是其中一个：{1}"),
        (r"must be true or false", "只能写 true 或 false"),
        (r"must be a day such as (.*)", "要写日期，像{0}"),
        (
            r"must be a list of texts, in quotes if they are numbers",
            "要写成一列文字；数字两边加引号",
        ),
        (r"must be a list", "要写成一列，每行前面一个“- ”"),
        (r"is no YAML: .*", "格式读不懂，请看缩进和冒号后的空格"),
        (r"the file is missing", "没有这个文件"),
        (r"must read noun\.past_tense", "规则编号要像 payment.settled 这样写"),
        (r"must have both sides", "要有借方，也要有贷方"),
        (r"must be another one than the maker", "核准的人不能是制定的人"),
        (r"(.*) must be a code or one \{field\}", "{0}要写科目编号，或一个{{字段}}"),
        (r"goes with an account that is a \{field\}", "科目写{{字段}}的才写这一项，而且必须写"),
        (r"must be one \{field\} whose name ends in _fen", "金额要写一个以 _fen 结尾的{{字段}}"),
        (r"an each line takes the item's own", "逐项的分录用各项自己的对象，不用写这一项"),
        (r".*: cannot be booked: (.*)", "用样例试记，没有记成：{0}"),
        (r"[^:]*: (\S+) is no lowest account", "科目{0}不是最末级科目，或者没有开"),
        (r"[^:]*: (\S+) wants one of (.*)", "科目{0}要写明核算对象：{1}"),
        (
            r"[^:]*: books debit (\d+) fen and credit (\d+) fen",
            "样例记出来借贷不平：借{0}分，贷{1}分",
        ),
        (r"[^:]*: no account of within is open", "within 里的科目一个都没有开"),
        (r"[^:]*: no account (\S+)", "没有科目{0}"),
        (r"[^:]*: account (\S+) has details; name one of them", "科目{0}有明细，要写到明细"),
        (r"(.*) is already taken by (.*)", "{0}已经由规则{1}来记"),
        (r"(\S+) is there twice", "{0}已经有了"),
        (r"must stay (.*); (\S+) is the standard's own", "{1}是制度里的科目，这一项只能是{0}"),
        (r"(\S+) must be \d.*", "编号{0}的位数不对"),
        (r"must be of (.*)", "只能是：{0}"),
        (r"(\S+) has no account (\S+) above it", "科目{0}的上一级{1}还没有"),
        (r"is inherited from the first level", "随一级科目，不用写"),
    )
)
_CHINESE: Final = re.compile(r"[一-鿿]")


def in_chinese(problem: str) -> str:
    """Return a problem as a sentence without its full stop; Chinese stays as it is."""
    for pattern, said in _SENTENCES:
        found = pattern.fullmatch(problem)
        if found:
            return said.format(*found.groups())
    return problem if _CHINESE.search(problem) else UNKNOWN
