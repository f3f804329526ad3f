"""The station of a village goes and looks, records what was put right, never learns who wrote."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from sanzi.audit.models import Event
from sanzi.evidence import queries as evidence
from sanzi.evidence.errors import FileBroken
from sanzi.evidence.models import Attachment
from sanzi.kernel.refusals import Refusal
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment
from sanzi.voice import errors, queries
from sanzi.voice import station_queries as stations
from sanzi.voice.actions import handling, replying
from sanzi.voice.actions import stations as actions
from sanzi.voice.actions.stations import Done, Seen, Shot
from sanzi.voice.models import Complaint, Part, Rectification, State, Turn, Visit
from worlds import letters, village
from worlds.deals import record_rows
from worlds.village import AT, World

SAW = "桥栏杆断了两根，长约三米。"
FIXED = "换了两根新栏杆，刷了漆。"


@pytest.fixture
def world(db: None) -> World:
    found = letters.build()
    letters.add_station(found)
    return found


def shot(colour: str = "red", taken: str = "") -> Shot:
    return Shot("IMG_1.jpg", letters.picture(colour=colour, taken=taken))


def urgent(**more: Any) -> tuple[str, Complaint]:
    return letters.write(**{"kind": "urgent", "accused": (), **more})


def visit(world: World, one: Complaint, role: str = "supervision_member", **more: Any) -> str:
    seen = Seen(**{"finding": "REAL", "words": SAW, "place": "村口小桥", **more.pop("seen", {})})
    given = {"shot": shot(), "at": AT, **more}
    return actions.visit(ext_id=one.ext_id, seen=seen, by=world.actor(role), **given)


def put_right(world: World, one: Complaint, role: str = "supervision_member", **more: Any) -> str:
    fields = {"doer": doer(world), "done_date": AT.date(), "words": FIXED}
    done = Done(**{**fields, **more.pop("done", {})})
    given = {"shot": shot("blue"), "at": AT, **more}
    return actions.put_right(ext_id=one.ext_id, done=done, by=world.actor(role), **given)


def doer(world: World, role: str = "committee_member") -> str:
    return f"person:{world.people[role].ext_id}"


def rows() -> tuple[Any, ...]:
    return (
        list(Complaint.objects.order_by("pk").values()), Turn.objects.count(),
        Part.objects.count(), Event.objects.count(), Notice.objects.count(),
        Visit.objects.count(), Rectification.objects.count(), Attachment.objects.count(),
    )  # fmt: skip


def refuses(kind: type[Refusal], act: Callable[[], object]) -> None:
    """Whatever is refused leaves every row as it was."""
    before = rows()
    with pytest.raises(kind):
        act()
    assert rows() == before


def test_a_report_is_verified_on_the_spot_put_right_and_closed_by_its_writer(
    world: World,
) -> None:
    code, one = urgent()
    by = world.actor("supervision_member")
    told = Notice.objects.filter(template="voice_visit").values_list("user_id", flat=True)
    assert set(told) == {
        world.users["supervision_head"].pk, world.users["supervision_member"].pk,
    }  # fmt: skip
    assert stations.reports(by=by) == [(one, stations.TO_VISIT)]
    assert stations.report(by=by, ext_id=one.ext_id).opened.words == letters.WORDS
    refuses(errors.NotNow, lambda: replying.agree(code=code, at=AT))

    visit(world, one)
    assert stations.reports(by=by) == [(one, stations.TO_PUT_RIGHT)]
    refuses(errors.NotNow, lambda: replying.agree(code=code, at=AT))
    put_right(world, one)
    assert stations.reports(by=by) == [(one, stations.PUT_RIGHT)]

    seen = {step.action: step for step in queries.followed(code=code).turns}
    assert (seen["visited"].words, seen["visited"].found) == (SAW, "情况属实，在村口小桥")
    assert seen["put_right"].found == "11月12日，柳湾村 村委会成员改的"
    assert seen["put_right"].words == FIXED
    replying.agree(code=code, at=AT)
    one.refresh_from_db()
    assert (one.state, one.is_satisfied) == (State.CLOSED, True)
    events = Event.objects.filter(kind__startswith="voice.complaint.").order_by("pk")
    assert list(events.values_list("kind", flat=True))[-3:] == [
        "voice.complaint.visited", "voice.complaint.put_right", "voice.complaint.agreed",
    ]  # fmt: skip


def test_what_is_not_content_after_all_is_looked_at_again(world: World) -> None:
    code, one = urgent()
    visit(world, one)
    put_right(world, one)

    replying.disagree(code=code, words="新栏杆又松了，一推就倒。", at=AT)

    one.refresh_from_db()
    assert (one.state, one.route_role) == (State.REOPENED, "county_agri")
    by = world.actor("supervision_head")
    assert [standing for _, standing in stations.reports(by=by)] == [stations.TO_VISIT]
    refuses(errors.NotNow, lambda: replying.agree(code=code, at=AT))
    refuses(errors.NothingToPutRight, lambda: put_right(world, one, shot=shot("black")))
    visit(world, one, seen={"finding": "NOT_SEEN"}, shot=shot("white"))
    assert [standing for _, standing in stations.reports(by=by)] == [stations.SEEN]


def test_a_photo_of_the_place_keeps_nothing_of_place_or_phone(world: World) -> None:
    _, one = urgent()
    made = visit(world, one, seen={"lat": 30.0167, "lng": 119.5})

    seen = Visit.objects.get(ext_id=made)
    assert (seen.lat_micro, seen.lng_micro) == (30_016_700, 119_500_000)
    kept = evidence.access_original(by=world.actor("supervision_head"), ext_id=seen.photo_ext_id)
    data = kept.path.read_bytes()
    assert b"PHONEMAKER" not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    days = timedelta(days=730)
    assert actions.forget_places(AT + days) == 0
    assert actions.forget_places(AT + days + timedelta(seconds=1)) == 1
    seen.refresh_from_db()
    assert (seen.lat_micro, seen.lng_micro, seen.finding) == (None, None, "REAL")


def test_who_handles_it_or_put_it_right_does_not_verify_it(world: World) -> None:
    _, one = urgent()
    letters.kin(world, "supervision_head", "committee_member")
    visit(world, one, "supervision_head")

    refuses(errors.VisitOwn, lambda: put_right(world, one, "supervision_head"))
    own = {"doer": doer(world, "supervision_member")}
    refuses(errors.VisitOwn, lambda: put_right(world, one, done=own))
    office = {"doer": "office:O-WILLOW"}
    refuses(errors.VisitOwn, lambda: put_right(world, one, done=office))
    Complaint.objects.update(handler_id=world.users["supervision_member"].pk)
    refuses(errors.VisitOwn, lambda: put_right(world, one))
    refuses(errors.VisitOwn, lambda: visit(world, one, shot=shot("black")))


def test_wrong_fields_and_photos_change_nothing(world: World) -> None:
    code, one = urgent()
    video = Shot("a.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 60)
    for kind, more in (
        (errors.VisitWrong, {"seen": {"finding": "MAYBE"}}),
        (errors.VisitWrong, {"seen": {"lat": 91.0, "lng": 0.0}}),
        (errors.ReasonTooShort, {"seen": {"words": "看了"}}),
        (errors.VisitPhotoWrong, {"shot": None}),
        (errors.VisitPhotoWrong, {"shot": video}),
        (errors.VisitPhotoWrong, {"shot": shot(taken="2026:11:09 09:00:00")}),
        (FileBroken, {"shot": Shot("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 60)}),
    ):
        refuses(kind, lambda more=more: visit(world, one, **more))
    refuses(errors.NothingToPutRight, lambda: put_right(world, one))
    visit(world, one, shot=shot(taken="2026:11:12 08:00:00"))
    same = shot(taken="2026:11:12 08:00:00")
    for kind, more in (
        (errors.VisitPhotoWrong, {"shot": same}),
        (errors.VisitWrong, {"done": {"doer": "person:P-NOBODY"}}),
        (errors.VisitWrong, {"done": {"done_date": date(2026, 11, 13)}}),
        (errors.VisitWrong, {"done": {"done_date": date(2026, 11, 11)}}),
        (errors.ReasonTooShort, {"done": {"words": "好"}}),
    ):
        refuses(kind, lambda more=more: put_right(world, one, **more))
    put_right(world, one)
    replying.agree(code=code, at=AT)
    refuses(errors.NotNow, lambda: visit(world, one, shot=shot("black")))


@pytest.mark.parametrize(
    ("role", "more"),
    [
        ("supervision_member", {"kind": "corruption"}),
        ("supervision_member", {"kind": "petition"}),
        ("supervision_member", {"accused": (letters.SECRETARY,)}),
        ("supervision_head", {"accused": ("office:O-WILLOW",)}),
        ("village_clerk", {}),
        ("town_civil_office", {}),
        ("platform_admin", {}),
        ("town_discipline_office", {}),
        ("stone_watch", {}),
    ],
)
def test_the_station_meets_nothing_of_what_is_sealed_barred_or_elsewhere(
    world: World, role: str, more: dict[str, Any]
) -> None:
    world.bodies["new-stone_watch"] = world.bodies["stone"]
    village.post(world, "stone_watch", "石监委", village.STONE)
    Appointment.objects.filter(role_code="stone_watch").update(role_code="supervision_head")
    _, one = urgent(**more)

    refuses(NotFound, lambda: stations.report(by=world.actor(role), ext_id=one.ext_id))
    refuses(NotFound, lambda: visit(world, one, role))
    refuses(NotFound, lambda: put_right(world, one, role))
    try:
        listed = stations.reports(by=world.actor(role))
    except NotFound:
        listed = []
    assert not listed
    users = Notice.objects.filter(template="voice_visit").values_list("user_id", flat=True)
    assert world.users[role].pk not in users


def test_kin_of_the_accused_are_kept_out_and_the_other_member_goes(world: World) -> None:
    letters.kin(world, "town_leader", "supervision_head")
    _, one = urgent(accused=(doer(world, "town_leader"),))

    refuses(NotFound, lambda: visit(world, one, "supervision_head"))
    visit(world, one, "supervision_member")

    users = Notice.objects.filter(template="voice_visit").values_list("user_id", flat=True)
    assert set(users) == {world.users["supervision_member"].pk}


def test_a_photo_of_the_place_is_shown_to_the_station_and_the_offices_of_the_letter(
    world: World,
) -> None:
    _, one = urgent(accused=(doer(world, "town_leader"),))
    visit(world, one)
    photo = Visit.objects.get().photo_ext_id

    assert one.route_role == "town_civil_office"
    for role in ("supervision_head", "town_civil_office", "town_discipline_office"):
        assert evidence.access_hung(by=world.actor(role), ext_id=photo).kind == "visit"
    for role in ("town_leader", "village_clerk", "platform_admin"):
        refuses(
            NotFound, lambda role=role: evidence.access_hung(by=world.actor(role), ext_id=photo)
        )


def test_a_member_never_sees_who_wrote(world: World) -> None:
    _, one = urgent(is_named=True)
    by = world.actor("supervision_member")

    said = repr(stations.report(by=by, ext_id=one.ext_id))
    assert letters.NAME not in said
    assert letters.PHONE not in said
    refuses(
        NotFound,
        lambda: handling.open_identity(
            ext_id=one.ext_id, reason="想知道是谁写的信", opener=letters.opener(), by=by, at=AT
        ),
    )


def test_models_read_visits_and_what_was_put_right_without_names(world: World) -> None:
    _, one = urgent(is_named=True)
    visit(world, one)
    put_right(world, one)

    (seen,), (done,) = record_rows("letter_visit"), record_rows("letter_rectification")
    assert (seen["complaint_id"], seen["kind"], seen["finding"], seen["role_code"]) == (
        one.ext_id, "urgent", "REAL", "supervision_member",
    )  # fmt: skip
    assert (done["doer_title"], done["done_date"]) == ("柳湾村 村委会成员", AT.date())
    told = f"{seen}{done}"
    people = {found.name for found in world.people.values()} | {letters.NAME, SAW, FIXED}
    assert not [name for name in people if name in told]


def test_what_is_passed_on_as_corruption_leaves_the_station(world: World) -> None:
    _, one = letters.write(kind="business", accused=(), token="B" * 20)
    visit(world, one)
    agri = world.actor("town_agri_head")
    handling.take(ext_id=one.ext_id, by=agri, at=AT)
    handling.pass_on(
        ext_id=one.ext_id, kind="corruption", reason="里面写到有人拿回扣。", by=agri, at=AT
    )

    photo = Visit.objects.get().photo_ext_id
    refuses(
        NotFound,
        lambda: evidence.access_hung(by=world.actor("supervision_member"), ext_id=photo),
    )
    office = world.actor("town_discipline_office")
    seen = queries.opened(by=office, ext_id=one.ext_id, opener=letters.opener())
    assert [step.words for step in seen.turns if step.action == "visited"] == [SAW]
    assert evidence.access_hung(by=office, ext_id=photo).digest


def test_a_member_signs_the_promise_once_and_everybody_of_the_station_sees_it(
    world: World,
) -> None:
    from sanzi.voice import promise_rules
    from sanzi.voice.actions import promising
    from sanzi.voice.models import Promise

    member = world.actor("supervision_member")
    for role, place in (
        ("village_secretary", village.WILLOW), ("town_leader", village.WILLOW),
        ("supervision_member", village.STONE),
    ):  # fmt: skip
        refuses(NotFound, lambda: promising.sign(village=place, by=world.actor(role), at=AT))  # noqa: B023 - run at once
    made = promising.sign(village=village.WILLOW, by=member, at=AT)

    text = promise_rules.text_on(AT.date())
    row = Promise.objects.get()
    assert (row.ext_id, row.text_digest, row.signed_at) == (made, text.text_digest, AT)
    refuses(errors.PromiseSigned, lambda: promising.sign(village=village.WILLOW, by=member, at=AT))
    assert Promise.objects.count() == 1
    found = stations.station_of(by=world.actor("supervision_head"), at=AT)
    assert {one.role_code: one.signed_at for one in found} == {
        "supervision_head": None, "supervision_member": AT,
    }  # fmt: skip
    with pytest.raises(NotFound):
        stations.station_of(by=world.actor("village_secretary"), at=AT)
    [event] = Event.objects.filter(kind="voice.promise.signed")
    assert text.text_digest in event.change
    assert record_rows("station_promise")[0]["signed_at"] is not None


def test_a_file_of_promises_that_is_wrong_is_refused(tmp_path: Any) -> None:
    from sanzi.voice import promise_rules

    file = tmp_path / "promise.yaml"
    for content in ("lists: []", "lists: [{valid_from_date: 2020-01-01}]"):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(promise_rules.BadPromiseFile):
            promise_rules.read(file)
