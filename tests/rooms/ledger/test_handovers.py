"""A bookkeeper hands over: the system's list, three signatures in turn, nothing changed after."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from sanzi.audit.models import Event
from sanzi.kernel import digest
from sanzi.ledger.actions import closing, handovers
from sanzi.ledger.models import Handover
from sanzi.ledger.period_errors import (
    HandoverChanged,
    HandoverDone,
    HandoverPeople,
    HandoverTurn,
    NothingToHandOver,
)
from sanzi.ledger.queries import handovers as found
from sanzi.orgs.errors import NotFound, SecondFactorNeeded
from sanzi.orgs.models import Appointment, Person, User
from worlds import village

DAY = dt.date(2026, 2, 3)
BOOKS = """
2026-01-09 收租金
  102 account:A-1   1200.00
  50103            -1200.00
2026-02-02 买办公用品
  5130102            120.00
  102 account:A-1   -120.00
"""


@pytest.fixture
def heir(world) -> village.World:
    """A second accountant at the agency."""
    person = Person.objects.create(ext_id="P-HEIR", name="新会计", division_id=village.TOWN)
    Appointment.objects.create(
        ext_id="A-HEIR",
        person=person,
        organisation=world.bodies["agency"],
        role_code="agency_accountant",
        start_date=dt.date(2026, 1, 1),
    )
    world.people["heir"] = person
    world.users["heir"] = User.objects.create(username="heir", person=person)
    return world


def make(world, **changes: object) -> str:
    fields = {
        "division_code": village.WILLOW,
        "to_person": "P-HEIR",
        "supervisor": world.people["town_agri_head"].ext_id,
        "on": DAY,
        "by": world.actor("agency_accountant"),
        "at": world.at,
    } | changes
    return handovers.make_handover(**fields)


def sign(world, ext_id: str, role: str) -> None:
    handovers.sign_handover(ext_id=ext_id, by=world.actor(role), at=world.at)


def view(world, ext_id: str):
    return found.access_handover(by=world.actor("agency_reviewer"), ext_id=ext_id)


def test_the_list_says_where_the_books_stand(heir, post) -> None:
    post(BOOKS)
    closing.close_month(
        org_ext_id="O-WILLOW",
        period="2026-01",
        by=heir.actor("agency_accountant"),
        at=heir.at,
    )

    page = view(heir, make(heir))

    book, committee = page.content["books"]
    assert (book["organisation"], book["last_closed"]) == ("柳湾村股份经济合作社", "2026-01")
    assert [each[:3] for each in book["numbers"]] == [["2026-01", "记", 1], ["2026-02", "记", 1]]
    assert book["money"] == [["102", "A-1", 108_000]]
    assert book["left"] == []
    assert committee["left"] == [["前面的月份还没结账", 1]]
    assert page.digest == digest.sm3_of(page.content)
    assert [(one.title, one.person, one.at) for one in page.signatures] == [
        ("移交人", "沈月琴", None),
        ("接收人", "新会计", None),
        ("监交人", "何农经", None),
    ]


def test_three_people_sign_in_turn(heir, post) -> None:
    post(BOOKS)
    ext_id = make(heir)
    with pytest.raises(HandoverTurn, match="现在该移交人沈月琴签"):
        sign(heir, ext_id, "heir")

    for role in ("agency_accountant", "heir", "town_agri_head"):
        sign(heir, ext_id, role)

    row = Handover.objects.get()
    assert row.handed_at == row.received_at == row.supervised_at == heir.at
    assert view(heir, ext_id).next_signer_id is None
    kinds = Event.objects.filter(subject_id=ext_id, chain="O-WILLOW").order_by("number")
    assert [one.kind.rsplit(".", 1)[1] for one in kinds] == [
        "made",
        "handed",
        "received",
        "supervised",
    ]
    with pytest.raises(HandoverDone):
        sign(heir, ext_id, "town_agri_head")


def test_a_signature_needs_the_second_factor(heir, post) -> None:
    ext_id = make(heir)
    by = replace(heir.actor("agency_accountant"), second_factor_at=None)

    with pytest.raises(SecondFactorNeeded):
        handovers.sign_handover(ext_id=ext_id, by=by, at=heir.at)

    assert Handover.objects.get().handed_at is None


def test_nothing_changes_after_the_first_signature(heir, post) -> None:
    ext_id = make(heir)
    sign(heir, ext_id, "agency_accountant")

    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.update(content={"books": []})

    assert digest.sm3_of(Handover.objects.get().content) == Handover.objects.get().digest


def test_a_list_that_was_changed_before_is_not_signed(heir, post) -> None:
    ext_id = make(heir)
    Handover.objects.update(content={"books": []})

    with pytest.raises(HandoverChanged):
        sign(heir, ext_id, "agency_accountant")

    assert Handover.objects.get().handed_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"to_person": "P-agency-2"},
        {"to_person": "P-agency-4"},
        {"to_person": "P-NOBODY"},
        {"supervisor": "P-HEIR"},
        {"supervisor": "P-agency-3"},
    ],
)
def test_three_different_people_with_the_posts_for_it(heir, changes) -> None:
    with pytest.raises(HandoverPeople):
        make(heir, **changes)

    assert Handover.objects.count() == 0


def test_a_place_without_books_is_not_handed_over(heir) -> None:
    with pytest.raises(NothingToHandOver):
        make(heir, division_code=village.STONE)

    assert Handover.objects.count() == 0


@pytest.mark.parametrize("role", ["agency_reviewer", "cashier_reporter", "town_agri_head"])
def test_only_a_bookkeeper_hands_over(heir, role: str) -> None:
    with pytest.raises(NotFound):
        make(heir, by=heir.actor(role))

    assert Handover.objects.count() == 0


def test_another_village_sees_nothing_of_it(heir) -> None:
    ext_id = make(heir)

    with pytest.raises(NotFound):
        found.access_handover(by=heir.actor("stone_cashier"), ext_id=ext_id)
    with pytest.raises(NotFound):
        sign(heir, ext_id, "stone_cashier")
    assert found.handovers(by=heir.actor("stone_cashier")) == []


def test_the_list_leaves_as_a_pdf_and_the_log_says_so(heir, post) -> None:
    post(BOOKS)
    ext_id = make(heir)

    paper = handovers.take_handover(ext_id=ext_id, by=heir.actor("agency_reviewer"), at=heir.at)

    assert paper.name == "会计移交清册_柳湾村_2026-02-03.pdf"
    assert paper.data.startswith(b"%PDF-")
    assert Event.objects.filter(kind="ledger.handover.taken").count() == 2
