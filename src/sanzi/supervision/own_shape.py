"""What an own model must give and say before a second officer looks at it, and how it is shown.

The answer has the columns of a finding and figures of known kinds; a figure that is made of names
is of a kind that is masked; sentences name only figures. Names in a try are masked the same way.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sanzi.kernel import clock, masking
from sanzi.record import sandbox
from sanzi.supervision import catalogue, own_errors, own_rights
from sanzi.supervision.catalogue import ModelBroken
from sanzi.supervision.shapes import ALWAYS

TYPES: Final = {
    "fen": "金额（分）",
    "count": "个数",
    "date": "日期",
    "text": "文字",
    "person": "人（显示时打星）",
    "payee": "收款人（个人打星，单位不打）",
    "id": "编号",
}
SEVERITIES: Final = {"warn": "提醒", "hold": "暂缓"}
ROUTES: Final = {
    "V 3": "村里，3个工作日",
    "F:agri 5": "镇农经，5个工作日",
    "F:fin 5": "镇财政所，5个工作日",
    "F:works 5": "镇工程办，5个工作日",
    "V 3 → F:agri 5": "先村里，再镇农经",
    "D 10": "镇纪委，10个工作日",
    "C 15": "县纪委，15个工作日",
}
CLOSED_ROUTES: Final = ("D 10", "C 15")
_WHOLE: Final = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+, ?0\)")
_TEXT: Final = "VARCHAR"
_OF: Final = {"fen": "whole", "count": "whole", "date": "DATE"}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PERIOD: Final = re.compile(r"(\d{4}-\d{2})?")
PERSON: Final = "person_id"
HIDDEN: Final = "（不显示）"
LONGEST: Final = {"finding_kind": 20, "finding_id": 40, "org_id": 40}


@dataclass(frozen=True)
class Said:
    """The words of a model, as they were typed; `columns` is name → type and title."""

    title: str = ""
    rule: str = ""
    sentence: str = ""
    advice: str = ""
    basis: str = ""
    severity: str = "warn"
    route: str = ""
    columns: Mapping[str, Mapping[str, str]] | None = None


class OwnBroken(ValueError):
    """A row of an answer is no finding: the text is Chinese, for the owner."""


def masked(
    answer: sandbox.Answer, sql: str, view: sandbox.View
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the columns and rows of an answer as they are shown: names in part, hashes not."""
    origins = sandbox.origins(sql, view)
    may_hold = any(own_rights.is_personal(table, one) for table, one in sandbox.named(sql, view))
    how = [
        _how(origins.get(name, None) if origins else None, kind, may_hold=may_hold)
        for name, kind in answer.columns
    ]
    names = tuple(name for name, _ in answer.columns)
    rows = [
        tuple(_shown(value, way) for value, way in zip(row, how, strict=True))
        for row in answer.rows
    ]
    return names, rows


def _how(origin: frozenset[tuple[str, str]] | None, kind: str, *, may_hold: bool) -> str:
    """Return how a column is shown: plain, name (masked) or hidden."""
    is_figure = bool(_WHOLE.fullmatch(kind)) or kind in ("DATE", "TIMESTAMP", "BOOLEAN")
    if is_figure or kind.startswith("DECIMAL"):
        return "plain"
    if origin is None:
        if not may_hold:
            return "plain"
        return "name" if kind == _TEXT else "hidden"
    personal = [one for one in origin if own_rights.is_personal(*one)]
    if not personal:
        return "plain"
    is_name = kind == _TEXT and all(own_rights.is_name(*one) for one in personal)
    return "name" if is_name else "hidden"


def _shown(value: Any, way: str) -> str:
    if value is None:
        return ""
    if way == "hidden":
        return HIDDEN
    text = value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)
    return masking.name(text) if way == "name" else text[:200]


def check_words(said: Said, *, is_closed: bool) -> None:
    """Refuse words that are missing or wrong. Raises: OwnWords."""
    what = ""
    needed = {"标题": said.title, "规则": said.rule, "提醒的话": said.sentence,
              "怎么办": said.advice, "依据": said.basis}  # fmt: skip
    empty = [name for name, text in needed.items() if len(text.strip()) < 2]
    if empty:
        what = f"“{empty[0]}”还没有写。"
    elif said.severity not in SEVERITIES:
        what = "强弱只能是提醒或者暂缓，阻断要由县里发布的规则来做。"
    elif is_closed and said.route not in CLOSED_ROUTES:
        what = "这条读了只给纪委看的表，只能交给镇纪委或者县纪委。"
    elif said.route not in ROUTES:
        what = "请选交给谁办。"
    if what:
        raise own_errors.OwnWords(what=what)
    known = {*(said.columns or {}), "village_name"}
    for name, text in (("提醒的话", said.sentence), ("怎么办", said.advice)):
        _check_sentence(name, text, known)
    try:
        catalogue.route(said.title, said.route)
    except ModelBroken as error:
        raise own_errors.OwnWords(what="请选交给谁办。") from error


def _check_sentence(name: str, text: str, known: set[str]) -> None:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise own_errors.OwnWords(what=f"“{name}”里的大括号没有配对。") from error
    for _, field, spec, conversion in parts:
        if field is None:
            continue
        if spec or conversion or field not in known:
            raise own_errors.OwnWords(what=f"“{name}”里的{{{field[:30]}}}不是一个数的名字。")
    if "！" in text or "!" in text:
        raise own_errors.OwnWords(what=f"“{name}”里不要用感叹号，只说查到了什么。")


