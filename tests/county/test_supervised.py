"""The night over the county opens what its answer sheet says was planted, and nothing else."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from sanzi.kernel.clock import SHANGHAI
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.actions import nightly
from sanzi.supervision.models import Alert
from sanzi_county.county import write_county

pytestmark = pytest.mark.django_db


UNTIL = date(2026, 11, 21)
FIRES = {
    "aid-missed-eligible",
    "aid-recheck-overdue",
    "asset-no-public-auction",
    "asset-rent-below-floor",
    "cadre-handover-overdue",
    "card-cash-or-private",
    "card-settle-overdue",
    "contract-not-written",
    "decision-missing",
    "fund-illegal-loan",
    "invoice-duplicate",
    "labour-ineligible-person",
    "land-compensation-late",
    "land-compensation-no-right",
    "land-homestead-area",
    "land-homestead-procedure",
    "ledger-distribution-irregular",
    "payment-cash",
    "payment-duplicate",
    "payment-incompatible-duty",
    "payment-no-source",
    "payment-over-budget",
    "payment-stale-proof",
    "payment-tier-split",
    "payment-to-cashier",
    "payment-unrelated-handler",
    "seal-blank-or-no-photo",
    "seal-device-abnormal",
    "seal-odd-time-place",
    "seal-unapproved",
    "subsidy-no-publicity",
    "tender-same-device",
}
"""The models that fire in this county: `tests/fires`."""


def test_a_night_over_the_county_finds_what_was_planted_and_nothing_else(tmp_path: Path) -> None:
    write_county(tmp_path, villages=2, months=3, until=UNTIL, seed=7)
    at = datetime.combine(UNTIL + timedelta(days=1), time(19), SHANGHAI)
    packages.import_folder(folder=tmp_path, by=SYSTEM, at=at)

    done = nightly.run(as_of=at, by=SYSTEM)

    found = set(Alert.objects.values_list("model_code", "finding_kind", "finding_id"))
    told = sheet(tmp_path, "planted")
    planted = {(row["model_code"], row["kind"], row["row_id"]) for row in told}
    paid = {
        (row["model_code"], "payment", row["payment_id"]): (row["model_code"], row["village_id"])
        for row in sheet(tmp_path, "answers")
    }
    assert done.errors == []
    assert found - planted - paid.keys() == set()
    assert planted - found == set()
    # Of two payments that are wrong together the later one is found.
    assert {paid[one] for one in found & paid.keys()} >= {
        paid[one] for one in paid if one[0] != "invoice-duplicate"
    }
    assert {code for code, _, _ in found} == FIRES


def sheet(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the lines of a file beside the package."""
    with (folder / "extras" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
