"""One wish to change a parameter that waits for the county's discipline office."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.world import Person
from sanzi_county.write import Sink

ROLES: Final = (
    "village_secretary", "committee_member", "supervision_head", "supervision_member",
    "coop_director", "coop_supervisor", "village_clerk", "cashier_reporter",
)  # fmt: skip
AHEAD_DAYS: Final = 20


def write(sink: Sink, maker: Person, county: str, until: date) -> None:
    """Write the wish: heads of village committees, too, are to take no pay for labour."""
    sink.add(
        "parameter_change", change_id="PC-W-1", model_code="labour-cadre-payee",
        name="cadre_roles", area_code=county, valid_from_date=until + AHEAD_DAYS * DAY,
        value=json.dumps([*ROLES, "committee_head"]), old_value=json.dumps([*ROLES]),
        reason="村委会主任也不能领用工报酬，原来的名单里漏了",
        source_ref="县农业农村局会议纪要（样例）",
        status="proposed", made_by_person_id=maker.person_id, made_at=at(until - DAY, 10),
    )  # fmt: skip
