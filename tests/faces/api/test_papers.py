"""Statements and books of account over the wire: the same figures as on screen, and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from sanzi.audit.models import Event
from sanzi.ledger.actions import posting
from sanzi.orgs.actors import SYSTEM
from worlds.books import read_ledger

if TYPE_CHECKING:
    from worlds import cases as worlds_cases

pytestmark = pytest.mark.django_db
Make = Callable[[str], Any]
BOOK = "/books/O-WILLOW"
NOVEMBER = """
2026-11-02 11月租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-11-05 11月保洁费 | payment:P2
  51401 person:V1    310.00
  102 account:A-1   -310.00
"""


@pytest.fixture
def accountant(desk: worlds_cases.Desk, program: Make) -> Any:
    posting.post_many(
        book_org_ext_id="O-WILLOW", drafts=read_ledger(NOVEMBER), at=desk.world.at, by=SYSTEM
    )
    return program("agency_accountant")


def test_a_statement_says_its_figures_its_checks_and_what_is_behind_them(accountant: Any) -> None:
    due = accountant("GET", f"{BOOK}/statements/2026-11").body
    found = accountant("GET", f"{BOOK}/statement/balance/2026-11").body
    row = next(one for one in found["rows"] if one["title"] == "货币资金")
    figure = accountant(
        "GET",
        f"{BOOK}/statement/balance/2026-11/figure?row={row['id']}"
        f"&column={found['columns'][0]['id']}",
    ).body

    assert "资产负债表" in [one["layout"]["title"] for one in due]
    assert all(one["broken"] == [] for one in due)
    assert row["figures"][0] == figure["figure_fen"] == 869000
    assert all(one["is_kept"] for one in found["checks"])
    assert [one["account_code"] for one in figure["parts"]] == ["102"]
    assert [one["label"] for one in figure["lines"]] == ["记-1", "记-2"]


def test_a_place_is_summed_and_side_by_side(accountant: Any) -> None:
    found = accountant("GET", "/places/999901101000/statement/rce2023/balance/2026-11").body

    assert found["body_count"] == len(found["members"]) == 1
    assert len(found["members"][0]["figures"]) == len(found["rows"])


def test_a_book_of_account_says_what_each_row_opens(accountant: Any) -> None:
    found = accountant("GET", f"{BOOK}/journals/detail?first=2026-11&last=2026-11&code=514").body

    (sheet,) = found["sheets"]
    line = sheet["rows"][1]
    assert line["cells"][:3] == ["2026-11-05", "记-2", "11月保洁费"]
    assert line["source"][0] == "voucher"
    opened = accountant("GET", f"/vouchers/{line['source'][1]}")
    assert opened.body["total_fen"] == 31000


@pytest.mark.parametrize(
    ("path", "begin"),
    [
        (f"{BOOK}/statements/2026-11/file/pdf", b"%PDF"),
        (f"{BOOK}/statement/income/2026-11/file/xlsx", b"PK"),
        (f"{BOOK}/journals/bank/file/csv?first=2026-11&last=2026-11", b"\xef\xbb\xbf"),
        (f"{BOOK}/vouchers/2026-11/file", b"%PDF"),
        ("/places/999901101000/statements/2026-11/file", b"PK"),
    ],
)
def test_papers_leave_as_attachments_and_are_logged(
    accountant: Any, path: str, begin: bytes
) -> None:
    answer = accountant("GET", path)

    assert answer.status == 200
    assert answer.raw.content.startswith(begin)
    assert answer.raw["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert Event.objects.filter(kind="ledger.paper.taken", origin="api").count() == 1


def test_a_period_without_figures_is_refused_in_words(accountant: Any) -> None:
    answer = accountant("GET", f"{BOOK}/statement/balance/2021-01/file/pdf")

    assert (answer.status, answer.body["code"]) == (409, "ledger.no_figures")
    assert not Event.objects.filter(kind="ledger.paper.taken").exists()
