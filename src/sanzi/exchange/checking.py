"""Rows of a file read by its mapping: what each cell means, what is wrong, how good the whole is.

The same pass makes the preview, the quality report and what is loaded, so that none of them can
say something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sanzi.exchange import resolving
from sanzi.exchange.resolving import AMBIGUOUS, Known, Lookups
from sanzi.exchange.rules import Source
from sanzi.kernel import money
from sanzi.record.outside import values
from sanzi.record.outside.headers import Field
from sanzi.record.outside.opening import Line

FAULTS_KEPT: Final = 300
LEARN: Final = 5_000
TOTALS: Final = frozenset({"合计", "总计", "小计", "本页合计", "共计"})
REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "empty": ("必须填的空着", "请来源部门补上"),
    "format": ("写法读不出来", "请按提示改写，或者改这一列的写法"),
    "digits": ("号码丢了后几位", "请来源部门把这一列按文本重新导出"),
    "checksum": ("号码核不上", "请对着证件核一遍"),
    "code": ("词没有对上代码", "请在“词对代码”里给它选一个"),
    "formula": ("是公式", "请在表里粘贴成值"),
    "future": ("日期还没到", "请核对日期"),
    "duplicate": ("和前面一行重复", "请删掉重复的一行"),
    "place": ("不在您管的范围", "请去掉这一行，由那里的人导入"),
    "no_place": ("不认识这个村", "请写12位区划代码或登记的村名"),
    "person": ("登记里没有这个人", "请核对号码；真有其人，先在人员登记里补上，再导一次留下的"),
    "paid_before": ("以前的文件说发到了", "请和代发银行核对；真的退了回来，按退款另办，不在这里改"),
    "differs": ("和以前的文件不一样", "请和来源部门核对哪一次对"),
    "paid_day": ("发到了没有写哪天", "请来源部门补上到账日期"),
    "program": ("没有这个补贴项目", "请先登记补贴项目，或核对项目的编码和年度"),
}
"""Why a row is refused: its name, and what to do."""
LEFT_OUT: Final = frozenset({"person", "paid_before", "differs", "paid_day"})
"""What is wrong with one row alone: it is left out and listed, the others are taken."""


@dataclass(frozen=True)
class Plan:
    """Where each field stands in a line, and how its column is written."""

    places: Mapping[str, int]
    headings: Mapping[str, str]
    formats: Mapping[str, values.Formats]


@dataclass(frozen=True)
class Fault:
    """One cell that is wrong: where, what (masked), why, what to do."""

    row: int
    column: str
    value: str
    code: str
    why: str

    @property
    def to_do(self) -> str:
        """What to do about it."""
        return REASONS[self.code][1]

    @property
    def text(self) -> str:
        """The whole in one sentence."""
        said = f"“{self.value}”" if self.value else ""
        return f"第{self.row}行{self.column}{said}：{self.why}。"

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        return {
            "row": self.row, "column": self.column, "value": self.value, "code": self.code,
            "why": self.why, "to_do": self.to_do,
        }  # fmt: skip


@dataclass
class RowRead:
    """One row as read: values as a package holds them, whom and which village it speaks of."""

    number: int
    values: dict[str, str]
    person: Known | None = None
    village: str = ""
    is_wrong: bool = False
    is_left_out: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether something is made of it."""
        return not self.is_wrong and not self.is_left_out


