"""The quality of a source's files over time, as one table: page, Excel and interface show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sanzi.exchange.checking import REASONS
from sanzi.exchange.models import Delivery
from sanzi.exchange.rules import Source
from sanzi.kernel import clock
from sanzi.record import sheets
from sanzi.record.sheets import Column, Row, Sheet

MOST: Final = 2_000
COLUMNS: Final = (
    Column("上传时间", width=17), Column("文件", width=24), Column("现在", "mid", 10),
    Column("行数", "count"), Column("能导入", "count"), Column("不能导入", "count", 10),
    Column("必填空着", "count", 10), Column("重复", "count"), Column("号码不对", "count", 10),
    Column("登记里没有", "count", 12), Column("姓名不同", "count", 10),
    Column("最新数据", "mid", 12), Column("村", "mid", 10), Column("为什么不能导入", width=40),
)  # fmt: skip


def quality_sheet(source: Source, deliveries: Sequence[Delivery]) -> Sheet:
    """Return what was found in each file of a source, in the order given."""
    return Sheet(
        title=f"{source.title}的数据质量", name=source.title[:30], columns=COLUMNS,
        rows=[_row(one) for one in deliveries], left=source.giver, right="",
        middle=f"应当每{source.rhythm_days}天来一次",
        notes=("“登记里没有”按证件号码在人员登记里查；“姓名不同”是号码对上而姓名不一样。",),
    )  # fmt: skip


def workbook(source: Source, deliveries: Sequence[Delivery]) -> bytes:
    """Return the table as an Excel workbook."""
    return sheets.workbook([quality_sheet(source, deliveries)])


def reasons_said(found: Delivery) -> str:
    """Return why rows are refused, the most frequent first."""
    counts = sorted(found.quality.get("reasons", {}).items(), key=lambda one: (-one[1], one[0]))
    return "，".join(f"{REASONS[code][0]}{count}处" for code, count in counts)


def coverage_said(found: Delivery) -> str:
    """Return how many villages of the scope the file speaks of."""
    told = found.quality
    return f"{len(told['villages'])}/{told['villages_in_scope']}" if told else ""


def _row(one: Delivery) -> Row:
    told = one.quality
    if not told:
        return Row(
            [clock.minute_text(one.uploaded_at), one.file_name, str(one.get_state_display())]
            + [None] * 8 + ["", "", "还没有看过"],
            source=("delivery", one.ext_id),
        )  # fmt: skip
    return Row(
        [
            clock.minute_text(one.uploaded_at), one.file_name, str(one.get_state_display()),
            told["rows"], told["accepted"], told["refused"], sum(told["empty"].values()),
            told["duplicates"], told["bad_ids"], told["unknown_people"], told["other_names"],
            told["newest"], coverage_said(one), reasons_said(one),
        ],
        source=("delivery", one.ext_id),
    )  # fmt: skip
