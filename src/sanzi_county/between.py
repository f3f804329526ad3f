"""What the bodies do beside their ordinary months, and what goes between the three books.

The collective helps the committee run; the company hands its profit up; project money comes with
a purpose and leaves with it.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from sanzi_county.days import DAY, month_end, workday_from
from sanzi_county.events import YUAN, Booking, Entry, Income, entry, to_org
from sanzi_county.money import Basis, Plan
from sanzi_county.world import Org

PROJECT_MONTH: Final = 4
DIVIDEND_MONTH: Final = 2
HARVEST_MONTHS: Final = (5, 10)
TRANSFER_MONTHS: Final = (2, 5, 8, 11)


class Between:
    """The transfers and the committee's quieter business of one village."""

    def __init__(self, plan: Plan, random: Random, first: date) -> None:
        self._plan = plan
        self._random = random
        self._village = plan.village
        self._first = first
        self._votes: dict[tuple[str, int], Basis] = {}

    def month(self, first: date) -> None:
        """Everything of the month that begins on `first`."""
        if first == self._first:
            self._met(first - DAY, first - 18 * DAY)
        if first.month % 2 == 0:
            self._meeting(first)
        if first.month % 3 == 0:
            self._rent_tax(first)
        if first.month in TRANSFER_MONTHS:
            self._support(first)
        if first.month in HARVEST_MONTHS:
            self._harvest(first)
        if first.month == 12:
            self._newspapers(first)
        if first.month == PROJECT_MONTH:
            self._project(first)
        if first.month == DIVIDEND_MONTH and first > self._first:
            self._profit(first)

    def _meeting(self, first: date) -> None:
        plan, org = self._plan, self._village.committee
        firm = plan.firm("meals")
        source = plan.sources.matter(
            "procurement", org, "村民代表会议", first + 6 * DAY, payee=firm
        )
        spend = plan.spend(first + 12 * DAY, org, "5130105", "村民代表会议工作餐", source)
        self._met(first, spend.day)
        plan.pay_firm(spend, firm, plan.own(self._random.randint(240, 880), first))

    def _met(self, month: date, day: date) -> None:
        """The villagers' representatives heard what was done and paid, and agreed."""
        title = f"{month.month}月村务和财务收支"
        self._plan.sources.decision(self._village.committee, "M01", title, day, by_reps=True)

    def _newspapers(self, first: date) -> None:
        plan, org = self._plan, self._village.committee
        firm = plan.village.town.firms["post"][0]
        source = plan.sources.matter("procurement", org, "订报刊", first + 2 * DAY, payee=firm)
        spend = plan.spend(first + 8 * DAY, org, "5130103", f"{first.year + 1}年报刊费", source)
        plan.pay_firm(spend, firm, plan.own(self._random.randint(600, 1_300), first))

    def _rent_tax(self, first: date) -> None:
        """The quarter's property tax of what the collective lets; paid to the treasury at once."""
        plan, org = self._plan, self._village.collective
        tax = (12_000 + 1_000 * plan.place) * YUAN * 3 * 12 // 100 + int(self._village.key)
        firm = plan.village.town.firms["tax"][0]
        plan.entries.append(
            entry(month_end(first), org, "计提本季度房产税", {"512": tax}, {"21402": tax})
        )
        if first == self._first:
            return
        source = plan.series("rent_tax", org, "税款扣缴协议", firm, 0)
        spend = plan.spend(first + 6 * DAY, org, "21402", "缴上季度房产税", source)
        plan.pay_firm(spend, firm, tax)

    def _harvest(self, first: date) -> None:
        """What the collective's orchard brings, sold whole."""
        plan, org = self._plan, self._village.collective
        firm = plan.firm("tenant")
        amount = (48_000 + 1_500 * plan.place + self._random.randrange(50) * 100) * YUAN
        day = workday_from(first + 17 * DAY)
        plan.incomes.append(Income(day, org, "sales", "50101", firm.name, amount, firm))

    def _support(self, first: date) -> None:
        """The collective's money for the committee's running, in both books on one day."""
        plan, village = self._plan, self._village
        giver, taker = village.collective, village.committee
        amount = plan.own(4_000 + 100 * plan.place, first)
        source = plan.sources.matter(
            "aid", giver, "补助村委会运转", first + 5 * DAY, amount_fen=amount,
            basis=self._voted(giver, "补助村委会运转", first.year),
        )  # fmt: skip
        spend = plan.spend(first + 13 * DAY, giver, "5130199", "补助村委会运转", source)
        spend.lines.append((to_org(taker), amount))
        spend.arrival = Income(
            spend.day, taker, "other", "50499", giver.name, amount, peer=giver, source=None
        )

    def _project(self, first: date) -> None:
        """Project money of the county: two thirds build something, the rest is spent on care."""
        plan, org = self._plan, self._village.committee
        amount = (30_000 + 500 * plan.place) * YUAN
        day = workday_from(first + 5 * DAY)
        plan.incomes.append(
            Income(day, org, "earmarked", "241", f"{self._village.town.county}农业农村局", amount)
        )
        firm = plan.firm("garden")
        built = amount * 2 // 3
        source = plan.sources.works(org, "人居环境整治项目", day + 20 * DAY, firm, built)
        spend = plan.spend(first + 45 * DAY, org, "1510204", "人居环境整治工程款", source)
        plan.pay_firm(spend, firm, built)
        if spend.day.month != first.month:
            plan.entries.append(
                entry(
                    month_end(spend.day), org, "项目形成资产，结转专项资金",
                    {"241": built}, {"31102": built},
                )
            )  # fmt: skip
        cleaning = plan.firm("cleaning")
        care = plan.sources.matter(
            "works", org, "人居环境整治管护", day + 4 * DAY, amount_fen=amount - built
        )
        spend = plan.spend(first + 70 * DAY, org, "241", "人居环境整治管护费", care)
        plan.pay_firm(spend, cleaning, amount - built)

    def _voted(self, org: Org, title: str, year: int) -> Basis:
        """The members' vote of a year on what goes from one book to another."""
        if (title, year) not in self._votes:
            day = date(year, 1, 18)
            vote = self._plan.sources.decision(org, "M01", f"{year}年{title}", day)
            self._votes[title, year] = Basis(vote)
        return self._votes[title, year]

    def _profit(self, first: date) -> None:
        """The company's profit of last year, handed up to the collective."""
        plan, village = self._plan, self._village
        amount = (20_000 + 1_000 * plan.place) * YUAN
        declared = workday_from(first + 3 * DAY)
        owed = Booking("112", debit_fen=amount, aux=("aux_org_id", village.company.org_id))
        plan.entries += [
            entry(declared, village.company, "应付上年利润", {"310403": amount}, {"2232": amount}),
            Entry(
                declared, village.collective, "应收公司上年利润",
                [owed, Booking("50201", credit_fen=amount)],
            ),
        ]  # fmt: skip
        source = plan.sources.matter(
            "contract", village.company, "上交利润决议", declared, amount_fen=amount,
            basis=self._voted(village.collective, "公司上交利润", first.year),
        )  # fmt: skip
        spend = plan.spend(first + 9 * DAY, village.company, "2232", "上交上年利润", source)
        spend.lines.append((to_org(village.collective), amount))
        spend.arrival = Income(
            spend.day, village.collective, "dividend", "112", village.company.name, amount,
            peer=village.company,
        )  # fmt: skip
