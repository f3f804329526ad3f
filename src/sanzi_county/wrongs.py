"""Planted wrongs with their answers, and the lawful look-alikes beside them.

Each plant touches one village (the double invoice two) and uses firms, subjects and days
that keep it out of the reach of the other models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sanzi_county.codes import Numbers
from sanzi_county.contracts import Deal
from sanzi_county.days import DAY, workday_before
from sanzi_county.events import NO_SOURCE, YUAN, Mark, Spend, to_firm, to_person
from sanzi_county.money import Plan
from sanzi_county.world import Firm, Person
from sanzi_county.write import Sink

PLANT_EVERY: Final = 12
REACH: Final = 75 * DAY
_GREENING: Final = "134"
_CULTURE: Final = "51403"
_GREENING_BUDGET: Final = 80_000 * YUAN


def anchor(until: date) -> date:
    """The day before which all plants lie, far enough into its year to keep one budget."""
    return until - 2 * DAY if until.month >= 4 else date(until.year - 1, 12, 20)


@dataclass
class Planter:
    """Adds plants to villages' plans; `turn` makes repeated plants differ."""

    sink: Sink
    numbers: Numbers
    until: date
    turn: int = 0

    def plant_all(self, plans: Sequence[Plan]) -> None:
        """One round of every plant for each twelve villages, spread over the villages.

        The first village stays clean when there are three or more; two are the least.
        """
        rounds = max(1, len(plans) // PLANT_EVERY)
        alone: tuple[Callable[[Plan], None], ...] = (
            self._to_cashier, self._to_handler, self._cash, self._split, self._own_approval,
            self._kin_approval, self._twice, self._no_source, self._over_budget, self._dead,
            self._like_series, self._like_resubmitted, self._like_cousin, self._like_later_death,
            self._like_full_budget,
        )  # fmt: skip
        rest = plans[1:]
        for self.turn in range(rounds):
            first = self.turn * PLANT_EVERY  # no village gets the same plant twice
            for place, plant in enumerate(alone, start=first):
                plant(rest[place % len(rest)])
            last = first + len(alone)
            pair = rest[last % len(rest)], rest[(last + 1) % len(rest)]
            self._invoice_twice(*(pair if pair[0] is not pair[1] else (plans[0], plans[1])))

    # The ten wrongs

    def _to_cashier(self, plan: Plan) -> None:
        spend = self._buy(plan, ("5130112", "宣传资料印刷"), 12, "printing", 860)
        cashier = plan.village.officer("cashier_reporter")
        spend.lines = [(to_person(cashier), spend.total_fen)]
        spend.chain["cashier_reporter"] = plan.village.officer("cashier_reporter", 1)
        spend.marks.append(Mark("payment-to-cashier", "印刷费打给了报账员本人"))

    def _to_handler(self, plan: Plan) -> None:
        spend = self._buy(plan, ("51402", "维修材料"), 18, "hardware", 2_300)
        spend.handler = plan.village.officer("dispatcher")
        spend.lines = [(to_person(spend.handler), spend.total_fen)]
        spend.marks.append(Mark("payment-unrelated-handler", "发票是商店开的，钱打给了经办人"))

    def _cash(self, plan: Plan) -> None:
        spend = self._buy(plan, ("5130105", "会议用品"), 26, "stationery", 1_500)
        spend.method = "cash"
        spend.marks.append(Mark("payment-cash", "提现金支付"))

    def _split(self, plan: Plan) -> None:
        for back, yuan in ((38, 9_800), (30, 9_700)):
            spend = self._buy(plan, ("51402", "公示栏制作"), back, "printing", yuan)
            self._contract(plan, spend, self._other(plan, "printing"), "公示栏制作合同")
            why = "八天内两笔给同一家，合计超过一万元"
            spend.marks.append(Mark("payment-tier-split", why))

    def _own_approval(self, plan: Plan) -> None:
        spend = self._buy(plan, ("5130108", "办公楼维修"), 44, "building", 3_100)
        spend.handler = plan.village.officer("village_secretary")
        spend.marks.append(Mark("payment-incompatible-duty", "书记自己经办又自己审批"))

    def _kin_approval(self, plan: Plan) -> None:
        spend = self._aid(plan, plan.village.kin["sibling"], 33, 1_200)
        spend.marks.append(Mark("payment-incompatible-duty", "收款人是审批书记的兄弟姐妹"))

    def _twice(self, plan: Plan) -> None:
        for back in (35, 19):
            spend = self._buy(plan, ("51402", "路灯抢修"), back, "electric", 4_320)
            spend.marks.append(Mark("payment-duplicate", "同一笔路灯抢修付了两次"))

    def _no_source(self, plan: Plan) -> None:
        spend = self._buy(plan, ("5130199", "其他费用"), 23, "hardware", 6_000)
        spend.source = NO_SOURCE
        spend.marks.append(Mark("payment-no-source", "六千元没有来源事项"))

    def _over_budget(self, plan: Plan) -> None:
        org = plan.village.collective
        plan.budgets[org.org_id, _GREENING] = _GREENING_BUDGET
        firms = plan.village.town.firms["garden"]
        turn = self.turn
        parts = (
            (66, 28_000 * YUAN + turn),
            (45, 29_500 * YUAN + turn),
            (21, 33_900 * YUAN - 2 * turn),
        )
        for firm, (back, amount) in zip(firms, parts, strict=True):
            day = self._day(back)
            source = plan.sources.works(org, "村庄绿化", day - 2 * DAY, firm, amount)
            spend = plan.spend(day, org, _GREENING, "村庄绿化工程款", source)
            plan.pay_firm(spend, firm, amount)
        plan.spends[-1].marks.append(
            Mark("payment-over-budget", "绿化预算八万元，这笔付完是九万一千四百元")
        )

    def _dead(self, plan: Plan) -> None:
        dead = self._breadwinner(plan)
        why = "户主去世，家里没有人来问救助"
        plan.sources.plant("aid-missed-eligible", "household", str(dead.household_id), why)
        self.sink.add("ext_death", id_no=dead.id_no, death_date=self._day(70))
        self._wages(plan, dead, 16).marks.append(
            Mark("labour-ineligible-person", "收款人付款前已在死亡名单上")
        )

    def _invoice_twice(self, first: Plan, second: Plan) -> None:
        firm = first.village.town.firms["hardware"][0]
        issued = self._day(70)
        number = self.numbers.invoice(issued)
        for plan, back in ((first, 66), (second, 3)):
            spend = self._buy(plan, ("51402", "水泥"), back, "hardware", 4_260)
            spend.also = ("payment-stale-proof",) if back == 3 else ()
            spend.lines = [(to_firm(firm), spend.total_fen)]
            spend.seller = firm
            spend.invoice_no, spend.invoice_date = number, issued
            spend.marks.append(Mark("invoice-duplicate", "同一张发票在两个村报销"))

    # Look-alikes

    def _like_series(self, plan: Plan) -> None:
        org = plan.village.collective
        firm = plan.village.town.firms["garden"][0]
        fee = 9_000 * YUAN + self.turn
        source = plan.sources.matter(
            "contract", org, "河道管护合同", self._day(75), payee=firm,
            amount_fen=fee, end=date(self.until.year + 1, 12, 31),
        )  # fmt: skip
        for back in (63, 34, 6):
            spend = plan.spend(self._day(back), org, "51401", "河道管护费", source)
            plan.pay_firm(spend, firm, fee)
            for model in ("payment-tier-split", "payment-duplicate"):
                spend.marks.append(Mark(model, "同一份合同按月付款", is_wrong=False))

    def _like_resubmitted(self, plan: Plan) -> None:
        number = self.numbers.invoice(self._day(42))
        for back in (40, 31):
            spend = self._buy(plan, ("51402", "水管"), back, "hardware", 1_980)
            spend.invoice_no, spend.invoice_date = number, self._day(42)
            spend.is_withdrawn = back == 40
        plan.spends[-1].marks.append(
            Mark("invoice-duplicate", "头一次撤回了，同一张发票重新报", is_wrong=False)
        )

    def _like_cousin(self, plan: Plan) -> None:
        spend = self._aid(plan, plan.village.kin["cousin"], 29, 800)
        spend.marks.append(
            Mark("payment-incompatible-duty", "堂表亲不在法定回避范围", is_wrong=False)
        )

    def _like_later_death(self, plan: Plan) -> None:
        person = plan.village.heads[31 + self.turn % 5]
        self.sink.add("ext_death", id_no=person.id_no, death_date=self._day(5))
        self._wages(plan, person, 40).marks.append(
            Mark("labour-ineligible-person", "付款以后才去世", is_wrong=False)
        )

    def _like_full_budget(self, plan: Plan) -> None:
        org = plan.village.collective
        plan.budgets[org.org_id, _CULTURE] = 12_000 * YUAN
        for back, trade, yuan, sign in (
            (50, "printing", 5_000, 1),
            (10, "stationery", 7_000, -1),
        ):
            firm = plan.firm(trade)
            day = self._day(back)
            source = plan.sources.matter("procurement", org, "文体活动", day - 2 * DAY, payee=firm)
            spend = plan.spend(day, org, _CULTURE, "文体活动用品", source)
            plan.pay_firm(spend, firm, yuan * YUAN + sign * self.turn)
            self._contract(plan, spend, firm, "文体活动用品合同")
        plan.spends[-1].marks.append(
            Mark("payment-over-budget", "正好用完预算，没有超", is_wrong=False)
        )

    # Building blocks

    def _other(self, plan: Plan, trade: str) -> Firm:
        """The firm of a trade that is not the village's usual one."""
        firms = plan.village.town.firms[trade]
        return firms[(plan.place + 1) % len(firms)]

    def _breadwinner(self, plan: Plan) -> Person:
        """A head of a family, not old yet."""
        heads = plan.village.heads[25:]
        fit = [one for one in heads[:24] if one.family > 1 and 35 <= one.age(self.until) < 56]
        return fit[self.turn % 5]

    def _contract(self, plan: Plan, spend: Spend, firm: Firm, title: str) -> None:
        """A contract on paper with the firm that is paid."""
        deal = Deal(spend.day - 12 * DAY, spend.day + 60 * DAY, spend.total_fen)
        plan.sources.contract("procurement", spend.org, title, firm, deal)

    def _day(self, back: int) -> date:
        return workday_before(anchor(self.until) - back * DAY)

    def _buy(self, plan: Plan, what: tuple[str, str], back: int, trade: str, yuan: int) -> Spend:
        """A purchase (subject, purpose) from the village's other firm of the trade.

        The turn is added in fen, so that repeated plants differ.
        """
        subject, purpose = what
        org = plan.village.collective
        firm = self._other(plan, trade)
        day = self._day(back)
        source = plan.sources.matter("procurement", org, purpose, day - DAY, payee=firm)
        spend = plan.spend(day, org, subject, purpose, source)
        return plan.pay_firm(spend, firm, yuan * YUAN + self.turn)

    def _aid(self, plan: Plan, person: Person, back: int, yuan: int) -> Spend:
        org = plan.village.collective
        day = self._day(back)
        source = plan.sources.matter("aid", org, "临时救助", day - DAY, payee=person)
        spend = plan.spend(day, org, "51404", "临时困难救助", source)
        spend.lines.append((to_person(person), yuan * YUAN))
        return spend

    def _wages(self, plan: Plan, person: Person, back: int) -> Spend:
        org = plan.village.collective
        day = self._day(back)
        source = plan.sources.matter("labour", org, "防汛抢险用工", day - DAY)
        spend = plan.spend(day, org, "51504", "防汛抢险用工", source)
        spend.lines.append((to_person(person), 420 * YUAN))
        return spend