def check_columns(
    answer: sandbox.Answer, said: Said, sql: str, view: sandbox.View, tables: frozenset[str]
) -> None:
    """Refuse an answer whose columns are not those of a finding. Raises: OwnShape."""
    types = dict(answer.columns)
    if len(types) != len(answer.columns):
        raise own_errors.OwnShape(what="有两列同名。")
    for name in ALWAYS:
        wanted = "DATE" if name == "business_date" else _TEXT
        if name not in types:
            raise own_errors.OwnShape(what=f"少了{name}这一列。")
        if types[name] != wanted:
            raise own_errors.OwnShape(
                what=f"{name}要是{wanted}，现在是{types[name][:20]}；请写CAST({name} AS {wanted})。"
            )
    figures = said.columns or {}
    origins = sandbox.origins(sql, view)
    for name in [one for one in types if one not in ALWAYS]:
        if name == PERSON:
            continue
        if name not in figures:
            raise own_errors.OwnShape(what=f"{name}这一列没有写是什么。")
        _check_figure(name, types[name], figures[name]["type"], origins.get(name))
    gone = sorted(set(figures) - set(types))
    if gone:
        raise own_errors.OwnShape(what=f"语句里没有{gone[0]}这一列。")
    if not tables:
        raise own_errors.OwnShape(what="语句没有读任何一张表。")


def _check_figure(
    name: str, kind: str, wanted: str, origin: frozenset[tuple[str, str]] | None
) -> None:
    must = _OF.get(wanted, _TEXT)
    is_right = bool(_WHOLE.fullmatch(kind)) if must == "whole" else kind == must
    # A sum of whole numbers is a wide integer; the engine calls it so.
    if not is_right:
        raise own_errors.OwnShape(what=f"{name}写的是{TYPES[wanted]}，结果却是{kind[:20]}。")
    if must != _TEXT:
        return
    personal = [one for one in origin or () if own_rights.is_personal(*one)]
    if origin is None:
        raise own_errors.OwnShape(what=f"{name}看不出是哪一列来的，请一列一列写明，不要写*。")
    if any(not own_rights.is_name(*one) for one in personal):
        raise own_errors.OwnShape(what=f"{name}带着证件号、账号的暗码，不能放进结果。")
    if personal and wanted not in ("person", "payee"):
        raise own_errors.OwnShape(what=f"{name}带着姓名，要写成人或者收款人，显示时打星。")


def read_columns(text: str) -> dict[str, dict[str, str]]:
    """Return the figures of a text, a line each: `列名 类型 说法`. Raises: OwnWords."""
    found: dict[str, dict[str, str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(None, 2)
        if not words:
            continue
        if len(words) != 3 or words[1] not in TYPES or not _NAME.fullmatch(words[0]):
            kinds = "、".join(TYPES)
            raise own_errors.OwnWords(
                what=f"要显示的数第{number}行要写：列名 类型 说法，类型是{kinds}里的一个。"
            )
        if words[0] in ALWAYS or words[0] in found:
            raise own_errors.OwnWords(
                what=f"要显示的数第{number}行的{words[0]}不用写，或者写了两遍。"
            )
        found[words[0]] = {"type": words[1], "title": words[2].strip()[:30]}
    return found


def columns_text(columns: Mapping[str, Mapping[str, str]]) -> str:
    """Return figures as the text they are typed in."""
    return "\n".join(f"{name} {one['type']} {one['title']}" for name, one in columns.items())


def check_rows(
    rows: Sequence[Mapping[str, Any]], villages: AbstractSet[str], keys: Mapping[str, Iterable[str]]
) -> None:
    """Refuse rows that are no findings of this place. Raises: OwnBroken.

    Shapes: `villages` are the divisions of the rows that were read, `keys` their keys by table: a
    finding is about one of them, whatever the statement wrote.
    """
    held = {table: set(values) for table, values in keys.items()}
    for row in rows:
        for name, most in LONGEST.items():
            value = row.get(name)
            if not isinstance(value, str) or not 0 < len(value) <= most:
                raise OwnBroken(f"有一行的{name}空着或者太长。")
        if row.get("village_id") not in villages:
            raise OwnBroken("有一行的village_id不是读到的行的村。")
        if row["finding_kind"] not in held:
            raise OwnBroken(f"finding_kind写的“{row['finding_kind']}”不是语句读的表。")
        if row["finding_id"] not in held[row["finding_kind"]]:
            raise OwnBroken(f"finding_id不是{row['finding_kind']}里的编号。")
        others = [row[name] for name in row if name.endswith("_payment_id") and row[name]]
        if not set(others) <= held.get("payment", set()):
            raise OwnBroken("结果里写的另一笔付款不是读到的行。")
        day = row.get("business_date")
        if not isinstance(day, date) or not _PERIOD.fullmatch(str(row.get("period") or "")):
            raise OwnBroken("有一行的business_date空着，或者period不是年-月。")


def local(at: datetime) -> datetime:
    """Return an instant as statements know it: Shanghai's, without a zone."""
    return at.astimezone(clock.SHANGHAI).replace(tzinfo=None)
