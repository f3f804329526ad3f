"""`sanzi report make`: a draft in the archive and its file, or a refusal and neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import pytest

from sanzi.insight.actions import cockpit
from sanzi.insight.models import Report
from sanzi.interfaces.cli.main import main
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from worlds import office, spending, village

pytestmark = pytest.mark.django_db
NEXT = datetime(2026, 12, 8, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def counted(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A village with a payment and an alert of November, counted; it is December."""
    world = village.build()
    spending.source(world, "S1")
    person = village.villager(world, "王大山")
    paid_at = village.AT - timedelta(days=3)
    spending.spend(world, "K1", [(person, 97_500)], state="paid", at=paid_at)
    office.alert("K1")
    cockpit.run(at=village.AT + timedelta(days=1), by=SYSTEM)
    monkeypatch.setattr(clock, "now", lambda: NEXT)


def make(out: Path, period: str = "2026-11") -> int:
    place = ["--place", village.TOWN, "--period", period]
    return main(["report", "make", "monthly", *place, "--out", str(out)])


def test_a_report_is_made_as_a_draft_and_written(tmp_path: Path, capsys) -> None:
    out = tmp_path / "month.docx"

    assert make(out) == 0
    made = Report.objects.get()
    assert (made.state, made.division_code, made.made_at) == ("draft", village.TOWN, NEXT)
    assert made.ext_id in capsys.readouterr().out
    assert "产生预警1条" in "".join(one.text for one in docx.Document(str(out)).paragraphs)


@pytest.mark.parametrize(
    ("name", "period", "status", "words"),
    [
        ("month.odt", "2026-11", 2, ".pdf、.docx 或 .xlsx"),
        ("month.pdf", "2026-12", 2, "还没有过完"),
        ("month.pdf", "2025-11", 2, "还没有数"),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_no_file(
    tmp_path: Path, capsys, name: str, period: str, status: int, words: str
) -> None:
    assert make(tmp_path / name, period) == status

    assert words in capsys.readouterr().err
    assert not (tmp_path / name).exists()
    assert not Report.objects.exists()
