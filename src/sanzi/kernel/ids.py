"""New ids and tokens in Crockford's base 32: no I, L, O or U to be misread.

Ids are public names that sort by time; tokens are secrets.
"""

import secrets
from datetime import datetime

from sanzi.kernel import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIGURE_OF_BYTE = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
_BITS_PER_FIGURE = 5
_ID_LENGTH = 22
_TIME_FIGURES = 9
_LONGEST_PREFIX = 6
_GROUP = 4
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def new_id(prefix: str, at: datetime | None = None) -> str:
    """Return a new id such as "P-0K3M9V1QZ7C2N5T8R4X6B".

    The first nine figures after the hyphen are the milliseconds since 1970, so ids of one prefix
    sort by time; the rest, at least 30 bits, is random. At most 22 characters.
    Raises: ValueError unless prefix is 1 to 6 upper-case letters or figures, and at is aware.
    """
    if not (1 <= len(prefix) <= _LONGEST_PREFIX and prefix.isascii() and prefix.isalnum()):
        message = "an id prefix is 1 to 6 letters or figures"
        raise ValueError(message)
    moment = at or clock.now()
    if moment.tzinfo is None:
        message = "at must be aware"
        raise ValueError(message)
    milliseconds = int(moment.timestamp() * 1000)
    rest = _ID_LENGTH - len(prefix) - 1 - _TIME_FIGURES
    return f"{prefix.upper()}-{_figures(milliseconds, _TIME_FIGURES)}{_random(rest)}"


def new_token(bits: int) -> str:
    """Return a random token of at least `bits` bits in groups of four: "7K3F-9QZD".

    Raises: ValueError unless bits is positive.
    """
    if bits <= 0:
        message = "a token needs bits"
        raise ValueError(message)
    text = _random(-(-bits // _BITS_PER_FIGURE))
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read_token(typed: str) -> str:
    """Return the bare figures of a token as people type it.

    Case, hyphens and spaces, O for 0 and I or L for 1 are forgiven. Compare and hash this form,
    on both sides.
    """
    return typed.upper().translate(_MISREAD)


def _random(figures: int) -> str:
    # A byte modulo 32 keeps all 32 figures equally likely.
    return secrets.token_bytes(figures).translate(_FIGURE_OF_BYTE).decode("ascii")


def _figures(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, figure = divmod(number, len(_ALPHABET))
        text = _ALPHABET[figure] + text
    return text
