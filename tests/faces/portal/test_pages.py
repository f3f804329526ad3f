"""What a villager reads: masked, open without log-in or JavaScript, three taps to the bank slip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

import sanzi
from sanzi.disclosure.actions import households, publishing
from sanzi.disclosure.models import Door, Publication
from sanzi.interfaces.look import words
from sanzi.kernel import masking
from sanzi.matters import catalogue
from sanzi.orgs.models import Household, Organisation, Person
from sanzi.payments.actions import dispatch, gateways
from sanzi.registers.subsidies.models import Award, Program
from worlds import money as money_world
from worlds import village
from worlds.fake_bank import FakeBank

pytestmark = pytest.mark.django_db
HERE = f"/village/{village.WILLOW}/"
PAYMENT = f"{HERE}pay/{money_world.CASE}/"


@pytest.fixture
def paid() -> Iterator[money_world.Money]:
    """A village that has paid four people, through the worker, this month."""
    world = money_world.build()
    gateways.use(FakeBank())
    money_world.released_order(world)
    dispatch.work(money_world.AT)
    yield world
    gateways.use(None)


def read(url: str, **query: str) -> str:
    response = Client().get(url, query)
    assert response.status_code == 200, url
    return response.content.decode()


def test_the_village_page_says_the_month_in_one_slip(paid) -> None:
    page = read(HERE)

    assert "柳湾村" in page
    assert "11月，村里的钱" in page
    assert "1,146元1角" in page
    assert "出的比进的多" in page
    assert "帮困慰问" in page


def test_no_page_shows_a_full_name_account_or_phone(paid) -> None:
    urls = {HERE, f"{HERE}items/", PAYMENT}
    urls |= set(re.findall(r'href="(/village/[^"?#]+)', "".join(map(read, urls))))
    pages = {url: read(url) for url in urls if "/family/" not in url}

    assert any("/slip/" in url for url in pages)
    assert any("/voucher/" in url for url in pages)
    for number, person in enumerate(paid.payees, start=1):
        for url, page in pages.items():
            assert person.name not in page, url
            assert money_world.card(number) not in page, url
    assert masking.name(paid.payees[0].name) in pages[PAYMENT]


def test_three_taps_lead_from_the_figure_to_voucher_slip_and_signatures(paid) -> None:
    payment = read(PAYMENT)
    voucher_url = re.search(r'href="(/village/\d+/voucher/[^"]+)"', payment)
    assert voucher_url is not None
    voucher = read(voucher_url[1])
    slip_url = re.search(r'href="(/village/\d+/slip/[^"]+)"', voucher)
    assert slip_url is not None
    slip = read(slip_url[1])

    assert "银行流水号" in slip
    assert f'href="{PAYMENT}#course"' in slip
    assert 'id="course"' in payment


def test_a_settled_order_publishes_itself_and_a_changed_sheet_is_seen(paid) -> None:
    sheet = Publication.objects.get(subject_id=money_world.CASE)

    assert publishing.is_unchanged(sheet)
    assert "没有改过" in read(PAYMENT)
    Publication.objects.filter(pk=sheet.pk).update(body={**sheet.body, "paid_fen": 1})
    assert "和公布那天不一样" in read(PAYMENT)


def test_the_same_sheet_is_published_once(paid) -> None:
    again = publishing.publish_payment(case_number=money_world.CASE, at=money_world.AT)

    assert again == Publication.objects.get()


def test_the_first_view_is_light_and_needs_no_script(paid) -> None:
    page = read(HERE)
    folder = Path(sanzi.__file__).parent / "static" / "sanzi"
    styles = sum((folder / name).stat().st_size for name in ("tokens.css", "portal.css"))

    assert "<script>" not in page
    assert len(page.encode()) + styles <= 100_000


def test_a_door_opens_its_village_and_a_revoked_one_nothing(paid) -> None:
    publishing.ensure_doors(village.AT)
    door = Door.objects.get(division_id=village.WILLOW)

    assert Client().get(f"/v/{door.token}/").headers["Location"] == HERE
    Door.objects.filter(pk=door.pk).update(revoked_at=village.AT)
    assert Client().get(f"/v/{door.token}/").status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/village/999901101999/",
        f"/village/{village.TOWN}/",
        f"{HERE}pay/NOTHING/",
        f"/village/{village.STONE}/pay/{money_world.CASE}/",
        f"{HERE}voucher/NOTHING/",
        f"{HERE}slip/NOTHING/",
        f"{HERE}?month=2026-13",
        f"{HERE}?month=nonsense",
        "/v/NOTHING/",
    ],
)
def test_what_is_absent_or_elsewhere_is_not_found(paid, url) -> None:
    assert Client().get(url).status_code == 404


def household_of(world: money_world.Money) -> str:
    household = Household.objects.create(
        ext_id="H-FAMILY",
        division_id=village.WILLOW,
        head_person_ext_id="V1",
        member_count=2,
    )
    Person.objects.filter(ext_id="V1").update(household=household)
    return households.issue_code(
        household_ext_id="H-FAMILY",
        by=world.world.actor("village_clerk"),
        at=money_world.AT,
    )


def test_a_household_sees_its_own_money_after_proof_only(paid) -> None:
    code = household_of(paid)
    client = Client()
    body = Organisation.objects.get(ext_id="O-WILLOW")
    program = Program.objects.create(
        ext_id="PG-1", organisation=body, code="land", name="耕地补贴", unit="亩",
        division_code="999901000000", rate_fen=8_000, publicity_days=7, pay_within_days=30,
        department="县农业农村局", source_ref="县农〔2026〕1号", valid_from_date=date(2026, 1, 1),
    )  # fmt: skip
    for period, fen, at in (("2024", 20_000, None), ("2025", 24_000, money_world.AT)):
        Award.objects.create(
            ext_id=f"AW-{period}", organisation=body, division_code=body.division_id,
            program=program, period=period, person=Person.objects.get(ext_id="V1"),
            quantity_milli=2_500, amount_fen=fen, payee_name="王一", status="approved",
            approved_at=money_world.AT, paid_at=at,
        )  # fmt: skip

    assert client.get(f"{HERE}family/money/").status_code == 302
    wrong = client.post(f"{HERE}family/", {"name": paid.payees[0].name, "code": "0000-0000"})
    assert "姓名和码对不上" in wrong.content.decode()
    opened = client.post(f"{HERE}family/", {"name": paid.payees[0].name, "code": code})
    assert opened.headers["Location"] == f"{HERE}family/money/"
    page = client.get(f"{HERE}family/money/")

    text = page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert "重阳节慰问金" in text
    assert "286元5角1分" in text
    assert "用家庭码" in text
    assert "200元，还没到账" in text
    assert f"240元，{words.local_day(money_world.AT, today=money_world.AT.date())}到账" in text
    client.post(f"{HERE}family/leave/")
    assert client.get(f"{HERE}family/money/").status_code == 302


def test_the_powers_are_listed_and_one_shows_its_steps_and_chart() -> None:
    page = read("/powers/")
    chart = read("/powers/M10/")

    assert len(catalogue.powers()) == 36
    assert all(one.status == "active" for one in catalogue.powers())
    assert "还没有搬到网上" not in page
    assert "镇主要领导审定" in chart
    assert "<svg" in chart
    assert Client().get("/powers/M99/").status_code == 404
