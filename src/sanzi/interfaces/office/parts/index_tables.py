"""The places of a month as a table: on the page, as CSV, as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.insight.indices.flags import FlagRow
from sanzi.insight.indices.queries import Board, ScoreRow
from sanzi.insight.indices.shapes import FlagRule
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.interfaces.office.pages import csv_file
from sanzi.interfaces.office.parts import indices as index_parts
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.ledger.actions.papers import PaperFile
from sanzi.record import sheets

FLAGS: Final = {"red": "红旗", "yellow": "黄旗", "": "没有旗"}
STEPS: Final = {"talk": "镇纪委谈话", "list": "上县里的名单"}
HEAD: Final = ["区划代码", "分", "级", "比上月", "有数据的（%）", "封顶的原因", "算法版本"]
AS_FILE: Final = ("csv", "xlsx")


def unit(board: Board) -> str:
    """Return what is measured: villages or towns."""
    return "乡镇" if board.index.is_of_towns else "村"


def flag_words(one: FlagRow | None) -> str:
    """Return a flag in words; until it is given, that it may still change."""
    if one is None:
        return ""
    return FLAGS[one.flag] + ("" if one.decided_at or not one.flag else "（还没定）")


def why(one: FlagRow, rule: FlagRule) -> str:
    """Return in words why a village has its flag, or has none."""
    if one.reason == "hidden":
        return "有瞒着没报的支出"
    if one.reason == "red_line":
        return "分够红旗，有属实的红线，没有评上"
    if one.reason == "tied":
        return "并列的太多，超过名额，都没有评"
    if one.reason == "rank":
        if one.flag == "red":
            return f"{rule.red_from}分以上，在全镇前{rule.red_percent}%"
        return f"不到{rule.yellow_below}分，在全镇后{rule.yellow_percent}%"
    if one.of < rule.ranked_from:
        return f"全镇有分的村不到{rule.ranked_from}个，不排名"
    return "没有到红旗，也没有到黄旗"


def rank(one: FlagRow | None) -> str:
    """Return the place of a village among those of its township."""
    if one is None or one.place is None:
        return "不排名"
    return f"第{one.place}名，共{one.of}个村"


def follows(one: FlagRow | None) -> str:
    """Return what follows from yellow flags in a row."""
    if one is None or not one.running:
        return ""
    step = f"，{STEPS[one.step]}" if one.step else ""
    return f"连续{one.running}个月{step}" + ("，办了" if one.done_at else "")


def ledger(board: Board, rows: Sequence[ScoreRow]) -> Ledger:
    """Return places as a table, each with its page."""
    has_flags = board.index.flag_rule is not None
    columns = [Column(unit(board)), Column("分", "money")]
    columns += (
        [Column("旗"), Column("名次")]
        if has_flags
        else [Column("级"), Column("比上月"), Column("有数据的", "money")]
    )
    return Ledger(
        caption=f"各{unit(board)}的分",
        columns=columns,
        rows=[Row(_cells(one, has_flags=has_flags)) for one in rows],
        is_row_headed=True,
    )


def _cells(one: ScoreRow, *, has_flags: bool) -> list[Cell | str]:
    url = reverse("office:index_score", args=[one.ext_id])
    tenths = index_parts.points(one.tenths)
    if has_flags:
        words = Cell(flag_words(one.flag), sub=follows(one.flag))
        return [Cell(one.place, url), tenths, words, rank(one.flag)]
    return [
        Cell(one.place, url, "、".join(one.caps)),
        tenths,
        one.grade or "不定级",
        index_parts.change(one),
        f"{one.coverage_percent}%",
    ]


def file(board: Board, rows: Sequence[ScoreRow], kind: str) -> HttpResponseBase:
    """Return places as a file: the same columns as CSV and as a workbook."""
    head = [
        unit(board),
        "区划代码",
        "分",
        "级",
        "比上月",
        "有数据的（%）",
        "封顶的原因",
        "算法版本",
    ]
    if board.index.flag_rule is not None:
        head += ["旗", "名次", "全镇几个村", "连续黄旗", "接着办"]
    plain = [_plain(board, one) for one in rows]
    name = f"{board.index.title}{board.period}"
    if kind == "csv":
        return csv_file(name, head, plain)
    sheet = sheets.Sheet(
        title=board.index.title,
        columns=[sheets.Column(one) for one in head],
        rows=sheets.plain_rows(plain),
        middle=board.period,
        right="单位：分",
    )
    return sent(PaperFile(f"{name}.xlsx", sheets.WORKBOOK, sheets.workbook([sheet])))


def _plain(board: Board, one: ScoreRow) -> list[str]:
    row = [
        one.place,
        one.division_code,
        index_parts.points(one.tenths),
        one.grade,
        index_parts.change(one),
        str(one.coverage_percent),
        "、".join(one.caps),
        one.version,
    ]
    if board.index.flag_rule is None:
        return row
    flag = one.flag
    return [
        *row,
        flag_words(flag),
        str(flag.place or "") if flag else "",
        str(flag.of) if flag else "",
        str(flag.running) if flag else "",
        STEPS.get(flag.step, "") if flag else "",
    ]
