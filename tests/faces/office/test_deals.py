"""Contracts and competitions in the office, and a bidder at the portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.deals.models import Bid, Contract, Tender
from sanzi.kernel import clock
from sanzi.registers.works import queries
from sanzi.registers.works.actions import projects
from sanzi.registers.works.models import Works
from worlds import deals
from worlds.cases import AT, Desk


@pytest.fixture
def clerk(desk: Desk, officer: Callable[[str], Client]) -> Client:
    deals.works_office(desk.world)
    for firm in ("C-1", "C-2", "C-3"):
        deals.party(firm)
    return officer("village_clerk")


def test_a_contract_is_registered_found_and_taken_out(desk: Desk, clerk: Client) -> None:
    empty = clerk.get(reverse("office:contracts"))
    assert "签了就登记" in empty.content.decode()
    page = clerk.post(reverse("office:contract_new"), {"organisation": "O-WILLOW"})
    assert "还差" in page.content.decode()
    said = {
        "organisation": "O-WILLOW", "kind": "works", "title": "路灯安装合同",
        "counterparty": "C-1", "amount": "26,000", "sign_date": "2026-11-12",
        "clauses": ["has_price_clause", "has_term_clause"],
    }  # fmt: skip
    page = clerk.post(reverse("office:contract_new"), said)
    assert "没有写违约责任、怎么结算" in page.content.decode()
    assert not Contract.objects.exists()

    said["clauses"] = list(deals.CLAUSES)
    done = clerk.post(reverse("office:contract_new"), said)

    made = Contract.objects.get()
    assert done["Location"] == reverse("office:contract", args=[made.ext_id])
    shown = clerk.get(done["Location"]).content.decode()
    assert "还能付26,000.00元" in shown
    found = clerk.get(reverse("office:contracts"), {"text": "路灯"}).content.decode()
    assert "路灯安装合同" in found
    sheet = clerk.get(reverse("office:contracts"), {"as": "csv"})
    assert "路灯安装合同" in b"".join(sheet.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_bidder_hands_his_offer_in_and_nobody_reads_it(
    desk: Desk, clerk: Client, client: Client
) -> None:
    until = clock.now() + timedelta(days=6)
    done = clerk.post(
        reverse("office:tender_new"),
        {
            "organisation": "O-WILLOW", "subject_kind": "works", "title": "池塘清淤",
            "method": "open", "platform_level": "village", "limit_price": "90000",
            "bid_deadline_at": (until + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M"),
            "bidder_min": "3",
        },
    )  # fmt: skip
    tender = Tender.objects.get()
    assert done["Location"] == reverse("office:tender", args=[tender.ext_id])
    invited = clerk.post(reverse("office:tender_invite", args=[tender.ext_id]), {"firm": "C-1"})
    [code] = re.findall(r"<b>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2})</b>", invited.content.decode())
    here = reverse("portal:tender", args=[tender.ext_id])
    assert "交报价" in client.get(here).content.decode()

    wrong = client.post(here, {"code": "NOPE", "price": "88888", "phone": "17700000001"})
    assert "投标码不对" in wrong.content.decode()
    typo = client.post(here, {"code": code, "price": "八万", "phone": "17700000001"})
    assert "金额" in typo.content.decode()
    assert not Bid.objects.exists()
    good = client.post(here, {"code": code, "price": "88888", "phone": "17700000001"})

    bid = Bid.objects.get()
    assert bid.offer_digest in good.content.decode()
    assert bid.mac
    office = clerk.get(reverse("office:tender", args=[tender.ext_id])).content.decode()
    assert bid.offer_digest[:16] in office
    assert "88,888" not in office
    assert "清河C-1" not in client.get(here).content.decode()
    assert client.get(reverse("portal:tender", args=["ZB-NONE"])).status_code == 404


def test_a_project_shows_its_course_in_the_office_and_behind_its_code(
    desk: Desk, clerk: Client, client: Client
) -> None:
    by = desk.actor("village_clerk")
    wish = projects.Wish("后塘路拓宽", "road", "三组后塘", 400_000, AT.date())
    projects.apply(wish=wish, organisation="O-WILLOW", case_number="K-1", by=by, at=AT)
    made = queries.works(by=by).get()
    here = reverse("office:works", args=[made.ext_id])
    act = reverse("office:works_act", args=[made.ext_id])

    assert (
        "后塘路拓宽" in clerk.get(reverse("office:works_list"), {"text": "后塘"}).content.decode()
    )
    assert "没有变更" in clerk.get(here).content.decode()
    refused = clerk.post(act, {"do": "promise"}, follow=True).content.decode()
    assert "不能签承诺" in refused
    typo = clerk.post(act, {"do": "vary", "amount": "多"}, follow=True).content.decode()
    assert "金额" in typo
    odd = {"do": "vary", "amount": "100", "done": "2026-13-01"}
    assert "不是能用的日子" in clerk.post(act, odd, follow=True).content.decode()
    assert clerk.post(act, {"do": "dance"}).status_code == 404
    public = client.get(reverse("portal:works", args=[made.qr_code])).content.decode()
    assert "申请了" in public
    assert "还没开工，申请了" in public
    assert client.get(reverse("portal:works", args=["NOPE"])).status_code == 404
    Works.objects.update(status="building")
    typed = {**odd, "code": "design", "reason": "坡要加宽"}
    kept = clerk.post(act, typed, follow=True).content.decode()
    assert 'value="100"' in kept
    assert 'value="design" selected' in kept
    assert 'value="坡要加宽"' in kept
    assert "坡要加宽" not in clerk.get(here).content.decode()


def test_the_offers_of_banks_are_read_as_rates(desk: Desk, clerk: Client, client: Client) -> None:
    made = deals.published(
        desk.world, title="存款1,200,000.00元，12个月", subject_kind="deposit",
        limit_price_fen=120, bid_deadline_at=clock.now() + timedelta(days=300),
    )  # fmt: skip
    public = client.get(reverse("portal:tender", args=[made])).content.decode()
    assert "年利率百分之几" in public
    assert "报价多少元" not in public
    for firm, rate in (("C-1", 135), ("C-2", 155), ("C-3", 125)):
        deals.bid(desk.world, made, firm, rate, at=AT)
    Tender.objects.update(bid_deadline_at=AT)
    deals.opened(desk.world, made, AT + timedelta(minutes=5))

    for page in (
        client.get(reverse("portal:tender", args=[made])).content.decode(),
        clerk.get(reverse("office:tender", args=[made])).content.decode(),
    ):
        assert "最低年利率" in page
        assert "报的年利率" in page
        assert "1.20%" in page
        assert "1.55%" in page
        assert "最高限价" not in page
    assert "1.20%" in clerk.get(reverse("office:tenders")).content.decode()
