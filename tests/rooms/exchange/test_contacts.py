"""A directory from outside is only compared; an officer decides on each difference."""

from __future__ import annotations

import pytest

from sanzi.exchange import comparing, errors, queries
from sanzi.exchange.actions import contacts, receiving
from sanzi.exchange.actions.receiving import Said
from sanzi.exchange.comparing import Difference, Holder, Listed
from sanzi.exchange.models import Proposal
from sanzi.orgs import secrets
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from worlds import village
from worlds.sheets_outside import text
from worlds.village import AT, COUNTY, World

pytestmark = pytest.mark.django_db
HEAD = ("姓名", "手机", "部门", "职位")


@pytest.fixture
def hall(world: World) -> World:
    """The world with who runs the platform and who keeps posts."""
    village.add_operator(world)
    world.bodies["new-county_org_dept"] = world.bodies["county"]
    village.post(world, "county_org_dept", "组织部", COUNTY)
    for number, role in enumerate(("county_agri", "county_finance", "county_org_dept")):
        one = world.people[role]
        one.sealed_phone = secrets.seal("phone", f"1380000000{number}")
        one.phone_index = secrets.index("phone", f"1380000000{number}")
        one.save()
    return world


def compared(world: World) -> dict[str, Proposal]:
    """Load a directory of three: one of ours, one with another telephone, one nobody knows."""
    data = text(
        HEAD,
        ("农业局", "13800000000", "县农业农村局", "干部"),
        ("财政局", "13911112222", "县财政局", "干部"),
        ("新来的", "13933334444", "县财政局", "会计"),
    )
    by = world.actor("platform_admin")
    made = receiving.receive(source="contacts", name="通讯录.csv", data=data, by=by, at=AT)
    receiving.look(ext_id=made.ext_id, said=Said(made.columns), by=by, at=AT)
    made.refresh_from_db()
    done = receiving.confirm(ext_id=made.ext_id, seen=made.seen_digest, by=by, at=AT)
    assert done.counts == {
        "contacts": {kind: Proposal.objects.filter(kind=kind, state="open").count()
                     for kind in ("left", "phone", "new")}
    }  # fmt: skip
    found = Proposal.objects.filter(delivery=made).select_related("person")
    return {one.person.name if one.person else one.name: one for one in found}


def in_post(name: str) -> bool:
    return Appointment.objects.filter(person__name=name, end_date__isnull=True).exists()


def test_nothing_follows_from_a_directory_until_an_officer_accepts(hall: World) -> None:
    found = compared(hall)

    assert {"严监委", "财政局", "新来的"} <= set(found)
    assert "农业局" not in found
    assert "吴小芬" not in found  # a village of which the file says nothing
    assert in_post("严监委")
    by = hall.actor("county_org_dept")
    contacts.decide(ext_id=found["严监委"].ext_id, is_accepted=True, reason="", by=by, at=AT)
    contacts.decide(ext_id=found["财政局"].ext_id, is_accepted=True, reason="", by=by, at=AT)

    assert not in_post("严监委")
    person = hall.people["county_finance"]
    person.refresh_from_db()
    assert person.phone_index == secrets.index("phone", "13911112222")
    assert queries.proposals(by=by, is_open=False).count() == 2


def test_who_decides_gives_a_reason_and_never_decides_on_himself(hall: World) -> None:
    found = compared(hall)
    by = hall.actor("county_org_dept")
    left, own = found["严监委"].ext_id, found["组织部"].ext_id

    with pytest.raises(errors.ReasonNeeded):
        contacts.decide(ext_id=left, is_accepted=False, reason="不", by=by, at=AT)
    with pytest.raises(errors.OwnProposal):
        contacts.decide(ext_id=own, is_accepted=True, reason="", by=by, at=AT)
    with pytest.raises(NotFound):
        contacts.decide(
            ext_id=left, is_accepted=True, reason="", by=hall.actor("platform_admin"), at=AT
        )
    contacts.decide(ext_id=left, is_accepted=False, reason="借调在外", by=by, at=AT)
    with pytest.raises(errors.ProposalDecided):
        contacts.decide(ext_id=left, is_accepted=True, reason="", by=by, at=AT)

    assert in_post("严监委")


def test_people_are_matched_by_telephone_then_by_a_name_that_stands_once() -> None:
    body = frozenset({"A"})
    ours = [
        Holder("1", "甲", "p1", body), Holder("2", "乙", "p2", body), Holder("3", "丙", "", body),
        Holder("4", "丁", "p4", frozenset({"B"})),
    ]  # fmt: skip
    theirs = [Listed(2, "甲改名", "p1"), Listed(3, "乙", "p9"), Listed(4, "戊", "p5")]

    assert comparing.compare(ours, theirs) == [
        Difference("left", "3"), Difference("phone", "2", 3), Difference("new", "", 4),
    ]  # fmt: skip
    assert comparing.compare(ours, []) == []
    twins = [Listed(2, "乙", "p8"), Listed(3, "乙", "p9")]
    assert [one.kind for one in comparing.compare(ours, twins)] == ["new", "new"]
