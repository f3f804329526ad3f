"""Subsidies, aid, relief goods, a levy and fiscal money of each village, and the county's lists.

In every second town the second village has aid that nobody looked at again in time, and a roster
that was shown for three days instead of seven; to the third the town has not passed its money on.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sanzi_county.days import DAY, at
from sanzi_county.events import YUAN, Income
from sanzi_county.money import Plan
from sanzi_county.world import Org, Person
from sanzi_county.write import Sink

OVERDUE, STRANDED = 2, 3
"""Which villages of a town, counted from 1, have aid to look at again, and money kept back."""
LAND_RATE, AGE_RATE = 9_460, 10_000
PROGRAMS: Final = (
    ("land", "耕地地力补贴", "亩", LAND_RATE, True, False),
    ("age", "高龄津贴", "人", AGE_RATE, False, True),
)
PRICES: Final = (
    ("camphor-8", "香樟，胸径8厘米", "株", 120, 160),
    ("osmanthus-6", "桂花，地径6厘米", "株", 80, 220),
    ("rice", "水稻青苗", "亩", 1_200, None),
)
ELDERS_MAX, HEADS = 6, 8
GRANT: Final = 100_000 * YUAN
GRANTED, PASSED_ON, KEPT_SINCE = 67 * DAY, 12 * DAY, 120 * DAY


def write_county(sink: Sink, office: Org, first: date) -> None:
    """The programmes, the land one with last year's rate, and the book of prices."""
    this_year = first.replace(month=1, day=1)
    for code, name, unit, rate, needs_land, bars_payroll in PROGRAMS:
        versions = ((this_year, None, rate), (None, this_year - DAY, rate - 300))
        for since, until, fen in versions if needs_land else versions[:1]:
            start = since or date(this_year.year - 1, 1, 1)
            sink.add(
                "program",
                program_id=f"SP-{code}-{start.year}",
                org_id=office.org_id,
                code=code,
                name=name,
                department=office.name,
                unit=unit,
                rate_fen=fen,
                excludes_payroll=bars_payroll,
                excludes_moved_out=True,
                needs_land=needs_land,
                publicity_days=7,
                pay_within_days=30,
                valid_from_date=start,
                valid_until_date=until,
                source_ref=f"云农〔{start.year}〕8号（样例）",
            )
    for code, name, unit, yuan, density in PRICES:
        sink.add(
            "price_book",
            price_id=f"PB-{code}",
            org_id=office.org_id,
            item_code=code,
            name=name,
            unit=unit,
            price_fen=yuan * YUAN,
            density_max_per_mu=density,
            valid_from_date=this_year,
            area_code=sink.county.place,
        )


def write(sink: Sink, plan: Plan, first: date, until: date) -> None:
    """The registers of one village."""
    year = first.year
    _awards(sink, plan, year)
    _aid(sink, plan, until)
    _relief(sink, plan, until)
    _levy(sink, plan, until)
    _money(sink, plan, until)


def receive(plan: Plan, until: date) -> None:
    """The town's money for the toilets, when it was passed on, in the collective's account."""
    village = plan.village
    if not village.tells(STRANDED):
        day = until - GRANTED + PASSED_ON
        plan.incomes.append(
            Income(day, village.collective, "earmarked", "241", village.town.agency.name, GRANT)
        )


def _awards(sink: Sink, plan: Plan, year: int) -> None:
    village = plan.village
    month = f"{year}-03"
    lines = [("land", str(year), one, 600) for one in village.heads[:HEADS]]
    lines += [("age", month, one, 1_000) for one in village.elders[:ELDERS_MAX]]
    rates = {"land": LAND_RATE, "age": AGE_RATE}
    cases = {
        code: _roster(sink, plan, code, period, _sum(lines, code, rates[code]))
        for code, period in (("land", str(year)), ("age", month))
    }
    for place, (code, period, person, milli) in enumerate(lines, start=1):
        sink.add(
            "award",
            award_id=f"AW{village.key}{place:03d}",
            org_id=village.committee.org_id,
            program_id=f"SP-{code}-{year}",
            village_id=village.code,
            case_id=cases[code],
            period=period,
            person_id=person.person_id,
            household_id=person.household_id,
            quantity_milli=milli,
            amount_fen=milli * rates[code] // 1_000,
            payee_name=person.name,
            is_kin_of_cadre=False,
            approved_at=at(date(year, 3, 20), 10),
            paid_at=at(date(year, 3, 27), 10),
            status="approved",
        )


