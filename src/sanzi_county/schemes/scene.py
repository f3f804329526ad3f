"""One telling of a scheme: a place, people, firms and dates of its own, and its line of answers.

A scheme is told once as a wrong and again, in other villages and with other people, in ways that
look alike and are lawful. Nothing here knows what looks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any, Final

from sanzi.kernel.digest import sm3
from sanzi_county.bodies import Bodies
from sanzi_county.codes import Numbers
from sanzi_county.days import DAY, at, workday_before
from sanzi_county.events import YUAN, Planted, Source, Spend, to_firm
from sanzi_county.money import Plan
from sanzi_county.people import People
from sanzi_county.world import Firm, Org, Person
from sanzi_county.write import Sink

TENTH: Final = 10
WRITTEN: Final = 5_000 * YUAN
"""From here on the county wants a contract on paper."""
Build = Callable[..., None]


@dataclass(frozen=True)
class Scheme:
    """A kind of wrong: how it is told, with which words, and how the lawful tellings differ.

    `build(scene, **words)` is called with `wrong` for the scheme and with each of `lawful`, which
    says why it is lawful.
    """

    key: str
    title: str
    build: Build
    wrong: Mapping[str, Any]
    lawful: Sequence[tuple[str, Mapping[str, Any]]]


@dataclass
class Scene:
    """What a telling draws on. `is_close`: a limit is passed by less than a tenth of it.

    `taken` counts what tellings took of a kind, `cards` holds the numbers of the villages' cards.
    """

    sink: Sink
    numbers: Numbers
    bodies: Bodies
    people: People
    random: Random
    until: date
    plans: Sequence[Plan]
    scheme: str
    number: int
    why: str = ""
    is_close: bool = False
    taken: dict[str, int] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    waiting: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> str:
        """A prefix for the ids of this telling's rows."""
        return f"{self.scheme}.{self.number}"

    @property
    def is_wrong(self) -> bool:
        """Whether this is the scheme itself."""
        return self.number == 0

    @property
    def plan(self) -> Plan:
        """The village of this telling."""
        return self.plans[0]

    @property
    def body(self) -> Org:
        """The village's collective."""
        return self.plan.village.collective

    def base(self) -> dict[str, Any]:
        """The columns that most rows begin with."""
        return {"org_id": self.body.org_id, "village_id": self.plan.village.code}

    def add(self, table: str, /, *, acted: datetime | None = None, **row: object) -> None:
        """Write a row; with `acted` it is one of the rows that the answer sheet names."""
        self.sink.add(table, **row)
        if acted is not None:
            self.answer(table, str(next(iter(row.values()))), acted)

    def answer(self, table: str, row_id: str, acted: datetime) -> None:
        """Name a row on the answer sheet."""
        self.sink.beside("schemes", **self.planted().row(table, row_id, acted))

    def answer_waiting(self, acted: datetime) -> None:
        """Name the rows that wait for the act which hands them in together."""
        for table, row_id in self.waiting:
            self.answer(table, row_id, acted)
        self.waiting.clear()

    def planted(self) -> Planted:
        """What a spending carries so that its rows come onto the answer sheet."""
        return Planted(self.scheme, self.number, self.plan.village.code, self.why)

    # Figures and days

    def over(self, limit: int) -> int:
        """A figure beyond a limit: by less than a tenth of it in every second telling."""
        tenth = max(limit // TENTH, 2)
        if self.is_close:
            return limit + self.random.randrange(1, tenth)
        return limit + self.random.randrange(tenth, 5 * tenth)

    def under(self, limit: int) -> int:
        """A figure that keeps a limit: by less than a tenth of it in every second telling."""
        tenth = max(limit // TENTH, 2)
        if self.is_close:
            return limit - self.random.randrange(1, tenth)
        return limit - self.random.randrange(tenth, 4 * tenth)

    def day(self, back: int) -> date:
        """The last workday not after so many days before the end."""
        return workday_before(self.until - back * DAY)

    def parts(self, total: int, count: int) -> list[int]:
        """A sum in parts that are not alike; none is above its even share by a tenth."""
        share = total // count
        cuts = [share - self.random.randrange(1, share // 20) for _ in range(count - 1)]
        return [*cuts, total - sum(cuts)]

    # People and firms

    def person(self, back: int = 0) -> Person:
        """A villager with an account, not told of in another telling."""
        plan = self.plans[back]
        heads = plan.village.heads
        key = plan.village.key
        self.taken[key] = self.taken.get(key, 0) + 1
        place = len(heads) - self.taken[key]
        if place < 1:
            raise ValueError(f"{plan.village.name}: not enough people for the schemes")
        return heads[place]

    def poor(self) -> Person:
        """A villager whom no list outside has with a car, a second house or a firm."""
        village = self.plan.village
        while (person := self.person()).person_id in village.propertied:
            pass
        return person

    def relative(self, tie: str) -> Person:
        """Somebody tied to the secretary: his brother, his cousin, his cousin's wife, or nobody."""
        kin = self.plan.village.kin
        if tie in kin:
            return kin[tie]
        person = self.person()
        if tie == "cousins_wife":
            self.people.kin(kin["cousin"], person, "spouse", "declared")
        return person

    def outsider(self) -> Person:
        """Somebody from outside the villages."""
        self.taken["out"] = self.taken.get("out", 0) + 1
        return self.people.officer(
            self.random, f"WS{self.taken['out']:05d}", self.body.code[:9] + "000"
        )

    def firm(self, trade: str, owner: Person | None = None, kind: str = "company") -> Firm:
        """A new firm of the trade."""
        self.taken["firm"] = self.taken.get("firm", 0) + 1
        name = (
            f"{self.plan.village.town.name.rstrip('镇')}{_stem(self.taken['firm'])}{_TRADES[trade]}"
        )
        owner = owner or self.outsider()
        return self.bodies.firm(trade, name, kind, owner)

    # Matters

    def case(
        self,
        matter: str,
        title: str,
        submitted: datetime,
        approved: datetime | None = None,
        fen: int | None = None,
    ) -> str:
        """The case of a matter, handed in and approved; returns its number."""
        village = self.plan.village
        self.taken["case"] = self.taken.get("case", 0) + 1
        number = f"CX{self.taken['case']:05d}"
        self.add(
            "case", case_id=number, matter_code=matter, **self.base(), title=title,
            amount_fen=fen, status="approved" if approved else "submitted",
            handler_person_id=village.officer("village_clerk").person_id,
            created_by_person_id=village.officer("village_clerk").person_id,
            created_at=submitted, submitted_at=submitted, approved_at=approved,
            is_backfilled=False,
        )  # fmt: skip
        return number

    def name(self, letters: str) -> str:
        """The next id that begins with these letters."""
        self.taken[letters] = self.taken.get(letters, 0) + 1
        return f"{letters}X{self.taken[letters]:04d}"

    def digest(self) -> str:
        """A digest of some file of this telling, each another."""
        return sm3(f"{self.key} {self.random.random()}".encode())

    # Money

    def spend(
        self,
        back: int,
        what: tuple[str, str],
        *,
        source: Source | None = None,
        kind: str = "procurement",
        org: Org | None = None,
        plan: Plan | None = None,
        **more: Any,
    ) -> Spend:
        """A spending without lines: (subject, purpose), on a workday so long before the end."""
        plan = plan or self.plan
        org = org or plan.village.collective
        subject, purpose = what
        day = self.day(back)
        source = source or plan.sources.matter(kind, org, purpose, day - DAY)
        spend = plan.spend(day, org, subject, purpose, source)
        for name, value in more.items():
            setattr(spend, name, value)
        spend.plants.append(self.planted())
        return spend

    def buy(self, back: int, what: tuple[str, str], firm: Firm, fen: int, **more: Any) -> Spend:
        """A purchase from a firm with its invoice."""
        if fen >= WRITTEN:
            self.contract("procurement", what[1], firm, fen, self.day(back) - 6 * DAY)
        spend = self.spend(back, what, **more)
        spend.lines.append((to_firm(firm), fen))
        spend.seller = firm
        return spend

    def contract(self, kind: str, title: str, firm: Firm, fen: int, signed: date) -> str:
        """A written contract with the firm, filed; returns its number."""
        name = self.name("HT")
        self.add(
            "contract", contract_id=name, **self.base(), kind=kind, title=f"{title}合同",
            counterparty_id=firm.counterparty_id, sign_date=signed, start_date=signed + DAY,
            end_date=signed + 364 * DAY, amount_fen=fen, filed_at=at(signed + 2 * DAY, 10),
            doc_hash=self.digest(), has_price_clause=True, has_term_clause=True,
            has_breach_clause=True, has_settlement_clause=True, is_oral=False, status="approved",
        )  # fmt: skip
        return name

    def show(self, item: str, case_id: str, title: str, done: datetime, fen: int) -> None:
        """What was done in a case comes onto the bulletin the next day."""
        self.add(
            "disclosure", disclosure_id=self.name("GK"), **self.base(), item_code=item,
            subject_kind="case", subject_id=case_id, title=title, due_at=done + 5 * DAY,
            published_at=done + DAY, min_days=7, content_hash=self.digest(), total_fen=fen,
        )  # fmt: skip


_STEMS: Final = "山水云松石竹梅兰桂柏枫荷泉溪林禾麦棉丝瓷"
_TRADES: Final = {
    "cleaning": "保洁服务有限公司", "meals": "餐饮店", "electric": "机电安装有限公司",
    "stationery": "文具店", "printing": "图文广告部", "building": "建设工程有限公司",
    "tenant": "食品有限公司", "garden": "园林绿化有限公司", "hardware": "建材经营部",
    "farming": "农业发展有限公司",
}  # fmt: skip


def _stem(number: int) -> str:
    count = len(_STEMS)
    return (
        _STEMS[number % count]
        + _STEMS[(number // count * 7 + 3) % count]
        + "兴和顺盛"[number // 400 % 4]
    )


def yuan(amount: int) -> int:
    """Fen of so many yuan."""
    return amount * YUAN
