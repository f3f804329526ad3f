"""Schemes in registers: advances, rents, empty buildings, two subsidies, votes of too few.

Terms and shares are those of the law and of the county's own rules on money that villages lend,
let and vote on.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county import decisions
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.schemes.dealings import auction
from sanzi_county.schemes.scene import Scene, Scheme, yuan

TERM: Final = 60
"""Days within which money that was given before the proof comes home."""
ARREARS: Final = 90
"""Days after which rent that nobody paid is arrears: a quarter."""
EMPTY: Final = 183
"""Days that a building may stand empty before something is done with it: half a year."""
REPS: Final = 60
"""Representatives of a village of these tellings; two thirds of them must be there."""
RENT: Final = 24_000 * YUAN
PROGRAMS: Final = ("种粮大户补贴", "规模经营补贴")


def _advance(
    scene: Scene, *, is_over: bool = True, cleared: bool = False, kind: str = "reserve"
) -> None:
    """Money given to a villager who runs errands, or to a firm, before the proof."""
    days = scene.over(TERM) if is_over else scene.under(TERM)
    issued = scene.until - days * DAY
    fen = yuan(scene.random.randint(2_100, 4_800))
    person = None if kind == "prepay" else scene.person().person_id
    firm = scene.firm("hardware") if kind == "prepay" else None
    deal = scene.contract("procurement", "抗旱水泵", firm, fen, issued - 5 * DAY) if firm else None
    number = scene.case("M14", "备用金", at(issued - 4 * DAY, 9), at(issued - DAY, 10), fen)
    scene.add(
        "advance", advance_id=scene.name("JK"), **scene.base(), case_id=number, kind=kind,
        purpose="抗旱值班用品", person_id=person, contract_id=deal,
        counterparty_id=firm.counterparty_id if firm else None, amount_fen=fen,
        cleared_fen=fen if cleared else 0, issued_at=at(issued, 10),
        due_date=issued + TERM * DAY, status="cleared" if cleared else "out",
        acted=at(issued + TERM * DAY, 23),
    )  # fmt: skip


def _arrears(
    scene: Scene,
    *,
    is_over: bool = True,
    paid: bool = False,
    waived: bool = False,
    ahead: bool = False,
) -> None:
    """A year's rent of a shop that was let in an open auction long ago."""
    late = scene.over(ARREARS) if is_over else scene.under(ARREARS)
    due = scene.until + 20 * DAY if ahead else scene.until - late * DAY
    start, village = due - 365 * DAY, scene.plan.village
    tenant, asset, lease = scene.firm("tenant"), scene.name("AS"), scene.name("LS")
    scene.add(
        "asset", asset_id=asset, **scene.base(), card_no=asset[-5:], category="fixed",
        kind="house", is_operating=True, name="沿街店面", place=f"{village.name}三组", quantity=1,
        book_value_fen=0, subject_code="1510101", status="leased", status_since_date=start,
        last_inventory_date=scene.until - 90 * DAY, registered_at=at(start - 900 * DAY, 9),
    )  # fmt: skip
    signed = at(start - 8 * DAY, 10)
    number = scene.case("M17", "沿街店面出租", at(start - 60 * DAY, 9), signed, RENT)
    scene.show("A03", number, "沿街店面出租合同", signed, RENT)
    scene.sink.add(
        "lease", lease_id=lease, asset_id=asset, village_id=village.code, pay_cycle="year",
        prepaid_years=0, tenant_counterparty_id=tenant.counterparty_id, case_id=number,
        contract_id=scene.contract("lease", "沿街店面", tenant, 3 * RENT, start - 8 * DAY),
        appraised_rent_fen_year=RENT, reserve_rent_fen_year=RENT, rent_fen_year=RENT,
        tender_id=auction(scene, asset, tenant, RENT, ago=(scene.until - start).days + 15),
        deposit_fen=RENT // 4, start_date=start, end_date=start + 1094 * DAY,
        decision_ref=f"村代会〔{start.year}〕4号", signed_at=signed,
        handed_over_at=at(start, 9),
    )  # fmt: skip
    vote = None
    if waived:
        vote = scene.plan.sources.decision(scene.body, "M17", "水灾减租", due - 10 * DAY, RENT)
    for place, day in enumerate((start, due), start=1):
        is_last = day == due
        is_paid = paid or not is_last
        scene.add(
            "rent_bill", bill_id=f"RT{lease}{place}", lease_id=lease, village_id=village.code,
            place=place, from_date=day, until_date=day + 364 * DAY, due_date=day,
            amount_fen=RENT, received_fen=RENT if is_paid else 0,
            received_at=at(day, 10) if is_paid else None,
            waived_fen=RENT if waived and is_last else 0,
            waiver_decision_id=vote if is_last else None, dunned_count=0, is_dropped=False,
            acted=at(day + ARREARS * DAY, 23) if is_last else None,
        )  # fmt: skip


