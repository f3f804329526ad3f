"""Parts of the page of a file from outside: columns, rows as they would be, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from sanzi.exchange import queries, reading, report
from sanzi.exchange.actions.receiving import Said
from sanzi.exchange.checking import LEFT_OUT, RowRead
from sanzi.exchange.rules import Source, sources
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Row
from sanzi.interfaces.office.pages import today
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.record import sheets
from sanzi.record.outside import headers, values

if TYPE_CHECKING:
    from sanzi.exchange.models import Delivery

LINES_SHOWN = 8
_NUMBERS = re.compile(r"\b(?:1[3-9][0-9]{9}|[0-9Xx]{15,})\b")


@dataclass(frozen=True)
class Word:
    """One of their words with the code it stands for, if any."""

    number: int
    text: str
    code: str


@dataclass(frozen=True)
class Asked:
    """A field as the form asks for it."""

    name: str
    title: str
    is_required: bool
    heading: str
    orders: list[tuple[str, str, bool]]
    units: list[tuple[str, str, bool]]
    codes: list[tuple[str, str]]
    their_words: list[Word]


def said(post: Any, found: Delivery) -> Said:
    """Return what the form says of the columns."""
    source = sources()[found.source]
    codes: dict[str, dict[str, str]] = {}
    formats: dict[str, dict[str, str]] = {}
    for field in source.fields:
        number = 0
        while (word := post.get(f"word-{field.name}-{number}")) is not None:
            code = post.get(f"code-{field.name}-{number}", "")
            if code:
                codes.setdefault(field.name, {})[word] = code
            number += 1
        told = {key: post.get(f"{key}-{field.name}", "") for key in ("order", "unit")}
        formats[field.name] = {key: value for key, value in told.items() if value}
    return Said(
        {field.name: post.get(f"col-{field.name}", "") for field in source.fields},
        {name: one for name, one in formats.items() if one},
        codes,
    )


def mapping(request: OfficeRequest, found: Delivery, source: Source) -> dict[str, Any]:
    """Return what the form for the columns shows."""
    opened = reading.opened(found)
    changed = None if found.mapping_name else queries.changed_since(found)
    return {
        "sheets": opened.sheets,
        "headings": found.headings,
        "asked": _asked(found, source),
        "raw": _raw(found, source),
        "changed": changed and (changed[0].name, changed[1].words),
        "sample": _sample(request, found, source) if found.quality else None,
    }


def _asked(found: Delivery, source: Source) -> list[Asked]:
    told = reading.words_of_codes(found, source)
    made = []
    for field in source.fields:
        formats = found.formats.get(field.name, {})
        is_date, is_yuan = field.kind == "date", field.kind == "yuan"
        order, unit = formats.get("order", "ymd"), formats.get("unit", "yuan")
        made.append(
            Asked(
                name=field.name,
                title=field.title,
                is_required=field.is_required,
                heading=found.columns.get(field.name, ""),
                orders=[(key, text, key == order) for key, text in values.ORDERS.items()]
                if is_date
                else [],
                units=[(key, text, key == unit) for key, text in values.UNIT_WORDS.items()]
                if is_yuan
                else [],
                codes=list((field.codes or {}).items()),
                their_words=[
                    Word(number, text, code)
                    for number, (text, code) in enumerate(told.get(field.name, ()))
                ],
            )
        )
    return made


def _raw(found: Delivery, source: Source) -> Ledger:
    """Return the first lines as they stand in the file, long numbers masked."""
    kinds = {text: source.named[name].kind for name, text in found.columns.items()}
    lines = [one for one in reading.first_lines(found) if one[0] >= found.header_row]
    rows = [
        Row(
            [
                str(number),
                *(_masked(kinds, text, cells, at) for at, text in enumerate(found.headings)),
            ]
        )
        for number, cells in lines[1 : LINES_SHOWN + 1]
    ]
    return Ledger(
        "文件开头几行，长号码已遮住", [Column("行"), *(Column(one) for one in found.headings)], rows
    )


def _masked(kinds: Mapping[str, str], heading: str, cells: list[Any], at: int) -> str:
    value = cells[at] if at < len(cells) and cells[at] is not None else ""
    text = values.shown(kinds.get(heading, ""), value)
    return _NUMBERS.sub(lambda found: values.MASKS["resident_id"](found[0]), text)


def _sample(request: OfficeRequest, found: Delivery, source: Source) -> Ledger:
    """Return the first rows as they would be loaded."""
    fields = [one for one in source.fields if one.name in found.columns]
    rows = reading.sample(found, by=request.actor, today=today(request))
    return Ledger(
        "会导入成这样，只显示开头几行",
        [Column("行"), *(Column(one.title, _column(one)) for one in fields), Column("登记里的人")],
        [
            Row([str(row.number), *(_read(one, row) for one in fields), _who(row)],
                tone="" if row.is_taken else "alarm")
            for row in rows
        ],
    )  # fmt: skip


def _column(field: headers.Field) -> str:
    return "money" if field.kind in ("yuan", "milli", "integer") else "text"


def _read(field: headers.Field, row: RowRead) -> str:
    text = row.values.get(field.name, "")
    if not text:
        return ""
    if field.kind == "yuan":
        return words.yuan(int(text))
    if field.kind == "milli":
        return f"{int(text) / 1000:g}"
    if field.codes:
        return field.codes[text]
    if field.kind == "name":
        return text
    return values.shown(field.kind, text)


def _who(row: RowRead) -> str:
    return "有" if row.person else "没有"


def facts(found: Delivery) -> list[Fact]:
    """Return what is known of the file itself."""
    made = [
        Fact("文件", found.file_name),
        Fact("摘要（SM3）", found.file_id[:16] + "…"),
        Fact("现在", str(found.get_state_display())),
        Fact("工作表", f"{found.sheet}，表头在第{found.header_row}行"),
    ]
    if found.mapping_name:
        made.append(Fact("对应关系", found.mapping_name))
    for table, counts in found.counts.items():
        if table == "contacts":
            made.append(Fact("和任职登记比", _differs(counts), reverse("office:exchange_contacts")))
            continue
        told = f"新的{counts['added']}，改了{counts['changed']}，原来就有{counts['unchanged']}"
        made.append(Fact(f"写进{_title(table)}", told))
    if found.trouble:
        made.append(Fact("上次没有导入", found.trouble))
    return made


def _differs(counts: Mapping[str, int]) -> str:
    return f"没有了的{counts['left']}人，换号的{counts['phone']}人，新来的{counts['new']}人"


def _title(table: str) -> str:
    from sanzi.record.schema import load_tables

    return load_tables()[table].title


def quality(found: Delivery, source: Source) -> list[Fact]:
    """Return what was found in the rows."""
    told = found.quality
    empty = "，".join(
        f"{source.named[name].title}{count}处" for name, count in told["empty"].items()
    )
    return [
        Fact(
            "行数",
            f"{told['rows']}行，能导入{told['accepted']}行，不能{told['refused']}行，"
            f"留下{told.get('left_out', 0)}行",
        ),
        Fact("为什么不能", report.reasons_said(found) or "没有"),
        Fact("必填空着", empty or "没有"),
        Fact("重复", f"{told['duplicates']}处"),
        Fact("号码核不上", f"{told['bad_ids']}处"),
        Fact("登记里没有的人", f"{told['unknown_people']}行"),
        Fact("号码对上、姓名不同", f"{told['other_names']}行"),
        Fact("最新的数据", told["newest"] or "未知"),
        Fact("说到的村", f"{len(told['villages'])}个，您管{told['villages_in_scope']}个"),
    ]


def wrong(found: Delivery) -> Ledger:
    """Return the first wrong cells."""
    return Ledger(
        f"不对的地方，先列{len(found.faults)}处",
        [Column("行"), Column("列"), Column("写的是"), Column("为什么"), Column("怎么办")],
        [
            Row([str(one["row"]), one["column"], one["value"],
                 Cell(one["why"], severity="hold" if one["code"] in LEFT_OUT else "block"),
                 one["to_do"]])
            for one in found.faults
        ],
    )  # fmt: skip


def left_sheet(request: OfficeRequest, found: Delivery) -> bytes:
    """Return the rows that are left out as a workbook: as loaded, or as they would be."""
    lines: Iterable[report.Left] = queries.left_out(found)
    if found.state == queries.DRAFT:
        lines = reading.check(found, by=request.actor, today=today(request)).left_out
    return sheets.workbook([report.left_out_sheet(found, lines)])
