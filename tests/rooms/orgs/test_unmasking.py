"""A full view of a personal number is allowed by role, needs a reason, and is logged."""

from __future__ import annotations

import pytest

from sanzi.audit.models import Event
from sanzi.orgs import secrets
from sanzi.orgs.actions import unmasking
from sanzi.orgs.errors import NotFound, ReasonNeeded
from sanzi.orgs.models import Unmasking
from worlds import village

pytestmark = pytest.mark.django_db
ID_NO = "999901195001010014"


@pytest.fixture
def world() -> village.World:
    world = village.build()
    village.villager(
        world,
        "张老三",
        sealed_id_no=secrets.seal("id_no", ID_NO),
        id_no_index=secrets.index("id_no", ID_NO),
    )
    return world


def unmask(world: village.World, role: str, reason: str) -> str:
    return unmasking.unmask(
        ext_id=world.people["张老三"].ext_id,
        field="id_no",
        reason=reason,
        by=world.actor(role),
        at=village.AT,
    )


def test_the_number_is_ciphertext_at_rest_and_found_by_its_index(world) -> None:
    person = world.people["张老三"]

    assert ID_NO not in person.sealed_id_no
    assert secrets.reveal("id_no", person.sealed_id_no) == ID_NO
    assert person.id_no_index == secrets.index("id_no", ID_NO.lower())
    assert person.id_no_index != secrets.index("account", ID_NO)


def test_a_look_with_a_reason_is_written_down(world) -> None:
    assert unmask(world, "agency_cashier", "核对收款人") == ID_NO

    look = Unmasking.objects.get()
    assert (look.user, look.field, look.reason) == (
        world.users["agency_cashier"],
        "id_no",
        "核对收款人",
    )
    event = Event.objects.get(kind="orgs.person.unmasked")
    assert ID_NO not in event.change


@pytest.mark.parametrize(
    ("role", "reason", "refusal"),
    [
        ("agency_cashier", "看", ReasonNeeded),
        ("committee_member", "核对收款人", NotFound),
        ("stone_cashier", "核对收款人", NotFound),
    ],
)
def test_a_refused_look_leaves_nothing(world, role, reason, refusal) -> None:
    with pytest.raises(refusal):
        unmask(world, role, reason)

    assert not Unmasking.objects.exists()
    assert not Event.objects.exists()
