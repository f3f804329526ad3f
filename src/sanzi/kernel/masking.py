"""Masks for names and numbers on screens and in publications.

A mask never grows longer than its secret and never shows all of it. Firms are not masked: callers
do not send them here.
"""

from sanzi.kernel.typed import compact

_SURNAME_PAIRS = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台"
    "皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘"
    "子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
    "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门第五"
)
_COMPOUND_SURNAMES = frozenset(
    _SURNAME_PAIRS[start : start + 2] for start in range(0, len(_SURNAME_PAIRS), 2)
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
