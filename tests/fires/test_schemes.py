"""The schemes of the fictional county, handed in as its history: which model finds which.

What the county holds besides is told by `tests/county/test_supervised.py`, which allows no alert
but on what was planted.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from sanzi.kernel.clock import SHANGHAI
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.record import neighbourhood
from sanzi.supervision.actions import nightly
from sanzi_county.county import write_county
from sanzi_county.schemes import planting

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

UNTIL = date(2026, 11, 20)
FIRES = {
    "aid-kin-unfiled": "aid-to-undeclared-kin",
    "asset-term-too-long": "lease-twenty-years",
    "cadre-loan": "loan-to-cadre",
    "expense-allowance-illegal": "shopping-cards",
    "expense-publicity-cap": "publicity-over-cap",
    "expense-reception-ban": "reception-meal",
    "expense-travel-training": "scenic-trip",
    "fiscal-transfer-stranded": "grant-kept-by-town",
    "fund-idle-no-competition": "million-without-tender",
    "fund-large-unusual": "out-and-back",
    "invoice-fake": "forged-invoice",
    "invoice-payee-mismatch": "paid-to-another-firm",
    "invoice-serial-cluster": "serial-invoices",
    "invoice-title-mismatch": "title-of-another-body",
    "invoice-white-slip": "white-slip",
    "labour-cadre-payee": "cadre-on-labour-list",
    "labour-over-plan": "more-days-than-planned",
    "labour-overlap-person": "ghost-on-two-rosters",
    "labour-photo-missing": "photo-used-again",
    "labour-quick-declare": "declared-within-hours",
    "labour-rate-over-standard": "rate-over-card",
    "labour-unapproved-start": "work-before-request",
    "land-compensation-collective-to-person": "collective-seedlings-to-person",
    "land-compensation-duplicate": "compensated-twice",
    "payment-payee-mismatch": "one-account-for-many",
    "payment-shared-account": "one-account-for-many",
    "procurement-before-approval": "bought-before-approval",
    "procurement-kin-supplier": "kin-supplier",
    "procurement-quotes-collude": "paper-quotes",
    "procurement-split": "purchase-in-pieces",
    "seal-count-excess": "more-prints-than-approved",
    "seal-outside-list": "seal-outside-list",
    "seal-same-person": "keeper-approves",
    "tender-common-funds-people": "one-agent-for-two",
    "tender-few-bidders": "two-bidders",
    "works-variation-after": "variation-before-leave",
    "works-variation-over": "paid-above-audit",
}
"""The models that find a scheme, and no other telling."""


def test_each_of_these_models_finds_its_scheme_in_the_history_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tuple(replace(one, lawful=()) for one in planting.SCHEMES)
    monkeypatch.setattr(planting, "SCHEMES", alone)
    write_county(tmp_path, villages=4, months=9, until=UNTIL, seed=7, schemes=1)
    at = datetime.combine(UNTIL + timedelta(days=1), time(19), SHANGHAI)
    packages.import_folder(folder=tmp_path, by=SYSTEM, at=at)

    done = nightly.scan(at=at)

    assert done.errors == []
    found = schemes_found({key[:3] for key in done.findings}, sheet(tmp_path, "schemes"))
    assert {code: found[code] for code in FIRES} == {code: {FIRES[code]} for code in FIRES}


def schemes_found(
    found: Iterable[tuple[str, str, str]], told: Iterable[Mapping[str, str]]
) -> dict[str, set[str]]:
    """Return by model the schemes of which it found a row, or a row of the same case."""
    schemes = {(row["table"], row["row_id"]): row["scheme"] for row in told}
    cases = neighbourhood.case_ids_of({*schemes, *(key[1:] for key in found)})
    by_case = {cases[row]: scheme for row, scheme in schemes.items() if row in cases}
    result: dict[str, set[str]] = defaultdict(set)
    for code, *row in found:
        place = (row[0], row[1])
        scheme = schemes.get(place) or by_case.get(cases.get(place, ""))
        if scheme:
            result[code].add(scheme)
    return result


def sheet(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the lines of a file beside the package."""
    with (folder / "extras" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
