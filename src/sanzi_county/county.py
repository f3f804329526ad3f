"""Writing the whole fictional county: places, staff, firms, then village by village.

The same seed gives the same bytes. A village is told and forgotten; only the plans of the
villages that share a plant are kept together, so memory stays small in a large county.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from sanzi.kernel import clock
from sanzi_county import (
    assets,
    bills,
    building,
    cards,
    doubts,
    inquiries,
    inspecting,
    labour,
    land,
    lettings,
    names,
    party,
    posts,
    rent,
    seals,
    station,
    subsidies,
    treasury,
    wishes,
)
from sanzi_county.between import Between
from sanzi_county.bodies import (
    COUNTY_POSTS,
    FARM,
    RURAL,
    TOWN_FIRMS,
    TOWN_POSTS,
    Bodies,
    firm_names,
)
from sanzi_county.codes import Numbers
from sanzi_county.company import Company
from sanzi_county.counties import FIRST, County
from sanzi_county.days import DAY, days_between, is_holiday, is_workday, months_to
from sanzi_county.events import YUAN
from sanzi_county.history import History
from sanzi_county.money import PLACES_MAX, Plan, Sources
from sanzi_county.people import People, settle_village
from sanzi_county.schemes import planting
from sanzi_county.world import Firm, Org, Person, Town, Village
from sanzi_county.write import Sink
from sanzi_county.wrongs import Planter

MONTHS_MIN: Final = 3
VILLAGES_MIN: Final = 2
FARM_TOWN: Final = "01"
FARM_VILLAGES: Final = (2, 5, 8)
"""Which villages of the first town, counted from 0, have their accounts with the second bank."""
VILLAGES_MAX: Final = 400 + 2 * PLACES_MAX
_STATUS_KINDS: Final = ("pension", "vehicle", "house", "company")


@dataclass(frozen=True)
class Size:
    """How large a county is told."""

    villages: int = 24
    months: int = 12
    seed: int = 1
    has_doubts: bool = False
    schemes: int | None = None

    def check(self) -> None:
        """Raises ValueError outside the limits."""
        if not VILLAGES_MIN <= self.villages <= VILLAGES_MAX:
            raise ValueError(f"villages must be {VILLAGES_MIN} to {VILLAGES_MAX}")
        if not MONTHS_MIN <= self.months <= 60:
            raise ValueError(f"months must be {MONTHS_MIN} to 60")

    @property
    def towns(self) -> int:
        """As few towns as hold the villages."""
        return -(-self.villages // PLACES_MAX)


def write_county(
    folder: Path | str,
    *,
    villages: int = 24,
    months: int = 12,
    until: date | None = None,
    seed: int = 1,
    has_doubts: bool = False,
    schemes: int | None = None,
    county: County = FIRST,
) -> dict[str, int]:
    """Write the package and `extras/` into `folder`; returns rows by table.

    `until` is the last day told, yesterday if not given. With `has_doubts` the second village's
    bank tells of lines that its books do not know; with `schemes`, a seed of their own, schemes
    are planted too. `county` is which one. Raises ValueError for sizes that cannot be
    told.
    """
    size = Size(villages, months, seed, has_doubts, schemes)
    size.check()
    last = until or clock.today() - DAY
    extra_names = {name: f"{name}_{last.year}" for name in ("land_rent", "land_rent_fixes")}
    with Sink(Path(folder), extra_names=extra_names, county=county) as sink:
        _Teller(sink, size, last).tell()
    return dict(sink.counts)


class _Teller:
    def __init__(self, sink: Sink, size: Size, until: date) -> None:
        self._sink = sink
        self._county = sink.county
        self._size = size
        self._until = until
        self._months = months_to(until, size.months)
        self._numbers = Numbers(sink.county.code)
        self._random = Random(f"county {size.seed}")
        self._bodies = Bodies(sink, self._numbers, self._random)
        self._people = People(sink, self._numbers, self._bodies, until)
        self._outsiders = 0

    def tell(self) -> None:
        self._calendar()
        self._bodies.county()
        offices = self._county_offices()
        subsidies.write_county(self._sink, offices["农业农村局"], self._months[0])
        labour.write_rates(self._sink, self._months[0])
        utilities = {
            trade: [self._firm(trade, f"{self._county.name}{title}", "company", self._county.place)]
            for trade, title in (
                ("power", "供电公司"), ("post", "邮政公司"), ("tax", "税款专户（国家金库代理）"),
            )
        }  # fmt: skip
        operator = rent.operator(self._bodies, self._outsider(self._county.place))
        one = self._county
        village_names = names.villages(self._size.villages, self._random, one.first_village)
        town_count = max(self._size.towns, one.towns_min)
        plans: list[Plan] = []
        start = 0
        for place, name in enumerate(names.towns(town_count, one.first_town, one.heads)):
            town = self._town(place, name, utilities)
            count = _share(self._size.villages, town_count, place)
            for number in range(count):
                village = self._village(town, number, village_names[start + number])
                plans.append(self._plan(village, operator))
            start += count
        if self._size.schemes is None:
            Planter(self._sink, self._numbers, self._until).plant_all(plans)
        else:
            planting.plant_all(
                planting.Ground(self._sink, self._numbers, self._bodies, self._people, plans),
                self._until,
                self._size.months,
                self._size.schemes,
            )
        if self._size.has_doubts:
            doubts.raise_in(plans[1], self._until)
        for plan in plans:
            self._history(plan)
        cards.write(self._sink, [one.village for one in plans], self._numbers, self._until)
        treasury.write_banks(self._sink, self._numbers)
        treasury.term_accounts(self._sink, plans[0].village, self._numbers)

    def _calendar(self) -> None:
        last = date(self._until.year + 1, 12, 31)
        for day in days_between(self._months[0].replace(month=1, day=1), last):
            self._sink.add(
                "calendar", day=day, is_workday=is_workday(day), is_holiday=is_holiday(day)
            )

    def _county_offices(self) -> dict[str, Org]:
        offices: dict[str, Org] = {}
        for role, office, count in COUNTY_POSTS:
            if office not in offices:
                offices[office] = self._bodies.town_org(
                    office, self._county.place, self._county.name, None
                )
            for number in range(count):
                person = self._outsider(self._county.place)
                self._people.appoint(person, offices[office], role)
                if role == "county_agri" and number == 0:
                    wishes.write(self._sink, person, self._county.place, self._until)
        return offices

    def _town(self, place: int, name: str, utilities: dict[str, list[Firm]]) -> Town:
        code = f"{self._county.code}{101 + place}000"
        self._bodies.place(code, name, "town", self._county.place)
        office = self._bodies.town_org("office", code, name, None)
        offices = {
            "office": office,
            "agency": self._bodies.town_org("agency", code, name, office),
            "discipline": self._bodies.town_org("discipline", code, name, office),
        }
        key = f"{place + 1:02d}"
        town = Town(code, name, key, self._county.name, offices["agency"], {}, dict(utilities))
        town.discipline = offices["discipline"]
        for role, body, count in TOWN_POSTS:
            for _ in range(count):
                person = self._outsider(code)
                self._people.appoint(person, offices[body], role)
                town.staff.setdefault(role, []).append(person)
        for trade, title, kind in firm_names(town, TOWN_FIRMS):
            town.firms.setdefault(trade, []).append(self._firm(trade, title, kind, code))
        return town

    def _outsider(self, place: str) -> Person:
        """A person who lives in no village of the county: staff, owners of firms."""
        self._outsiders += 1
        return self._people.officer(self._random, f"W{self._outsiders:05d}", place)

    def _firm(self, trade: str, name: str, kind: str, place: str) -> Firm:
        return self._bodies.firm(trade, name, kind, self._outsider(place))

    def _village(self, town: Town, number: int, name: str) -> Village:
        code = f"{town.code[:9]}{201 + number}"
        key = f"{town.key}{number + 1:02d}"
        self._bodies.place(code, name, "village", town.code)
        random = Random(f"village {self._size.seed} {key}")
        bodies = {
            kind: Org(f"{letter}{key}", code, name + title, kind, "village", town.agency.org_id)
            for letter, kind, title in (
                ("X", "village_committee", "村民委员会"),
                ("E", "collective", "股份经济合作社"),
                ("U", "supervision_committee", "村务监督委员会"),
            )
        }
        committee, collective = bodies["village_committee"], bodies["collective"]
        company = Org(
            f"F{key}", code, f"{name}强村发展有限公司", "enterprise", "village", collective.org_id
        )
        supervision = bodies["supervision_committee"]
        is_with_farm = town.key == FARM_TOWN and number in FARM_VILLAGES
        village = Village(code, name, key, town, collective, committee, supervision, company, {})
        committee.uscc = self._numbers.uscc("54")
        collective.uscc = self._numbers.uscc("N2")
        company.uscc = self._numbers.uscc("91")
        for org in village.bookkeeping:
            org.account_id, org.account = f"A-{org.org_id}", self._numbers.org_account()
            org.bank = FARM if is_with_farm else RURAL
        households = rent.HOUSEHOLDS if self._is_first(village) else random.randint(52, 72)
        if self._size.schemes is not None and not self._is_first(village):
            households += planting.HOUSEHOLDS
        settle_village(self._people, random, village, households)
        people, homes = village.population, village.household_count
        for org in bodies.values():
            self._bodies.org(org, people=people, households=homes)
        self._bodies.org(company)
        self._statuses(random, village)
        return village

    def _statuses(self, random: Random, village: Village) -> None:
        """Outside lists: pensions of elders, cars and houses of some heads; none forbids pay."""
        for elder in village.elders:
            self._status(elder, "pension", 18_000, date(elder.born.year + 60, 7, 1))
        for head in village.heads[::7]:
            kind = random.choice(_STATUS_KINDS[1:])
            self._status(head, kind, random.randint(30, 300) * 100_000, date(2020, 5, 6))
            village.propertied.add(head.person_id)

    def _status(self, person: Person, kind: str, value_fen: int, since: date) -> None:
        self._sink.add(
            "ext_status",
            id_no=person.id_no,
            kind=kind,
            value_fen=value_fen,
            since_date=since,
            detail_level="amount",
        )

    def _plan(self, village: Village, operator: Firm) -> Plan:
        random = Random(f"money {self._size.seed} {village.key}")
        plan = Plan(village, Sources(self._sink, village), random, self._months[0])
        first_month = self._months[0]
        company = Company(plan, Random(f"company {self._size.seed} {village.key}"), first_month)
        between = Between(plan, Random(f"between {self._size.seed} {village.key}"), first_month)
        for first in self._months:
            plan.month(first)
            company.month(first)
            between.month(first)
            for org in village.bookkeeping:
                plan.entries += assets.depreciation(org, first)
        subsidies.receive(plan, self._until)
        building.book(plan, self._until)
        if self._is_first(village):
            inquiries.write(self._sink, village, self._until)
            rent.receive(plan, operator, self._until)
            rent.write_list(self._sink, village.heads, self._bodies, self._numbers, random)
        return plan

    def _history(self, plan: Plan) -> None:
        village = plan.village
        history = History(self._sink, self._numbers, village, self._until)
        history.settle(plan)
        if self._is_first(village):
            history.budget(village.collective, self._until.year, rent.SUBJECT, rent.RENT_FEN)
        for org in village.bookkeeping:
            reserve = (60_000 + plan.random.randrange(400) * 100) * YUAN
            org.opening_fen = history.opening(org, reserve)
            org.closing_fen = history.closing(org)
            self._bodies.account(org, org.account_id, org.bank)
        history.write(self._months)
        assets.write_plans(self._sink, village, self._months[0])
        bills.write(self._sink, plan, self._until)
        building.write(self._sink, plan, self._until)
        labour.write(self._sink, plan, self._until)
        posts.write(self._sink, plan, self._until)
        party.write(self._sink, plan, self._until)
        land.write(self._sink, plan, self._until)
        lettings.write(self._sink, plan, self._until)
        seals.write(self._sink, plan, self._until)
        station.write(self._sink, village, self._months[0])
        subsidies.write(self._sink, plan, self._months[0], self._until)
        treasury.write(self._sink, plan, self._until)
        if self._is_first(village) and village.town.discipline is not None:
            day = self._until - inspecting.BEFORE_DAYS * DAY
            cases = history.cases_between(day - inspecting.PERIOD_DAYS * DAY, day)
            inspecting.write(self._sink, village, village.town.discipline, cases, self._until)

    def _is_first(self, village: Village) -> bool:
        return village.name == names.FIRST_VILLAGE


def _share(total: int, parts: int, place: int) -> int:
    """The size of part `place` when a total is dealt as evenly as can be."""
    return total // parts + (place < total % parts)
