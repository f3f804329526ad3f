"""What people type: full-width figures and stray spaces made plain. No judgement here."""

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
