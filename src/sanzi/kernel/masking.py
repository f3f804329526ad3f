"""Masks for names and numbers on screens and in publications.

A mask never grows longer than its secret and never shows all of it. Firms are not masked: callers
do not send them here.
"""

from sanzi.kernel.typed import compact

_COMPOUND_SURNAMES = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 "
    "公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 "
    "壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 "
    "东门 西门 第五".split()
)
_TAIL = 4
_SHORT_NAME = 2


def name(full: str) -> str:
    """Return "张*三" for "张老三", "张*" for two characters; compound surnames are kept.

    Dots in names such as "买买提·艾力" stay.
    """
    text = full.strip()
    if len(text) < _SHORT_NAME:
        return "*" * len(text)
    compound = len(text) > _SHORT_NAME and text[:2] in _COMPOUND_SURNAMES
    surname = text[: 2 if compound else 1]
    given = text[len(surname) :]
    if len(given) == 1:
        return surname + "*"
    stars = "".join("·" if figure in "·•" else "*" for figure in given[:-1])
    return surname + stars + given[-1]


def resident_id(number: str) -> str:
    """Return "330***********2330"."""
    return _middle(compact(number), head=3)


def account(number: str) -> str:
    """Return "6228***********0018"."""
    return _middle(compact(number), head=4)


def account_tail(number: str) -> str:
    """Return the last four figures, all that a text message may show."""
    text = compact(number)
    return text[-_TAIL:] if len(text) > _TAIL else "*" * len(text)


def phone(number: str) -> str:
    """Return "138****1234"."""
    return _middle(compact(number), head=3)


def _middle(text: str, *, head: int) -> str:
    if len(text) <= _TAIL:
        return "*" * len(text)
    if len(text) < head + 2 * _TAIL:
        head = 0
    return text[:head] + "*" * (len(text) - head - _TAIL) + text[-_TAIL:]