def _empty(
    scene: Scene,
    *,
    is_over: bool = True,
    status: str = "idle",
    operating: bool = True,
    called: bool = False,
) -> None:
    """A building that earns money stands empty; `called` says that it is put up for auction."""
    days = scene.over(EMPTY) if is_over else scene.under(EMPTY)
    since, village = scene.until - days * DAY, scene.plan.village
    worth, asset = yuan(scene.random.randint(180_000, 420_000)), scene.name("AS")
    scene.add(
        "asset", asset_id=asset, **scene.base(), card_no=asset[-5:], category="fixed",
        kind="house", is_operating=operating, name="老茧站", place=f"{village.name}四组",
        quantity=1, book_value_fen=0, appraised_fen=worth, appraised_at=at(since - 30 * DAY, 9),
        subject_code="1510101", status=status, status_since_date=since,
        last_inventory_date=scene.until - 90 * DAY, registered_at=at(since - 900 * DAY, 9),
        acted=at(since + EMPTY * DAY, 23),
    )  # fmt: skip
    if called:
        opens = scene.day(3)
        scene.add(
            "auction", auction_id=scene.name("PZ"), **scene.base(), asset_id=asset,
            subject_kind="lease", title="老茧站出租", platform_level="county", appraised_fen=RENT,
            floor_fen=RENT, step_fen=500 * YUAN, deposit_fen=2_000 * YUAN, round=1,
            decision_ref=f"村代会〔{opens.year}〕9号", published_at=at(opens - 25 * DAY, 9),
            opens_at=at(opens + 20 * DAY, 9), closes_at=at(opens + 20 * DAY, 11),
            status="published",
        )  # fmt: skip


