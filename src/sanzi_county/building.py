"""What the villages build and buy: a road under way, a ditch that is settled, lamps, desks.

The ditch had a thin wall that was cast again and verified by the works office of the town.
In every second town the third village took two offers for its road that are equal to the fen, from
one machine; the fourth bought lamps of a firm that had not named the lowest price. In the third a
finding of the town about the road is past its day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from sanzi_county.assets import Made, write_card
from sanzi_county.contracts import Deal
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.money import Plan
from sanzi_county.world import Firm, Person
from sanzi_county.write import Sink

ALIKE, DEAR = 3, 4
"""Which villages of a town have the planted offers, and the planted choice."""
ROAD_YUAN, DITCH_YUAN, LAMPS_YUAN, DESKS_YUAN = 86_000, 24_000, 18_600, 3_900
DITCH: Final = "二组水渠清淤衬砌"
DITCH_FEN: Final = (DITCH_YUAN - 600) * YUAN
DITCH_BEGAN, DITCH_TOOK, LAMPS_ASKED = 300 * DAY, 120 * DAY, 50 * DAY
OWED: Final = "21107"
HOUR: Final = timedelta(hours=1)
WORKS_OFFICE: Final = "town_works_office"
SUPERVISION: Final = "supervision_head"
CADRES: Final = ("village_secretary", "committee_member", "village_clerk", "supervision_head")


def write(sink: Sink, plan: Plan, until: date) -> None:
    """Everything of one village."""
    firms = plan.village.town.firms
    _road(sink, plan, until, firms["building"])
    _ditch(sink, plan, until, firms["building"][0])
    _lamps(sink, plan, until, [*firms["electric"], firms["hardware"][0]])
    _desks(sink, plan, until, firms["stationery"][0])


def book(plan: Plan, until: date) -> None:
    """What was accepted stands in the collective's book from that day, owed to the builder."""
    body = plan.village.collective
    for day, title, subject, fen in (
        (until - DITCH_BEGAN + DITCH_TOOK, DITCH, "1510204", DITCH_FEN),
        (_lamps_came(until), "太阳能路灯", "1510202", _lamp_prices()[_lamp_winner(plan)]),
    ):
        plan.book(day, body, f"{title}验收，转固定资产", (subject, OWED), fen)


def _lamps_came(until: date) -> date:
    return until - LAMPS_ASKED + 12 * DAY


def _lamp_prices() -> list[int]:
    return [(LAMPS_YUAN - 1_400 + 500 * place) * YUAN for place in range(3)]


def _lamp_winner(plan: Plan) -> int:
    return 2 if plan.village.tells(DEAR) else 0


def _base(plan: Plan) -> dict[str, str]:
    return {"org_id": plan.village.collective.org_id, "village_id": plan.village.code}


