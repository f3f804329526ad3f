"""A village that builds: firms, a decision, promises, who is there at an acceptance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sanzi.matters.models import Decision
from sanzi.registers.works.actions import site
from sanzi.registers.works.models import Works
from worlds import deals, village
from worlds.deals import OPENING
from worlds.village import WILLOW, World

NOTICED = OPENING + timedelta(days=4)
LATER = NOTICED + timedelta(days=1)
CADRES = (
    "village_secretary", "committee_member", "village_clerk", "cashier_reporter",
    "supervision_head", "supervision_member", "coop_director",
)  # fmt: skip
PRESENT = ("village", "supervision", "villager_rep", "villager_rep", "town")


def build() -> World:
    """Build the village, its firms, and a passed decision of 300,000 yuan."""
    made = village.build()
    deals.works_office(made)
    for firm in ("C-1", "C-2", "C-3", "C-PRICE", "C-AUDIT"):
        deals.party(firm)
    Decision.objects.create(
        ext_id="D-1", organisation=deals.body(made), division_code=WILLOW, title="拓宽后塘路",
        procedure="four_two", deciding_body="villager_reps", amount_fen=30_000_000,
        agree_count=41, file_digest="ab" * 32, passed_at=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    return made


def promise_all(world: World, found: Works) -> None:
    """Let every officer promise to hold no share."""
    for role in CADRES:
        site.promise(works=found.ext_id, by=world.actor(role, NOTICED), at=NOTICED)


def present() -> list[dict[str, str]]:
    """Return the rows of who was there at an acceptance."""
    return [
        {"person": f"P-willow-{number}", "role": role}
        for number, role in enumerate(PRESENT, start=1)
    ]
