"""Who stands above the county: offices of its city and its province, as a package of their own.

Their installation imports it; so does the county, where they look further with accounts there.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from sanzi_county import names
from sanzi_county.bodies import Bodies
from sanzi_county.codes import COUNTY_CODE, Numbers
from sanzi_county.people import People
from sanzi_county.world import Org
from sanzi_county.write import Sink

CITY: Final = COUNTY_CODE[:4].ljust(12, "0")
PROVINCE: Final = COUNTY_CODE[:2].ljust(12, "0")
# number, role, place, its level, name of the office
POSTS: Final = (
    ("1", "city_office", CITY, "city", f"{names.CITY}农业农村局"),
    ("2", "city_discipline", CITY, "city", f"{names.CITY}纪委监委"),
    ("3", "province_office", PROVINCE, "province", f"{names.PROVINCE}农业农村厅"),
)  # fmt: skip
_AGES: Final = (31, 33)
_SEED: Final = 11


def write_above(folder: Path, today: date) -> None:
    """Write the package: the three places, an office and an officer for each post."""
    random, numbers = Random(_SEED), Numbers()
    with Sink(folder) as sink:
        bodies = Bodies(sink, numbers, random)
        people = People(sink, numbers, bodies, today)
        bodies.county()
        for number, role, place, level, name in POSTS:
            office = bodies.org(Org(f"ABOVE{number}", place, name, "office", level))
            person = people.person(random, f"PABOVE{number}", place, ages=_AGES)
            people.write(person)
            sink.add(
                "appointment",
                appointment_id=f"TABOVE{number}",
                person_id=person.person_id,
                org_id=office.org_id,
                role_code=role,
                start_date=date(today.year - 1, 3, 1),
                is_concurrent=False,
                document_ref=f"任〔{today.year - 1}〕{number}号",
            )
