"""The village company's months: it sells and serves, buys, pays wages and taxes.

A small-scale taxpayer at one per cent. Materials and wages become goods, goods become cost. What it
pays goes through the village's own approvals, what it earns comes with receipts.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from sanzi_county.days import DAY, month_end, workday_from
from sanzi_county.events import YUAN, Income, Source, entry, to_person
from sanzi_county.money import Plan
from sanzi_county.world import Firm, Person

VAT_PERCENT: Final = 1
CITY_PERCENT: Final = 5
EDUCATION_PERCENT: Final = 5
WORKERS: Final = slice(7, 10)
QUARTER: Final = 3


class Company:
    """The ordinary business of one village's company, told into the village's plan."""

    def __init__(self, plan: Plan, random: Random, first: date) -> None:
        self._plan = plan
        self._org = plan.village.company
        self._random = random
        self._first = first
        self._workers: list[Person] = plan.labourers[WORKERS]
        self._contracts: dict[str, Source] = {}
        self._owed = dict.fromkeys(("222101", "222104", "222111"), 0)

    def month(self, first: date) -> None:
        """Everything of the month that begins on `first`."""
        owed = dict(self._owed)
        self._sales(first)
        self._costs(first, self._materials(first), self._wages(first))
        self._taxes(first, self._owed["222101"] - owed["222101"])
        if first.month % QUARTER == 1:
            self._pay_taxes(first, owed)
        if first.month % QUARTER == 0:
            self._interest(first)

    def _sales(self, first: date) -> None:
        """Goods, services, and the cold store let by the day."""
        place = self._plan.place
        meals, tenant = self._plan.firm("meals"), self._plan.firm("tenant")
        goods = (13_000 + 400 * place + self._random.randrange(60) * 50) * YUAN
        service = (6_000 + 150 * place + self._random.randrange(40) * 50) * YUAN
        store = (1_800 + 60 * place) * YUAN
        self._receive(first + 6 * DAY, ("sales", "500101"), meals, goods)
        self._receive(first + 15 * DAY, ("service", "500102"), tenant, service)
        self._receive(first + 22 * DAY, ("rent", "505101"), tenant, store)

    def _receive(self, day: date, kind: tuple[str, str], firm: Firm, net_fen: int) -> None:
        tax = net_fen * VAT_PERCENT // 100
        word, subject = kind
        self._plan.incomes.append(
            Income(
                workday_from(day), self._org, word, subject, firm.name, net_fen + tax, firm,
                tax_fen=tax,
            )
        )  # fmt: skip
        self._owed["222101"] += tax

    def _materials(self, first: date) -> int:
        firm = self._plan.firm("hardware")
        amount = (4_200 + self._random.randrange(60) * 20) * YUAN + self._plan.place
        source = self._contract("materials", "包装和农资供应合同", firm)
        spend = self._plan.spend(first + 10 * DAY, self._org, "1403", "包装和农资", source)
        self._plan.pay_firm(spend, firm, amount)
        return amount

    def _wages(self, first: date) -> int:
        """Accrued on the last day of the month, paid in the next; returns what goes into goods."""
        source = self._contract("wages", "劳动合同", None)
        pays = [(3_000 + 300 * turn) * YUAN for turn, _ in enumerate(self._workers)]
        if first != self._first:
            before = (first - DAY).month
            spend = self._plan.spend(
                first + 4 * DAY, self._org, "221101", f"{before}月工资", source
            )
            spend.lines = [
                (to_person(worker), fen) for worker, fen in zip(self._workers, pays, strict=True)
            ]
        office = pays[-1]
        self._plan.entries.append(
            entry(
                month_end(first), self._org, f"计提{first.month}月工资",
                {"400101": sum(pays) - office, "560204": office}, {"221101": sum(pays)},
            )
        )  # fmt: skip
        return sum(pays) - office

    def _costs(self, first: date, bought_fen: int, wages_fen: int) -> None:
        """Nine tenths of what was bought goes into goods; nine tenths of those are sold."""
        end, org, month = month_end(first), self._org, first.month
        used = bought_fen * 9 // 10
        made = used + wages_fen
        sold = made * 9 // 10
        self._plan.entries += [
            entry(
                end,
                org,
                f"{month}月产品完工入库",
                {"1405": made},
                {"1403": used, "400101": wages_fen},
            ),
            entry(end, org, f"结转{month}月销售成本", {"540101": sold}, {"1405": sold}),
        ]

    def _taxes(self, first: date, vat_fen: int) -> None:
        city, education = vat_fen * CITY_PERCENT // 100, vat_fen * EDUCATION_PERCENT // 100
        self._owed["222104"] += city
        self._owed["222111"] += education
        self._plan.entries.append(
            entry(
                month_end(first), self._org, f"计提{first.month}月附加税费",
                {"540303": city, "540307": education}, {"222104": city, "222111": education},
            )
        )  # fmt: skip

    def _pay_taxes(self, first: date, owed: dict[str, int]) -> None:
        """What was owed when the quarter began."""
        if not any(owed.values()):
            return
        firm = self._plan.village.town.firms["tax"][0]
        source = self._contract("taxes", "税款扣缴协议", firm)
        spend = self._plan.spend(first + 12 * DAY, self._org, "222101", "缴上季度税费", source)
        self._plan.pay_firm(spend, firm, sum(owed.values()))
        spend.booked = owed
        for code, fen in owed.items():
            self._owed[code] -= fen

    def _interest(self, first: date) -> None:
        amount = self._random.randint(2_000, 19_000)
        self._plan.incomes.append(
            Income(
                first + 20 * DAY, self._org, "interest", "560301", "结息", amount,
                channel="interest",
            )
        )  # fmt: skip

    def _contract(self, key: str, title: str, firm: Firm | None) -> Source:
        if key not in self._contracts:
            start = self._first.replace(month=1, day=1) - 5 * DAY
            self._contracts[key] = self._plan.sources.matter(
                "contract", self._org, title, start, payee=firm,
                end=date(start.year + 4, 12, 31),
            )  # fmt: skip
        return self._contracts[key]
