"""A book taken away from the page and over the interface, and the archives beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.urls import reverse

from sanzi.audit.models import Event
from sanzi.kernel import papers
from sanzi.ledger.actions import archives, posting
from sanzi.ledger.models import Book, Period
from sanzi.orgs.actors import SYSTEM
from worlds.books import read_ledger

pytestmark = pytest.mark.django_db

YEAR = "2025-03-05 收租金 | receipt:R1\n 102 account:A-1 1200.00\n 50103 -1200.00"


@pytest.fixture
def filed(desk, tmp_path, monkeypatch) -> str:
    """Liuwan's year 2025, posted, closed and filed; papers are printed as stubs."""
    monkeypatch.setattr(settings, "SANZI", replace(settings.SANZI, var=tmp_path))
    monkeypatch.setattr(papers, "pdf", lambda *_: b"%PDF-")
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    Book.objects.filter(pk=book.pk).update(first_period="2025-01")
    posting.post_many(
        book_org_ext_id="O-WILLOW", drafts=read_ledger(YEAR), at=desk.world.at, by=SYSTEM
    )
    there = set(Period.objects.filter(book=book).values_list("period", flat=True))
    months = {f"2025-{month:02d}" for month in range(1, 13)} - there
    Period.objects.bulk_create(Period(book=book, period=month) for month in months)
    Period.objects.filter(book=book, period__startswith="2025").update(closed_at=desk.world.at)
    return archives.archive_year(org_ext_id="O-WILLOW", year=2025, by=SYSTEM, at=desk.world.at)


def test_a_book_is_taken_from_its_page_and_the_log_says_who(desk, officer) -> None:
    client = officer("agency_accountant")

    page = client.get(reverse("office:takings", args=["O-WILLOW"]))
    taken = client.get(reverse("office:take", args=["O-WILLOW", "hledger"]))

    assert "beancount账本" in page.content.decode()
    assert b"".join(taken.streaming_content).decode().startswith("; 本文件由三资平台导出")
    assert Event.objects.filter(kind="ledger.book.exported").count() == 1
    assert client.get(reverse("office:take", args=["O-WILLOW", "sap"])).status_code == 404


def test_a_piece_of_a_filed_year_is_found_and_taken(filed, officer) -> None:
    client = officer("agency_accountant")

    page = client.get(reverse("office:archives") + "?text=租金").content.decode()
    piece = client.get(reverse("office:piece", args=[filed, "O-WILLOW-KU·2025-D30-凭证-0001"]))
    whole = client.get(reverse("office:archive", args=[filed]))

    assert "2025-03 记-1号凭证" in page
    assert b"".join(piece.streaming_content).startswith(b"PK")
    assert b"".join(whole.streaming_content).startswith(b"PK")
