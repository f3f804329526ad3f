"""Asking named models about everything, as the night does."""

from __future__ import annotations

from datetime import datetime

from sanzi.supervision import catalogue
from sanzi.supervision.actions import nightly


def found(at: datetime, *codes: str) -> set[tuple[str, str]]:
    """Return what these models find in the whole record at a moment: model and id of the row."""
    models = [catalogue.models()[code] for code in codes]
    scan = nightly.scan(at=at, models=models)
    assert scan.errors == []
    return {(code, row) for code, _, row, _ in nightly.live(scan.findings)}