def _vote(scene: Scene, *, is_short: bool = True, present: int = 0, agree: int = 0) -> None:
    """The representatives vote on a yearly matter, enough of them there or not."""
    day, village = scene.day(scene.random.randint(20, 60)), scene.plan.village
    need = -(-REPS * 2 // 3)
    if is_short:
        present = need - (scene.random.randrange(1, 4) if scene.is_close else 9)
    there = present or need
    yes = agree or there - 2
    name, committee, title = scene.name("DJ"), village.committee, "卫生保洁公约"
    scene.add(
        "decision", decision_id=name, org_id=committee.org_id, village_id=village.code,
        matter_code="M16", title=title, procedure="five_two",
        deciding_body="villager_reps", status="passed", passed_at=at(day, 15),
        eligible_count=REPS, present_count=there, agree_count=yes,
        against_count=there - yes - 1, abstain_count=1,
        minutes_hash=sm3(f"minutes {name}".encode()), acted=at(day, 15),
    )  # fmt: skip
    vote = decisions.Vote(
        name,
        committee.org_id,
        village.code,
        "卫生保洁公约",
        "five_two",
        day,
        REPS,
        there,
        yes,
        None,
    )
    decisions.write(scene.sink, vote)


def _twice(
    scene: Scene,
    *,
    same: bool = True,
    exclusive: bool = True,
    before: int = 0,
    removed: bool = False,
) -> None:
    """Two programmes that bar each other; `before` is how many years the first was earlier."""
    village, first = scene.plan.village, scene.person()
    people = (first, first if same else scene.person())
    group = f"scale-{scene.key}"[:24] if exclusive else None
    for turn, (person, name) in enumerate(
        zip(people, ("种粮大户补贴", "规模经营补贴"), strict=True)
    ):
        asked = scene.day(80 - 20 * turn)
        year = asked.year - (0 if turn else before)
        fixed, program = asked + 18 * DAY, scene.name("SP")
        fen, is_gone = yuan(scene.random.randint(800, 1_900)), removed and turn == 1
        scene.add(
            "program", program_id=program, org_id=village.town.agency.org_id, code=program,
            name=name, department="镇农业办", unit="户", rate_fen=fen, exclusive_group=group,
            excludes_payroll=False, excludes_moved_out=False, needs_land=False, publicity_days=7,
            pay_within_days=30, valid_from_date=date(year, 1, 1),
            source_ref="镇农业补贴办法（样例）",
        )  # fmt: skip
        number = scene.case("M25", f"{year}{name}", at(asked, 10), at(fixed, 10), fen)
        scene.add(
            "roster", roster_id=scene.name("BR"), org_id=village.committee.org_id,
            program_id=program, village_id=village.code, case_id=number, period=str(year),
            submitted_at=at(asked, 10), checked_at=at(asked + 4 * DAY, 16), sampled_count=1,
            publicity_start_at=at(asked + 7 * DAY, 9), publicity_end_at=at(asked + 15 * DAY, 9),
            objection="没有人提意见", approved_at=at(fixed, 10), status="approved",
        )  # fmt: skip
        scene.add(
            "award", award_id=scene.name("AW"), org_id=village.committee.org_id,
            program_id=program, village_id=village.code, case_id=number, period=str(year),
            person_id=person.person_id, household_id=person.household_id, quantity_milli=1_000,
            amount_fen=fen, payee_name=person.name, is_kin_of_cadre=False,
            approved_at=at(fixed, 10), paid_at=None if is_gone else at(fixed + 7 * DAY, 10),
            status="removed" if is_gone else "approved", acted=at(fixed + 7 * DAY, 10),
        )  # fmt: skip


SCHEMES: Final = (
    Scheme("advance-not-cleared", "备用金过了期限没有清账", _advance, {}, (
        ("清了账", {"cleared": True}),
        ("还没有到期", {"is_over": False}),
        ("到期以前清了账", {"is_over": False, "cleared": True}),
        ("预付给店里的，货到清了账", {"kind": "prepay", "cleared": True}),
        ("预付给店里的，还没有到期", {"kind": "prepay", "is_over": False}),
    )),
    Scheme("rent-never-paid", "一年的租金三个多月没有交，也没有催", _arrears, {}, (
        ("到期交清", {"paid": True}),
        ("受灾，表决减免", {"waived": True}),
        ("还没有到交的日子", {"ahead": True}),
        ("不到三个月，交清了", {"is_over": False, "paid": True}),
        ("不到三个月，表决减免", {"is_over": False, "waived": True}),
    )),
    Scheme("building-left-empty", "经营的房子空了半年多没有人管", _empty, {}, (
        ("已经公告招租", {"called": True}),
        ("空了不到半年", {"is_over": False}),
        ("自己在用", {"status": "self_use"}),
        ("不是经营用的", {"operating": False}),
        ("空了不到半年，已经公告招租", {"is_over": False, "called": True}),
    )),
    Scheme("subsidised-twice", "同一个人领了两样互相排斥的补贴", _twice, {}, (
        ("两户人家各领一样", {"same": False}),
        ("两样不互相排斥", {"exclusive": False}),
        ("前一样是去年的", {"before": 1}),
        ("第二样核下来去掉了", {"removed": True}),
        ("两户各领一样，也不互相排斥", {"same": False, "exclusive": False}),
    )),
    Scheme("vote-of-too-few", "到会的代表不到三分之二就表决", _vote, {}, (
        ("正好三分之二", {"is_short": False}),
        ("到了四十八人", {"is_short": False, "present": 48}),
        ("全到了", {"is_short": False, "present": 60}),
        ("到了四十二人，差一点没有过半", {"is_short": False, "present": 42, "agree": 32}),
        ("到了五十一人", {"is_short": False, "present": 51}),
    )),
)  # fmt: skip
