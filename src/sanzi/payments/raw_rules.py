"""What an inspector may read of the raw bytes: persons' names and long numbers are masked.

Pure functions. Firms stay in full; message numbers have hyphens between short runs of figures
and stay too.
"""

from __future__ import annotations

import re
from typing import Final

from sanzi.kernel import masking

PERSON_CHARACTERS: Final = 4
SHOWN_MAX: Final = 60_000
_NAMED = re.compile(
    r"(<(?:\w+:)?(?:Nm|Name|PayName|PeerName|Holder)>|"
    r'"(?:name|holder|holder_name|party_name)":\s*")([^<"]+)'
)
_NUMBER = re.compile(r"(?<![\w.-])[0-9]{10,}[0-9Xx]?(?![\w-])")
_ENCODINGS = ("utf-8", "gb18030")


def readable(raw: bytes) -> str:
    """Return raw bytes as text with names of persons and long numbers masked, cut when too long."""
    text = _decoded(raw)[:SHOWN_MAX]
    text = _NAMED.sub(lambda found: found[1] + _masked_name(found[2]), text)
    return _NUMBER.sub(lambda found: "****" + found[0][-4:], text)


def _masked_name(name: str) -> str:
    is_person = len(name.strip()) <= PERSON_CHARACTERS or "·" in name
    return masking.name(name) if is_person else name


def _decoded(raw: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
