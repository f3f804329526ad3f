"""Small pictures drawn on the server: bars over months, one or two series. Pure; no user text.

The finding stands in the `aria-label`; the same figures stand in a table beside the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

WIDTH: Final = 360
HEIGHT: Final = 150
TOP: Final = 22
BOTTOM: Final = 24
OLD, NEW = "#B9D2C0", "#15513B"


def pairs(rows: Sequence[tuple[str, int, int]], *, label: str, old: str, new: str) -> str:
    """Return an SVG with two bars a row; the first and the last row are named below.

    Shapes: rows of (name, old, new); `label` is the sentence for those who do not see it.
    """
    most = max((max(one[1], one[2]) for one in rows), default=0) or 1
    step = WIDTH / max(len(rows), 1)
    wide = step * 0.31
    room = HEIGHT - TOP - BOTTOM
    base = HEIGHT - BOTTOM
    drawn = []
    for place, (_name, before, after) in enumerate(rows):
        left = place * step + step * 0.19
        for at, number, colour in ((left, before, OLD), (left + wide, after, NEW)):
            high = room * number / most
            drawn.append(
                f'<rect x="{at:.1f}" y="{base - high:.1f}" width="{wide:.1f}" '
                f'height="{high:.1f}" fill="{colour}"/>'
            )
    names = [(0, "start", rows[0][0]), (WIDTH, "end", rows[-1][0])] if rows else []
    words = "".join(
        f'<text x="{at}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(name)}</text>'
        for at, anchor, name in names
    )
    return (
        f'<svg class="pairs" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" height="{HEIGHT}" '
        f'preserveAspectRatio="xMinYMid meet" role="img" '
        f'aria-label="{escape(label)}" font-size="13" fill="#414E47">'
        f'<rect x="0" y="2" width="12" height="12" fill="{OLD}"/>'
        f'<text x="18" y="13">{escape(old)}</text>'
        f'<rect x="110" y="2" width="12" height="12" fill="{NEW}"/>'
        f'<text x="128" y="13">{escape(new)}</text>'
        f'<text x="{WIDTH}" y="13" text-anchor="end">最多{most}条</text>'
        f'<path d="M0 {base}H{WIDTH}" stroke="#A9B5AC"/>{"".join(drawn)}{words}</svg>'
    )


def months(rows: Sequence[tuple[str, int]], *, label: str) -> str:
    """Return an SVG with a bar a row; the first and the last row are named below."""
    most = max((number for _, number in rows), default=0) or 1
    step = WIDTH / max(len(rows), 1)
    room, base = HEIGHT - TOP - BOTTOM, HEIGHT - BOTTOM
    drawn = "".join(
        f'<rect x="{place * step + step * 0.19:.1f}" y="{base - room * number / most:.1f}" '
        f'width="{step * 0.62:.1f}" height="{room * number / most:.1f}" fill="{NEW}"/>'
        for place, (_name, number) in enumerate(rows)
    )
    names = [(0, "start", rows[0][0]), (WIDTH, "end", rows[-1][0])] if rows else []
    words = "".join(
        f'<text x="{at}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(name)}</text>'
        for at, anchor, name in names
    )
    return (
        f'<svg class="pairs" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" height="{HEIGHT}" '
        f'preserveAspectRatio="xMinYMid meet" role="img" '
        f'aria-label="{escape(label)}" font-size="13" fill="#414E47">'
        f'<text x="{WIDTH}" y="13" text-anchor="end">最多{most}条</text>'
        f'<path d="M0 {base}H{WIDTH}" stroke="#A9B5AC"/>{drawn}{words}</svg>'
    )
