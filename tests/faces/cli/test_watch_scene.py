"""What the demo finds ready of supervision goes the way an officer would go."""

from __future__ import annotations

import pytest

from sanzi.inspection.models import Lead
from sanzi.interfaces.cli import letter_scene, scene, watch_scene
from sanzi.supervision.models import BackTest, OwnModel, OwnState, OwnTest
from sanzi.voice.actions import promising
from sanzi.voice.models import Promise
from worlds import letters, village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db


def test_an_own_model_waits_for_the_second_officer_with_its_back_test() -> None:
    village.build()

    watch_scene.leave_own_model(WILLOW, AT)

    [version] = OwnModel.objects.get().versions.all()
    assert version.state == OwnState.HANDED_IN
    assert OwnTest.objects.get(version=version).state == BackTest.State.FINISHED


@pytest.mark.parametrize("is_signed", [False, True], ids=["no promise", "promise imported"])
def test_a_lead_grows_from_what_the_member_of_the_station_saw(is_signed: bool) -> None:
    letters.add_station(letters.build())
    letter_scene.leave_letters(WILLOW, AT)
    if is_signed:
        member = scene.officer(watch_scene.MEMBER, WILLOW, AT)
        promising.sign(village=WILLOW, by=member, at=AT)

    watch_scene.leave_lead(WILLOW, letter_scene.look_at_one(WILLOW, AT), AT)

    lead = Lead.objects.get()
    assert (lead.route_role, lead.division_code) == ("town_discipline_office", WILLOW)
    assert Promise.objects.filter(division_code=WILLOW).count() == 1
