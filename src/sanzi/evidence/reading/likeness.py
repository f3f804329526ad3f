"""How alike two pictures look, in 256 bits: small, grey, each point against its neighbour.

Copies that were scaled, packed again or a little brighter stay near; another paper of the same
form is far. Pictures with hardly anything on them have no likeness. No Django.
"""

from __future__ import annotations

from PIL import Image, ImageOps

EDGE = 16
BANDS = 8
NEAR_BITS = 7
"""Fewer than the bands: two pictures this near share one band whole, so the index finds them."""
PLAIN_BITS = 24
"""With so few bits of one kind a picture is blank, and every blank is like every other."""


def of(picture: Image.Image) -> str:
    """Return the likeness as 64 hexadecimal figures, empty for a picture with nothing on it."""
    upright = ImageOps.exif_transpose(picture).convert("L")
    small = upright.resize((EDGE + 1, EDGE), Image.Resampling.BOX)
    points = list(small.tobytes())
    bits = 0
    for row in range(EDGE):
        start = row * (EDGE + 1)
        for place in range(EDGE):
            bits = bits << 1 | (points[start + place] > points[start + place + 1])
    count = bits.bit_count()
    is_plain = count < PLAIN_BITS or count > EDGE * EDGE - PLAIN_BITS
    return "" if is_plain else f"{bits:064x}"


def bands(likeness: str) -> list[int]:
    """Return the eighths of a likeness, as whole numbers below 2**32."""
    return [int(likeness[place : place + 8], 16) for place in range(0, 8 * BANDS, 8)]


def distance(one: str, other: str) -> int:
    """Return in how many bits two likenesses differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
