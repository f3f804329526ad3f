"""The agency's pages: the desk, a month's close, a year's end, plans, reopening, handover."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from sanzi.ledger.actions import books, corrections, plans, posting
from sanzi.ledger.models import Handover, Period, RecurringPlan, Reopening, Voucher, VoucherDraft
from sanzi.ledger.rules import Line
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Appointment, Person
from worlds import cases as worlds_cases
from worlds import village
from worlds.books import read_ledger

pytestmark = pytest.mark.django_db
AT = worlds_cases.AT
RENT = """
2025-12-09 去年租金
  102 account:A-WILLOW    800.00
  50103                  -800.00
2026-10-09 收租金
  102 account:A-WILLOW   1200.00
  50103                 -1200.00
"""


@pytest.fixture
def stone(desk: Any) -> None:
    """A second book, of the neighbouring village, that begins in October."""
    books.ensure_book(org_ext_id="O-STONE", first_period="2026-10", by=SYSTEM, at=AT)


@pytest.fixture
def october(desk: Any, stone: None) -> None:
    """The neighbour has a voucher in October and a draft."""
    text = RENT.split("\n2026")[1]
    posting.post_many(
        book_org_ext_id="O-STONE",
        drafts=read_ledger("2026" + text.replace("A-WILLOW", "A-STONE")),
        at=AT,
        by=SYSTEM,
    )


def draft(desk: Any, role: str = "agency_accountant", org: str = "O-STONE") -> str:
    made = corrections.draft_voucher(
        book_org_ext_id=org,
        lines=(
            Line("5130102", debit_fen=5_000),
            Line("102", credit_fen=5_000, aux_kind="account", aux_id="A-STONE"),
        ),
        summary="买墨盒",
        date=dt.date(2026, 10, 12),
        by=desk.world.actor(role, AT),
        at=AT,
    )
    return made.ext_id


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_desk_shows_every_book_with_what_is_missing(officer: Any, desk, october) -> None:
    draft(desk)
    client = officer("agency_accountant")

    page = text(client.get(reverse("office:agency"), {"month": "2026-10"}))

    assert "石桥村股份经济合作社" in page
    assert "凭证草稿还没审核：1" in page
    assert "1,200.00" in page
    narrowed = text(client.get(reverse("office:agency"), {"month": "2026-10", "text": "没有"}))
    assert "没有这样的账套" in narrowed


def test_a_closed_month_offers_no_voucher_and_nothing_to_close(officer: Any, desk, october) -> None:
    client = officer("agency_accountant")
    home, board = reverse("office:book", args=["O-STONE", "2026-10"]), reverse("office:agency")
    only = {"month": "2026-10", "text": "石桥"}
    assert "填凭证" in text(client.get(home))
    assert "结选中的账" in text(client.get(board, only))

    client.post(
        reverse("office:agency_close"), {"month": "2026-10", "org": "O-STONE", "do": "chosen"}
    )

    assert "填凭证" not in text(client.get(home))
    closed = text(client.get(board, only))
    assert "已结账" in closed
    assert "结选中的账" not in closed


def test_the_desk_leaves_as_a_table(officer: Any, desk, october) -> None:
    answer = officer("agency_reviewer").get(
        reverse("office:agency"), {"month": "2026-10", "as": "csv", "text": "石桥"}
    )
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert rows[1].startswith("石桥村,石桥村股份经济合作社,可以结账,1,0,,")


def test_the_desk_asks_as_often_for_many_books_as_for_few(
    officer: Any, desk, october, django_assert_max_num_queries
) -> None:
    client = officer("agency_accountant")
    client.get(reverse("office:agency"), {"month": "2026-10"})

    with django_assert_max_num_queries(60):
        client.get(reverse("office:agency"), {"month": "2026-10"})


def test_many_books_are_closed_at_once_and_the_rest_told(officer: Any, desk, october) -> None:
    client = officer("agency_accountant")

    page = text(
        client.post(
            reverse("office:agency_close"),
            {"month": "2026-10", "org": ["O-STONE", "O-WILLOW"], "do": "chosen"},
        )
    )

    assert "10月结了1本，1本没有结" in page
    closed = Period.objects.filter(closed_at__isnull=False)
    assert [one.book.organisation.ext_id for one in closed] == ["O-STONE"]
    assert "前面的月份还没结账" in page


def test_all_that_are_ready_are_closed_at_once(officer: Any, desk, october) -> None:
    officer("agency_accountant").post(
        reverse("office:agency_close"), {"month": "2026-10", "do": "ready"}
    )

    assert Period.objects.filter(closed_at__isnull=False, period="2026-10").count() == 1


def test_many_drafts_are_reviewed_at_once_each_with_its_maker(officer: Any, desk, october) -> None:
    ext_id = draft(desk)
    page = text(officer("agency_accountant").get(reverse("office:agency_drafts")))
    assert "自己制的单，不能自己审" in page

    page = text(
        officer("agency_reviewer").post(
            reverse("office:agency_drafts"), {"draft": [ext_id, "D-NONE"]}
        )
    )

    assert "1张已审核记账，1张没有记" in page
    assert not VoucherDraft.objects.filter(ext_id=ext_id).exists()
    assert Voucher.objects.get(summary="买墨盒").reviewer_name == "许复核"


def test_the_accountant_does_not_review(officer: Any, desk, october) -> None:
    ext_id = draft(desk)

    answer = officer("agency_accountant").post(reverse("office:agency_drafts"), {"draft": ext_id})

    assert answer.status_code == 404
    assert VoucherDraft.objects.filter(ext_id=ext_id).exists()


def test_a_month_is_closed_on_its_page_and_opened_again_by_two(officer: Any, desk, october) -> None:
    here = reverse("office:month_end", args=["O-STONE", "2026-10"])
    accountant, head = officer("agency_accountant"), officer("town_agri_head")
    assert "10月可以结账" in text(accountant.get(here))

    page = text(accountant.post(here, {"do": "close"}, follow=True))
    assert "10月已经结账" in page
    accountant.post(here, {"do": "ask", "reason": "租金记错"}, follow=True)
    assert "租金记错" in text(head.get(here))
    wish = Reopening.objects.get()
    head.post(reverse("office:reopening", args=[wish.ext_id]), {"do": "grant", "to": here})

    assert (
        Period.objects.get(period="2026-10", book__organisation__ext_id="O-STONE").closed_at is None
    )
    assert "10月可以结账" in text(accountant.get(here))


def test_a_hindered_month_says_what_and_where(officer: Any, desk, october) -> None:
    draft(desk)
    here = reverse("office:month_end", args=["O-STONE", "2026-10"])

    page = text(officer("agency_accountant").get(here))

    assert "10月还有1类事没办完" in page
    assert reverse("office:agency_drafts") + "?org=O-STONE" in page
    answer = officer("agency_accountant").post(here, {"do": "close"}, follow=True)
    assert "2026-10还不能结账" in text(answer)
    assert not Period.objects.filter(closed_at__isnull=False, period="2026-10").exists()


def test_the_years_end_shows_amounts_before_anything_is_posted(officer: Any, desk, october) -> None:
    page = text(
        officer("agency_accountant").get(reverse("office:year_end", args=["O-STONE", 2026]))
    )

    assert "收入转入本年收益" in page
    assert "可分配收益" in page
    assert not Voucher.objects.filter(origin="closing").exists()


LOSS = """
2025-12-09 修泵站
  51402                   300.00
  102 account:A-STONE    -300.00
