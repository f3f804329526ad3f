"""Papers: the one door to typst. A template and plain data in, a PDF that archives accept out.

Fonts come from a package, never from the machine, and no clock is read: the same data give the
same bytes anywhere. Templates lie in `data/papers`; how a paper looks is in `look.typ` there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import typst

from sanzi.kernel.digest import canonical, sm3_of

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "papers"
STANDARD: Final = "a-3b"
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


class UnknownPaper(Exception):
    """No template of this name."""


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a PDF/A-3b of one template filled with data.

    Shapes: template is a file's name in `data/papers` without its ending; data holds text, whole
        numbers, lists and mappings, amounts already written as text. Each page prints its SM3.
    Raises: UnknownPaper; TypeError for what has no one form, floats above all; typst's own error
        when a template and its data do not fit.
    """
    path = FOLDER / f"{template}.typ"
    if path.parent != FOLDER or not path.is_file():
        raise UnknownPaper(template)
    made = typst.compile(
        str(path),
        root=str(FOLDER),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": canonical(data).decode(), "digest": digest(data)},
        pdf_standards=[STANDARD],
        timestamp=_EPOCH,
    )
    assert isinstance(made, bytes)  # noqa: S101 - told to mypy: a PDF is one piece
    return made


def digest(data: Mapping[str, Any]) -> str:
    """Return the SM3 of data as `pdf` prints it, to compare a paper with its source."""
    return sm3_of(data)


@cache
def _fonts() -> typst.Fonts:
    """Return the Chinese fonts, read once a process."""
    folder = str(Path(pylopdf_fonts_zh_cn.__file__).parent)
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )


def picture(svg: str, *, dots_per_point: float = 2.0) -> bytes:
    """Return a PNG of a drawing, with the fonts of papers; the same drawing gives the same bytes.

    Raises: typst's own error when the drawing is none.
    """
    made = typst.compile(
        str(FOLDER / "picture.typ"),
        root=str(FOLDER),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"svg": svg},
        format="png",
        ppi=72 * dots_per_point,
    )
    assert isinstance(made, bytes)  # noqa: S101 - told to mypy: a picture is one page
    return made
