"""A household's page opens by proof only; wrong answers look alike, are limited, and are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.disclosure import household_queries, rules
from sanzi.disclosure.actions import households
from sanzi.disclosure.errors import HouseholdNotOpened, TooManyTries
from sanzi.disclosure.models import HouseholdCode, HouseholdLook, OneTimeCode
from sanzi.notices.models import Notice
from sanzi.orgs import secrets
from sanzi.orgs.errors import NotFound
from worlds import village

pytestmark = pytest.mark.django_db
PHONE = "19900008888"


@pytest.fixture
def world() -> village.World:
    world = village.build()
    village.villager(
        world,
        "张老三",
        sealed_phone=secrets.seal("phone", PHONE),
        phone_index=secrets.index("phone", PHONE),
    )
    return world


def issue(world: village.World) -> str:
    return households.issue_code(
        household_ext_id="H1",
        by=world.actor("village_clerk"),
        at=village.AT,
    )


def knock(name: str = "张老三", address: str = "203.0.113.5") -> households.Knock:
    return households.Knock(
        division_code=village.WILLOW,
        name=name,
        address=address,
        at=village.AT,
    )


def test_the_right_name_and_code_open_the_page(world) -> None:
    code = issue(world)

    opened = households.open_by_code(knock=knock(), code=code.lower().replace("-", " "))

    page = household_queries.household_page(opened.pk, village.AT)
    assert page.members == ("张*三",)
    assert [(how, granted) for _, how, granted in page.looks] == [("code", True)]


def test_the_code_is_nowhere_in_the_database(world) -> None:
    code = issue(world)

    row = HouseholdCode.objects.get()
    assert code not in row.code_hash
    assert rules.normal_code(code) not in row.code_hash
    assert len(rules.normal_code(code)) * 5 >= 40


@pytest.mark.parametrize(
    ("name", "code_is_right"),
    [("李老四", True), ("张老三", False), ("李老四", False)],
)
def test_a_wrong_name_and_a_wrong_code_give_the_same_answer_and_work(
    world,
    name,
    code_is_right,
) -> None:
    code = issue(world)
    given = code if code_is_right else "ZZZZ-ZZZZ"

    with CaptureQueriesContext(connection) as work, pytest.raises(HouseholdNotOpened) as refusal:
        households.open_by_code(knock=knock(name), code=given)

    assert refusal.value.text == "姓名和码对不上，没有打开。"
    assert len([one for one in work if "SAVEPOINT" not in one["sql"]]) == 5


def test_a_new_code_ends_the_old_one_and_a_revoked_code_opens_nothing(world) -> None:
    old, new = issue(world), issue(world)

    with pytest.raises(HouseholdNotOpened):
        households.open_by_code(knock=knock(), code=old)
    households.open_by_code(knock=knock(), code=new)
    households.revoke_codes(
        household_ext_id="H1",
        by=world.actor("village_clerk"),
        at=village.AT,
    )
    with pytest.raises(HouseholdNotOpened):
        households.open_by_code(knock=knock(), code=new)


def test_tries_are_limited_for_the_person_looked_up(world) -> None:
    code = issue(world)
    for number in range(rules.WRONG_PER_NAME_MAX):
        with pytest.raises(HouseholdNotOpened):
            households.open_by_code(knock=knock(address=f"198.51.100.{number}"), code="WRONG")

    with pytest.raises(TooManyTries):
        households.open_by_code(knock=knock(), code=code)
    tomorrow = replace(knock(), at=village.AT + timedelta(days=1, seconds=1))
    assert households.open_by_code(knock=tomorrow, code=code).ext_id == "H1"


def test_tries_are_limited_for_an_address_that_goes_through_names(world) -> None:
    for number in range(rules.WRONG_PER_ADDRESS_MAX):
        with pytest.raises(HouseholdNotOpened):
            households.open_by_code(knock=knock(f"名字{number}"), code="WRONG")

    with pytest.raises(TooManyTries):
        households.open_by_code(knock=knock("又一个"), code="WRONG")
    assert "203.0.113.5" not in str(list(HouseholdLook.objects.values()))


def test_only_the_villages_own_clerk_issues_codes(world) -> None:
    with pytest.raises(NotFound):
        households.issue_code(
            household_ext_id="H1",
            by=world.actor("stone_cashier"),
            at=village.AT,
        )

    assert not HouseholdCode.objects.exists()


def test_a_code_goes_to_the_registered_phone_only(world) -> None:
    households.send_one_time_code(knock=knock(), phone="19911112222")
    assert not Notice.objects.exists()

    households.send_one_time_code(knock=knock(), phone=PHONE)
    notice = Notice.objects.get()
    opened = households.open_by_one_time_code(
        knock=knock(),
        phone=PHONE,
        code=notice.params["code"],
    )

    assert opened.ext_id == "H1"
    with pytest.raises(HouseholdNotOpened):
        households.open_by_one_time_code(knock=knock(), phone=PHONE, code=notice.params["code"])


def test_a_one_time_code_dies_after_five_wrong_answers(world) -> None:
    households.send_one_time_code(knock=knock(), phone=PHONE)
    right = Notice.objects.get().params["code"]
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(rules.ONE_TIME_WRONG_MAX):
        with pytest.raises(HouseholdNotOpened):
            households.open_by_one_time_code(knock=knock(), phone=PHONE, code=wrong)

    with pytest.raises(HouseholdNotOpened):
        households.open_by_one_time_code(knock=knock(), phone=PHONE, code=right)
    assert OneTimeCode.objects.get().used_at is None
