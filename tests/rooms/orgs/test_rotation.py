"""A new data key: everything goes under it, in batches, and the old one opens until then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sanzi.audit import personal
from sanzi.audit.models import Event, PersonKey
from sanzi.kernel import cipher
from sanzi.matters.models import Case
from sanzi.orgs import secrets
from sanzi.orgs.actions import rotation
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Person
from worlds import village

pytestmark = pytest.mark.django_db
OLD, NEW = "00" * 16, "12" * 16


@pytest.fixture
def world() -> village.World:
    return village.build()


@pytest.fixture
def new_key(settings, world) -> Iterator[None]:
    """The installation has been given a second key; what is there lies under the first."""
    told = settings.SANZI
    settings.SANZI = replace(told, data_key=f"k2:{NEW}", old_data_keys=f"k1:{OLD}")
    secrets.ring.cache_clear()
    yield
    secrets.ring.cache_clear()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    secrets.ring.cache_clear()


def test_every_number_goes_under_the_new_key_and_reads_the_same(world, settings) -> None:
    [fields] = (personal.seal([("P-willow-1", "吴小芬 尾号1234")]),)
    sealed = fields[0]
    before = {one.pk: secrets.reveal("phone", one.sealed_phone) for one in Person.objects.all()}
    settings.SANZI = replace(settings.SANZI, data_key=f"k2:{NEW}", old_data_keys=f"k1:{OLD}")
    secrets.ring.cache_clear()
    left = rotation.remaining()
    assert left["orgs_person.sealed_phone"] == len(before)
    assert left["audit_personkey.sealed_key"] == 1

    found = rotation.rotate(by=SYSTEM, at=village.AT)

    assert found.broken == ()
    assert rotation.remaining() == {}
    settings.SANZI = replace(settings.SANZI, old_data_keys="")
    secrets.ring.cache_clear()
    for one in Person.objects.all():
        assert one.sealed_phone.startswith("k2.")
        assert secrets.reveal("phone", one.sealed_phone) == before[one.pk]
    assert personal.reveal("P-willow-1", sealed) == "吴小芬 尾号1234"
    assert Event.objects.filter(kind="orgs.key.rotated").count() >= 2


def test_old_and_new_open_side_by_side_and_the_rest_comes_next_time(new_key) -> None:
    first, second = Person.objects.order_by("pk")[:2]
    Person.objects.filter(pk=first.pk).update(
        sealed_phone=secrets.seal("phone", secrets.reveal("phone", first.sealed_phone))
    )
    first.refresh_from_db()
    assert (first.sealed_phone[:3], second.sealed_phone[:3]) == ("k2.", "k1.")
    assert secrets.reveal("phone", second.sealed_phone)

    rotation.rotate(by=SYSTEM, at=village.AT)

    kept = first.sealed_phone
    first.refresh_from_db()
    assert first.sealed_phone == kept


def test_a_number_that_does_not_open_is_named_and_left_as_it_is(new_key) -> None:
    person = Person.objects.order_by("pk").first()
    assert person is not None
    broken = "k1." + person.sealed_phone[3:-4] + "AAAA"
    Person.objects.filter(pk=person.pk).update(sealed_phone=broken)

    found = rotation.rotate(by=SYSTEM, at=village.AT)

    assert found.broken == (("orgs_person.sealed_phone", person.pk),)
    person.refresh_from_db()
    assert person.sealed_phone == broken


def test_the_lines_of_a_draft_go_under_the_new_key_too(world, settings) -> None:
    line = {"kind": "person", "sealed_account": secrets.seal("account", "6299990000000001")}
    case = Case.objects.create(
        number="M10-1", matter_code="M10", matter_version="1.0", form={"lines": [line]},
        organisation=world.bodies["willow"], division_code=village.WILLOW,
        created_at=village.AT, saved_at=village.AT,
    )  # fmt: skip
    settings.SANZI = replace(settings.SANZI, data_key=f"k2:{NEW}", old_data_keys=f"k1:{OLD}")
    secrets.ring.cache_clear()

    rotation.rotate(by=SYSTEM, at=village.AT)

    case.refresh_from_db()
    sealed = case.form["lines"][0]["sealed_account"]
    assert sealed.startswith("k2.")
    assert secrets.reveal("account", sealed) == "6299990000000001"


@pytest.mark.parametrize("text", ["k0:" + OLD, "k1:00", "k2:" + OLD + ",k2:" + OLD, "zz" * 16])
def test_a_ring_that_is_none_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r"."):
        cipher.ring(f"k2:{NEW}", text)


def test_keys_of_persons_that_were_destroyed_stay_destroyed(new_key) -> None:
    personal.seal([("P-willow-2", "x")])
    personal.destroy("P-willow-2", village.AT)

    rotation.rotate(by=SYSTEM, at=village.AT)

    assert PersonKey.objects.get(pk="P-willow-2").sealed_key == ""