"""


def test_a_loss_is_made_up_from_reserves_on_the_page(officer: Any, desk) -> None:
    books.ensure_book(org_ext_id="O-STONE", first_period="2025-12", by=SYSTEM, at=AT)
    posting.post_many(book_org_ext_id="O-STONE", drafts=read_ledger(LOSS), at=AT, by=SYSTEM)
    here = reverse("office:year_end", args=["O-STONE", 2025])
    client = officer("agency_accountant")
    client.post(here, {"do": "close"})
    page = text(client.get(here))
    assert "按决议弥补亏损" in page
    assert "到2025年底亏300.00元" in page
    assert "按决议分配" not in page
    cover = {"do": "cover", "decision": "2026-3", "date": "2026-11-12", "cover_account": "31101"}

    more = text(client.post(here, cover | {"cover": "300.01"}, follow=True))
    assert "300.00" in more
    assert VoucherDraft.objects.count() == 0
    made = text(client.post(here, cover | {"cover": "300.00"}, follow=True))

    assert "弥补亏损的凭证做好了" in made
    (draft,) = VoucherDraft.objects.all()
    lines = draft.content[0]["lines"]
    assert [(one["account_code"], one["debit_fen"], one["credit_fen"]) for one in lines] == [
        ("31101", 30000, 0),
        ("32202", 0, 30000),
    ]


def test_a_plan_is_drawn_up_and_approved_on_its_page(officer: Any, desk, october) -> None:
    here = reverse("office:plans", args=["O-STONE"])
    officer("agency_accountant").post(
        here,
        {
            "kind": "DEPRECIATION",
            "title": "复印机折旧",
            "cost": "3600",
            "salvage": "",
            "months": "36",
            "added": "2026-09-20",
            "use": "office",
            "debit": "",
            "credit": "152",
        },
    )
    plan = RecurringPlan.objects.get()
    reviewer = officer("agency_reviewer")
    assert "等审核" in text(reviewer.get(here))

    reviewer.post(reverse("office:plan_step", args=[plan.ext_id]), {"do": "approve", "to": here})

    page = text(reviewer.get(here))
    assert "1个定期计划在执行" in page
    assert "每月100.00元" in page
    assert plans.work(AT) == 1


def test_books_are_handed_over_before_a_supervisor(officer: Any, desk, october) -> None:
    heir = Person.objects.create(ext_id="P-HEIR", name="新会计", division_id=village.TOWN)
    Appointment.objects.create(
        ext_id="A-HEIR",
        person=heir,
        organisation=desk.world.bodies["agency"],
        role_code="agency_accountant",
        start_date=dt.date(2026, 1, 1),
    )
    client = officer("agency_accountant")
    listing = client.get(reverse("office:handovers"), {"place": village.STONE})
    assert "新会计 代理会计" in text(listing)

    made = client.post(
        reverse("office:handovers"),
        {
            "place": village.STONE,
            "to": "P-HEIR",
            "supervisor": desk.world.people["town_agri_head"].ext_id,
            "date": "2026-11-18",
        },
    )
    row = Handover.objects.get()
    assert made.url == reverse("office:handover", args=[row.ext_id])
    page = text(client.get(made.url))
    assert "石桥村移交1本账，等移交人沈月琴签" in page
    client.post(reverse("office:handover_sign", args=[row.ext_id]), {})
    row.refresh_from_db()

    assert row.handed_at == AT
    assert "等接收人新会计签" in text(client.get(made.url))
    file = client.get(reverse("office:handover_file", args=[row.ext_id]))
    assert file["Content-Type"] == "application/pdf"
