"""The land rent of the first village: received from the operator, waiting to be paid out.

352 households, 365,591.00 yuan together. The list for paying holds two problems: an account
that the bank has closed, and an account in another's name; the right ones are beside it.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from sanzi.kernel.money import split
from sanzi_county.bodies import RURAL, Bodies
from sanzi_county.codes import Numbers
from sanzi_county.days import DAY, workday_before
from sanzi_county.events import Income
from sanzi_county.money import Basis, Plan
from sanzi_county.world import Firm, Person
from sanzi_county.write import Sink

HOUSEHOLDS: Final = 352
RENT_FEN: Final = 36_559_100
SOURCE_ID: Final = "LW-2024-017"
OPERATOR: Final = "绿源农业有限公司"
SUBJECT: Final = "11302"
CLOSED_PLACE: Final = 87
RENAMED_PLACE: Final = 203


def receive(plan: Plan, operator: Firm, until: date) -> None:
    """The operator's yearly payment into the collective's account, with contract and vote."""
    village = plan.village
    signed = date(2024, 2, 28)
    decision = plan.sources.decision(
        village.collective, "M21", "委托流转土地给绿源农业公司", signed - 20 * DAY, RENT_FEN
    )
    plan.sources.aside(decision, village.kin["sibling"], "在绿源农业公司做工")
    source = plan.sources.matter(
        "contract", village.collective, "土地流转合同（绿源农业公司）", signed,
        payee=operator, amount_fen=RENT_FEN, end=date(2033, 12, 31),
        basis=Basis(decision, SOURCE_ID),
    )  # fmt: skip
    day = workday_before(until - 12 * DAY)
    plan.incomes.append(
        Income(
            day, village.collective, "land_transfer", SUBJECT, operator.name, RENT_FEN,
            operator, source,
        )
    )  # fmt: skip


def write_list(
    sink: Sink, heads: list[Person], bodies: Bodies, numbers: Numbers, random: Random
) -> None:
    """The 352 lines to pay, their two problems, and the corrections."""
    areas = [random.randint(60, 210) for _ in heads]
    shares = split(RENT_FEN, areas)
    for place, (head, area, amount) in enumerate(zip(heads, areas, shares, strict=True)):
        account = head.account
        if place == CLOSED_PLACE:
            account = _closed(sink, head, bodies, numbers)
        elif place == RENAMED_PLACE:
            account = _renamed(sink, head, bodies, numbers)
        sink.beside(
            "land_rent",
            household_id=head.household_id,
            name=head.name,
            id_no=head.id_no,
            account=account,
            bank_code=RURAL,
            area_mu=f"{area // 100}.{area % 100:02d}",
            amount_fen=amount,
        )


def _closed(sink: Sink, head: Person, bodies: Bodies, numbers: Numbers) -> str:
    """An account registered with us and closed at the bank since."""
    old = Person(head.person_id, head.name, head.id_no, head.is_man, head.born, head.place)
    old.account = numbers.card()
    sink.add(
        "account",
        account_id=f"A-{head.person_id}-2",
        account_no=old.account,
        person_id=head.person_id,
        holder_name=head.name,
        kind="personal",
        bank_code=RURAL,
        opened_date=date(2015, 6, 2),
        is_registered=True,
    )
    bodies.at_bank(old.account, head.name, RURAL, status="closed")
    _fix(sink, head, "银行已销户")
    return old.account


def _renamed(sink: Sink, head: Person, bodies: Bodies, numbers: Numbers) -> str:
    """An account that the bank holds in another name."""
    account = numbers.card()
    other = head.name[0] + ("建业" if not head.name.endswith("建业") else "建设")
    bodies.at_bank(account, other, RURAL)
    _fix(sink, head, "账户是别人的名字")
    return account


def _fix(sink: Sink, head: Person, why: str) -> None:
    sink.beside(
        "land_rent_fixes",
        household_id=head.household_id,
        name=head.name,
        account=head.account,
        bank_code=RURAL,
        why=why,
    )


def operator(bodies: Bodies, owner: Person) -> Firm:
    """The farming company that rents the land."""
    return bodies.firm("farming", f"{bodies.county_stem}{OPERATOR}", "company", owner)
