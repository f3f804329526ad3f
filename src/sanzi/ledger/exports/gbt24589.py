"""A book under the element names of GB/T 24589: the files 公共档案 and 总账, streamed.

Which elements there are and in which order is data (`data/exports/gbt24589-2010.yaml`); what
stands in them is here. Days read YYYYMMDD, amounts are plain decimals in yuan.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from sanzi.kernel import yamls
from sanzi.ledger import rules
from sanzi.ledger.exports.names import yuan
from sanzi.ledger.exports.shapes import (
    ExportedBook,
    ExportedLine,
    ExportedVoucher,
    Sheet,
    Turnover,
    Vouchers,
)

FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "exports"
EDITION: Final = "gbt24589-2010"
CURRENCY: Final = ("CNY", "人民币元")
AUX_TITLES: Final[Mapping[str, str]] = {
    "account": "银行账户",
    "counterparty": "往来单位",
    "household": "农户",
    "person": "人员",
    "org": "组织",
}
_CLASSES: Final[Mapping[str, str]] = {
    "asset": "资产",
    "liability": "负债",
    "equity": "所有者权益",
    "cost": "成本",
    "income": "损益",
    "expense": "损益",
}
_WORDS: Final[Mapping[str, str]] = {
    "记": "记账凭证",
    "收": "收款凭证",
    "付": "付款凭证",
    "转": "转账凭证",
}
_RANGE: Final = re.compile(r"(.*)\{(\d+)\.\.(\d+)\}(.*)")
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Values = Mapping[str, object]
Tables = Mapping[str, Iterable[Values]]


@dataclass(frozen=True)
class Fields:
    """The fields of a table in order; the sparse ones only where they have a value."""

    names: tuple[str, ...]
    sparse: frozenset[str]


@dataclass(frozen=True)
class Edition:
    """One edition: its label and the tables of each file."""

    label: str
    files: Mapping[str, Mapping[str, Fields]]


@cache
def edition(code: str = EDITION) -> Edition:
    """Return the names of an edition."""
    raw = yamls.read(FOLDER / f"{code}.yaml")
    files = {
        file: {
            table: Fields(
                tuple(_spread(told["fields"])), frozenset(_spread(told.get("sparse", ())))
            )
            for table, told in tables.items()
        }
        for file, tables in raw["files"].items()
    }
    return Edition(raw["edition"], files)


def files(
    book: ExportedBook,
    turnovers: Sequence[Turnover],
    vouchers: Vouchers,
    sheets: Sequence[Sheet] = (),
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield (file name, its text in pieces). Take the pieces before the next file."""
    yield "公共档案.xml", document("公共档案", _archive_tables(book))
    yield "总账.xml", document("总账", _ledger_tables(book, turnovers, vouchers, sheets))


def document(file: str, tables: Tables) -> Iterator[str]:
    """Yield one XML file: every table of the edition in its order, rows one by one."""
    known = edition()
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{file} 标准版本号="{known.label}">\n'
    for table, fields in known.files[file].items():
        for row in tables.get(table, ()):
            yield _row(table, fields, row)
    yield f"</{file}>\n"


def _row(table: str, fields: Fields, row: Values) -> str:
    unknown = row.keys() - set(fields.names)
    if unknown:
        raise KeyError(f"{table}.{min(unknown)}")
    cells = [
        f"<{name}>{_cell(row.get(name, ''))}</{name}>"
        for name in fields.names
        if name in row or name not in fields.sparse
    ]
    return f"<{table}>{''.join(cells)}</{table}>\n"


def _cell(value: object) -> str:
    text = f"{value:%Y%m%d}" if isinstance(value, dt.date) else str(value)
    return escape(_BAD.sub("", text))


def _archive_tables(book: ExportedBook) -> Tables:
    kinds = sorted({kind for one in book.accounts.values() for kind in one.requires})
    kinds = sorted({*kinds, *(kind for kind, _ in book.aux_names)})
    return {
        "电子账簿": [
            {
                "电子账簿编号": book.ext_id,
                "电子账簿名称": f"{book.organisation}账簿",
                "会计核算单位": book.organisation,
                "组织机构代码": book.org_ext_id,
                "行业": "农村集体",
                "开发单位": "Sanzi",
                "版本号": "1",
                "本位币": CURRENCY[0],
                "会计年度": "、".join(sorted({period[:4] for period in book.months})),
                "标准版本号": edition().label,
            }
        ],
        "会计期间": [
            {
                "会计年度": period[:4],
                "会计期间号": period[5:],
                "会计期间起始日期": dt.date.fromisoformat(f"{period}-01"),
                "会计期间结束日期": rules.last_day(period),
            }
            for period in book.months
        ],
        "记账凭证类型": [
            {"记账凭证类型编号": word, "记账凭证类型名称": title, "记账凭证类型简称": word}
            for word, title in _WORDS.items()
        ],
        "币种": [{"币种编码": CURRENCY[0], "币种名称": CURRENCY[1]}],
        "自定义档案项": [
            {
                "档案编码": kind,
                "档案名称": AUX_TITLES.get(kind, kind),
                "是否有层级特征": "0",
            }
            for kind in kinds
        ],
        "自定义档案项值": [
            {"档案编码": kind, "档案值编码": ext_id, "档案值名称": name, "档案值级次": "1"}
            for (kind, ext_id), name in sorted(book.aux_names.items())
        ],
    }


