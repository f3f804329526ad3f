"""M35, papers of the service desk: drafted by the system, vouched for, sealed, handed over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sanzi.evidence import queries as evidence
from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry
from sanzi.matters.errors import BadField
from sanzi.matters.models import Case
from sanzi.orgs.models import Person
from sanzi.registers.seals import errors
from sanzi.registers.seals.models import Seal, SealUse, Service
from worlds import deals, publications, seals, village, walks
from worlds.village import STONE, World

FORM = {
    "item_code": "residence", "applicant_person_id": "V1", "purpose": "孩子上学", "channel": "desk",
}  # fmt: skip
PHOTOS = ("before_photo", "after_photo")


@pytest.fixture
def world(db: None) -> World:
    return seals.build()


def _submitted(world: World, **changed: Any) -> walks.Walk:
    walk = walks.start(world, "M35", "village_clerk")
    walk.submit("village_clerk", {**FORM, **changed})
    return walk


def test_a_paper_is_drafted_vouched_for_sealed_and_handed_over(world: World) -> None:
    walk = _submitted(world)
    walk.approve("committee_member")

    service = Service.objects.get()
    assert service.paper_text == "兹说明，王小芳住在柳湾村。本说明用于孩子上学，三个月内有效。"
    sealing = walks.Walk(world, service.seal_case_number, photos=50)
    assert (sealing.case.state, sealing.case.tier) == ("APPROVED", "T0")
    [paper] = evidence.attachments("case", sealing.number)
    assert (paper.kind, paper.media_type, paper.digest) == (
        "document", "application/pdf", service.paper_digest,
    )  # fmt: skip
    with pytest.raises(errors.NotStampedYet) as refused:
        walk.record("village_clerk", {"to_whom": "self"})
    assert sealing.number in refused.value.advice
    assert Service.objects.get().status == "sealing"

    sealing.record("seal_keeper", {"is_used": "yes"}, PHOTOS)
    walk.record("village_clerk", {"to_whom": "self"})

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("service")
    assert (row["item_code"], row["status"], row["applicant_person_id"]) == (
        "residence", "done", "V1",
    )  # fmt: skip
    assert row["done_at"] is not None
    assert str(row["due_at"]).startswith("2026-11-13 09:30")
    [use] = deals.record_rows("seal_use")
    assert (use["case_id"], use["status"]) == (sealing.number, "stamped")
    shown = publications.published(walk.number)["G02"]
    [line] = shown.tables["便民服务办得怎么样"]
    assert (line[0], line[-1]) == ("居住情况说明", "按时")
    assert "王" not in shown.text
    panel = registry.panel_of("M35", walk.number)
    assert panel is not None
    assert ("到哪一步", "交给村民了") in [(one.term, one.text) for one in panel.context["facts"]]


def test_the_clerk_may_write_the_paper_himself(world: World) -> None:
    _submitted(world, text="兹说明，王小芳一直住在村里。")
    assert Service.objects.get().paper_text == "兹说明，王小芳一直住在村里。"


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"item_code": "kinship"}, errors.NeverStamped, "公安派出所或公证处"),
        ({"item_code": "no_crime"}, errors.NeverStamped, "公安派出所"),
        ({"item_code": "income"}, errors.NeverStamped, "单位、税务和银行"),
        ({"item_code": "poem"}, errors.NotServed, "重新选"),
        ({"item_code": "farm_note"}, errors.NoSealHere, "印章名册"),
        ({"applicant_person_id": "V2"}, BadField, "改好再存"),
        ({"applicant_person_id": "V3"}, errors.ApplicantWrong, "本人"),
    ],
)
def test_what_the_desk_does_not_do_is_refused_with_where_to_go(
    world: World, changed: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    village.villager(world, "石头", STONE)
    village.villager(world, "老高")
    Person.objects.filter(ext_id="V3").update(death_date=date(2026, 1, 1))
    with pytest.raises(refusal) as refused:
        _submitted(world, **changed)
    assert words in refused.value.advice
    assert not Service.objects.exists()
    assert Case.objects.get().state == "DRAFT"


def test_the_same_paper_is_not_made_twice_at_once(world: World) -> None:
    first = _submitted(world)
    with pytest.raises(errors.AlreadyAsked, match="11月12日"):
        _submitted(world)
    first.approve("committee_member")
    with pytest.raises(errors.AlreadyAsked):
        _submitted(world)
    assert (Service.objects.count(), SealUse.objects.count()) == (1, 1)


def test_a_paper_whose_seal_was_lost_meanwhile_stays_where_it_is(world: World) -> None:
    walk = _submitted(world)
    Seal.objects.update(state="lost")
    with pytest.raises(errors.NoSealHere):
        walk.approve("committee_member")
    assert (walk.case.state, walk.open_step.step_key) == ("SUBMITTED", "vouch")
    assert (Service.objects.get().status, SealUse.objects.count()) == ("applied", 0)
