"""A village that builds: firms, a decision, promises, who is there at an acceptance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sanzi.kernel import clock
from sanzi.matters.models import Decision
from sanzi.orgs.models import Counterparty
from sanzi.registers.works.actions import inspections, site
from sanzi.registers.works.actions.inspections import Finding, Seen, Shot
from sanzi.registers.works.models import Diary, Risk, Works
from worlds import deals, village
from worlds.deals import OPENING
from worlds.labour import picture
from worlds.village import WILLOW, World

NOTICED = OPENING + timedelta(days=4)
LATER = NOTICED + timedelta(days=1)
CADRES = (
    "village_secretary", "committee_member", "village_clerk", "cashier_reporter",
    "supervision_head", "supervision_member", "coop_director",
)  # fmt: skip
HERE = (29_306_000, 120_074_000)
PRESENT = ("village", "supervision", "villager_rep", "villager_rep", "town")
FORM = {
    "name": "后塘路拓宽", "kind": "road", "place": "三组后塘", "lat": "29.306", "lng": "120.074",
    "need": "会车难，村民代表提了三次", "estimate": "250000", "planned_end": "2027-03-01",
    "decision_id": "D-1",
}  # fmt: skip
SIGNED: dict[str, Any] = {
    "sign_date": NOTICED.date().isoformat(), "start_date": NOTICED.date().isoformat(),
    "end_date": "2027-03-01", **dict.fromkeys(deals.CLAUSES, "yes"),
}  # fmt: skip


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


def under_way(world: World, at: datetime, **changed: Any) -> Works:
    """Return a project of the village that has been built on for ten days by the firm C-1."""
    started = at - timedelta(days=10)
    said = {
        "ext_id": "GC-1", "case_number": "K-1", "name": "后塘路拓宽", "kind": "road",
        "place": "三组后塘", "lat_micro": HERE[0], "lng_micro": HERE[1],
        "estimate_fen": 9_200_000, "guide_price_fen": 9_000_000, "award_fen": 8_800_000,
        "qr_code": "7K3F9QZD", "status": "building", "applied_at": started,
        "approved_at": started, "started_at": started, "stage_changed_at": started,
        "planned_end_date": clock.local_date(at) + timedelta(days=30), **changed,
    }  # fmt: skip
    made = Works.objects.create(
        organisation=deals.body(world), division_code=WILLOW,
        counterparty=Counterparty.objects.get(ext_id="C-1"), **said,
    )  # fmt: skip
    Diary.objects.create(
        works=made, logged_at=at - timedelta(days=3), kind="progress", percent=40,
        words="铺石子", file_hash=f"{made.ext_id}d".ljust(64, "0"),
    )  # fmt: skip
    return made


def shot(mark: int, at: datetime, place: tuple[int, int] = HERE) -> Shot:
    """Return a photo that the phone took on the site a minute ago."""
    return Shot("现场.jpg", picture(mark, at - timedelta(minutes=1), place))


def finding(at: datetime, **changed: Any) -> Finding:
    """Return something wrong that a committee member has to put right in five days."""
    due: date = clock.local_date(at) + timedelta(days=5)
    said = {"kind": "quality", "level": "medium", "words": "路面厚度不到15厘米",
            "person": "P-willow-2", "due_date": due, **changed}  # fmt: skip
    return Finding(**said)


def found(world: World, at: datetime, mark: int = 1, **changed: Any) -> Risk:
    """Let the head of supervision find something wrong on the project GC-1."""
    made = inspections.inspect(
        works="GC-1", seen=Seen("量了三处，两处不够厚", findings=(finding(at, **changed),)),
        shot=shot(mark, at), by=world.actor("supervision_head", at), at=at,
    )  # fmt: skip
    return Risk.objects.get(inspection__ext_id=made)
