"""The chain of a power as villagers see it: an SVG from the matter file, and the same as text.

No script, no link, no outside font; the tokens of the look are written as plain colours, so that
the picture also prints on the notice board.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from sanzi.matters.catalogue import Band, Limit, Matter, Step
from sanzi.orgs.roles import title as role_title

INK, INK_2, RULE, PINE, CELADON, SHEET, WASH = (
    "#15201B", "#414E47", "#A9B5AC", "#15513B", "#679779", "#FDFEFB", "#E4EDE3",
)  # fmt: skip
FEN_OF_WAN = 1_000_000
WIDTH, ROW, TOP = 680, 76, 92
BOX_X, BOX_WIDTH, BOX_HEIGHT = 20, 380, 56
TIER_X, TIER_WIDTH = 430, 56
FONT = "'PingFang SC','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif"


@dataclass(frozen=True)
class ListedStep:
    """One step in words."""

    label: str
    text: str


def steps_as_text(matter: Matter) -> list[ListedStep]:
    """Return the chain as sentences: the text alternative of the picture."""
    bands = matter.tiers[-1].bands
    return [ListedStep(step.label, _sentence(step, bands)) for step in matter.steps]


def _sentence(step: Step, bands: tuple[Band, ...]) -> str:
    limit = limit_text(step.limit)
    parts = [f"{who(step)}{step.word}"]
    if step.looks_at:
        parts.append(f"看{step.looks_at}" if step.kind != "system" else step.looks_at)
    if limit:
        parts.append(limit)
    if len(step.tiers) < len(bands):
        parts.append(f"{only_words(step, bands)}才有这一步")
    return "，".join(parts) + "。"


def who(step: Step) -> str:
    """Return who does a step, in words."""
    return {"handler": "经办人", "system": "系统"}.get(step.role) or role_title(step.role)


def only_words(step: Step, bands: tuple[Band, ...]) -> str:
    """Return for which tiers a step is there: from a sum on, or their titles."""
    mine = [band for band in bands if band.code in step.tiers]
    if not mine:
        return "特别情况"
    fen = mine[0].from_fen
    if mine[-1] is not bands[-1] or not fen:
        return "只有" + "、".join(band.title.split("，")[0] for band in mine)
    return f"{fen // FEN_OF_WAN}万元起" if fen % FEN_OF_WAN == 0 else f"{fen // 100}元起"


def limit_text(limit: Limit | None) -> str:
    """Return a time limit in words, empty when there is none."""
    if limit is None:
        return ""
    if limit.same_day:
        return "当天办"
    if limit.hours:
        return f"{limit.hours}小时内"
    return f"{limit.workdays}个工作日内"


def svg(matter: Matter) -> str:
    """Return the flow chart of a matter as SVG text, steps down and tiers across."""
    bands = matter.tiers[-1].bands
    height = TOP + ROW * len(matter.steps) + 8
    body = [_head(matter, bands)]
    for place, step in enumerate(matter.steps):
        body.append(_row(step, bands, TOP + place * ROW, is_last=step is matter.steps[-1]))
    description = escape(" ".join(f"{one.label} {one.text}" for one in steps_as_text(matter)))
    title = escape(f"{matter.code} {matter.title}流程图")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="flow-{matter.code}-title flow-{matter.code}-desc">'
        f'<title id="flow-{matter.code}-title">{title}</title>'
        f'<desc id="flow-{matter.code}-desc">{description}</desc>'
        f'<rect width="{WIDTH}" height="{height}" fill="{SHEET}"/>'
        f'<g font-family="{FONT}">{"".join(body)}</g></svg>'
    )


def _text(x: int, y: int, text: str, *, size: int = 18, style: str = "") -> str:
    fill = "" if "fill=" in style else f' fill="{INK}"'
    return f'<text x="{x}" y="{y}" font-size="{size}"{fill}{style}>{escape(text)}</text>'


def _head(matter: Matter, bands: tuple[Band, ...]) -> str:
    found = [_text(BOX_X, 34, matter.title, size=22, style=' font-weight="700"')]
    found.append(_text(BOX_X, 62, "金额到了哪一档，就多走哪几步", style=f' fill="{INK_2}"'))
    for place, band in enumerate(bands):
        x = TIER_X + place * TIER_WIDTH + TIER_WIDTH // 2
        low = f"{band.from_fen // 1_000_000}万起" if band.from_fen else "全部"
        style = f' text-anchor="middle" fill="{INK_2}"'
        found.append(_text(x, 62, low, size=16, style=style))
    found.append(f'<path d="M{BOX_X} 76H{WIDTH - 20}" stroke="{INK}" stroke-width="2"/>')
    return "".join(found)


def _row(step: Step, bands: tuple[Band, ...], y: int, *, is_last: bool) -> str:
    is_added = len(step.tiers) < len(bands)
    dash = ' stroke-dasharray="6 4"' if is_added else ""
    fill = WASH if step.kind == "system" else SHEET
    box = (
        f'<rect x="{BOX_X}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" '
        f'fill="{fill}" stroke="{PINE}" stroke-width="1.5"{dash}/>'
    )
    found = [
        box,
        _text(BOX_X + 14, y + 24, f"{step.label}  {who(step)}", style=' font-weight="600"'),
        _text(
            BOX_X + 14, y + 46, "，".join(filter(None, (step.word, limit_text(step.limit)))),
            size=16, style=f' fill="{INK_2}"',
        ),
    ]  # fmt: skip
    if not is_last:
        middle, end = BOX_X + 40, y + BOX_HEIGHT
        found.append(
            f'<path d="M{middle} {end}v{ROW - BOX_HEIGHT - 2}m-4 -6l4 6l4 -6" fill="none" '
            f'stroke="{CELADON}" stroke-width="2"/>'
        )
    for place, band in enumerate(bands):
        x = TIER_X + place * TIER_WIDTH + TIER_WIDTH // 2
        found.append(_mark(x, y + BOX_HEIGHT // 2, is_needed=band.code in step.tiers))
    return "".join(found)


def _mark(x: int, y: int, *, is_needed: bool) -> str:
    """Return a tick for a step that a tier needs, a small dash for one it does not."""
    if is_needed:
        return f'<path d="M{x - 8} {y}l6 7l11 -14" fill="none" stroke="{PINE}" stroke-width="3"/>'
    return f'<path d="M{x - 5} {y}h10" stroke="{RULE}" stroke-width="2"/>'
