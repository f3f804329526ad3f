"""Village cards in the office: lines picked, proofs hung, decided by another, repaid."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sanzi.evidence.actions import invoices
from sanzi.evidence.invoices import InvoiceFields
from sanzi.payments.actions import cards as actions
from sanzi.payments.actions import dispatch
from sanzi.payments.models import CardLine, CardSettlement
from worlds import cards as world
from worlds.cards import NUMBER, entry
from worlds.cases import photo
from worlds.money import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(desk, bank) -> str:
    """The card of the committee member, with a purchase, a cash line and an old one."""
    money = desk.money
    bank.known_cards = (world.known(money),)
    made = actions.register_card(
        fields=world.fields(money), by=money.actor("town_agri_head"), at=AT
    )
    bank.on_cards[NUMBER] = (
        entry(1, 26_000),
        entry(2, 50_000, kind="CASH", mcc="6011", merchant="青石镇自助柜员机"),
        entry(3, 14_000, due_date=date(2026, 11, 1)),
    )
    actions.work(AT)
    return made


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_list_and_the_card_say_what_is_late_and_what_to_look_at(card, officer) -> None:
    client = officer("town_agri_head")

    listed = text(client.get(reverse("office:cards")))
    shown = text(client.get(reverse("office:card", args=[card])))

    assert "1笔刷卡要马上办" in listed
    assert "1笔像是私人的，要看" in listed
    assert "免息期过了" in shown
    assert "村务卡不能取现" in shown
    assert "商户是机器取现" in shown
    assert NUMBER not in listed + shown


def test_a_matter_goes_from_the_picked_line_to_the_repaid_card(card, desk, officer) -> None:
    reporter = officer("cashier_reporter")
    line = CardLine.objects.get(bank_ref="CD000000000001").ext_id
    said = {"line": [line], "purpose": "便民服务点办公用纸", "subject_code": "51401"}
    reporter.post(reverse("office:card", args=[card]), said)
    found = CardSettlement.objects.get()
    act = reverse("office:card_act", args=[found.ext_id])

    refused = text(reporter.post(act, {"do": "ask"}, follow=True))
    assert "还没有凭据，交不上去" in refused
    picture = SimpleUploadedFile("发票.jpg", photo(7), content_type="image/jpeg")
    reporter.post(act, {"do": "prove", "kind": "invoice", "file": picture})
    short = text(reporter.post(act, {"do": "ask"}, follow=True))
    assert "还差260.00元" in short
    invoices.record_invoice(
        by=desk.money.actor("cashier_reporter"),
        at=AT,
        case_number=found.ext_id,
        fields=InvoiceFields(number="26332000000000000001", amount_fen=26_000),
        subject_kind="card_settlement",
    )
    assert "交给镇农经负责人批了" in text(reporter.post(act, {"do": "ask"}, follow=True))
    steps = (
        ("town_agri_head", "approve"), ("agency_cashier", "instruct"), ("agency_reviewer", "repay"),
    )  # fmt: skip
    for role, step in steps:
        assert "现在不能" not in text(officer(role).post(act, {"do": step}, follow=True))
    dispatch.work(AT)

    found.refresh_from_db()
    assert found.state == "REPAID"
    assert "已还款" in text(reporter.get(reverse("office:card_settlement", args=[found.ext_id])))


def test_who_has_no_right_finds_no_page(card, officer) -> None:
    client = officer("village_clerk")
    assert client.get(reverse("office:cards")).status_code == 404
    assert client.get(reverse("office:card", args=[card])).status_code == 404
    assert (
        officer("cashier_reporter").get(reverse("office:card", args=["VK-NOWHERE"])).status_code
        == 404
    )
