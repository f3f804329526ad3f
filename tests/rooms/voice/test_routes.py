"""Where letters go: past the accused, their kin and their office, to somebody who may know."""

from __future__ import annotations

import pytest
from django.db import connection

from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.voice import queries
from sanzi.voice.actions import handing_in, handling
from sanzi.voice.errors import KeyMissing, NoKeyYet
from sanzi.voice.models import Bar, Complaint, OfficeKey, Part, State, WrappedKey
from worlds import letters
from worlds.village import AT, COUNTY, TOWN, WILLOW, World

SEALED = "corruption"
TOWN_LEADER, COUNTY_AGRI = "person:P-agency-5", "person:P-county-2"


def kin_of_discipline(world: World) -> None:
    letters.kin(world, "village_secretary", "town_discipline_office")


def readers(world: World, complaint: Complaint) -> set[str]:
    """Return the roles that can open a letter, on any page and any list."""
    found = set()
    for role in world.users:
        by = world.actor(role)
        try:
            queries.access_complaint(by=by, ext_id=complaint.ext_id)
        except NotFound:
            try:
                listed = [*queries.letters(by=by), *queries.letters(by=by, is_open=False)]
            except NotFound:
                listed = []
            assert complaint.ext_id not in [one.ext_id for one in listed], role
        else:
            found.add(role)
    return found


TOWN_BOTH = {"town_discipline_office", "second_town_discipline_office"}
COUNTY_BOTH = {"county_discipline", "second_county_discipline"}
CASES = (
    # kind, accused, more about the world; role and place it goes to; who can open it
    (SEALED, (), "", ("town_discipline_office", TOWN), TOWN_BOTH | COUNTY_BOTH),
    (
        SEALED, (letters.SECRETARY,), "",
        ("town_discipline_office", TOWN), TOWN_BOTH | COUNTY_BOTH,
    ),
    (
        SEALED, (letters.SECRETARY,), "kin",
        ("town_discipline_office", TOWN), {"second_town_discipline_office"} | COUNTY_BOTH,
    ),
    (SEALED, ("office:O-town_cdi",), "", ("county_discipline", COUNTY), COUNTY_BOTH),
    (
        SEALED, ("person:P-agency-7",), "", ("county_discipline", COUNTY), COUNTY_BOTH,
    ),
    (SEALED, ("person:P-county-1",), "", ("town_discipline_office", TOWN), TOWN_BOTH),
    (SEALED, ("person:P-county-1", "person:P-agency-7"), "", ("outside", ""), set()),
    (SEALED, ("office:O-county_cdi", "office:O-town_cdi"), "", ("outside", ""), set()),
    (
        "own_matter", (), "", ("village_clerk", WILLOW),
        {"village_clerk", "village_secretary", "town_civil_office", "town_leader"}
        | TOWN_BOTH | COUNTY_BOTH,
    ),
    (
        "own_matter", ("person:P-willow-5",), "", ("town_civil_office", TOWN),
        {"town_civil_office", "town_leader", "county_agri"} | TOWN_BOTH | COUNTY_BOTH,
    ),
    (
        "business", (TOWN_LEADER,), "", ("county_agri", COUNTY),
        {"county_agri"} | TOWN_BOTH | COUNTY_BOTH,
    ),
    (
        "business", (TOWN_LEADER, COUNTY_AGRI), "", ("outside", ""), set(),
    ),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "accused", "more", "place", "may"), CASES)
def test_a_letter_goes_to_the_nearest_who_has_no_part_in_it(
    world: World,
    kind: str,
    accused: tuple[str, ...],
    more: str,
    place: tuple[str, str],
    may: set[str],
) -> None:
    if more == "kin":
        kin_of_discipline(world)

    _, complaint = letters.write(kind=kind, accused=accused)

    assert (complaint.route_role, complaint.route_division) == place
    assert readers(world, complaint) == may
    inbox = Notice.objects.filter(channel="INBOX").exclude(template="voice_visit")
    told = set(inbox.values_list("user_id", flat=True))
    assert told <= {world.users[role].pk for role in may}
    assert bool(told) == bool(may)


@pytest.mark.parametrize("role", ["village_secretary", "town_leader", "county_agri", "town_head"])
def test_whoever_is_accused_neither_he_nor_kin_nor_office_nor_operator_finds_it(
    world: World, role: str
) -> None:
    """For each kind there is: the accused, his kin, his whole office, the platform's operator."""
    letters.kin(world, role, "county_finance")
    accused = world.people[role]
    for number, kind in enumerate(("own_matter", "business", "urgent", SEALED, "petition")):
        _, complaint = letters.write(
            kind=kind, accused=(f"person:{accused.ext_id}",), token=f"{role}-{number}-token-long"
        )
        office = {post.org_ext_id for post in world.actor(role).posts}
        shut_out = {
            other
            for other in world.users
            if {post.org_ext_id for post in world.actor(other).posts} & office
        } | {"county_finance", "platform_admin", role}
        assert not readers(world, complaint) & shut_out
        for other in shut_out:
            opens_nothing(world, other, complaint.ext_id)
    assert not any(one.received for one in tallies_of(world, role))


