"""The port of engines that read words on a picture, and the one that ships as an extra. No Django.

Nothing here is needed: without an engine a photo is typed by hand. `pip install sanzi[ocr]`.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Protocol

from PIL import Image


class Engine(Protocol):
    """Something that reads the words on a picture."""

    def lines(self, picture: Image.Image) -> list[str]:
        """Return the lines of text from top to bottom."""
        ...


class RapidEngine:
    """The extra's engine; its models come with the package, nothing is fetched."""

    def __init__(self) -> None:
        """Load the models once. Raises: ImportError without the extra."""
        from rapidocr import RapidOCR  # type: ignore[import-not-found,unused-ignore]

        self._engine = RapidOCR()

    def lines(self, picture: Image.Image) -> list[str]:
        """Return the lines of text from top to bottom."""
        held = io.BytesIO()
        picture.convert("RGB").save(held, "PNG")
        found = self._engine(held.getvalue())
        return [str(one) for one in (found.txts or ())]


@cache
def engine() -> Engine | None:
    """Return the engine when its extra is installed, else None."""
    try:
        return RapidEngine()
    except ImportError:
        return None