def _ledger_tables(
    book: ExportedBook, turnovers: Sequence[Turnover], vouchers: Vouchers, sheets: Sequence[Sheet]
) -> Tables:
    lengths = sorted({len(code) for code in book.accounts})
    return {
        "总账基础信息": [
            {
                "结构分隔符": "-",
                "会计科目编号规则": "-".join(
                    str(length - before)
                    for before, length in zip([0, *lengths], lengths, strict=False)
                ),
            }
        ],
        "会计科目": (
            {
                "科目编号": one.code,
                "科目名称": one.name,
                "科目级次": one.level,
                "科目类型": _CLASSES[one.account_class],
                "余额方向": "借" if one.side == "debit" else "贷",
            }
            for one in book.accounts.values()
        ),
        "科目辅助核算": (
            {
                "科目编号": one.code,
                "辅助项编号": kind,
                "辅助项名称": AUX_TITLES.get(kind, kind),
                "对应档案": kind,
            }
            for one in book.accounts.values()
            for kind in one.requires
        ),
        "科目余额及发生额": (_turnover(one) for one in turnovers),
        "记账凭证": (
            _line(one, number, line) for one in vouchers for number, line in enumerate(one.lines, 1)
        ),
        "报表集": (
            {
                "报表编号": sheet.code,
                "报表名称": sheet.title,
                "报表报告日": rules.last_day(sheet.period),
                "报表报告期": sheet.period,
                "编制单位": book.organisation,
                "货币单位": "元",
            }
            for sheet in sheets
        ),
        "报表项数据": (
            {
                "报表编号": sheet.code,
                "报表项编号": f"{number}-{place}",
                "报表项名称": f"{title}：{column}",
                "报表项数值": yuan(fen),
            }
            for sheet in sheets
            for number, title, figures in sheet.rows
            for place, (column, fen) in enumerate(zip(sheet.columns, figures, strict=False), 1)
            if fen is not None
        ),
    }


def _turnover(one: Turnover) -> dict[str, object]:
    year, month = one.period.split("-")
    return {
        "科目编号": one.account_code,
        **_aux(one.aux),
        "期初余额方向": _side(one.opening_fen),
        "期末余额方向": _side(one.closing_fen),
        "币种编码": CURRENCY[0],
        "会计年度": year,
        "会计期间号": month,
        **_both("期初", "余额", abs(one.opening_fen)),
        **_both("借方", "金额", one.debit_fen),
        **_both("贷方", "金额", one.credit_fen),
        **_both("期末", "余额", abs(one.closing_fen)),
    }


def _line(one: ExportedVoucher, number: int, line: ExportedLine) -> dict[str, object]:
    year, month = one.period.split("-")
    return {
        "记账凭证日期": one.date,
        "会计年度": year,
        "会计期间号": month,
        "记账凭证类型编号": one.word,
        "记账凭证编号": one.number,
        "记账凭证行号": number,
        "记账凭证摘要": line.summary or one.summary,
        "科目编号": line.account_code,
        **_aux(line.aux),
        "币种编码": CURRENCY[0],
        **_both("借方", "金额", line.debit_fen),
        **_both("贷方", "金额", line.credit_fen),
        "附件数": one.attachment_count,
        "制单人": one.maker,
        "审核人": one.reviewer,
        "记账人": one.posted_by,
        "记账标志": "1",
        "作废标志": "0",
        "凭证来源系统": "Sanzi",
    }


def _aux(aux: tuple[str, str]) -> dict[str, object]:
    return {"辅助项1编号": f"{aux[0]}:{aux[1]}"} if aux[0] else {}


def _both(head: str, tail: str, fen: int) -> dict[str, object]:
    return {f"{head}原币{tail}": yuan(fen), f"{head}本币{tail}": yuan(fen)}


def _side(fen: int) -> str:
    return "平" if not fen else "借" if fen > 0 else "贷"


def _spread(names: Iterable[Any]) -> Iterator[str]:
    for name in names:
        found = _RANGE.fullmatch(name)
        if found is None:
            yield name
            continue
        head, first, last, tail = found.groups()
        yield from (f"{head}{number}{tail}" for number in range(int(first), int(last) + 1))
