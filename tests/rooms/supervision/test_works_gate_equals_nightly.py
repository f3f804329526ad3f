"""Invariant: at a gate the verdicts on works, purchases and their payments equal the night's.

One village in which much goes wrong at once: what a model reads around a case must be there.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanzi.deals.models import Contract
from sanzi.orgs.models import Counterparty
from sanzi.record import neighbourhood
from sanzi.registers.procurement.models import Procurement, Quote
from sanzi.registers.works.models import Attendance, Commitment, Variation, Works
from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly, precheck
from sanzi.supervision.rules import Finding
from worlds import deals, spending, village, works
from worlds.village import AT, WILLOW, World

CATEGORIES = ("works", "procurement", "contract")


@pytest.fixture
def world(db: None) -> World:
    made = works.build()
    wife = village.villager(made, "王秀英")
    deals.kin(made.people["village_secretary"], wife)
    deals.party("C-KIN", owner=wife)
    works.under_way(made, AT, decision_ext_id="D-1", contract_ext_id="HT-1")
    _contract(made, "HT-1", 8_800_000, AT.date() - timedelta(days=3))
    _contract(made, "HT-2", 100_000, AT.date(), parent=Contract.objects.get(ext_id="HT-1"))
    works.under_way(
        made, AT, ext_id="GC-2", case_number="K-2", qr_code="SECOND", estimate_fen=12_000_000,
        approved_at=AT - timedelta(days=5), guide_price_fen=None, settlement_fen=9_900_000,
        contract_ext_id="HT-3",
    )  # fmt: skip
    _contract(made, "HT-3", 9_000_000, AT.date() - timedelta(days=20))
    second = Works.objects.get(ext_id="GC-2")
    Variation.objects.create(
        ext_id="BG-1", works=second, amount_fen=950_000, reason_code="design", reason="多做一段",
        submitted_at=AT - timedelta(days=4), executed_at=AT - timedelta(days=8),
        needs_role="town_leader",
    )  # fmt: skip
    Attendance.objects.create(
        works=second, held_at=AT, result="pass", person=made.people["village_secretary"],
        role="village", measured_milli=1, contract_milli=2,
    )  # fmt: skip
    Commitment.objects.create(
        works=second, person=made.people["village_secretary"], kind="commitment",
        signed_at=AT - timedelta(days=21),
    )  # fmt: skip
    return made


def _contract(world: World, ext_id: str, fen: int, day: date, **more: object) -> None:
    Contract.objects.create(
        ext_id=ext_id, organisation=deals.body(world), division_code=WILLOW, kind="works",
        title=ext_id, counterparty=Counterparty.objects.get(ext_id="C-1"), sign_date=day,
        amount_fen=fen, status="approved", made_at=AT, **more,
    )  # fmt: skip


def _buy(world: World, number: str, seller: str, days: int, **changed: object) -> Procurement:
    at = AT - timedelta(days=days)
    said = {
        "ext_id": f"CG-{number}", "case_number": number, "category_code": "lamp", "title": "路灯",
        "quantity_milli": 1_000, "unit": "盏", "estimate_fen": 960_000, "award_fen": 950_000,
        "method": "inquiry", "submitted_at": at, "approved_at": at + timedelta(hours=1),
        "ordered_at": at, "status": "ordered", **changed,
    }  # fmt: skip
    return Procurement.objects.create(
        organisation=deals.body(world), division_code=WILLOW,
        counterparty=Counterparty.objects.get(ext_id=seller), **said,
    )  # fmt: skip


def _said(finding: Finding) -> tuple[object, ...]:
    return (finding.key, finding.sentence, dict(finding.figures), dict(finding.parameters))


def _spend(world: World) -> None:
    firm = Counterparty.objects.get(ext_id="C-1")
    for number, fen, source_kind, source_id, contract in (
        ("P-1", 5_000_000, "works", "K-1", "HT-1"),
        ("P-2", 4_500_000, "works", "K-1", "HT-1"),
        ("P-3", 7_000_000, "works", "K-2", "HT-3"),
        ("P-4", 950_000, "procurement", "B-1", ""),
    ):
        spending.spend(
            world, number, [(firm, fen)], state="submitted", source_kind=source_kind,
            source_id=source_id, contract_id=contract,
        )  # fmt: skip
    other = Counterparty.objects.get(ext_id="C-3")
    spending.spend(
        world, "P-5", [(other, 600_000)], state="submitted", source_kind="procurement",
        source_id="B-3",
    )  # fmt: skip


def test_the_verdicts_on_works_and_purchases_equal_those_of_the_night(world: World) -> None:
    first = _buy(world, "B-1", "C-KIN", 20)
    _buy(world, "B-2", "C-2", 10, estimate_fen=1_000_000, method="quote")
    _buy(world, "B-4", "C-2", 5, estimate_fen=900_000)
    for firm in ("C-1", "C-2"):
        Quote.objects.create(
            ext_id=f"BJ-{firm}", procurement=first, price_fen=950_000, quoted_at=AT,
            counterparty=Counterparty.objects.get(ext_id=firm), contact_phone_index="one",
        )  # fmt: skip
    _spend(world)
    models = [
        one
        for gate in ("approve", "pay")
        for one in catalogue.at_gate(gate)
        if one.category in CATEGORIES and (gate == "approve" or "approve" not in one.gates)
    ]

    night = nightly.scan(at=AT, models=models)

    assert night.errors == []
    rows = {(one.finding_kind, one.finding_id) for one in night.findings.values()}
    cases = neighbourhood.case_ids_of(rows)
    seen = set()
    for number in ("K-1", "K-2", "B-1", "B-2", "B-4", "P-1", "P-2", "P-3", "P-4", "P-5"):
        gate = precheck.judge(case_numbers=[number], models=models, at=AT)
        expected = [
            _said(one)
            for one in night.findings.values()
            if cases.get((one.finding_kind, one.finding_id)) == number
        ]
        assert sorted(map(_said, gate), key=repr) == sorted(expected, key=repr), number
        seen |= {one.model.code for one in gate}
    assert seen == {
        "contract-not-written", "contract-overpaid", "procurement-before-approval",
        "procurement-kin-supplier", "procurement-quotes-collude", "procurement-quotes-short",
        "procurement-split", "procurement-unaccepted-paid", "works-acceptance-irregular",
        "works-no-commitment", "works-no-contract", "works-no-decision", "works-no-guide-price",
        "works-overpaid", "works-paid-without-audit", "works-settlement-over", "works-split-tier",
        "works-start-before-approval", "works-variation-after", "works-variation-over",
    }  # fmt: skip
