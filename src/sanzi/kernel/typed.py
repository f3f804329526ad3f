"""What people type: full-width figures and stray spaces made plain, days read."""

from datetime import date

from sanzi.kernel.errors import BadDay

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""The days that papers of a village name. A date picker hands out year 2 while a year is typed."""

_FULL_WIDTH = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
)


def plain(text: str) -> str:
    """Return the text with full-width ASCII made half-width and the outer spaces cut.

    Only the full-width block is mapped: superscripts and other look-alike digits stay as they are,
    so that a check for 0-9 refuses them.
    """
    return text.translate(_FULL_WIDTH).strip()


def compact(text: str) -> str:
    """Return the plain text without the spaces and hyphens that people put between groups."""
    return plain(text).replace(" ", "").replace("-", "")


def day(text: str) -> date | None:
    """Return a day typed as `2026-11-03`, or None for what is none or lies beyond all papers."""
    try:
        found = date.fromisoformat(plain(text))
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None


def wanted_day(text: str) -> date | None:
    """Return a day as typed, None where nothing is typed. Raises: BadDay."""
    if not plain(text):
        return None
    found = day(text)
    if found is None:
        raise BadDay(text=plain(text)[:20])
    return found
