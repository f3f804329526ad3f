"""Lawful random counties wake no clue beyond its limit; what is planted in them is found."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sanzi.record import engine
from sanzi.supervision import catalogue, clue_rules, examples, rules
from sanzi.supervision.examples import AS_OF, Example

CLUES = [one for one in catalogue.models().values() if one.is_clue]
VILLAGES = [f"9999011{number:05}" for number in range(201, 231)]
MONTHS = [date(2024 + number // 12, number % 12 + 1, 1) for number in range(34)]
Rows = dict[str, list[dict[str, Any]]]


class County:
    """Thirty villages and three years: suppliers, villagers, kin, purchases, tenders."""

    def __init__(self, seed: int):
        """Draw everything from one seed."""
        self.dice = random.Random(seed)  # noqa: S311 - a made-up county, no secret
        self.rows: Rows = {
            name: []
            for name in ("payment", "org", "person", "kinship", "counterparty", "procurement",
                         "tender", "bid", "appointment")
        }  # fmt: skip
        self._people()
        self._suppliers()
        self._payments()
        self._purchases()
        self._tenders()

    def _people(self) -> None:
        for number, place in enumerate(VILLAGES):
            org = {"org_id": f"G{number}", "division_code": place, "village_id": place}
            self.rows["org"].append({**org, "population": self.dice.randint(800, 1200)})
            for one in range(20):
                self.rows["person"].append(
                    {"person_id": f"{number}-{one}", "household_id": f"{number}-H{one // 3}",
                     "phone_hash": f"tel-{number}-{one}", "village_id": place}
                )  # fmt: skip
            for _ in range(8):
                left, right = self.dice.sample(range(20), 2)
                self.rows["kinship"].append(
                    {"person_id": f"{number}-{left}", "relative_person_id": f"{number}-{right}"}
                )
            self.rows["appointment"].append(
                {"appointment_id": f"A{number}", "person_id": f"{number}-0", "org_id": f"G{number}"}
            )

    def _suppliers(self) -> None:
        for number in range(60):
            owner = f"boss-{number}"
            self.rows["person"].append({"person_id": owner, "household_id": f"HB{number}"})
            self.rows["counterparty"].append(
                {"counterparty_id": f"C{number}", "name": f"清河{number}号店",
                 "legal_rep_person_id": owner, "phone_hash": f"shop-tel-{number}",
                 # A market of ten stalls stands at one address.
                 "address_norm": "青石市场" if number < 10 else f"河东路{number}号"}
            )  # fmt: skip

    def _amount(self) -> int:
        return int(self.dice.lognormvariate(12.2, 1.3)) + 100

    def _payments(self) -> None:
        for number, place in enumerate(VILLAGES):
            for month in MONTHS:
                season = 140 if month.month in (1, 12) else 100
                for _ in range(self.dice.randint(6, 12)):
                    self.pay(number, place, month, self._amount() * season // 100)

    def pay(self, number: int, place: str, month: date, fen: int, **more: Any) -> str:
        """Pay one of the suppliers, or a villager of the village itself."""
        key = f"P{len(self.rows['payment'])}"
        day = month + timedelta(days=self.dice.randint(0, 26))
        supplier = self.dice.randrange(60)
        payee: dict[str, Any] = {
            "payee_counterparty_id": f"C{supplier}", "payee_account_hash": f"acc-{supplier}",
        }  # fmt: skip
        if self.dice.randrange(5) in (0, 1):
            who = f"{number}-{self.dice.randrange(20)}"
            payee = {"payee_person_id": who, "payee_account_hash": f"acc-{who}",
                     "payee_kind": "person"}  # fmt: skip
        self.rows["payment"].append(
            {"payment_id": key, "case_id": f"K{key}", "village_id": place, "org_id": f"G{number}",
             "paid_at": datetime(day.year, day.month, day.day, 10), "amount_fen": fen,
             "handler_person_id": f"{number}-0", **payee, **more}
        )  # fmt: skip
        return key

    def _purchases(self) -> None:
        for number, place in enumerate(VILLAGES):
            for month in MONTHS[::4]:
                pieces = self.dice.randint(2, 20)
                price = 10_000 * self.dice.randint(75, 135) // 100
                self.buy(f"B{number}-{month}", place, month, pieces, price)

    def buy(self, key: str, place: str, month: date, pieces: int, price: int) -> None:
        """Buy lamps at a price."""
        self.rows["procurement"].append(
            {"procurement_id": key, "village_id": place, "category_code": "lamp", "unit": "盏",
             "title": "路灯", "quantity_milli": pieces * 1000, "award_fen": pieces * price,
             "ordered_at": datetime(month.year, month.month, 9, 9)}
        )  # fmt: skip

    def _tenders(self) -> None:
        for number, place in enumerate(VILLAGES):
            tender = f"T{number}"
            self.rows["tender"].append({"tender_id": tender, "village_id": place})
            for supplier in self.dice.sample(range(60), 4):
                self.bid(tender, supplier, f"mac-{supplier}")

    def bid(self, tender: str, supplier: int, mac: str) -> None:
        """Hand in a bid from a device."""
        self.rows["bid"].append(
            {"bid_id": f"{tender}-{supplier}", "tender_id": tender,
             "counterparty_id": f"C{supplier}", "mac": mac}
        )  # fmt: skip

    def found(self) -> dict[tuple[str, str, str, str], rules.Finding]:
        """Return what all clues find."""
        tables = examples.tables(Example("county", "hit", self.rows, ()))
        with engine.warm_session(tables) as session:
            every = [one for model in CLUES for one in rules.find(session, model, at=AS_OF,
                                                                  overrides=[])]  # fmt: skip
        return {one.key: one for one in every}

    def subjects(self, kind: str, month: str) -> dict[str, int]:
        """Return how many rows of a kind lie in each village in a month."""
        time = {"payment": "paid_at", "procurement": "ordered_at"}.get(kind)
        if time is None:
            return dict.fromkeys(VILLAGES, 1)
        counts = dict.fromkeys(VILLAGES, 0)
        for row in self.rows[kind]:
            if row[time].isoformat()[:7] == month:
                counts[row["village_id"]] += 1
        return counts


RAW_PERMILLE = 15
"""Sums of money have long tails: what a lawful county may find before the limit cuts to five."""


@pytest.mark.parametrize("seed", [11, 23, 47])
def test_a_lawful_county_is_quiet_and_what_speaks_keeps_the_limit(seed: int):
    county = County(seed)

    found = county.found()
    spoken, muted = clue_rules.told(found, set(), county.subjects)

    judged = {
        "village": len(VILLAGES) * 12, "org": len(VILLAGES) * 2, "tender": len(VILLAGES),
        "payment": len(county.rows["payment"]), "procurement": len(county.rows["procurement"]),
    }  # fmt: skip
    for model in CLUES:
        own = [one for one in found.values() if one.model is model]
        total = sum(judged.get(kind, 0) for kind in model.kinds)
        assert len(own) * 1000 <= max(total * RAW_PERMILLE, 1000), model.code
        months = Counter(
            one.business_date.isoformat()[:7] for one in spoken.values() if one.model is model
        )
        for month, count in months.items():
            rows = [sum(county.subjects(kind, month).values()) for kind in model.kinds]
            assert count <= sum(max(1, one * 5 // 1000) for one in rows)
    assert len(spoken) + sum(one.found - one.told for one in muted) == len(found)


@pytest.mark.parametrize("seed", [5, 17])
def test_what_is_planted_speaks_through_the_limit(seed: int):
    county = County(seed)
    planted = {
        "stat-month-season": VILLAGES[3], "stat-month-peers": VILLAGES[3],
        "stat-benford": "G7", "stat-price-peers": "DEAR", "stat-shared-device": "T29",
    }  # fmt: skip
    county.pay(3, VILLAGES[3], date(2026, 9, 1), 90_000_000)
    for _ in range(150):
        near_limit = county.dice.randint(480_000, 499_999)
        county.pay(7, VILLAGES[7], date(2025, county.dice.randint(1, 12), 1), near_limit)
    county.buy("DEAR", VILLAGES[5], date(2026, 8, 1), 30, 60_000)
    county.rows["bid"] = [one for one in county.rows["bid"] if one["tender_id"] != "T29"]
    county.rows["bid"].append(
        {"bid_id": "early", "tender_id": "T0", "counterparty_id": "C58", "mac": "shared-mac",
         "submitted_at": datetime(2026, 3, 1, 9)}
    )  # fmt: skip
    county.bid("T29", 59, "shared-mac")
    more = {"payee_person_id": None, "payee_kind": "counterparty"}
    for supplier, month in ((21, 2), (22, 5)):
        planted["stat-shared-account"] = county.pay(
            9, VILLAGES[9], date(2026, month, 1), 800_000, **more,
            payee_counterparty_id=f"C{supplier}", payee_account_hash="one-account",
        )  # fmt: skip
    for number, supplier, month in ((12, 90, 3), (12, 91, 6)):
        county.rows["counterparty"].append(
            {"counterparty_id": f"C{supplier}", "legal_rep_person_id": f"new-{supplier}",
             "phone_hash": "one-phone"}
        )  # fmt: skip
        county.rows["person"].append({"person_id": f"new-{supplier}"})
        planted["stat-shared-phone"] = county.pay(
            number, VILLAGES[number], date(2026, month, 1), 700_000, **more,
            payee_counterparty_id=f"C{supplier}", payee_account_hash=f"acc-{supplier}",
        )  # fmt: skip
    for giver, taker, month in ((14, 15, 4), (15, 14, 7)):
        county.rows["kinship"].append(
            {"person_id": f"{taker}-0", "relative_person_id": f"kin-{taker}"}
        )
        county.rows["person"].append({"person_id": f"kin-{taker}"})
        planted["stat-ring"] = county.pay(
            giver, VILLAGES[giver], date(2026, month, 1), 900_000, payee_kind="person",
            payee_counterparty_id=None, payee_person_id=f"kin-{taker}",
            payee_account_hash=f"acc-kin-{taker}",
        )  # fmt: skip

    spoken, _ = clue_rules.told(county.found(), set(), county.subjects)

    assert set(planted) == {one.code for one in CLUES}
    told = {(one.model.code, one.finding_id) for one in spoken.values()}
    assert set(planted.items()) <= told
