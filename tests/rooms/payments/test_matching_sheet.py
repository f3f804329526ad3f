"""The rules over a sheet with answers: nothing wrong, and nearly everything right, on each run."""

from __future__ import annotations

import pytest

from sanzi.payments.actions import matching
from sanzi.payments.models import MatchedBankLine
from worlds import recon_sheet
from worlds.money import Money

pytestmark = pytest.mark.django_db
RIGHT_LEAST = 0.999


def test_the_rules_answer_the_sheet_without_one_wrong_match(money: Money) -> None:
    measured = recon_sheet.reconcile_benchmark(lines=2_000, seed=3)

    assert measured.wrong == 0
    assert measured.right_share >= RIGHT_LEAST
    assert set(measured.by_rule) == {"E2E", "REFERENCE", "ACCOUNT", "NAME", "BATCH", "CANCEL"}


def test_a_second_run_finds_nothing_more(money: Money) -> None:
    recon_sheet.reconcile_benchmark(lines=600, seed=4)
    before = MatchedBankLine.objects.count()

    matching.match_account(account="A-RECON0", by=recon_sheet.SYSTEM, at=recon_sheet.AT)

    assert MatchedBankLine.objects.count() == before
