"""The quality of a source's files over time, as one table: page, Excel and interface show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from sanzi.exchange.checking import REASONS
from sanzi.exchange.models import Delivery
from sanzi.exchange.rules import Source
from sanzi.kernel import clock
from sanzi.record import sheets
from sanzi.record.sheets import Column, Row, Sheet

MOST: Final = 2_000


class Left(Protocol):
    """A row that is left out, before the file is loaded or after."""

    @property
    def row(self) -> int: ...  # noqa: D102
    @property
    def column(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> str: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102


COLUMNS: Final = (
    Column("上传时间", width=17), Column("文件", width=24), Column("现在", "mid", 10),
    Column("行数", "count"), Column("能导入", "count"), Column("不能导入", "count", 10),
    Column("留下", "count"),
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


LEFT_COLUMNS: Final = (
    Column("行", "mid", 8), Column("列", width=16), Column("写的是", width=24),
    Column("为什么留下", width=44), Column("怎么办", width=44),
)  # fmt: skip


def left_out_sheet(found: Delivery, lines: Iterable[Left]) -> Sheet:
    """Return the rows of a file that are left out, to be put right; personal values masked."""
    return Sheet(
        title=f"{found.file_name}留下的行", name="留下的行", columns=LEFT_COLUMNS,
        rows=[
            Row([str(one.row), one.column, one.value, one.why, REASONS[one.code][1]])
            for one in lines
        ],
        left=f"工作表{found.sheet}，表头在第{found.header_row}行", right="", middle=found.ext_id,
        notes=("行号是原来文件里的行号；姓名和号码已遮住，请对着原来的文件改。",),
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
            + [None] * 9 + ["", "", "还没有看过"],
            source=("delivery", one.ext_id),
        )  # fmt: skip
    return Row(
        [
            clock.minute_text(one.uploaded_at), one.file_name, str(one.get_state_display()),
            told["rows"], told["accepted"], told["refused"], told.get("left_out", 0),
            sum(told["empty"].values()), told["duplicates"], told["bad_ids"],
            told["unknown_people"], told["other_names"], told["newest"], coverage_said(one),
            reasons_said(one),
        ],
        source=("delivery", one.ext_id),
    )  # fmt: skip
