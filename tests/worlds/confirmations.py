"""A village whose payment has arrived: many households with phones of their own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sanzi.notices import outbox
from sanzi.notices.models import Notice
from sanzi.orgs import secrets
from sanzi.orgs.models import Household, Person
from sanzi.payments.models import Payment, PaymentOrder
from sanzi.voice.actions import confirming
from worlds.village import AT, WILLOW, World

PAID_AT = AT - timedelta(days=2)
YUAN_365 = 36_500


def households(
    world: World, count: int, *, division: str = WILLOW, phones: bool = True, start: int = 1
) -> list[Person]:
    """Add households of one, with phones of their own."""
    found = []
    for number in range(start, start + count):
        phone = f"137{number:08d}" if phones else ""
        home = Household.objects.create(
            ext_id=f"HC{number}", division_id=division, head_person_ext_id=f"VC{number}",
            member_count=1,
        )  # fmt: skip
        found.append(
            Person.objects.create(
                ext_id=f"VC{number}", name=f"王{number}", division_id=division, household=home,
                sealed_phone=secrets.seal("phone", phone),
                phone_index=secrets.index("phone", phone),
            )
        )  # fmt: skip
    return found


def paid(
    world: World,
    people: list[Person],
    number: str = "M10-20261110-0001",
    *,
    at: datetime = PAID_AT,
    purpose: str = "三季度山林补偿",
    body: str = "willow",
) -> PaymentOrder:
    """Write down an order that the bank has paid to these people, 365 yuan each."""
    organisation = world.bodies[body]
    order = PaymentOrder.objects.create(
        ext_id=f"PO-{number}", case_number=number, organisation=organisation,
        division_code=organisation.division_id, matter_code="M10", purpose=purpose,
        amount_fen=YUAN_365 * len(people), payment_count=len(people), state="SETTLED",
        created_at=at - timedelta(days=1),
    )  # fmt: skip
    Payment.objects.bulk_create(
        Payment(
            ext_id=f"P-{number}-{line}", order=order, line_no=line, payee_kind="person",
            payee_person=one, payee_name=one.name, amount_fen=YUAN_365, status="SETTLED",
            account_tail="0001", paid_at=at,
        )
        for line, one in enumerate(people, start=1)
    )  # fmt: skip
    return order


def texts() -> list[Notice]:
    """Return the questions in the outbox."""
    return list(Notice.objects.filter(template=confirming.TEMPLATE).order_by("pk"))


def read(notice: Notice) -> str:
    """Return a text as the household reads it."""
    return outbox.wording(notice.template, outbox.opened(notice.template, notice.params))


def code(notice: Notice) -> str:
    """Return the code of a text."""
    return outbox.opened(notice.template, notice.params)["code"]
