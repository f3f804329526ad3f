"""The accounts that the fictional bodies book to: one chart per kind of body.

Codes of three figures are those of the rules for rural collectives, which committees follow too;
codes of four figures those of the rules for small enterprises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Chart:
    """What a kind of body calls its accounts; `profit` takes the year's result.

    `distributed` are the accounts of what became of it: the reserve first, then the owners.
    """

    regime: str
    standard: str
    bank: str
    profit: str
    retained: str
    reserve: str
    distributed: tuple[str, ...]
    income: tuple[str, ...]
    expense: tuple[str, ...]


VILLAGE: Final = Chart(
    "village", "vc_profile", "102", "321", "32202", "", (), ("501", "502", "503", "504"),
    ("511", "512", "513", "514", "515", "521"),
)  # fmt: skip
COLLECTIVE: Final = Chart(
    "collective", "rce2023", "102", "321", "32202", "31101", ("3220101", "3220102"),
    VILLAGE.income, VILLAGE.expense,
)  # fmt: skip
COMPANY: Final = Chart(
    "enterprise", "sbe2011", "1002", "3103", "310405", "310101", ("310401", "310403"),
    ("5001", "5051", "5111", "5301"),
    ("5401", "5402", "5403", "5601", "5602", "5603", "5711", "5801"),
)  # fmt: skip
OF: Final = {"village_committee": VILLAGE, "collective": COLLECTIVE, "enterprise": COMPANY}
