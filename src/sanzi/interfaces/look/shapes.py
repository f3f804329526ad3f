"""The mark, the three strokes of a state and the shapes of severity: drawn here, by us.

Colour says where a thing stands (state), shape says how strong the rule is (severity).
The two are never mixed. Icons of the bought set are in `icons`.
"""

from typing import Final

STATE_WORDS: Final = {
    "NEW": "新增",
    "PENDING": "待处置",
    "DISPOSED": "已处置",
    "SUSPENDED": "挂起",
}
SEVERITY_WORDS: Final = {"block": "阻断", "hold": "暂缓", "warn": "提醒", "pass": "通过"}

_SVG = '<svg viewBox="0 0 {size} {size}" aria-hidden="true" focusable="false">{drawing}</svg>'
# Bottom stroke first: it is the longest and the first to be filled.
_STROKES = (
    '<path d="M1.2 13.2h13.6"{style}/>',
    '<path d="M2.6 8h10.8"{style}/>',
    '<path d="M2 2.8h12"{style}/>',
)
_FILLED = {"NEW": 1, "PENDING": 2, "DISPOSED": 3, "SUSPENDED": 2}
_SEVERITY = {
    "block": (
        '<path fill="currentColor" d="M7.6 1.6h8.8l6 6v8.8l-6 6H7.6l-6-6V7.6z"/>'
        '<path fill="#fff" d="M6.6 10.3h10.8v3.4H6.6z"/>'
    ),
    "hold": (
        '<path fill="#FDFEFB" stroke="currentColor" stroke-width="2.2"'
        ' d="M12 2.2 21.8 12 12 21.8 2.2 12z"/>'
        '<path fill="currentColor" d="M8.6 8.2h2.4v7.6H8.6zM13 8.2h2.4v7.6H13z"/>'
    ),
    "warn": (
        '<path fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="2.5 1.7"'
        ' d="M12 2.8 22.4 20.8H1.6z"/>'
        '<path fill="currentColor" d="M11 9.2h2v5.6h-2zM11 16.4h2v2h-2z"/>'
    ),
    "pass": '<path fill="none" stroke="#23693F" stroke-width="2.1" d="m4.5 12.6 4.8 4.8L19.5 7"/>',
}


def strokes(state: str) -> str:
    """Return the three strokes of a state, filled from the longest up.

    Shapes: state is a key of `STATE_WORDS`, or OFF for "not reached yet".
    """
    filled = _FILLED.get(state, 0)
    dashes = ' stroke-dasharray="2.2 1.4"' if state == "SUSPENDED" else ""
    drawn = [
        stroke.format(style=dashes if place < filled else ' opacity=".28"')
        for place, stroke in enumerate(_STROKES)
    ]
    body = f'<g stroke="currentColor" stroke-width="2.5">{"".join(drawn)}</g>'
    return _SVG.format(size=16, drawing=body)


def severity_shape(severity: str) -> str:
    """Return the ink shape of a severity: a key of `SEVERITY_WORDS`."""
    return _SVG.format(size=24, drawing=_SEVERITY[severity])


def mark(*, on_dark: bool) -> str:
    """Return the mark 三 in its square: white on the dark header, pine on paper."""
    ground, ink = ("#fff", "#15513B") if on_dark else ("#15513B", "#fff")
    drawing = (
        f'<rect width="32" height="32" rx="5" fill="{ground}"/>'
        f'<path stroke="{ink}" stroke-width="3.4" d="M8 9.4h16M10 16h12M6.6 22.8h18.8"/>'
    )
    svg = _SVG.format(size=32, drawing=drawing)
    return svg.replace("<svg ", '<svg class="mark" ', 1)