def opens_nothing(world: World, role: str, ext_id: str) -> None:
    """Try every door of a letter as somebody who is in it: each is as if there were none."""
    by = world.actor(role)
    with pytest.raises(NotFound):
        queries.opened(by=by, ext_id=ext_id, opener=letters.opener())
    with pytest.raises(NotFound):
        queries.photo(by=by, ext_id=ext_id, number=1, opener=letters.opener())
    with pytest.raises(NotFound):
        handling.take(ext_id=ext_id, by=by, at=AT)
    with pytest.raises(NotFound):
        handling.answer(ext_id=ext_id, words="x" * 20, opener=None, by=by, at=AT)
    with pytest.raises(NotFound):
        handling.close(ext_id=ext_id, reason="x" * 20, opener=None, by=by, at=AT)
    with pytest.raises(NotFound):
        handling.open_identity(
            ext_id=ext_id, reason="x" * 20, opener=letters.opener(), by=by, at=AT
        )


def tallies_of(world: World, role: str) -> list[queries.Tally]:
    try:
        return queries.tallies(by=world.actor(role), at=AT)
    except NotFound:
        return []


def test_a_dump_of_the_database_holds_none_of_the_words(world: World) -> None:
    code, complaint = letters.write(
        is_named=True, photos=(("路.jpg", letters.picture()),), wants_call=True
    )
    letters.write(kind="own_matter", token="O" * 20, is_named=True)
    handling.take(ext_id=complaint.ext_id, by=world.actor("town_discipline_office"), at=AT)
    handling.answer(
        ext_id=complaint.ext_id, words="已立案查那张发票", opener=letters.opener(),
        by=world.actor("town_discipline_office"), at=AT,
    )  # fmt: skip

    dump = dumped()

    for words in (
        letters.WORDS, "修路的三万元", "小卖部", letters.PLACE, letters.NAME, letters.PHONE,
        "已立案", code, code.replace("-", ""), "PHONEMAKER",
    ):  # fmt: skip
        assert not any(words in row for table, row in dump if table.startswith("voice_")), words
    for words in (letters.WORDS, letters.PLACE, letters.PHONE, "已立案", code):
        assert not any(words in row for _, row in dump), words
    secretary = world.people["village_secretary"].ext_id
    assert not any(secretary in row for table, row in dump if table.startswith("voice_"))


def dumped() -> list[tuple[str, str]]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [(table, str(row)) for row in cursor.fetchall()]
    return found


def test_a_letter_without_a_name_keeps_neither_minute_nor_anything_of_the_writer(
    world: World,
) -> None:
    _, complaint = letters.write(at=AT.replace(minute=47, second=13))

    assert complaint.received_at == AT.replace(minute=0, second=0, microsecond=0)
    events = [row for table, row in dumped() if table == "audit_event" and "voice" in row]
    assert len(events) >= 2
    assert not any("47, 13" in row or ":47:13" in row for row in events)
    assert not WrappedKey.objects.filter(lock="IDENTITY").exists()


def test_a_sealed_letter_without_the_office_s_key_is_shut_even_to_its_reader(
    world: World,
) -> None:
    _, complaint = letters.write(photos=(("a.jpg", letters.picture()),))
    by = world.actor("town_discipline_office")

    shut = queries.opened(by=by, ext_id=complaint.ext_id, opener=None)
    assert (shut.is_shut, shut.words, shut.place) == (True, "", "")
    with pytest.raises(KeyMissing):
        queries.photo(by=by, ext_id=complaint.ext_id, number=1, opener=None)
    seen = queries.opened(by=by, ext_id=complaint.ext_id, opener=letters.opener())
    assert (seen.words, seen.place, seen.photo_count) == (letters.WORDS, letters.PLACE, 1)
    photo = queries.photo(by=by, ext_id=complaint.ext_id, number=1, opener=letters.opener())
    assert photo[8:12] == b"WEBP"
    assert b"PHONEMAKER" not in photo
    assert b"EXIF" not in photo
    county = world.actor("county_discipline")
    assert (
        queries.opened(
            by=county, ext_id=complaint.ext_id, opener=letters.opener(letters.COUNTY_OFFICE)
        ).words
        == letters.WORDS
    )


def test_the_key_of_an_office_that_was_passed_over_opens_nothing(world: World) -> None:
    _, complaint = letters.write(accused=("person:P-agency-7",))

    held = set(WrappedKey.objects.filter(complaint=complaint).values_list("holder", flat=True))
    assert letters.opener(letters.TOWN_OFFICE).fingerprint not in held
    assert letters.opener(letters.COUNTY_OFFICE).fingerprint in held


def test_the_outside_office_s_key_opens_what_is_against_the_highest(world: World) -> None:
    _, complaint = letters.write(accused=("office:O-county_cdi", "office:O-town_cdi"))

    assert complaint.state == State.TRANSFERRED
    assert queries.body_key(complaint, letters.opener(letters.OUTSIDE))


def test_without_a_key_of_the_office_nothing_is_taken(world: World) -> None:
    OfficeKey.objects.all().delete()

    with pytest.raises(NoKeyYet):
        handing_in.hand_in(letter=letters.letter(), at=AT)

    for table in (Complaint, Part, Bar, Notice):
        assert not table.objects.exists()
