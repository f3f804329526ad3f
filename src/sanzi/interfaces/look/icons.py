"""Outline icons by name, drawn inline. State strokes and severity shapes are in `shapes`.

The drawings come from the npm package `@tabler/icons` (MIT): `tools/assets.py` copies the names
listed here into `static/vendor/icons/`, which git ignores. A name outside the list is a mistake
and raises; a listed icon whose file has not been copied yet is drawn as an empty box.
"""

import re
from functools import lru_cache
from pathlib import Path

ICONS = frozenset(
    """
    alert-hexagon arrow-left arrow-right ban building-bank building-community building-store
    calendar camera check checks chevron-down chevron-left chevron-right clock coin device-mobile
    dots download edit external-link eye eye-off file-invoice file-pencil file-spreadsheet
    file-text filter flag history home home-dollar inbox info-circle key link list-check lock
    logout mail map-pin message-2 message-question notebook phone photo plus printer qrcode
    receipt refresh scale search send settings shield-check speakerphone text-size trash upload
    user users volume wifi-off x
    """.split()  # noqa: SIM905 - a word list is read, and changed, more easily than 65 quotes
)
FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "icons"

_SHELL = (
    '<svg class="i" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
    "{drawing}</svg>"
)
_BOX = '<rect x="4.5" y="4.5" width="15" height="15" rx="2"/>'


class UnknownIconError(LookupError):
    """The icon is not in `ICONS`: add the name there and run `make assets`."""


def svg(name: str) -> str:
    """Return the inline SVG of one icon, hidden from readers: words always stand beside it.

    Shapes: name is one of `ICONS`.
    Raises: UnknownIconError.
    """
    if name not in ICONS:
        raise UnknownIconError(name)
    return _SHELL.format(drawing=_drawing(name))


@lru_cache(maxsize=len(ICONS))
def _drawing(name: str) -> str:
    """Return the paths inside one icon file, without the invisible frame that it begins with."""
    file = FOLDER / f"{name}.svg"
    if not file.is_file():
        return _BOX
    inner = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL)
    if inner is None:
        return _BOX
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline)[^>]*/>", inner[1])
    return "".join(
        re.sub(r"\s+", " ", s).replace(" />", "/>") for s in shapes if "M0 0h24" not in s
    )