def _sum(lines: list[tuple[str, str, Person, int]], code: str, rate: int) -> int:
    return sum(milli * rate // 1_000 for one, _, _, milli in lines if one == code)


def _roster(sink: Sink, plan: Plan, code: str, period: str, total_fen: int) -> str:
    """The case that collected, showed and fixed a list; returns its number."""
    village, year = plan.village, int(period[:4])
    number = f"BT{village.key}-{code}"
    days = 3 if plan.village.tells(OVERDUE) else 7
    if days < 7:
        plan.sources.plant(
            "subsidy-no-publicity", "roster", f"BR{village.key}-{code}", "名单只公示了三天"
        )
    submitted, fixed = at(date(year, 3, 2), 10), at(date(year, 3, 20), 10)
    sink.add(
        "case",
        case_id=number,
        matter_code="M25",
        org_id=village.committee.org_id,
        village_id=village.code,
        title=f"{period}{next(one[1] for one in PROGRAMS if one[0] == code)}",
        amount_fen=total_fen,
        status="done",
        created_by_person_id=village.officer("village_clerk").person_id,
        created_at=submitted,
        submitted_at=submitted,
        approved_at=fixed,
        closed_at=fixed,
        is_backfilled=False,
    )
    sink.add(
        "roster",
        roster_id=f"BR{village.key}-{code}",
        org_id=village.committee.org_id,
        program_id=f"SP-{code}-{year}",
        village_id=village.code,
        case_id=number,
        period=period,
        submitted_at=submitted,
        checked_at=at(date(year, 3, 6), 16),
        sampled_count=3,
        publicity_start_at=at(date(year, 3, 9), 9),
        publicity_end_at=at(date(year, 3, 9) + days * DAY, 9),
        objection="没有人提意见",
        approved_at=fixed,
        status="approved",
    )
    return number


def _aid(sink: Sink, plan: Plan, until: date) -> None:
    is_overdue = plan.village.tells(OVERDUE)
    checked = until - (400 if is_overdue else 60) * DAY
    for place, (kind, person, fen) in enumerate(
        (
            ("low_income", plan.village.heads[9], 1_035 * YUAN),
            ("temporary", plan.village.heads[10], 1_500 * YUAN),
        ),
        start=1,
    ):
        if is_overdue and kind == "low_income":
            plan.sources.plant(
                "aid-recheck-overdue", "aid_case", f"JZ{plan.village.key}{place}", "一年多没有复核"
            )
        _aid_case(sink, plan, f"JZ{plan.village.key}{place}", (kind, person, fen), checked)


def _aid_case(
    sink: Sink, plan: Plan, case_id: str, what: tuple[str, Person, int], decided: date
) -> None:
    village, (kind, person, fen) = plan.village, what
    is_monthly = kind == "low_income"
    sink.add(
        "aid_case",
        case_id=case_id,
        org_id=village.committee.org_id,
        kind=kind,
        household_id=person.household_id,
        applicant_person_id=person.person_id,
        village_id=village.code,
        applied_at=at(decided - 30 * DAY, 9),
        accepted_at=at(decided - 29 * DAY, 9),
        investigated_at=at(decided - 20 * DAY, 9),
        publicity_start_at=at(decided - 12 * DAY, 9),
        publicity_end_at=at(decided - 5 * DAY, 9),
        decided_at=at(decided, 10),
        result="approved",
        monthly_fen=fen,
        start_date=decided,
        last_recheck_date=decided,
        recheck_due_date=decided + 182 * DAY if is_monthly else None,
        is_kin_of_staff=False,
        status="approved",
    )


def _relief(sink: Sink, plan: Plan, until: date) -> None:
    village = plan.village
    batch = f"JW{village.key}1"
    sink.add(
        "relief_batch",
        batch_id=batch,
        org_id=village.committee.org_id,
        village_id=village.code,
        batch_no=f"JZ{until.year}-{village.key}",
        giver="县民政局",
        item="大米",
        unit="袋",
        received_milli=10_000,
        received_date=until - 40 * DAY,
        is_urgent=False,
        approved_at=at(until - 38 * DAY, 10),
        publicity_start_at=at(until - 38 * DAY, 15),
        counted_milli=2_000,
        counted_at=at(until - 30 * DAY, 16),
        status="closed",
    )
    for place, person in enumerate(village.heads[11:15], start=1):
        sink.add(
            "relief_line",
            line_id=f"JL{village.key}{place}",
            batch_id=batch,
            person_id=person.person_id,
            reason="受灾",
            need_milli=2_000,
            given_milli=2_000,
            signed_at=at(until - 33 * DAY, 10),
        )


def _levy(sink: Sink, plan: Plan, until: date) -> None:
    village, heads = plan.village, plan.village.heads[15:25]
    levy = f"YS{village.key}1"
    vote = plan.sources.decision(village.committee, "M28", "修一组水渠筹资", until - 95 * DAY)
    sink.add(
        "levy",
        levy_id=levy,
        org_id=village.committee.org_id,
        village_id=village.code,
        project="修一组水渠",
        decision_id=vote,
        per_head_fen=15 * YUAN,
        days_per_head=0,
        head_count=len(heads),
        exempt_count=0,
        submitted_at=at(until - 90 * DAY, 9),
        approved_at=at(until - 70 * DAY, 9),
        status="approved",
    )
    for place, person in enumerate(heads, start=1):
        sink.add(
            "levy_line",
            line_id=f"YL{village.key}{place:02d}",
            levy_id=levy,
            kind="collected",
            person_id=person.person_id,
            amount_fen=15 * YUAN,
            days=0,
            receipt_no=f"{place:04d}",
            done_at=at(until - 60 * DAY, 10),
        )


def _money(sink: Sink, plan: Plan, until: date) -> None:
    """A fund of the village, its allocation through the town, and the project it pays."""
    village, town = plan.village, plan.village.town
    fund, project = f"ZX{village.key}", f"TP{village.key}"
    is_kept = plan.village.tells(STRANDED)
    granted = until - (KEPT_SINCE if is_kept else GRANTED)
    if is_kept:
        why = "镇里收到一百天了没有往下拨"
        plan.sources.plant("fiscal-transfer-stranded", "transfer", f"XD{village.key}", why)
        plan.sources.plant("fiscal-progress-gap", "town_project", project, why)
    sink.add(
        "fund",
        fund_code=fund,
        org_id=village.collective.org_id,
        name=f"{village.name}公厕改造补助",
        source_level="county",
        purpose_subjects="51402",
        amount_fen=GRANT,
        allocated_at=at(granted, 9),
        received_at=None if is_kept else at(granted + PASSED_ON, 9),
        use_by_date=date(until.year + 1, 6, 30),
    )
    sink.add(
        "town_project",
        project_id=project,
        org_id=town.agency.org_id,
        town_id=town.code,
        name=f"{village.name}公厕改造",
        budget_fen=GRANT,
        paid_fen=0 if is_kept else GRANT * 4 // 10,
        start_date=granted + 20 * DAY,
        end_date=until + 60 * DAY,
        progress_percent=0 if is_kept else 45,
        qr_code=f"XM{village.key}",
        info_updated_at=at(until - 10 * DAY, 9),
        payable_fen=0,
    )
    sink.add(
        "transfer",
        allocation_id=f"XD{village.key}",
        org_id=town.agency.org_id,
        fund_code=fund,
        town_id=town.code,
        village_id=village.code,
        amount_fen=GRANT,
        issued_at=at(granted, 9),
        town_received_at=at(granted + 5 * DAY, 9),
        passed_on_at=None if is_kept else at(granted + PASSED_ON, 9),
        passed_fen=0 if is_kept else GRANT,
        project_id=project,
    )
