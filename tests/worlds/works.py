"""A village that builds: firms, a decision, promises, who is there at an acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sanzi.kernel import clock
from sanzi.matters.models import Decision
from sanzi.orgs.models import Counterparty
from sanzi.registers.works.actions import inspections, site
from sanzi.registers.works.actions.inspections import Finding, Seen, Shot
from sanzi.registers.works.models import Diary, Risk, Works
from worlds import deals, village, walks
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
SLIDE = {
    "name": "后山塌方", "kind": "road", "place": "后山脚", "need": "石头压到路上，随时还会掉",
    "estimate": "42000", "planned_end": "2026-11-14", "cause": "连下三天雨，塌方",
}  # fmt: skip
"""The form of emergency works."""
CLEARED = {
    "order_no": "应急〔2026〕3号", "firm": "C-1", "started_at": "2026-11-12T11:00",
    "ended_at": "2026-11-12T20:00", "words": "两台挖机，清石方120方",
}  # fmt: skip
"""What was done on them."""
SIGNED: dict[str, Any] = {
    "sign_date": NOTICED.date().isoformat(), "start_date": NOTICED.date().isoformat(),
    "end_date": "2027-03-01", **dict.fromkeys(deals.CLAUSES, "yes"),
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """Works that C-1 wins, and what is said on their way. Units: yuan; `won_fen` in fen."""

    name: str = "后塘路拓宽"
    kind: str = "road"
    power: str = "M06"
    estimate: int = 250_000
    guide: int = 240_000
    agency: str = "C-PRICE"
    won_fen: int = 23_000_000
    days_to_promise: int = 0

    @property
    def form(self) -> dict[str, str]:
        """The form of the wish; works of another name lie at another place."""
        return {
            **FORM, "name": self.name, "kind": self.kind, "place": self.name,
            "lat": FORM["lat"] if self.name == FORM["name"] else "29.506",
            "estimate": str(self.estimate),
        }  # fmt: skip


def build() -> World:
    """Build the village, its firms, and a passed decision of 300,000 yuan."""
    return furnished(village.build())


def furnished(made: World) -> World:
    """Give a village its firms, its works office and that decision."""
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


def awarded(world: World, given: Given) -> walks.Walk:
    """Bring works from the need to their builder."""
    walk = walks.start(world, given.power, "committee_member")
    walk.submit("committee_member", given.form, ("before_photo",))
    walk.approve("village_secretary", "town_works_office", "town_agri_head")
    priced = {"guide_price": str(given.guide), "agency": given.agency}
    walk.record("town_works_office", priced, ("report",))
    walk.at = NOTICED
    platform = {"platform_level": "town", "platform_number": "ZJ-2026-88"}
    tender = deals.awarded(
        world, title=given.name, price_fen=given.won_fen, limit_price_fen=given.guide * 100,
        **(platform if given.power == "M06" else {}),
    )  # fmt: skip
    walk.record("village_clerk", {"tender": tender})
    return walk


def contracted(world: World, given: Given) -> Works:
    """Bring works from the need to their contract, which is dated the day of the award."""
    walk = awarded(world, given)
    made = Works.objects.get(case_number=walk.number)
    walk.at = NOTICED + timedelta(days=given.days_to_promise)
    for role in CADRES:
        site.promise(works=made.ext_id, by=world.actor(role, walk.at), at=walk.at)
    walk.record("coop_director", SIGNED, ("contract",))
    return Works.objects.get(pk=made.pk)


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
