"""Which counties are told: the first, and a smaller one of the same city that is kept worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sanzi_county import names
from sanzi_county.codes import COUNTY_CODE


@dataclass(frozen=True)
class County:
    """One of the fictional counties.

    `heads` is where its towns' names begin in the common list; a lax one lets rent go unpaid.
    """

    code: str
    name: str
    first_town: str
    first_village: str
    heads: int = 0
    towns_min: int = 1
    is_lax: bool = False

    @property
    def place(self) -> str:
        """Its division code."""
        return f"{self.code}000000"


FIRST: Final = County(COUNTY_CODE, names.COUNTY, names.FIRST_TOWN, names.FIRST_VILLAGE)
SECOND: Final = County("999902", "岚溪县", "苇汀镇", "枫畈村", heads=13, towns_min=2, is_lax=True)
