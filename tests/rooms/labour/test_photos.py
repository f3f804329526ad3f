"""Photos: what the phone wrote into them, and those that were used before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanzi.evidence.errors import FileBroken
from sanzi.evidence.models import Attachment
from sanzi.evidence.reading import exif
from sanzi.orgs.errors import NotFound
from sanzi.registers.labour import errors
from sanzi.registers.labour.actions import photos
from sanzi.registers.labour.actions.photos import Shot
from sanzi.registers.labour.models import LabourPhoto
from worlds import labour as world
from worlds.labour import DAY, EVENING, PLACE, Labour, picture

pytestmark = pytest.mark.django_db


def add(labour: Labour, request: str, content: bytes, **said: object) -> LabourPhoto:
    shot = Shot(str(said.pop("phase", "before")), "现场.jpg", content)
    known = photos.add(
        request=request,
        work_date=said.pop("day", DAY),  # type: ignore[arg-type]
        shot=shot,
        by=labour.actor(str(said.pop("role", "committee_member"))),
        at=EVENING,
    )
    return LabourPhoto.objects.get(ext_id=known)


def test_time_and_place_are_read_from_the_photo(labour: Labour) -> None:
    request = world.approved(labour)
    taken = EVENING - timedelta(hours=3)

    found = add(labour, request, picture(1, taken, PLACE))

    assert (found.taken_at, found.has_own_time) == (taken, True)
    assert (found.lat_e6, found.lng_e6, found.doubts) == (*PLACE, "")
    assert len(found.likeness) == 64


def test_a_photo_that_says_nothing_has_the_time_of_its_coming(labour: Labour) -> None:
    found = add(labour, world.approved(labour), picture(1))

    assert (found.taken_at, found.has_own_time, found.lat_e6) == (EVENING, False, None)
    assert exif.read(b"no picture") == exif.Taken()


def test_a_photo_of_another_day_or_far_away_is_marked(labour: Labour) -> None:
    request = world.approved(labour)

    old = add(labour, request, picture(1, EVENING - timedelta(days=9)))
    far = add(labour, request, picture(2, EVENING, (PLACE[0] + 100_000, PLACE[1])))

    assert (old.doubts, far.doubts) == ("day", "far")


def test_a_photo_used_before_is_marked_even_packed_again(labour: Labour) -> None:
    first, second = world.approved(labour), world.approved(labour, "K-2")
    add(labour, first, picture(1, EVENING))

    again = add(labour, second, picture(1, EVENING, quality=40))

    assert (again.doubts, again.alike_to) == ("alike", f"labour_request:{first}")
    assert add(labour, second, picture(2, EVENING), phase="after").doubts == ""


def test_a_photo_sent_twice_is_kept_once(labour: Labour) -> None:
    request = world.approved(labour)

    one, other = (add(labour, request, picture(1, EVENING)) for _ in range(2))

    assert one == other
    assert Attachment.objects.filter(subject_id=request).count() == 1


def test_the_same_file_does_not_stand_for_two_phases(labour: Labour) -> None:
    request = world.approved(labour)
    add(labour, request, picture(1, EVENING))

    assert add(labour, request, picture(1, EVENING), phase="after").doubts == "alike"


@pytest.mark.parametrize(
    ("content", "said", "refusal"),
    [
        (b"%PDF-1.7", {}, errors.PhotoWrong),
        (b"", {}, errors.PhotoWrong),
        (b"\xff\xd8\xff half", {}, FileBroken),
        (picture(1), {"phase": "later"}, errors.PhotoWrong),
        (picture(1), {"day": date(2026, 12, 1)}, errors.DayOutside),
        (picture(1), {"role": "stone_cashier"}, NotFound),
        (picture(1), {"role": "supervision_head"}, NotFound),
    ],
    ids=("pdf", "empty", "half", "no-phase", "no-day", "no-role", "other-role"),
)
def test_what_is_no_photo_of_the_day_is_refused(labour, content, said, refusal) -> None:
    request = world.approved(labour)
    with pytest.raises(refusal):
        add(labour, request, content, **said)

    assert not LabourPhoto.objects.exists()
    assert not Attachment.objects.exists()


def test_photos_are_taken_only_while_the_work_is_on(labour: Labour) -> None:
    request = world.asked(labour)
    with pytest.raises(errors.NotOpen):
        add(labour, request, picture(1))
    assert not Attachment.objects.exists()