def _road(sink: Sink, plan: Plan, until: date, firms: list[Firm]) -> None:
    """A road, half done: tendered, promised, contracted, written up in its diary."""
    key, base, start = plan.village.key, _base(plan), until - 70 * DAY
    works, tender, contract = f"GC{key}1", f"ZB{key}1", f"HT{key}GC1"
    fen = ROAD_YUAN * YUAN
    opened = at(start + 20 * DAY, 9)
    is_alike = plan.village.tells(ALIKE)
    prices = [fen - 3_000 * YUAN, fen - (3_000 if is_alike else 2_100) * YUAN, fen - 900 * YUAN]
    sink.add(
        "tender", **base, tender_id=tender, subject_kind="works", subject_id=works,
        title="后塘路拓宽施工", method="open", platform_level="village", limit_price_fen=fen,
        published_at=at(start + 10 * DAY, 9), bid_deadline_at=opened - HOUR, opened_at=opened,
        bidder_min=3, result_published_at=opened + HOUR,
        result_publicity_end_date=start + 23 * DAY, award_notice_at=at(start + 24 * DAY, 9),
        status="awarded",
    )  # fmt: skip
    for place, (firm, price) in enumerate(zip(firms, prices, strict=True), start=1):
        sink.add(
            "bid", bid_id=f"TB{key}{place}", tender_id=tender, price_fen=price,
            counterparty_id=firm.counterparty_id, submitted_at=opened - 5 * HOUR + place * HOUR,
            mac="02:4a:00:00:00:07" if is_alike and place < len(firms) else "",
            is_valid=True, is_winner=place == 1,
        )  # fmt: skip
    if is_alike:
        plan.sources.plant("tender-same-device", "tender", tender, "两家一样的价，一台机器交的")
    body = plan.village.collective
    vote = plan.sources.decision(body, "M05", "后塘路拓宽", start - 10 * DAY, fen)
    deal = Deal(
        start + 26 * DAY, until + 30 * DAY, prices[0], vote, works, contract, tender,
        start + 30 * DAY,
    )  # fmt: skip
    plan.sources.contract("works", body, "后塘路拓宽施工合同", firms[0], deal)
    sink.add(
        "works", **base, works_id=works, name="后塘路拓宽", kind="road", place="三组后塘",
        lat_micro=29_306_000 + plan.place, lng_micro=120_074_000, estimate_fen=fen,
        guide_price_fen=fen, limit_price_fen=fen, contract_id=contract, decision_id=vote,
        counterparty_id=firms[0].counterparty_id, applied_at=at(start, 9),
        approved_at=at(start + 8 * DAY, 15), started_at=at(start + 30 * DAY, 8),
        planned_end_date=until + 30 * DAY, is_emergency=False, qr_code=f"w{key}road",
        qr_updated_at=at(until - 3 * DAY, 16), status="building",
        stage_changed_at=at(start + 30 * DAY, 8),
    )  # fmt: skip
    _promised(sink, plan, works, start + 25 * DAY)
    _inspections(sink, plan, works, until)
    for turn, percent in enumerate((15, 40, 60)):
        day = start + (34 + 11 * turn) * DAY
        sink.add(
            "works_log", works_id=works, logged_at=at(day, 16), kind="progress", percent=percent,
            words=("清表", "铺石子", "浇路面")[turn], file_hash=f"{key}{turn}".ljust(64, "0"),
            taken_at=at(day, 15), lat_micro=29_306_000, lng_micro=120_074_000,
        )  # fmt: skip


def _promised(sink: Sink, plan: Plan, works: str, day: date) -> None:
    """Everybody in office promised; he and the office were reminded."""
    cadres = [one for role in CADRES for one in plan.village.officers[role]]
    office = plan.village.town.staff[WORKS_OFFICE][0]
    promised = [(one, "commitment") for one in cadres]
    promised += [(cadres[0], "reminder_cadre"), (office, "reminder_office")]
    for person, kind in promised:
        sink.add(
            "works_commitment", works_id=works, person_id=person.person_id, kind=kind,
            signed_at=at(day, 9),
        )  # fmt: skip


def _ditch_seen(sink: Sink, plan: Plan, start: date) -> None:
    """The ditch had a wall too thin; it was cast again, and the town looked."""
    key, works = plan.village.key, f"GC{plan.village.key}2"
    clerk, office = plan.village.officer("village_clerk"), plan.village.town.staff[WORKS_OFFICE][0]
    seen = _seen(sink, plan, works, "二组")
    found, done = start + 60 * DAY, start + 68 * DAY
    seen("1", found, (office, WORKS_OFFICE), "量了五处，南段渠壁薄了2厘米", severity="medium")
    sink.add(
        "works_risk", risk_id=f"WX{key}2", works_id=works, inspection_id=f"JC{works}1",
        kind="quality", level="medium", words="南段12米渠壁不到10厘米",
        responsible_person_id=clerk.person_id, due_date=found + 15 * DAY, status="closed",
        closed_at=at(done + 2 * DAY, 10),
    )  # fmt: skip
    sink.add(
        "works_rectification", rectification_id=f"ZX{key}2", works_id=works, risk_id=f"WX{key}2",
        done_person_id=clerk.person_id, done_at=at(done, 16), words="敲掉重浇，量过都到10厘米",
        file_hash=f"{key}z".ljust(64, "0"), taken_at=at(done, 15),
        verifier_person_id=office.person_id, verifier_role=WORKS_OFFICE,
        verified_at=at(done + 2 * DAY, 10), is_accepted=True, verdict="量了五处，够厚",
    )  # fmt: skip
    supervision = plan.village.officer(SUPERVISION), SUPERVISION
    seen("2", start + 90 * DAY, supervision, "渠底平，水走得通")


