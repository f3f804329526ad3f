"""Schemes in what is built and in land that was taken."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sanzi_county.building import CADRES
from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN, entry
from sanzi_county.money import Basis
from sanzi_county.schemes.scene import Scene, Scheme, yuan

PRICE: Final = 24_000 * YUAN
HOUR: Final = timedelta(hours=1)


def _built(
    scene: Scene,
    *,
    variations: tuple[int, ...] = (),
    paid: int = 100,
    audited: int = 98,
    approved_first: bool = True,
) -> None:
    """A ditch with its contract; `variations`, `paid` and `audited` are percent of the price."""
    village, base = scene.plan.village, scene.base()
    firm, works, contract = scene.firm("building"), scene.name("GC"), scene.name("HT")
    start = scene.day(200)
    more = [PRICE * one // 100 + scene.random.randrange(90) * YUAN for one in variations]
    total = PRICE + sum(more)
    settled, cut = at(start + 140 * DAY, 11), PRICE * audited // 100
    vote = scene.plan.sources.decision(village.committee, "M05", "水渠衬砌", start + 5 * DAY, PRICE)
    number = scene.case("M05", "水渠衬砌", at(start, 9), at(start + 9 * DAY, 15), PRICE)
    scene.add(
        "contract", contract_id=contract, **base, kind="works", title="水渠衬砌合同",
        counterparty_id=firm.counterparty_id, sign_date=start + 20 * DAY,
        start_date=start + 30 * DAY, end_date=start + 110 * DAY, amount_fen=PRICE,
        subject_id=works, filed_at=at(start + 22 * DAY, 10), has_price_clause=True,
        has_term_clause=True, has_breach_clause=True, has_settlement_clause=True, is_oral=False,
        status="approved",
    )  # fmt: skip
    scene.add(
        "works", works_id=works, **base, case_id=number, name="水渠衬砌", kind="water",
        place=f"{village.name}{works[-4:]}段", estimate_fen=PRICE, contract_id=contract,
        decision_id=vote,
        counterparty_id=firm.counterparty_id, applied_at=at(start, 9),
        approved_at=at(start + 9 * DAY, 15), started_at=at(start + 40 * DAY, 8),
        planned_end_date=start + 110 * DAY, completed_at=at(start + 105 * DAY, 17),
        accepted_at=at(start + 120 * DAY, 10), settled_at=settled, settlement_fen=total,
        audited_at=settled - 2 * DAY, audited_fen=cut, retention_fen=0,
        warranty_end_date=start + 485 * DAY, is_emergency=False, qr_code=f"w{works}",
        qr_updated_at=settled, status="settled", stage_changed_at=settled, acted=settled,
    )  # fmt: skip
    for place, fen in enumerate(more):
        done = at(start + (50 + 15 * place) * DAY, 9)
        agreed = done - DAY if approved_first else done + 20 * DAY
        scene.add(
            "works_variation", variation_id=scene.name("BG"), works_id=works, amount_fen=fen,
            reason_code="quantity", reason="加长渠段", submitted_at=agreed - 2 * DAY,
            approved_at=agreed, executed_at=done, acted=done,
        )  # fmt: skip
        scene.show("W03", number, "水渠衬砌变更", agreed, fen)
    _seen(scene, works, start)
    _card(scene, works, start + 160 * DAY, PRICE * paid // 100)
    title = "水渠衬砌工程款"
    basis = Basis(source_id=works)
    source = scene.plan.sources.matter(
        "works", scene.body, title, start + 12 * DAY, payee=firm, amount_fen=PRICE, basis=basis
    )
    back = (scene.until - settled.date()).days - 12
    scene.buy(back, ("15302", title), firm, PRICE * paid // 100, source=source)


def _card(scene: Scene, works: str, day: date, fen: int) -> None:
    """What was built becomes a thing of the village, in its list and in its books."""
    asset = scene.name("AS")
    scene.add(
        "asset", asset_id=asset, **scene.base(), card_no=asset[-5:], category="fixed",
        kind="water", is_operating=False, name=f"水渠{works[-4:]}段",
        place=scene.plan.village.name, quantity=1, book_value_fen=fen, status="self_use",
        status_since_date=day, acquired_date=day, source_kind="works", source_id=works,
        last_inventory_date=day, registered_at=at(day, 10), subject_code="1510204",
    )  # fmt: skip
    built = entry(day, scene.body, "水渠衬砌完工转入", {"1510204": fen}, {"15302": fen})
    scene.plan.entries.append(built)


def _seen(scene: Scene, works: str, start: date) -> None:
    """What goes with it: promises of the cadres, a diary, an acceptance by four."""
    village = scene.plan.village
    cadres = [one for role in CADRES for one in village.officers[role]]
    promised = [(one, "commitment") for one in cadres]
    promised += [(cadres[0], "reminder_cadre"), (cadres[0], "reminder_office")]
    for person, kind in promised:
        scene.add(
            "works_commitment", works_id=works, person_id=person.person_id, kind=kind,
            signed_at=at(start + 18 * DAY, 9),
        )  # fmt: skip
    for percent in (20, 60, 100):
        day = at(start + (42 + percent // 2) * DAY, 16)
        scene.add(
            "works_log", works_id=works, logged_at=day, kind="progress", percent=percent,
            words="浇筑", file_hash=scene.digest(), taken_at=day - HOUR,
        )  # fmt: skip
    present = (
        (village.officer("committee_member"), "village"),
        (village.officer("supervision_head"), "supervision"),
        (village.heads[0], "villager_rep"),
        (village.heads[1], "villager_rep"),
    )
    for person, role in present:
        scene.add(
            "works_acceptance", works_id=works, held_at=at(start + 120 * DAY, 10), result="pass",
            attendee_person_id=person.person_id, attendee_role=role, measured_milli=90_000,
            contract_milli=90_000,
        )  # fmt: skip


def _taken(
    scene: Scene,
    *,
    waits: int | None = 20,
    ago: int = 120,
    right: bool = True,
    counted: bool = True,
    collective: bool = False,
    twice: bool = False,
) -> None:
    """Land that a road took: its money came `ago` days before the end, paid after `waits` days."""
    village = scene.plan.village
    person, taking = scene.person(), scene.name("ZD")
    came = scene.day(ago)
    plan = came - 60 * DAY
    scene.add(
        "land_taking", taking_id=taking, **scene.base(), submitted_at=at(plan - 60 * DAY, 9),
        project_name="县道拓宽", notice_no=f"征〔{plan.year}〕{taking[-3:]}号",
        notice_start_date=plan - 50 * DAY, notice_end_date=plan - 38 * DAY,
        roster_start_date=plan - 30 * DAY, roster_end_date=plan - 18 * DAY,
        plan_start_date=plan - 15 * DAY, plan_end_date=plan + 16 * DAY,
        approved_at=at(plan + 20 * DAY, 10), fund_received_at=at(came, 10),
        fund_fen=yuan(30_000), collective_use="none", status="funded", acted=at(came, 10),
    )  # fmt: skip
    survey = scene.name("QD")
    scene.add(
        "survey", survey_id=survey, taking_id=taking, village_id=village.code,
        surveyed_at=at(plan - 40 * DAY, 9), attendee_count=5, has_third_party=True,
        has_owner_sign=True, photo_count=6, person_count_village=3,
    )  # fmt: skip
    parcel = f"L{(person.household_id or '')[1:]}"
    if not right:
        other = scene.person()
        parcel = f"L{(other.household_id or '')[1:]}"
    paid = None if waits is None else at(came + waits * DAY, 10)
    for _ in range(1 + twice):
        scene.add(
            "compensation", comp_id=scene.name("BC"), taking_id=taking, village_id=village.code,
            kind="seedling", parcel_id=parcel,
            owner_kind="collective" if collective else "household", person_id=person.person_id,
            quantity="0.30", unit="亩", unit_price_fen=yuan(1_200), amount_fen=yuan(360),
            survey_id=survey if counted else None, paid_at=paid, acted=paid or at(came, 10),
        )  # fmt: skip


SCHEMES: Final = (
    Scheme("paid-above-audit", "三次变更，付款超过审定价", _built,
           {"variations": (5, 6, 5), "paid": 116}, (
        ("按审定价付", {"paid": 98}),
        ("没有变更，付八成", {"paid": 80}),
        ("一次小变更，按审定价付", {"variations": (4,), "audited": 101, "paid": 101}),
        ("没有变更，审减百分之三", {"audited": 97, "paid": 97}),
        ("没有变更，付一半", {"paid": 50}),
    )),
    Scheme("variation-before-leave", "先变更后补批", _built,
           {"variations": (6,), "approved_first": False, "paid": 90}, (
        ("先批后变更", {"variations": (6,), "paid": 90}),
        ("先批的小变更", {"variations": (3,), "paid": 95}),
        ("没有变更", {"paid": 95}),
        ("没有变更，付七成", {"paid": 70}),
        ("先批的变更，付八成", {"variations": (5,), "paid": 80}),
    )),
    Scheme("idle-land-money", "征地补偿款到村，迟迟不发", _taken, {"waits": None, "ago": 130}, (
        ("二十天发完", {}),
        ("十天发完", {"waits": 10}),
        ("刚到账一周", {"waits": None, "ago": 7}),
        ("十五天发完", {"waits": 15, "ago": 90}),
        ("五天发完", {"waits": 5, "ago": 60}),
    )),
    Scheme("compensation-without-land", "没有地、也没有清点过青苗的人领补偿", _taken,
           {"right": False, "counted": False}, (
        ("有承包地", {}),
        ("租种人的青苗，清点过", {"right": False, "waits": 12}),
        ("有承包地，八天发完", {"waits": 8, "ago": 80}),
        ("有承包地，六天发完", {"waits": 6, "ago": 70}),
        ("有承包地，十八天发完", {"waits": 18, "ago": 100}),
    )),
    Scheme("collective-seedlings-to-person", "集体的青苗补偿发给个人", _taken,
           {"collective": True}, (
        ("自家的青苗", {}),
        ("自家的青苗，九天发完", {"waits": 9}),
        ("自家的青苗，十四天发完", {"waits": 14, "ago": 75}),
        ("自家的青苗，七天发完", {"waits": 7, "ago": 65}),
        ("自家的青苗，十六天发完", {"waits": 16, "ago": 95}),
    )),
    Scheme("compensated-twice", "同一块地青苗补两次", _taken, {"twice": True}, (
        ("只补一次", {}),
        ("只补一次，十一天发完", {"waits": 11}),
        ("只补一次，十三天发完", {"waits": 13, "ago": 85}),
        ("只补一次，四天发完", {"waits": 4, "ago": 55}),
        ("只补一次，十七天发完", {"waits": 17, "ago": 110}),
    )),
)  # fmt: skip
