"""What the demo county tells of subsidies and fiscal money is loaded whole, wrongs planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanzi.record import loaders
from sanzi.record.loaders import LoadContext, import_package
from sanzi.record.packages import open_package
from sanzi.registers.funds.models import Transfer
from sanzi.registers.subsidies.models import AidCase, Award, Levy, Program, ReliefBatch
from sanzi_county.main import main
from worlds.village import AT

pytestmark = pytest.mark.django_db
VILLAGES = 3
NEEDED = (
    "division", "org", "person", "household", "fund", "program", "award", "aid_case",
    "relief_batch", "relief_line", "levy", "levy_line", "town_project", "transfer", "price_book",
)  # fmt: skip


def test_each_village_has_living_rows_and_two_have_a_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {name: one for name, one in loaders._loaders.items() if name in NEEDED}
    monkeypatch.setattr(loaders, "_loaders", known)
    size = ["--villages", str(VILLAGES), "--months", "3"]
    assert main([*size, "--until", "2026-10-31", str(tmp_path)]) == 0
    import_package(open_package(tmp_path), LoadContext(by="tester", at=AT))

    assert Program.objects.count() == 3
    assert Award.objects.filter(paid_at__isnull=False).count() >= 8 * VILLAGES
    assert AidCase.objects.filter(members__isnull=True).count() == 0
    assert ReliefBatch.objects.filter(given_milli=8_000, counted_milli=2_000).count() == VILLAGES
    assert Levy.objects.filter(collected_fen=15_000).count() == VILLAGES
    overdue = AidCase.objects.filter(recheck_due_date__lt=AT.date())
    assert len({one.division_code for one in overdue}) == 1
    kept = Transfer.objects.filter(passed_on_at__isnull=True)
    assert [one.passed_fen for one in kept] == [0]
