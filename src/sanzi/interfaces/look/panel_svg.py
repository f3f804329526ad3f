"""Shapes of the cockpit as SVG: one line of markup each. Whatever is text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Shape:
    """One shape; kind is rect, line, path or text."""

    kind: str
    x: float = 0
    y: float = 0
    w: float = 0
    h: float = 0
    fill: str = "none"
    stroke: str = ""
    text: str = ""
    d: str = ""
    anchor: str = "start"
    size: int = 13
    bold: bool = False
    url: str = ""
    title: str = ""
    opacity: str = ""


def markup(shapes: Iterable[Shape]) -> SafeString:
    """Return shapes as markup; those that lead somewhere are links."""
    return mark_safe("".join(map(_one, shapes)))  # noqa: S308 - every text is escaped below


def _one(one: Shape) -> str:
    drawn = _DRAW[one.kind](one)
    return f'<a href="{escape(one.url)}">{drawn}</a>' if one.url else drawn


def _title(one: Shape) -> str:
    return f"<title>{escape(one.title)}</title>" if one.title else ""


def _rect(one: Shape) -> str:
    edge = f' stroke="{one.stroke}" stroke-width="1.5"' if one.stroke else ""
    return (
        f'<rect x="{one.x:.1f}" y="{one.y:.1f}" width="{one.w:.1f}" height="{one.h:.1f}" rx="2" '
        f'fill="{one.fill}"{edge}>{_title(one)}</rect>'
    )


def _line(one: Shape) -> str:
    return (
        f'<line x1="{one.x:.1f}" y1="{one.y:.1f}" x2="{one.w:.1f}" y2="{one.h:.1f}" '
        f'stroke="{one.stroke}"/>'
    )


def _path(one: Shape) -> str:
    faint = f' fill-opacity="{one.opacity}"' if one.opacity else ""
    edge = f' stroke="{one.stroke}" fill-rule="evenodd"' if one.stroke else ""
    return f'<path d="{one.d}" fill="{one.fill}"{faint}{edge}>{_title(one)}</path>'


def _text(one: Shape) -> str:
    anchor = f' text-anchor="{one.anchor}"' if one.anchor != "start" else ""
    bold = ' font-weight="600"' if one.bold else ""
    return (
        f'<text x="{one.x:.1f}" y="{one.y:.1f}" font-size="{one.size}" fill="{one.fill}"'
        f"{anchor}{bold}>{escape(one.text)}</text>"
    )


_DRAW = {"rect": _rect, "line": _line, "path": _path, "text": _text}