@dataclass
class Quality:
    """How good a file is. Counts and codes of villages; nobody's name or number."""

    rows: int = 0
    accepted: int = 0
    refused: int = 0
    left_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    bad_ids: int = 0
    unknown_people: int = 0
    other_names: int = 0
    totals_left_out: int = 0
    newest: str = ""
    villages: list[str] = field(default_factory=list)
    villages_in_scope: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For the table."""
        return {
            **self.__dict__, "reasons": dict(self.reasons), "empty": dict(self.empty),
            "villages": list(self.villages),
        }  # fmt: skip


@dataclass
class Checked:
    """A file as it would be loaded."""

    rows: list[RowRead] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    quality: Quality = field(default_factory=Quality)
    lookups: Lookups | None = None


Progress = Callable[[int], None]


class Checker:
    """Reads the rows of one file. Use once."""

    def __init__(self, source: Source, plan: Plan, lookups: Lookups, today: date) -> None:
        self._source = source
        self._plan = plan
        self._lookups = lookups
        self._today = today.isoformat()
        self._made = Checked(lookups=lookups)
        self._keys: dict[tuple[str, ...], int] = {}
        self._holds_awards = any(one.table == "award" for one in source.targets)
        self._asks = {
            value[1:] for target in source.targets for value in target.columns.values()
            if value.startswith("@")
        }  # fmt: skip

    def run(self, lines: Iterable[Line], progress: Progress) -> Checked:
        """Read all lines under the header."""
        if "program" in self._asks and not self._lookups.programs:
            self._lookups.programs = resolving.programs()
        block: list[RowRead] = []
        for number, cells in lines:
            if _is_total(cells):
                self._made.quality.totals_left_out += 1
                continue
            block.append(self._read(number, cells))
            if len(block) == LEARN:
                self._finish(block)
                block = []
                progress(len(self._made.rows))
        self._finish(block)
        progress(len(self._made.rows))
        self._count()
        return self._made

    def _read(self, number: int, cells: Sequence[Any]) -> RowRead:
        row = RowRead(number, {})
        for one in self._source.fields:
            place = self._plan.places.get(one.name)
            if place is None:
                continue
            value = cells[place] if place < len(cells) else None
            read = values.read(one.kind, value, self._plan.formats[one.name])
            if read.is_wrong:
                self._fault(row, one, value, read.fault, read.why)
            elif not read.text and one.is_required:
                self._made.quality.empty[one.name] += 1
                self._fault(row, one, "", "empty", "必须填")
            elif one.is_future_refused and read.text > self._today:
                self._fault(row, one, value, "future", "这一天还没有到")
            elif read.text:
                row.values[one.name] = read.text
        return row

    def _finish(self, block: list[RowRead]) -> None:
        """Hold rows against the registers, many at once."""
        who = self._source.person
        self._lookups.learn_people(
            {row.values[who.id_no] for row in block if who.id_no in row.values}
        )
        if "firm" in self._asks:
            self._lookups.learn_firms({row.values.get("uscc", "") for row in block} - {""})
        for row in block:
            self._people(row)
            self._place(row)
            self._program(row)
            self._repeat(row)
        if self._holds_awards:
            self._awards(block)
        self._made.rows.extend(block)

    def _awards(self, block: list[RowRead]) -> None:
        """Hold lines of subsidies against what earlier files told of them."""
        keys = {row.number: resolving.award_key(row.values, self._source.key) for row in block}
        known = resolving.awards(list(keys.values()))
        for row in block:
            day, is_paid = row.values.get("paid", ""), row.values.get("result") == "paid"
            if is_paid and not day and not row.is_wrong:
                self._fault(row, self._field("paid"), "", "paid_day", "发到了要写到账日期")
            before = known.get(keys[row.number])
            if before is None or row.is_wrong:
                continue
            if before.amount_fen != int(row.values.get("amount", 0)):
                why = f"以前的文件写的是{money.format_yuan(before.amount_fen)}元"
                self._fault(row, self._field("amount"), row.values["amount"], "differs", why)
            elif before.paid_date and not is_paid:
                why = f"以前的文件说{before.paid_date}发到了，这一次说没有发到"
                self._fault(row, self._field("result"), "", "paid_before", why)
            elif before.paid_date and day and before.paid_date != day:
                why = f"以前的文件说{before.paid_date}发到了"
                self._fault(row, self._field("paid"), day, "differs", why)

    def _people(self, row: RowRead) -> None:
        who = self._source.person
        id_no = row.values.get(who.id_no, "")
        if not id_no:
            return
        row.person = self._lookups.people.get(id_no)
        if row.person is None:
            self._made.quality.unknown_people += 1
            if who.must_be_known:
                self._fault(row, self._field(who.id_no), id_no, "person", "人员登记里没有这个号码")
        elif row.values.get(who.name, row.person.name) != row.person.name:
            self._made.quality.other_names += 1

    def _place(self, row: RowRead) -> None:
        places, said = self._lookups.places, row.values.get(self._source.place, "")
        if said:
            row.village = places.find(said)
            if row.village in ("", AMBIGUOUS):
                why = "有几个村叫这个名字" if row.village else "区划里没有这个村"
                row.village = ""
                self._fault(row, self._field(self._source.place), said, "no_place", why)
                return
        elif row.person is not None:
            row.village = row.person.division_code
        if row.village and not places.is_inside(row.village):
            one = self._field(self._source.place) if said else None
            self._fault(row, one, said, "place", "这一行是您管的范围以外的")
        elif not row.village and not places.is_whole and not row.is_wrong:
            self._fault(row, None, "", "place", "看不出是哪个村的，只有县里能导入")

    def _program(self, row: RowRead) -> None:
        text, period = row.values.get("program", ""), row.values.get("period", "")
        if "program" not in self._asks or not (text and period):
            return
        if self._lookups.program(text, period) is None:
            self._fault(row, self._field("program"), text, "program", f"{period}没有这个补贴项目")

    def _repeat(self, row: RowRead) -> None:
        key = tuple(row.values.get(name, "") for name in self._source.key)
        if not all(key):
            return
        first = self._keys.setdefault(key, row.number)
        if first != row.number:
            self._made.quality.duplicates += 1
            self._fault(row, None, "", "duplicate", f"和第{first}行说的是同一件事")

    def _field(self, name: str) -> Field:
        return self._source.named[name]

    def _fault(self, row: RowRead, one: Field | None, value: Any, code: str, why: str) -> None:
        self._made.fault_count += code not in LEFT_OUT
        self._made.quality.reasons[code] += 1
        if code in ("checksum", "digits"):
            self._made.quality.bad_ids += 1
        is_left_out = code in LEFT_OUT
        row.is_left_out |= is_left_out
        row.is_wrong |= not is_left_out
        kept = self._made.left_out if is_left_out else self._made.faults
        if is_left_out or len(kept) < FAULTS_KEPT:
            heading = self._plan.headings.get(one.name, one.title) if one else ""
            shown = values.shown(one.kind, value) if one and value not in (None, "") else ""
            kept.append(Fault(row.number, heading, shown, code, why))

    def _count(self) -> None:
        found, rows = self._made.quality, self._made.rows
        found.rows = len(rows)
        found.refused = sum(1 for row in rows if row.is_wrong)
        right = [row for row in rows if row.is_taken]
        found.accepted = len(right)
        found.left_out = found.rows - found.refused - found.accepted
        found.newest = max((row.values.get(self._source.newest, "") for row in right), default="")
        found.villages = sorted({row.village for row in right if row.village})
        found.villages_in_scope = len(self._lookups.places.villages)
        self._made.faults.sort(key=lambda one: one.row)
        self._made.left_out.sort(key=lambda one: one.row)


def _is_total(cells: Sequence[Any]) -> bool:
    first = next((one for one in cells if one not in (None, "")), "")
    return isinstance(first, str) and first.replace(" ", "").rstrip(":：") in TOTALS