def _seen(sink: Sink, plan: Plan, works: str, place: str) -> Callable[..., None]:
    """Return how an inspection of a project is told."""

    def seen(
        number: str, day: date, by: tuple[Person, str], words: str, severity: str = ""
    ) -> None:
        who, role = by
        sink.add(
            "works_inspection", inspection_id=f"JC{works}{number}", works_id=works,
            role_code=role, inspector_person_id=who.person_id, inspected_at=at(day, 10),
            stage="building", result="found" if severity else "fine", severity=severity,
            place=place, words=words,
            file_hash=f"{plan.village.key}{works[-1]}s{number}".ljust(64, "0"),
            taken_at=at(day, 9), lat_micro=29_306_000, lng_micro=120_074_000,
        )  # fmt: skip

    return seen


def _inspections(sink: Sink, plan: Plan, works: str, until: date) -> None:
    """The town looked twice: one finding is put right, one is past its day in an odd village."""
    key, village = plan.village.key, plan.village
    inspector = village.town.staff["town_works_office"][0].person_id
    builder = village.officer("committee_member").person_id
    is_late = plan.village.tells(ALIKE)
    for turn, (days, kind, level, words) in enumerate(
        ((30, "safety", "medium", "路口没有围挡"), (12, "quality", "low", "路边有一处开裂")),
        start=1,
    ):
        seen, is_closed = until - days * DAY, turn == 1
        sink.add(
            "works_inspection", inspection_id=f"JC{key}{turn}", works_id=works,
            role_code="town_works_office", inspector_person_id=inspector,
            inspected_at=at(seen, 10), stage="building", result="found", severity=level,
            place="三组后塘", words=words, file_hash=f"{key}9{turn}".ljust(64, "0"),
            taken_at=at(seen, 9, 50),
        )  # fmt: skip
        sink.add(
            "works_risk", risk_id=f"WT{key}{turn}", works_id=works, inspection_id=f"JC{key}{turn}",
            kind=kind, level=level, words=words, responsible_person_id=builder,
            due_date=seen + (5 if is_closed or is_late else 20) * DAY,
            status="closed" if is_closed else "open",
            closed_at=at(seen + 5 * DAY, 16) if is_closed else None,
        )  # fmt: skip
    done = until - 27 * DAY
    sink.add(
        "works_rectification", rectification_id=f"ZG{key}1", works_id=works, risk_id=f"WT{key}1",
        done_person_id=builder, done_at=at(done, 15), words="装了围挡和警示灯",
        file_hash=f"{key}98".ljust(64, "0"), taken_at=at(done, 14, 50),
        verifier_person_id=inspector, verifier_role="town_works_office",
        verified_at=at(done + 2 * DAY, 16), is_accepted=True, verdict="围挡装好了",
    )  # fmt: skip


