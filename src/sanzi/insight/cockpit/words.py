"""Figures of the cockpit in words: one scale for a column, a rate with its parts, one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sanzi.insight.cockpit import panels
from sanzi.insight.cockpit.shapes import UNITS, Key, Panel, PanelPage, Sum
from sanzi.kernel import money

WAN: Final = 10_000 * 100
YI: Final = 10_000 * WAN
FEW: Final = 10
NONE: Final = "没有数据"
SAID_MAX: Final = 3


def unit(panel: Panel, most: int = 0) -> str:
    """Return the unit of a column whose largest figure is `most`."""
    if panel.of == "share":
        return "%"
    if panel.of == "rows":
        return UNITS[panel.unit]
    if panel.unit == "fen":
        return "亿元" if most >= YI else "万元" if most >= WAN else "元"
    if panel.unit == "mu":
        return "万亩" if most >= WAN else "亩"
    return UNITS[panel.unit]


def figure(panel: Panel, value: int | None, most: int = 0) -> str:
    """Return a figure without its unit, in the scale that suits the largest of its column."""
    if value is None:
        return NONE
    if panel.of in ("share", "mean"):
        return tenths(value)
    if panel.of == "sum" and panel.unit == "fen":
        scale = YI if most >= YI else WAN if most >= WAN else 0
        return _scaled(value, scale) if scale else money.signed_yuan(value)
    if panel.of == "sum" and panel.unit == "mu":
        return _scaled(value, WAN if most >= WAN else 100)
    return f"{value:,}"


def said(panel: Panel, value: int | None) -> str:
    """Return one figure with its unit, as it stands in a sentence."""
    if value is None:
        return NONE
    return f"{figure(panel, value, abs(value))}{unit(panel, abs(value))}"


def told(panel: Panel, one: Sum) -> str:
    """Return a sum as the panel tells it; a rate of few things is no rate."""
    if panel.of == "share":
        if one.whole <= 0:
            return NONE
        if panel.unit != "fen" and one.whole < FEW:
            return f"{one.part}比{one.whole}，不到{FEW}{UNITS[panel.unit]}，不算比率"
        value = panels.value(panel, one)
        rate = "不到0.1%" if one.part and not value else said(panel, value)
        return f"{rate}，{_parts(panel, one)}"
    if panel.of == "mean":
        if one.whole <= 0:
            return NONE
        return f"{said(panel, panels.value(panel, one))}，{one.whole:,}件平均"
    return said(panel, panels.value(panel, one))


def _parts(panel: Panel, one: Sum) -> str:
    if panel.unit == "fen":
        return f"{money.signed_wan(one.whole)}里有{money.signed_wan(one.part)}"
    return f"{one.whole:,}{UNITS[panel.unit]}里有{one.part:,}{UNITS[panel.unit]}"


def exact(panel: Panel, value: int | None) -> str:
    """Return a figure for a table or a file: yuan and fen, mu with two figures."""
    if value is None:
        return NONE
    if panel.of in ("share", "mean"):
        return tenths(value)
    if panel.of == "sum" and panel.unit == "fen":
        return money.signed_yuan(value)
    if panel.of == "sum" and panel.unit == "mu":
        return _scaled(value, 100)
    return f"{value:,}"


def exact_unit(panel: Panel) -> str:
    """Return the unit of `exact`."""
    return "%" if panel.of == "share" else UNITS[panel.unit]


def month(code: str) -> str:
    """Return `2026年11月`; for the empty month that it lies before."""
    return f"{code[:4]}年{int(code[5:])}月" if code else "更早"


def short_month(code: str, *, is_first: bool = False) -> str:
    """Return `11月` at an end or in January, else `11`."""
    number = int(code[5:])
    return f"{number}月" if is_first else str(number)


def finding(page: PanelPage) -> str:
    """Return the sentence that would do alone on a phone."""
    if page.computed_at is None:
        return "还没有算过，明天早上再来看。"
    if not page.counted.sums:
        return "这里还没有这样的数。"
    panel = page.panel
    by_kind = {
        "number": _of_number, "series": _of_series, "bars": _of_bars,
        "flow": _of_flow, "tree": _of_tree, "table": _of_table,
    }  # fmt: skip
    return by_kind[panel.kind](page)


def _of_number(page: PanelPage) -> str:
    warm = [
        f"{one.title}{said(page.panel, panels.value(page.panel, found))}"
        for one in page.lines
        if one.is_warm and (found := panels.told(page, one.code)).row_count
    ]
    if warm:
        return f"{'、'.join(warm)}。"
    largest = _largest(page, page.lines)
    if page.panel.of != "sum" or len(page.lines) == 1 or not largest:
        return f"{told(page.panel, panels.told(page))}。"
    most, value = largest[0]
    whole = sum(one for _, one in largest)
    share = (value * 100 * 2 + whole) // (2 * whole)
    return f"{most.title}最多，占{share}%。" if len(largest) > 1 else f"都是{most.title}。"


def _of_series(page: PanelPage) -> str:
    panel, last = page.panel, page.months[-1]
    if panel.of in ("share", "mean"):
        return f"近12个月{told(panel, panels.told(page))}。"
    parts = [
        f"{one.title}{said(panel, panels.value(panel, panels.course(page, one.code)[-1]))}"
        for one in page.lines
    ]
    return f"{int(last[5:])}月{'，'.join(parts)}。"


def _of_bars(page: PanelPage) -> str:
    panel = page.panel
    found = _largest(page, page.lines)
    if not found:
        return "这里还没有这样的数。"
    whole = said(panel, panels.value(panel, panels.told(page)))
    most = "，".join(f"{one.title}{said(panel, value)}" for one, value in found[:SAID_MAX])
    return (
        f"一共{whole}，其中{most}。"
        if len(found) > 1
        else f"一共{whole}，都是{found[0][0].title}。"
    )


def _of_flow(page: PanelPage) -> str:
    panel = page.panel
    # Where money comes from: what the panel does not name, or what only ever goes out to the town.
    named = {one.code for one in panel.nodes}
    sources = [
        one
        for one in page.lines
        if (one.code.partition(">")[0] not in named if panel.titles else one.code.endswith(">town"))
    ]
    whole = sum(panels.told(page, one.code).part for one in sources)
    late = sum(panels.told(page, one.code).part for one in page.lines if one.is_warm)
    words_late = f"，超过30天没拨的{said(panel, late)}" if late else "，没有超过30天没拨的"
    return f"近12个月下达{said(panel, whole)}{words_late}。"


TILES: Final = {"town": "个乡镇", "county": "个县"}


def _of_tree(page: PanelPage) -> str:
    tiles = TILES.get(page.below[0][0].level if page.below else "", "个村")
    if not page.panel.drawn:
        return f"{len(page.below)}{tiles}，合计{said(page.panel, panels.told(page).part)}。"
    states = [state_of(counted.named()) for _, counted in page.below]
    return (
        f"{len(states)}{tiles}：有新增的{states.count('new')}个，"
        f"只有待处置的{states.count('pending')}个，没有未办的{states.count('')}个。"
    )


def _of_table(page: PanelPage) -> str:
    panel = page.panel
    if not panel.rows:
        return _of_frequent(page)
    parts = []
    for key in panel.keys:
        number = sum(panels.told(page, f"{row.code}.{key.code}").part for row in panel.rows)
        parts.append(f"{key.title}{number:,}{UNITS[panel.unit]}")
    return f"{'，'.join(parts)}。"


def _of_frequent(page: PanelPage) -> str:
    found = sorted(page.lines, key=lambda one: -panels.told(page, one.code).row_count)
    most = "、".join(
        f"{one.title}{panels.told(page, one.code).row_count:,}件" for one in found[:SAID_MAX]
    )
    return f"近12个月办得最多的是{most}。"


def _largest(page: PanelPage, lines: Iterable[Key]) -> list[tuple[Key, int]]:
    found = [(one, panels.value(page.panel, panels.told(page, one.code)) or 0) for one in lines]
    return sorted([pair for pair in found if pair[1]], key=lambda pair: -pair[1])


def width(text: str) -> float:
    """Return about how wide a text is, in letters of Chinese."""
    return sum(0.58 if one.isascii() else 1.0 for one in text)


def state_of(keys: Iterable[str]) -> str:
    """Return the worst state among the alerts of a village: new, pending or none."""
    states = {key.rpartition(".")[2] for key in keys}
    return "new" if "new" in states else "pending" if "pending" in states else ""


def tenths(value: int) -> str:
    """Return tenths as a figure: `12.3`, `12`."""
    return f"{value // 10}.{value % 10}" if value % 10 else f"{value // 10}"


def _scaled(value: int, scale: int) -> str:
    hundredths = (abs(value) * 100 * 2 + scale) // (2 * scale)
    sign = "\u2212" if value < 0 and hundredths else ""
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02}" if hundredths else "0"
