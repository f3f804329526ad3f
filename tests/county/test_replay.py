"""The record cut back to a moment: what had not happened is not there, what was planned is."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import replay
from sanzi.record import extraction

NINE = datetime(2026, 11, 3, 9)


def table(name: str, **said: object) -> pa.Table:
    shape = extraction.arrow_schema(name)
    return pa.Table.from_pylist([{one.name: said.get(one.name) for one in shape}], schema=shape)


def known(name: str, now: datetime, births: replay.Births | None = None, **said: object) -> list:
    return replay.Clock(births or {}, now).known(name, table(name, **said)).to_pylist()


def payment(now: datetime) -> list:
    return known(
        "payment", now, payment_id="P", status="paid", created_at=NINE,
        submitted_at=NINE.replace(hour=10), approved_at=NINE.replace(hour=12),
        paid_at=NINE.replace(hour=15),
    )  # fmt: skip


def test_a_payment_goes_through_its_states() -> None:
    assert payment(NINE.replace(hour=8)) == []
    assert payment(NINE)[0]["status"] == "draft"
    assert payment(NINE.replace(hour=10))[0]["status"] == "submitted"
    before_money = payment(NINE.replace(hour=14))[0]
    assert (before_money["status"], before_money["paid_at"]) == ("approved", None)
    after = payment(NINE.replace(hour=15))[0]
    assert (after["status"], after["paid_at"]) == ("paid", NINE.replace(hour=15))


def test_a_figure_is_not_known_before_its_time() -> None:
    row = known(
        "works", NINE, works_id="W", status="settled", applied_at=NINE.replace(month=1),
        approved_at=NINE.replace(month=2), settled_at=NINE.replace(hour=10), settlement_fen=500,
    )  # fmt: skip
    assert (row[0]["status"], row[0]["settlement_fen"]) == ("approved", None)


def test_what_is_planned_is_known_and_does_not_hide_the_row() -> None:
    later = NINE.replace(month=12)
    (row,) = known("service", NINE, service_id="S", applied_at=NINE, due_at=later, status="done")
    assert row["due_at"] == later


def test_an_invoice_comes_with_its_case_and_is_red_only_later() -> None:
    births = {("invoice", "case_id"): {"C": NINE}}
    said = {"invoice_id": "V", "case_id": "C", "verify_status": "red_flushed",
            "verified_at": NINE.replace(day=9)}  # fmt: skip
    assert known("invoice", NINE.replace(hour=8), births, **said) == []
    (row,) = known("invoice", NINE, births, **said)
    assert row["verify_status"] is None
    (row,) = known("invoice", NINE.replace(day=10), births, **said)
    assert row["verify_status"] == "red_flushed"


def test_without_a_moment_nothing_is_cut() -> None:
    rows = table("payment", payment_id="P", paid_at=NINE, status="paid")
    assert replay.Clock({}).known("payment", rows) is rows