def _ditch(sink: Sink, plan: Plan, until: date, firm: Firm) -> None:
    """A ditch, accepted and settled after the audit."""
    key, base, start = plan.village.key, _base(plan), until - DITCH_BEGAN
    works, fen = f"GC{key}2", DITCH_YUAN * YUAN
    accepted = at(until - DITCH_BEGAN + DITCH_TOOK, 10)
    body, contract = plan.village.collective, f"HT{key}GC2"
    vote = plan.sources.decision(body, "M05", DITCH, start - 10 * DAY, fen)
    deal = Deal(
        start + 26 * DAY, start + 110 * DAY, fen, vote, works, contract, None, start + 40 * DAY
    )
    plan.sources.contract("works", body, f"{DITCH}合同", firm, deal)
    _promised(sink, plan, works, start + 20 * DAY)
    sink.add(
        "works", **base, works_id=works, name=DITCH, kind="water", place="二组",
        contract_id=contract, decision_id=vote,
        estimate_fen=fen, counterparty_id=firm.counterparty_id, applied_at=at(start, 9),
        approved_at=at(start + 9 * DAY, 15), started_at=at(start + 40 * DAY, 8),
        planned_end_date=start + 110 * DAY, completed_at=at(start + 105 * DAY, 17),
        accepted_at=accepted, settled_at=at(start + 140 * DAY, 11), settlement_fen=fen,
        audited_at=at(start + 138 * DAY, 11), audited_fen=DITCH_FEN,
        retention_fen=fen * 3 // 100, warranty_end_date=start + 485 * DAY, is_emergency=False,
        qr_code=f"w{key}ditch", qr_updated_at=at(start + 140 * DAY, 11), status="settled",
        stage_changed_at=at(start + 140 * DAY, 11),
    )  # fmt: skip
    present = (
        (plan.village.officer("committee_member"), "village"),
        (plan.village.officer("supervision_head"), "supervision"),
        (plan.village.heads[0], "villager_rep"),
        (plan.village.heads[1], "villager_rep"),
    )
    for person, role in present:
        sink.add(
            "works_acceptance", works_id=works, held_at=accepted, result="pass",
            attendee_person_id=person.person_id, attendee_role=role, measured_milli=412_000,
            contract_milli=412_000,
        )  # fmt: skip
    _ditch_seen(sink, plan, start)
    made = Made(f"AS{works}", "0301", DITCH, "1510204", DITCH_FEN, works)
    write_card(sink, body, made, accepted.date(), until)


def _lamps(sink: Sink, plan: Plan, until: date, firms: list[Firm]) -> None:
    """Street lamps after three written prices; they came and were counted."""
    key, start = plan.village.key, until - LAMPS_ASKED
    prices = _lamp_prices()
    winner = _lamp_winner(plan)
    _bought(
        sink, plan, start, number="1", category_code="lamp", title="太阳能路灯",
        quantity_milli=12_000, unit="盏", estimate_fen=LAMPS_YUAN * YUAN, method="quote",
        award_fen=prices[winner], counterparty_id=firms[winner].counterparty_id,
    )  # fmt: skip
    made = Made(
        f"AS{key}LD", "0302", "太阳能路灯", "1510202", prices[winner], f"CG{key}1", 12, "equipment"
    )
    write_card(sink, plan.village.collective, made, _lamps_came(until), until)
    for place, (firm, price) in enumerate(zip(firms, prices, strict=True)):
        sink.add(
            "quote", quote_id=f"BJ{key}{place}", procurement_id=f"CG{key}1",
            counterparty_id=firm.counterparty_id, price_fen=price,
            quoted_at=at(start + 3 * DAY, 10), is_winner=place == winner,
        )  # fmt: skip


def _desks(sink: Sink, plan: Plan, until: date, firm: Firm) -> None:
    """Desks for the meeting room, ordered and not here yet."""
    _bought(
        sink, plan, until - 9 * DAY, number="2", category_code="office", title="会议桌椅",
        quantity_milli=6_000, unit="套", estimate_fen=DESKS_YUAN * YUAN, method="inquiry",
        award_fen=(DESKS_YUAN - 100) * YUAN, counterparty_id=firm.counterparty_id, is_here=False,
    )  # fmt: skip


def _bought(
    sink: Sink, plan: Plan, start: date, *, number: str, is_here: bool = True, **said: object
) -> None:
    sink.add(
        "procurement", **_base(plan), procurement_id=f"CG{plan.village.key}{number}",
        buyer_person_id=plan.village.officer("committee_member").person_id,
        submitted_at=at(start, 9), approved_at=at(start + 2 * DAY, 15),
        ordered_at=at(start + 5 * DAY, 10),
        delivered_at=at(start + 12 * DAY, 10) if is_here else None,
        accepted_at=at(start + 12 * DAY, 15) if is_here else None,
        status="accepted" if is_here else "ordered", **said,
    )  # fmt: skip
