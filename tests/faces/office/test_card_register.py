"""The register of village cards in the office: registered, found, changed, suspended, closed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sanzi.audit.models import Event
from sanzi.bank.port import LineState
from sanzi.evidence.actions import invoices
from sanzi.evidence.invoices import InvoiceFields
from sanzi.payments.actions import card_settlements, cards, dispatch
from sanzi.payments.models import CardLine, CardSettlement, OrderState, PaymentOrder, VillageCard
from worlds import cards as world
from worlds.cards import NUMBER, entry
from worlds.money import AT, BANK_CODE

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def body_of(answer) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.fixture
def said(desk, bank) -> dict[str, str]:
    """What the township types for the card that the bank has issued."""
    bank.known_cards = (world.known(desk.money),)
    return {
        "holder": world.holder_of(desk.money).ext_id,
        "number": NUMBER,
        "bank_code": BANK_CODE,
        "limit": "5000",
        "bill_day": "5",
        "due_day": "25",
        "repaid_from": "A-WILLOW",
    }


def register(client, said, **changed):
    return client.post(f"{reverse('office:card_new')}?organisation=O-WILLOW", said | changed)


def test_the_township_registers_a_card_on_its_page(said, officer) -> None:
    client = officer("town_agri_head")
    assert "登记村务卡" in text(client.get(reverse("office:cards")))
    chosen = text(client.get(reverse("office:card_new")))
    assert "O-WILLOW" in chosen
    assert (
        "O-WILLOW"
        not in text(client.get(reverse("office:card_new") + "?organisation=O-NOWHERE")).split(
            "<select"
        )[0]
    )

    answer = register(client, said)

    made = VillageCard.objects.get()
    assert answer["Location"] == reverse("office:card", args=[made.ext_id])
    assert (made.limit_fen, made.holder.ext_id, made.tail) == (500_000, said["holder"], "8888")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"limit": ""}, "这个字段是必填项"),
        ({"limit": "-5"}, "金额"),
        ({"limit": "99999999999999999999"}, "金额"),
        ({"limit": "20001"}, "额度不对"),
        ({"bill_day": "31"}, "28"),
        ({"due_day": "24"}, "银行是5日出账、25日还款"),
        ({"number": "62284800000000099x"}, "账号"),
        ({"number": "6228480000000009999"}, "银行没有这张在用的村务卡"),
        ({"holder": "V1"}, "V1"),
        ({"repaid_from": "A-V1"}, "A-V1"),
        ({"bank_code": "12"}, "联行号"),
    ],
)
def test_wrong_input_is_told_at_its_field_and_registers_nothing(
    said, officer, changed, words
) -> None:
    client = officer("town_agri_head")
    events = Event.objects.count()

    shown = text(register(client, said, **changed))

    assert words in shown
    assert NUMBER not in shown or "value" in shown
    assert (VillageCard.objects.count(), Event.objects.count()) == (0, events)


def test_only_the_township_sees_the_form(said, officer) -> None:
    for role in ("cashier_reporter", "agency_accountant", "town_leader"):
        assert officer(role).get(reverse("office:card_new")).status_code == 404
        assert register(officer(role), said).status_code == 404
    assert not VillageCard.objects.exists()


@pytest.fixture
def card(said, desk, bank) -> str:
    """The card, with a purchase and a cash line."""
    made = cards.register_card(
        fields=world.fields(desk.money), by=desk.money.actor("town_agri_head"), at=AT
    )
    bank.on_cards[NUMBER] = (
        entry(1, 26_000),
        entry(2, 50_000, kind="CASH", mcc="6011", merchant="=HYPERLINK(1)"),
    )
    cards.work(AT)
    return made


def test_a_card_is_changed_suspended_resumed_and_closed(card, officer) -> None:
    client = officer("town_agri_head")
    here = reverse("office:card_terms", args=[card])
    standing = reverse("office:card_standing", args=[card])
    assert "停用尾号8888" in text(client.get(here))
    same = {"limit": "5000", "bill_day": "5", "due_day": "25", "repaid_from": "A-WILLOW"}
    assert "没有要改的" in text(client.post(here, same))
    client.post(here, same | {"limit": "6,000.50"})
    assert VillageCard.objects.get().limit_fen == 600_050

    assert "要写理由" in text(client.post(standing, {"do": "suspend"}, follow=True))
    client.post(standing, {"do": "suspend", "reason": "持卡人住院了"})
    assert "恢复使用" in text(client.get(here))
    assert "持卡人住院了" in text(client.get(here))
    client.post(standing, {"do": "resume"})
    assert not VillageCard.objects.get().is_suspended
    assert "还有2笔没有还清" in text(client.post(standing, {"do": "close"}, follow=True))
    CardLine.objects.all().delete()
    client.post(standing, {"do": "close"})

    assert VillageCard.objects.get().closed_date == AT.date()
    assert "这张卡已经销了" in text(client.get(here))
    assert client.post(standing, {"do": "nothing"}).status_code == 404


def test_who_does_not_manage_finds_neither_page_nor_step(card, officer) -> None:
    for role in ("cashier_reporter", "agency_accountant", "county_agri"):
        client = officer(role)
        assert client.get(reverse("office:card_terms", args=[card])).status_code == 404
        answer = client.post(
            reverse("office:card_standing", args=[card]), {"do": "suspend", "reason": "要停用它"}
        )
        assert answer.status_code == 404
    assert VillageCard.objects.get().suspended_at is None


def test_a_private_line_is_left_to_the_holder_on_the_page(card, officer) -> None:
    client = officer("town_agri_head")
    line = CardLine.objects.get(kind="CASH").ext_id
    bear = reverse("office:card_bear", args=[card])
    assert "由持卡人自己还" in text(client.get(reverse("office:card", args=[card])))
    assert client.post(bear, {"bear": "VL-NOWHERE"}).status_code == 404
    assert "要写理由" in text(client.post(bear, {"bear": line}, follow=True))

    done = client.post(bear, {"bear": line, f"reason-{line}": "本人认了，已还"}, follow=True)

    assert "持卡人自己还：本人认了，已还" in text(done)
    assert officer("cashier_reporter").post(bear, {"bear": line}).status_code == 404


def test_lists_and_lines_are_narrowed_and_taken_away_as_files(card, officer) -> None:
    client = officer("agency_accountant")
    here = reverse("office:cards")

    assert "没有这样的卡" in text(client.get(here, {"text": "没有这个人"}))
    listed = body_of(client.get(here, {"as": "csv"}))
    lines = body_of(client.get(reverse("office:card_lines", args=[card])))

    assert "尾号8888" in listed
    assert "5,000.00" in listed
    assert "500.00" in lines
    assert "'=HYPERLINK(1)" in lines
    assert NUMBER not in listed + lines


def test_an_empty_list_says_who_registers(desk, officer) -> None:
    assert "由镇农经负责人登记" in text(officer("agency_accountant").get(reverse("office:cards")))
    assert "点上面的“登记村务卡”" in text(officer("town_agri_head").get(reverse("office:cards")))


def test_a_hold_is_shown_on_the_settlement_and_let_go_from_there(desk, bank, officer) -> None:
    money = desk.money
    bank.known_cards = (world.known(money),)
    first = world.asked(money, bank)
    world.approve(money, first)
    PaymentOrder.objects.update(created_at=AT - world.DAY, submitted_at=AT - world.DAY)
    bank.on_cards[NUMBER] += (entry(3, 40_000),)
    cards.work(AT)
    second = world.start(money, VillageCard.objects.get().ext_id, 3)
    world.prove(money, second, 0, kind="photo")
    invoices.record_invoice(
        by=money.actor("cashier_reporter"), at=AT, case_number=second,
        fields=InvoiceFields(number="26332000000000040009", amount_fen=40_000),
        subject_kind=card_settlements.SUBJECT,
    )  # fmt: skip
    card_settlements.ask(ext_id=second, by=money.actor("cashier_reporter"), at=AT)
    act = reverse("office:card_act", args=[second])
    head, leader = officer("town_agri_head"), officer("town_leader")

    held = text(head.post(act, {"do": "approve"}, follow=True))
    assert "这一件暂缓" in held
    assert CardSettlement.objects.get(ext_id=second).state == "ASKED"
    page = text(leader.get(reverse("office:card_settlement", args=[second])))
    model = "payment-duplicate"
    assert f'value="{model}"' in page
    finding = page.split('name="finding" value="')[1].split('"')[0]
    go = {"do": "let_go", "model": model, "finding": finding}
    assert head.post(act, go | {"reason": "两件不同的事，看过发票"}).status_code == 404
    assert "8个字" in text(leader.post(act, go | {"reason": "可以"}, follow=True))
    assert "已放行" in text(
        leader.post(act, go | {"reason": "两件不同的事，看过发票"}, follow=True)
    )
    head.post(act, {"do": "approve"})

    assert CardSettlement.objects.get(ext_id=second).state == "APPROVED"


def test_a_repayment_without_success_is_told_and_goes_round_again(desk, bank, officer) -> None:
    money = desk.money
    bank.known_cards = (world.known(money),)
    settlement = world.asked(money, bank)
    world.approve(money, settlement)
    world.pay(money, settlement)
    bank.on_send = lambda msg_id: bank.answer(msg_id, LineState.REJECTED, {1: "AC04"})
    dispatch.work(AT)
    bank.on_send = None
    here = reverse("office:card_settlement", args=[settlement])
    reporter, head = officer("cashier_reporter"), officer("town_agri_head")
    seen = text(reporter.get(here))
    assert "还款没有成" in seen
    assert "再还一次" not in seen
    assert "再还一次" in text(head.get(here))

    done = head.post(reverse("office:card_act", args=[settlement]), {"do": "again"}, follow=True)

    assert "可以再还一次了" in text(done)
    assert PaymentOrder.objects.get().state == OrderState.APPROVED
    world.pay(money, settlement)
    dispatch.work(AT + world.DAY)
    assert CardSettlement.objects.get().state == "REPAID"
    assert "还款没有成" not in text(head.get(here))
