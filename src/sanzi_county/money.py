"""A village's year: what comes in and goes out in each month, lawful throughout.

Amounts keep clear of the thresholds of the models on purpose: what a firm gets again within
thirty days is below 6,000 yuan, instalments name their contract, batches to persons never
hold an officer or his kin.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from sanzi.kernel.digest import sm3
from sanzi_county import contracts, decisions
from sanzi_county.days import DAY, at, workday_from
from sanzi_county.events import (
    NO_SOURCE,
    YUAN,
    Entry,
    Income,
    Mark,
    Source,
    Spend,
    Stray,
    entry,
    to_firm,
    to_person,
)
from sanzi_county.world import Firm, Org, Person, Village
from sanzi_county.write import Sink

LABOUR_RATE: Final = 140 * YUAN
ELDER_ALLOWANCE: Final = 300 * YUAN
FESTIVAL_GIFT: Final = 200 * YUAN
ELDERS_MAX: Final = 12
PLACES_MAX: Final = 15
REPS: Final = 45
SHORT_VOTE, LATE_VOTE = 6, 7
"""Which villages of a town showed a plan too briefly, and an outcome too late."""
GIFTS_MAX: Final = 24
POND_FEN, CHEAP_POND_FEN = 24_000 * YUAN, 12_000 * YUAN
CHEAP_POND: Final = 2
"""Which village of a town lets its pond too cheap."""
CADRE_PAY: Final = {
    "cashier_reporter": 5_400 * YUAN,
    "village_clerk": 5_100 * YUAN,
    "supervision_member": 4_200 * YUAN,
}


@dataclass(frozen=True)
class Basis:
    """The vote behind a matter, and its number when it has one of its own."""

    decision_id: str | None = None
    source_id: str | None = None


NO_BASIS: Final = Basis()


class Sources:
    """Makes the source matters and decisions of one village and writes their rows."""

    def __init__(self, sink: Sink, village: Village) -> None:
        self._sink = sink
        self._village = village
        self._count = 0
        self._decisions = 0
        self._contracts = 0

    def matter(
        self,
        kind: str,
        org: Org,
        title: str,
        start: date,
        *,
        payee: Firm | Person | None = None,
        amount_fen: int | None = None,
        end: date | None = None,
        basis: Basis = NO_BASIS,
    ) -> Source:
        """A matter approved three days before `start`; one with an end is paid in series."""
        self._count += 1
        name = basis.source_id or f"S{self._village.key}{self._count:05d}"
        self._sink.add(
            "source_matter",
            source_id=name,
            kind=kind,
            org_id=org.org_id,
            village_id=self._village.code,
            title=title,
            amount_fen=amount_fen,
            counterparty_id=payee.counterparty_id if isinstance(payee, Firm) else None,
            person_id=payee.person_id if isinstance(payee, Person) else None,
            decision_id=basis.decision_id,
            start_date=start,
            end_date=end,
            approved_at=at(start - 3 * DAY, 16),
            status="approved",
        )
        return Source(name, kind, series=end is not None, decision_id=basis.decision_id)

    def decision(
        self,
        org: Org,
        matter: str,
        title: str,
        day: date,
        amount_fen: int | None = None,
        *,
        by_reps: bool = False,
        odd: str = "",
    ) -> str:
        """A vote passed on `day`: of the villagers or their representatives, or of the members."""
        self._decisions += 1
        name = f"D{self._village.key}{self._decisions:03d}"
        eligible = REPS if by_reps else max(self._village.population * 2 // 3, 30)
        present = eligible * (8 if by_reps else 7) // 9
        against = self._decisions % 4
        is_village = org is self._village.committee
        procedure = "five_two" if is_village else "member_meeting"
        body = "villager_reps" if by_reps else "villager_meeting"
        self._sink.add(
            "decision",
            decision_id=name,
            org_id=org.org_id,
            village_id=self._village.code,
            matter_code=matter,
            title=title,
            procedure=procedure,
            deciding_body=body if is_village else "member_meeting",
            amount_fen=amount_fen,
            status="passed",
            passed_at=at(day, 15),
            eligible_count=eligible,
            present_count=present,
            agree_count=present - against - 1,
            against_count=against,
            abstain_count=1,
            minutes_hash=sm3(f"minutes {name}".encode()),
        )
        vote = decisions.Vote(
            name, org.org_id, self._village.code, title, procedure, day, eligible, present,
            present - against - 1, amount_fen, odd,
        )  # fmt: skip
        decisions.write(self._sink, vote)
        if odd == decisions.SHORT:
            self.plant("decision-publicity-short", "decision", name, "方案只公示了四天")
        return name

    def plant(self, model_code: str, kind: str, row_id: str, why: str) -> None:
        """Say on the answer sheet what a model must find in this village."""
        self._sink.plant(self._village.code, (model_code, kind, row_id), why)

    def contract(self, kind: str, org: Org, title: str, firm: Firm, deal: contracts.Deal) -> str:
        """A contract on paper, filed with its original; returns its number."""
        self._contracts += 1
        name = deal.contract_id or f"HT{self._village.key}{self._contracts:03d}"
        contracts.write(self._sink, org, (name, kind, title), firm, deal)
        return name

    def works(
        self, org: Org, title: str, begins: date, firm: Firm, amount_fen: int, *, odd: str = ""
    ) -> Source:
        """Works that were voted, contracted and approved before they begin."""
        voted = begins - 40 * DAY
        decision = self.decision(org, "M05", title, voted, amount_fen, odd=odd)
        source = self.matter(
            "works", org, title, begins, payee=firm, amount_fen=amount_fen, basis=Basis(decision)
        )
        deal = contracts.Deal(
            begins - 10 * DAY, begins + 180 * DAY, amount_fen, decision, source.source_id
        )
        self.contract("works", org, f"{title}合同", firm, deal)
        return source

    def aside(self, decision_id: str, person: Person, reason: str) -> None:
        """Somebody with an interest in a vote, who stood aside."""
        decisions.aside(self._sink, decision_id, person.person_id, reason)


class Plan:
    """The ordinary year of one village."""

    def __init__(self, village: Village, sources: Sources, random: Random, first: date) -> None:
        self.village = village
        self.sources = sources
        self.random = random
        self.spends: list[Spend] = []
        self.incomes: list[Income] = []
        self.entries: list[Entry] = []
        self.strays: list[Stray] = []
        self.budgets: dict[tuple[str, str], int] = {}
        self.openings: dict[tuple[str, str], int] = defaultdict(int)
        self._first = first
        self.labourers = [p for p in village.heads if p.age(first) <= 60][:40]
        self._series: dict[str, tuple[Source, int]] = {}
        self._workers = 4 + random.randrange(3)
        self.place = int(village.key[2:])
        if not 0 < self.place <= PLACES_MAX:
            raise ValueError(f"a town holds at most {PLACES_MAX} villages")

    def month(self, first: date) -> None:
        """Everything of the month that begins on `first`."""
        self._cleaning(first)
        self._power(first)
        self._meals(first)
        self._labour(first)
        if first.month % 2:
            self._office(first)
        if first.month % 3 == 1:
            self._elders(first)
            self._cadres(first)
            self._lamps(first)
            self._postage(first)
        if first.month == 1:
            self._gifts(first)
        if first.month == 9:
            self._works(first)
        self._income(first)

    def spend(self, day: date, org: Org, subject: str, purpose: str, source: Source) -> Spend:
        """An empty spending on the first workday from `day`, kept in the plan."""
        spend = Spend(workday_from(day), org, subject, purpose, source, [])
        self.spends.append(spend)
        return spend

    def firm(self, trade: str) -> Firm:
        """The village's usual firm of a trade."""
        listed = self.village.town.firms[trade]
        return listed[self.place % len(listed)]

    def pay_firm(self, spend: Spend, firm: Firm, amount_fen: int) -> Spend:
        """One line to the firm, with its invoice."""
        spend.lines.append((to_firm(firm), amount_fen))
        spend.seller = firm
        return spend

    def series(self, key: str, org: Org, title: str, firm: Firm, amount_fen: int) -> Source:
        """The running contract `key` of this village, made when first asked for."""
        if key not in self._series:
            start = self._first.replace(month=1, day=1) - 5 * DAY
            end = date(start.year + 4, 12, 31)
            source = self.sources.matter(
                "contract", org, title, start, payee=firm, amount_fen=amount_fen, end=end
            )
            self._series[key] = (source, amount_fen)
        return self._series[key][0]

    def book(
        self, day: date, org: Org, summary: str, accounts: tuple[str, str], amount_fen: int
    ) -> None:
        """Book from one account to another; what was before the history stands in its opening."""
        debit, credit = accounts
        if day < self._first:
            self.openings[org.org_id, debit] += amount_fen
            self.openings[org.org_id, credit] -= amount_fen
        else:
            self.entries.append(entry(day, org, summary, {debit: amount_fen}, {credit: amount_fen}))

    def own(self, yuan: int, first: date) -> int:
        """The amount in fen, its last two digits this village's and month's own.

        So a firm never bills two villages, or one village twice, the same within 60 days.
        """
        return yuan * YUAN + self.place * 6 + first.month % 6

    def _cleaning(self, first: date) -> None:
        org, firm = self.village.collective, self.firm("cleaning")
        key_fee = (3_200 + 150 * self.place) * YUAN
        source = self.series("cleaning", org, "村庄保洁服务合同", firm, key_fee)
        spend = self.spend(first + 9 * DAY, org, "51401", f"{first.month}月保洁费", source)
        self.pay_firm(spend, firm, key_fee)

    def _power(self, first: date) -> None:
        org, firm = self.village.committee, self.village.town.firms["power"][0]
        source = self.series("power", org, "供用电合同", firm, 0)
        amount = self.own(self.random.randint(380, 920), first)
        spend = self.spend(first + 14 * DAY, org, "5130106", f"{first.month}月电费", source)
        self.pay_firm(spend, firm, amount)

    def _meals(self, first: date) -> None:
        org, firm = self.village.collective, self.firm("meals")
        fee = (4_000 + 100 * self.place) * YUAN
        source = self.series("meals", org, "老年食堂配餐合同", firm, fee)
        spend = self.spend(first + 19 * DAY, org, "51405", f"{first.month}月老年食堂配餐", source)
        self.pay_firm(spend, firm, fee)

    def _labour(self, first: date) -> None:
        org = self.village.collective
        title = f"{first.month}月清沟护路用工"
        source = self.sources.matter("labour", org, title, first + 3 * DAY)
        spend = self.spend(first + 24 * DAY, org, "51402", title, source)
        turn = first.year * 12 + first.month
        for place, person in enumerate(self.labourers[: self._workers]):
            days = 4 + place + 2 * ((turn + place) % 3)
            spend.lines.append((to_person(person), days * LABOUR_RATE))

    def _office(self, first: date) -> None:
        org, firm = self.village.committee, self.firm("stationery")
        source = self.sources.matter(
            "procurement", org, "办公用品采购", first + 5 * DAY, payee=firm
        )
        spend = self.spend(first + 11 * DAY, org, "5130102", "办公用品", source)
        self.pay_firm(spend, firm, self.own(self.random.randint(300, 1_900), first))

    def _elders(self, first: date) -> None:
        org = self.village.collective
        title = f"{first.year}年第{first.month // 3 + 1}季度高龄补贴"
        source = self.sources.matter("subsidy", org, title, first + 3 * DAY)
        spend = self.spend(first + 13 * DAY, org, "51405", title, source)
        for elder in self.village.elders[:ELDERS_MAX]:
            spend.lines.append((to_person(elder), ELDER_ALLOWANCE))

    def _cadres(self, first: date) -> None:
        """Quarterly pay of those whom the county does not pay; nobody in it acts on it."""
        village, org = self.village, self.village.committee
        for role, amount in CADRE_PAY.items():
            person = village.officer(role)
            key = f"pay-{role}"
            if key not in self._series:
                start = date(first.year, 1, 1) - 10 * DAY
                source = self.sources.matter(
                    "pay", org, "村干部误工报酬标准", start, payee=person, amount_fen=amount
                )
                self._series[key] = (source, amount)
            source = self._series[key][0]
            title = f"第{first.month // 3 + 1}季度报酬"
            spend = self.spend(first + 7 * DAY, org, "5130101", title, source)
            spend.lines.append((to_person(person), amount))
            spend.handler = village.officer("dispatcher")
            spend.chain["cashier_reporter"] = village.officer("cashier_reporter", 1)
            if role == "cashier_reporter":
                spend.marks.append(
                    Mark("payment-to-cashier", "报账员本人报酬，与表决标准相同", is_wrong=False)
                )

    def _lamps(self, first: date) -> None:
        org, firm = self.village.collective, self.firm("electric")
        source = self.sources.matter("works", org, "路灯维修", first + 6 * DAY, payee=firm)
        spend = self.spend(first + 16 * DAY, org, "51402", "路灯维修", source)
        self.pay_firm(spend, firm, self.own(self.random.randint(1_200, 4_200), first))

    def _postage(self, first: date) -> None:
        org, firm = self.village.committee, self.firm("stationery")
        spend = self.spend(first + 21 * DAY, org, "5130107", "邮寄资料", NO_SOURCE)
        self.pay_firm(spend, firm, self.own(self.random.randint(30, 430), first))
        spend.has_budget = False
        spend.marks.append(Mark("payment-no-source", "五百元以下小额支出", is_wrong=False))

    def _gifts(self, first: date) -> None:
        org = self.village.collective
        source = self.sources.matter("aid", org, "春节慰问", first + 4 * DAY)
        spend = self.spend(first + 17 * DAY, org, "51404", f"{first.year}年春节慰问", source)
        for head in self.village.heads[-GIFTS_MAX:]:
            spend.lines.append((to_person(head), FESTIVAL_GIFT))

    def _works(self, first: date) -> None:
        """The year's one larger work: in turn of every tier."""
        base = (12_800, 36_500, 68_000, 126_000, 258_000)[self.place % 5]
        amount = (base + 37 * self.place) * YUAN
        org, firm = self.village.collective, self.firm("building")
        odd = decisions.SHORT if self.village.tells(SHORT_VOTE) else ""
        odd = decisions.LATE if self.village.tells(LATE_VOTE) else odd
        source = self.sources.works(org, "村内道路改造", first, firm, amount, odd=odd)
        spend = self.spend(first + 18 * DAY, org, "15302", "村内道路改造工程款", source)
        self.pay_firm(spend, firm, amount)

    def _income(self, first: date) -> None:
        village = self.village
        tenant = self.firm("tenant")
        rent = (12_000 + 1_000 * self.place) * YUAN
        source = self.series("rent", village.collective, "厂房出租合同", tenant, rent)
        self._receive(
            first + 4 * DAY, village.collective, ("rent", "50103"), tenant, rent, source=source
        )
        if first.month % 3 == 1:
            amount = 24_000 * YUAN + self.random.randrange(60) * 100 * YUAN
            self._receive(first + 8 * DAY, village.committee, ("subsidy", "50301"), None, amount)
        if first.month % 3 == 0:
            for org in (village.committee, village.collective):
                amount = self.random.randint(4_000, 46_000)
                self._receive(first + 20 * DAY, org, ("interest", "50401"), None, amount)
        if first.month == 11:
            amount = CHEAP_POND_FEN if village.tells(CHEAP_POND) else POND_FEN
            source = self.series("pond", village.collective, "水塘承包合同", tenant, amount)
            day = first + 5 * DAY
            self._receive(
                day, village.collective, ("contracting", "50104"), tenant, amount, source=source
            )

    def _receive(
        self,
        day: date,
        org: Org,
        kind: tuple[str, str],
        firm: Firm | None,
        amount_fen: int,
        *,
        source: Source | None = None,
    ) -> None:
        word, subject = kind
        payers = {"subsidy": f"{self.village.town.county}财政局", "interest": "结息"}
        payer = firm.name if firm else payers[word]
        channel = "interest" if word == "interest" else "direct"
        if word != "interest":
            day = workday_from(day)
        self.incomes.append(
            Income(day, org, word, subject, payer, amount_fen, firm, source, channel)
        )
