"""Works: from the need to the audit, promised by all, paid no further than progress and audit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanzi.deals.models import Contract
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry
from sanzi.matters.models import Decision
from sanzi.orgs.errors import NotFound
from sanzi.registers.works import errors as refusals
from sanzi.registers.works import queries, rules
from sanzi.registers.works.actions import projects, site
from sanzi.registers.works.models import Attendance, Commitment, Diary, Variation, Works
from worlds import deals, spending, village, walks
from worlds.deals import OPENING
from worlds.publications import published
from worlds.village import AT, WILLOW, World

NOTICED = OPENING + timedelta(days=4)
LATER = NOTICED + timedelta(days=1)
CADRES = (
    "village_secretary", "committee_member", "village_clerk", "cashier_reporter",
    "supervision_head", "supervision_member", "coop_director",
)  # fmt: skip
FORM = {
    "name": "后塘路拓宽", "kind": "road", "place": "三组后塘", "lat": "29.306", "lng": "120.074",
    "need": "会车难，村民代表提了三次", "estimate": "92000", "planned_end": "2027-03-01",
    "decision_id": "D-1",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    made = village.build()
    deals.works_office(made)
    for firm in ("C-1", "C-2", "C-3", "C-PRICE", "C-AUDIT"):
        deals.party(firm)
    Decision.objects.create(
        ext_id="D-1", organisation=deals.body(made), division_code=WILLOW, title="拓宽后塘路",
        procedure="four_two", deciding_body="villager_reps", amount_fen=9_500_000,
        agree_count=41, file_digest="ab" * 32, passed_at=datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    return made


def _wish(**changed: Any) -> projects.Wish:
    said = {
        "name": "后塘路拓宽", "kind": "road", "place": "三组后塘", "estimate_fen": 9_200_000,
        "planned_end_date": date(2027, 3, 1), "lat_micro": 29_306_000, "lng_micro": 120_074_000,
        **changed,
    }  # fmt: skip
    return projects.Wish(**said)


def _by(world: World, role: str = "committee_member") -> Any:
    return world.actor(role, LATER)


def _awarded(world: World, number: str = "K-1", *, guide_fen: int = 9_000_000) -> Works:
    by = _by(world)
    projects.apply(wish=_wish(), organisation="O-WILLOW", case_number=number, by=by, at=AT)
    projects.approve(case_number=number, decision="D-1", by=by, at=AT)
    projects.price(
        case_number=number, guide_fen=guide_fen, limit_fen=None, agency="C-PRICE", by=by, at=AT
    )
    projects.award(case_number=number, tender=deals.awarded(world), by=by, at=NOTICED)
    return Works.objects.get(case_number=number)


def _contracted(world: World, number: str = "K-1") -> Works:
    found = _awarded(world, number)
    for role in CADRES:
        site.promise(works=found.ext_id, by=_by(world, role), at=NOTICED)
    projects.contract(
        case_number=number, sign_date=NOTICED.date(), start_date=NOTICED.date(),
        end_date=date(2027, 3, 1), clauses=deals.CLAUSES, by=_by(world), at=NOTICED,
    )  # fmt: skip
    return Works.objects.get(case_number=number)


def _log(world: World, percent: int, mark: str, **changed: Any) -> None:
    photo = {"file_hash": mark * 32, "taken_at": LATER, "lat_micro": 29_306_100,
             "lng_micro": 120_074_100, **changed}  # fmt: skip
    site.log(
        case_number="K-1", kind="progress", percent=percent, words="", photo=site.Photo(**photo),
        by=_by(world), at=LATER,
    )  # fmt: skip


def _present(*roles: str) -> list[site.Present]:
    people = ["P-willow-1", "P-willow-2", "P-willow-3", "P-willow-4", "P-willow-5"]
    return [site.Present(person, role) for person, role in zip(people, roles, strict=False)]


def _accepted(world: World) -> Works:
    found = _contracted(world)
    _log(world, 100, "aa")
    site.accept(
        case_number="K-1", is_passed=True, measured_milli=398_000, contract_milli=400_000,
        present=_present("village", "supervision", "villager_rep", "villager_rep", "town"),
        by=_by(world), at=LATER,
    )  # fmt: skip
    found.refresh_from_db()
    return found


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "castle"}, refusals.WorksWrong),
        ({"estimate_fen": 0}, refusals.WorksWrong),
        ({"estimate_fen": -1}, refusals.WorksWrong),
        ({"planned_end_date": date(2026, 1, 1)}, refusals.WorksWrong),
        ({"lat_micro": 89_000_000}, refusals.WorksWrong),
        ({"lng_micro": -1}, refusals.WorksWrong),
    ],
)
def test_a_wish_that_cannot_be_right_is_refused(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        projects.apply(
            wish=_wish(**changed), organisation="O-WILLOW", case_number="K-1", by=_by(world), at=AT
        )
    assert not Works.objects.exists()


def test_a_road_in_two_halves_is_one_road_and_a_pump_house_is_not(world: World) -> None:
    by = _by(world)
    north = _wish(estimate_fen=19_000_000)
    projects.apply(wish=north, organisation="O-WILLOW", case_number="K-1", by=by, at=AT)
    south = _wish(estimate_fen=18_500_000, lat_micro=29_309_000)
    with pytest.raises(refusals.WorksSplit):
        projects.apply(wish=south, organisation="O-WILLOW", case_number="K-2", by=by, at=AT)

    away = _wish(estimate_fen=18_500_000, lat_micro=29_326_000)
    projects.check(wish=away, organisation="O-WILLOW", at=AT)
    projects.check(wish=_wish(kind="house"), organisation="O-WILLOW", at=AT)
    assert Works.objects.count() == 1


def test_the_same_place_is_not_built_twice_in_five_years(world: World) -> None:
    _accepted(world)
    later = LATER + timedelta(days=400)
    wish = _wish(planned_end_date=date(2028, 12, 1))
    with pytest.raises(refusals.WorksTwice):
        projects.check(wish=wish, organisation="O-WILLOW", at=later)


def test_no_award_without_a_guide_price_or_above_it(world: World) -> None:
    by = _by(world)
    projects.apply(wish=_wish(), organisation="O-WILLOW", case_number="K-1", by=by, at=AT)
    projects.approve(case_number="K-1", decision="D-1", by=by, at=AT)
    tender = deals.awarded(world)
    with pytest.raises(refusals.GuidePriceNeeded):
        projects.award(case_number="K-1", tender=tender, by=by, at=NOTICED)
    for guide, limit in ((0, None), (9_000_000, 9_000_001)):
        with pytest.raises(Refusal):
            projects.price(
                case_number="K-1", guide_fen=guide, limit_fen=limit, agency="C-PRICE", by=by, at=AT
            )
    projects.price(
        case_number="K-1", guide_fen=8_700_000, limit_fen=None, agency="C-PRICE", by=by, at=AT
    )
    with pytest.raises(refusals.AwardWrong, match="限价"):
        projects.award(case_number="K-1", tender=tender, by=by, at=NOTICED)
    with pytest.raises(refusals.AwardWrong, match="还没有定标"):
        projects.award(case_number="K-1", tender="ZB-NONE", by=by, at=NOTICED)
    assert Works.objects.get().status == "priced"


def test_a_large_work_is_awarded_only_on_the_platform_of_its_tier(world: World) -> None:
    by = _by(world)
    wish = _wish(estimate_fen=20_000_000)
    projects.apply(wish=wish, organisation="O-WILLOW", case_number="K-1", by=by, at=AT)
    projects.approve(case_number="K-1", decision="", by=by, at=AT)
    projects.price(
        case_number="K-1", guide_fen=20_000_000, limit_fen=None, agency="C-PRICE", by=by, at=AT
    )
    with pytest.raises(refusals.AwardWrong, match="镇平台"):
        projects.award(case_number="K-1", tender=deals.awarded(world), by=by, at=NOTICED)


def test_nothing_is_signed_before_every_officer_has_promised(world: World) -> None:
    found = _awarded(world)
    assert Commitment.objects.filter(kind="reminder_cadre").count() == len(CADRES)
    assert Commitment.objects.filter(kind="reminder_office").count() == 1
    for role in CADRES[:-1]:
        site.promise(works=found.ext_id, by=_by(world, role), at=NOTICED)
    sign = {
        "case_number": "K-1", "sign_date": NOTICED.date(), "start_date": NOTICED.date(),
        "end_date": date(2027, 3, 1), "clauses": deals.CLAUSES, "by": _by(world), "at": NOTICED,
    }  # fmt: skip
    with pytest.raises(refusals.PromisesMissing, match=r"还有1位.*董事长"):
        projects.contract(**sign)
    assert not Contract.objects.exists()

    with pytest.raises(refusals.PromisedAlready):
        site.promise(works=found.ext_id, by=_by(world, CADRES[0]), at=NOTICED)
    with pytest.raises(refusals.PromisedAlready, match="不在本村任职"):
        site.promise(works=found.ext_id, by=_by(world, "town_leader"), at=NOTICED)
    with pytest.raises(NotFound):
        site.promise(works=found.ext_id, by=_by(world, "stone_cashier"), at=NOTICED)
    site.promise(works=found.ext_id, by=_by(world, CADRES[-1]), at=NOTICED)
    projects.contract(**sign)
    made = Contract.objects.get()
    assert (made.amount_fen, made.case_number, made.kind) == (8_800_000, "K-1", "works")


@pytest.mark.parametrize(
    ("percent", "changed", "refusal"),
    [
        (10, {"file_hash": ""}, refusals.PhotoNeeded),
        (10, {"taken_at": LATER - timedelta(days=2)}, refusals.PhotoNeeded),
        (10, {"taken_at": LATER + timedelta(hours=1)}, refusals.PhotoNeeded),
        (10, {"lat_micro": 29_350_000}, refusals.PhotoNeeded),
        (101, {}, refusals.WorksWrong),
        (-1, {}, refusals.WorksWrong),
    ],
)
def test_a_diary_line_has_a_fresh_photo_of_the_place(
    world: World, percent: int, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    _contracted(world)
    with pytest.raises(refusal):
        _log(world, percent, "aa", **changed)
    assert not Diary.objects.exists()


def test_a_photo_is_used_once_and_progress_never_goes_back(world: World) -> None:
    _contracted(world)
    _log(world, 40, "aa")
    with pytest.raises(refusals.PhotoNeeded, match="以前用过"):
        _log(world, 50, "aa")
    with pytest.raises(refusals.WorksWrong):
        _log(world, 39, "bb")
    assert Works.objects.get().status == "building"


def test_who_approves_a_change_follows_from_all_changes_together(world: World) -> None:
    found = _contracted(world)
    ask = {"works": found.ext_id, "reason_code": "unforeseen", "reason": "挖到老涵管要改线",
           "decision": "", "by": _by(world), "at": LATER}  # fmt: skip
    small = site.ask_variation(amount_fen=440_000, **ask)
    with pytest.raises(refusals.VariationDecided, match="不归您批"):
        site.decide_variation(
            variation=small, is_approved=True, by=_by(world, "town_leader"), at=LATER
        )
    secretary = _by(world, "village_secretary")
    site.decide_variation(variation=small, is_approved=True, by=secretary, at=LATER)
    with pytest.raises(refusals.VariationDecided, match="已经批过"):
        site.decide_variation(variation=small, is_approved=False, by=secretary, at=LATER)
    site.ask_variation(amount_fen=1, **ask)
    assert [one.needs_role for one in Variation.objects.order_by("pk")] == [
        "village_secretary", "town_works_office",
    ]  # fmt: skip
    with pytest.raises(refusals.WorksWrong, match="决议"):
        site.ask_variation(amount_fen=500_000, **ask)
    with pytest.raises(refusals.VariationTooLarge):
        site.ask_variation(amount_fen=1_400_000, **{**ask, "decision": "D-1"})
    with pytest.raises(refusals.WorksWrong):
        site.ask_variation(amount_fen=0, **ask)
    with pytest.raises(refusals.WorksWrong):
        site.ask_variation(amount_fen=5, **{**ask, "reason": "改"})
    assert Variation.objects.count() == 2


def test_a_change_that_could_not_wait_is_told_with_its_day(world: World) -> None:
    found = _contracted(world)
    ask = {"works": found.ext_id, "amount_fen": 1_000, "reason_code": "safety", "decision": "",
           "reason": "边坡塌了连夜抢修", "by": _by(world), "at": LATER}  # fmt: skip
    days = (LATER.date() + timedelta(days=1), NOTICED.date() - timedelta(days=1))
    for day, why in zip(days, ("还没到", "合同还没签"), strict=True):
        with pytest.raises(refusals.WorksWrong, match=why):
            site.ask_variation(done_on=day, **ask)
    assert not Variation.objects.exists()

    site.ask_variation(**ask)
    site.ask_variation(done_on=LATER.date(), **ask)
    site.ask_variation(done_on=LATER.date() - timedelta(days=1), **ask)
    done = [one.executed_at for one in Variation.objects.order_by("pk")]
    assert done == [None, LATER, clock.midnight(LATER.date()) - timedelta(seconds=1)]


@pytest.mark.parametrize(
    ("roles", "measured", "said"),
    [
        (("village", "villager_rep", "villager_rep", "town"), 400_000, "村监会"),
        (("village", "supervision", "villager_rep", "town"), 400_000, "2名村民代表"),
        (("village", "supervision", "villager_rep", "villager_rep"), 400_000, "镇里或第三方"),
        (("village", "supervision", "villager_rep", "villager_rep", "contractor"), 400_000, "镇里"),
        (("village", "supervision", "villager_rep", "villager_rep", "town"), 391_000, "实测量"),
    ],
)
def test_an_acceptance_lacks_nobody_and_no_metre(
    world: World, roles: tuple[str, ...], measured: int, said: str
) -> None:
    _contracted(world)
    _log(world, 100, "aa")
    with pytest.raises(refusals.AcceptanceIrregular, match=said):
        site.accept(
            case_number="K-1", is_passed=True, measured_milli=measured, contract_milli=400_000,
            present=_present(*roles), by=_by(world), at=LATER,
        )  # fmt: skip
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"settlement_fen": 8_800_001}, refusals.SettlementOver),
        ({"audited_fen": 8_700_001}, refusals.WorksWrong),
        ({"audited_fen": 0}, refusals.WorksWrong),
        ({"agency": ""}, refusals.WorksWrong),
        ({"agency": "C-1"}, refusals.WorksWrong),
        ({"agency": "C-PRICE"}, refusals.WorksWrong),
    ],
)
def test_a_settlement_is_never_above_contract_and_changes(
    world: World, changed: dict[str, Any], refusal: type[Refusal]
) -> None:
    _accepted(world)
    said = {"settlement_fen": 8_700_000, "audited_fen": 8_500_000, "agency": "C-AUDIT", **changed}
    with pytest.raises(refusal):
        site.settle(case_number="K-1", by=_by(world), at=LATER, **said)
    assert Works.objects.get().audited_fen is None


def test_payments_follow_progress_audit_and_warranty(world: World) -> None:
    found = _contracted(world)
    with pytest.raises(refusals.WorksOverpaid, match="开工前最多合同价的30%"):
        site.require_payable("K-1", 2_640_001, "P-1")
    site.require_payable("K-1", 2_640_000, "P-1")
    spending.spend(world, "P-1", [(found.counterparty, 2_640_000)], state="paid",
                   source_kind="works", source_id="K-1")  # fmt: skip
    _log(world, 60, "aa")
    with pytest.raises(refusals.WorksOverpaid, match="进度60%"):
        site.require_payable("K-1", 1_584_001, "P-2")
    site.require_payable("K-1", 1_584_000, "P-2")


def test_after_the_audit_three_percent_wait_for_the_warranty() -> None:
    said = {"contract_fen": 8_800_000, "changes_fen": 0, "percent": 100, "is_accepted": True}
    assert rules.payable(**said, audited_fen=None, warranty_over=False)[0] == 6_160_000
    assert rules.payable(**said, audited_fen=8_500_000, warranty_over=False)[0] == 8_245_000
    assert rules.payable(**said, audited_fen=8_500_000, warranty_over=True)[0] == 8_500_000
    assert rules.payable(**said, audited_fen=9_900_000, warranty_over=True)[0] == 8_800_000


def test_m05_walks_from_the_need_to_the_audit(world: World) -> None:
    walk = walks.start(world, "M05", "committee_member")
    with pytest.raises(refusals.WorksWrong):
        walk.submit("committee_member", {**FORM, "planned_end": "2026-01-01"}, ("before_photo",))
    walk.submit("committee_member", FORM)
    walk.approve("village_secretary", "town_works_office", "town_agri_head")
    walk.record(
        "town_works_office",
        {"guide_price": "90000", "agency": "C-PRICE"}, ("report",),
    )  # fmt: skip
    tender = deals.awarded(world)
    walk.at = NOTICED
    walk.record("village_clerk", {"tender": tender})
    found = Works.objects.get()
    signed = {
        "sign_date": NOTICED.date().isoformat(), "start_date": NOTICED.date().isoformat(),
        "end_date": "2027-03-01", **dict.fromkeys(deals.CLAUSES, "yes"),
    }  # fmt: skip
    with pytest.raises(refusals.PromisesMissing):
        walk.record("coop_director", signed, ("contract",))
    for role in CADRES:
        site.promise(works=found.ext_id, by=_by(world, role), at=NOTICED)
    walk.record("coop_director", signed)
    walk.at = LATER
    walk.record("village_clerk", {"kind": "progress", "percent": "40"}, ("photo",), is_last=False)
    walk.record("village_clerk", {"kind": "progress", "percent": "100"}, ("photo",))
    present = [
        {"person": one.person, "role": one.role}
        for one in _present("village", "supervision", "villager_rep", "villager_rep", "town")
    ]
    walk.record(
        "supervision_head",
        {"is_passed": "yes", "measured": "400", "contracted": "400", "present": present},
        ("photo",),
    )
    walk.record(
        "town_works_office",
        {"settlement": "88000", "audited": "86000", "agency": "C-AUDIT"}, ("report",),
    )  # fmt: skip

    assert walk.case.state == "DONE"
    shown = published(walk.number)
    assert (shown["W01"].stage, shown["W01"].version) == ("审定了", 8)
    assert shown["W01"].facts["审定价（元）"] == "86,000.00元"
    assert shown["W03"].facts["合格没有"] == "是"
    assert all("*" in row[0] for row in shown["W03"].tables["谁到场"])
    registry.require_payable("works", walk.number, 8_342_000, "P-1")
    with pytest.raises(refusals.WorksOverpaid, match="97%"):
        registry.require_payable("works", walk.number, 8_342_001, "P-1")
    page = queries.public_page(found.qr_code, LATER)
    assert [one.stage for one in page.stages] == [
        "applied", "approved", "priced", "awarded", "contracted", "building", "completed",
        "accepted", "settled",
    ]  # fmt: skip
    assert page.works.qr_updated_at == page.works.stage_changed_at
    [row] = deals.record_rows("works")
    assert (row["status"], row["audited_fen"]) == ("settled", 8_600_000)
    counts = {
        name: len(deals.record_rows(f"works_{name}"))
        for name in ("commitment", "variation", "acceptance", "log")
    }
    assert counts == {"commitment": 15, "variation": 0, "acceptance": 5, "log": 2}
    assert len(deals.record_rows("bid")) == 3
    assert len(deals.record_rows("tender")) == 1
    assert len(deals.record_rows("contract")) == 1
