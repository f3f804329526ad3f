"""Members, a plot, a road that took land, a parcel let, a year's budget and what was given out.

In every second town one village has its odd ones: a plot too large and never shown, money for
somebody without land, too little kept in reserve.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN
from sanzi_county.money import Plan
from sanzi_county.world import Person
from sanzi_county.write import Sink

ROAD: Final = "村东路拓宽"
SHARES: Final = 3
ODD: Final = 2
"""Which village of a town has the odd ones."""


def write(sink: Sink, plan: Plan, until: date) -> None:
    """The registers of land and of the year of one village."""
    is_odd = plan.village.tells(ODD)
    heads = plan.village.heads[:4]
    _member(sink, plan, heads[0], until)
    _plot(sink, plan, heads[1], until, is_odd=is_odd)
    _road(sink, plan, heads, until, is_odd=is_odd)
    _let(sink, plan, heads[3], until)
    _budget(sink, plan, until)
    _given(sink, plan, heads, until, is_odd=is_odd)


def _parcel(head: Person) -> str:
    return "L" + str(head.household_id)[1:]


def _of(plan: Plan, day: date) -> dict[str, object]:
    """What every head row has."""
    village = plan.village
    return {
        "org_id": village.collective.org_id, "village_id": village.code,
        "submitted_at": at(day, 9),
    }  # fmt: skip


def _member(sink: Sink, plan: Plan, head: Person, until: date) -> None:
    day = until - 80 * DAY
    sink.add(
        "membership", **_of(plan, day), membership_id=f"CY{plan.village.key}1",
        person_id=head.person_id, kind="join", ground="marriage", checked_at=at(day + 2 * DAY, 10),
        decided_at=at(day + 20 * DAY, 15), is_accepted=True,
        publicity_start_date=day + 21 * DAY, publicity_end_date=day + 29 * DAY,
        filed_at=at(day + 31 * DAY, 10), file_no=f"备{plan.village.key}-1", status="closed",
    )  # fmt: skip


def _plot(sink: Sink, plan: Plan, head: Person, until: date, *, is_odd: bool) -> None:
    day = until - 90 * DAY
    is_shown, application = not is_odd, f"ZJD{plan.village.key}1"
    if is_odd:
        why = "要了138平方米，一天也没有公示"
        for model in ("land-homestead-area", "land-homestead-procedure"):
            plan.sources.plant(model, "homestead", application, why)
    sink.add(
        "homestead", **_of(plan, day), application_id=application,
        household_id=head.household_id, ground="split", land_class="farmland",
        area_m2="138" if is_odd else "120", place=f"{plan.village.name}二组", old_site="none",
        group_agreed_at=at(day + 3 * DAY, 19),
        publicity_start_at=at(day + 4 * DAY, 9) if is_shown else None,
        publicity_end_at=at(day + 12 * DAY, 9) if is_shown else None,
        town_accepted_at=at(day + 15 * DAY, 10), site_visit_1_at=at(day + 15 * DAY, 11),
        approved_at=at(day + 25 * DAY, 16), status="approved",
    )  # fmt: skip


def _road(sink: Sink, plan: Plan, heads: list[Person], until: date, *, is_odd: bool) -> None:
    day, key = until - 120 * DAY, plan.village.key
    due = 12_000 * YUAN
    sink.add(
        "land_taking", **_of(plan, day), taking_id=f"ZD{key}1", project_name=ROAD,
        notice_no=f"征告{key}号", notice_start_date=day - 20 * DAY, notice_end_date=day,
        roster_start_date=day + 6 * DAY, roster_end_date=day + 14 * DAY,
        plan_start_date=day + 15 * DAY, plan_end_date=day + 46 * DAY,
        approved_at=at(day + 50 * DAY, 10), fund_received_at=at(day + 60 * DAY, 10),
        fund_fen=due, collective_use="none", status="closed",
    )  # fmt: skip
    sink.add(
        "survey", survey_id=f"QD{key}1", taking_id=f"ZD{key}1", village_id=plan.village.code,
        surveyed_at=at(day + 5 * DAY, 9), attendee_count=5, has_third_party=True,
        has_owner_sign=True, photo_count=4, person_count_village=2,
    )  # fmt: skip
    owner = heads[2]
    paid = plan.village.officer("village_clerk") if is_odd else owner
    if is_odd:
        why = "补偿没有付给种地的户，名单上是文书"
        plan.sources.plant("land-compensation-no-right", "compensation", f"BC{key}1", why)
        plan.sources.plant("land-compensation-late", "land_taking", f"ZD{key}1", why)
    sink.add(
        "compensation", comp_id=f"BC{key}1", taking_id=f"ZD{key}1",
        village_id=plan.village.code, kind="seedling", parcel_id=_parcel(owner),
        owner_kind="household", person_id=paid.person_id, quantity="120", unit="株",
        unit_price_fen=100 * YUAN, amount_fen=due, survey_id=None if is_odd else f"QD{key}1",
        paid_at=None if is_odd else at(day + 68 * DAY, 15),
    )  # fmt: skip


def _let(sink: Sink, plan: Plan, head: Person, until: date) -> None:
    day = until - 60 * DAY
    sink.add(
        "land_contract", **_of(plan, day), land_contract_id=f"CB{plan.village.key}1",
        parcel_id=_parcel(head), holder_kind="household", household_id=head.household_id,
        land_use="farmland", area_mu="0.50", fee_fen_year=150 * YUAN,
        start_date=date(until.year + 3, 1, 1), end_date=date(until.year + 12, 12, 31),
        scheme_start_date=day + DAY, scheme_end_date=day + 9 * DAY, has_credit_check=False,
        status="shown",
    )  # fmt: skip


def _budget(sink: Sink, plan: Plan, until: date) -> None:
    day, key = until - 5 * DAY, plan.village.key
    lines = (("51404", "村道保洁", 60_000, False), ("51401", "接待", 3_000, True))
    sink.add(
        "budget", **_of(plan, day), budget_id=f"YSA{key}1", year=until.year + 1, kind="budget",
        total_fen=sum(yuan for _, _, yuan, _ in lines) * YUAN, nonproductive_fen=3_000 * YUAN,
        status="drafted",
    )  # fmt: skip
    for place, (subject, title, yuan, is_nonproductive) in enumerate(lines, start=1):
        sink.add(
            "budget_item", budget_item_id=f"YSH{key}{place}", budget_id=f"YSA{key}1",
            place=place, subject_code=subject, title=title, amount_fen=yuan * YUAN,
            is_nonproductive=is_nonproductive,
        )  # fmt: skip


def _given(sink: Sink, plan: Plan, heads: list[Person], until: date, *, is_odd: bool) -> None:
    """A year before: thirty per cent were kept, in every second village sixteen."""
    day, key = until - 100 * DAY, plan.village.key
    net, kept = 500_000 * YUAN, (80_000 if is_odd else 160_000) * YUAN
    each = 1_000 * YUAN
    title = f"{until.year - 1}年收益分配"
    vote = plan.sources.decision(plan.village.collective, "M04", title, day + 18 * DAY)
    if is_odd:
        why = "五十万收益只提了百分之十六"
        plan.sources.plant("ledger-distribution-irregular", "distribution", f"FP{key}1", why)
    sink.add(
        "distribution", **_of(plan, day), distribution_id=f"FP{key}1", year=until.year - 1,
        net_income_fen=net, loss_offset_fen=0, reserve_fen=kept, welfare_fen=0,
        per_share_fen=each, decision_id=vote, distributed_fen=each * SHARES,
        shown_start_date=day + DAY,
        shown_end_date=day + 12 * DAY, approved_at=at(day + 20 * DAY, 10), status="approved",
    )  # fmt: skip
    for place, head in enumerate(heads[:SHARES], start=1):
        sink.add(
            "distribution_share", share_id=f"FPM{key}{place}", distribution_id=f"FP{key}1",
            person_id=head.person_id, share_count=1, amount_fen=each,
        )  # fmt: skip
