"""What becomes of a letter: taken, answered, agreed or not, reopened, climbing, threats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.kernel.refusals import Refusal
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound, SecondFactorNeeded
from sanzi.voice import errors, queries, sealing
from sanzi.voice.actions import handling, keys, replying
from sanzi.voice.models import Complaint, OfficeKey, Part, State, Turn, WrappedKey
from worlds import letters
from worlds.village import AT, COUNTY, TOWN, World

LONG = "查过了，发票退回，钱已追回。"


def rows() -> tuple[Any, ...]:
    return (
        list(Complaint.objects.order_by("pk").values()), Turn.objects.count(),
        Part.objects.count(), Event.objects.count(), Notice.objects.count(),
        OfficeKey.objects.count(),
    )  # fmt: skip


def refuses(kind: type[Refusal], act: Callable[[], object]) -> None:
    """Whatever is refused leaves every row as it was."""
    before = rows()
    with pytest.raises(kind):
        act()
    assert rows() == before


def business(world: World, **more: Any) -> tuple[str, Complaint]:
    return letters.write(kind="business", accused=(), token="B" * 20, **more)


def answered(world: World) -> tuple[str, Complaint]:
    code, one = business(world)
    by = world.actor("town_agri_head")
    handling.take(ext_id=one.ext_id, by=by, at=AT)
    handling.answer(ext_id=one.ext_id, words=LONG, opener=None, by=by, at=AT)
    one.refresh_from_db()
    return code, one


def test_a_letter_is_taken_answered_and_closed_because_its_writer_agrees(world: World) -> None:
    code, one = answered(world)
    assert one.state == State.ANSWERED
    seen = queries.followed(code=code)
    assert [step.words for step in seen.turns if step.action == "answered"] == [LONG]
    assert seen.words == letters.WORDS

    replying.agree(code=code.lower().replace("-", " "), at=AT)

    one.refresh_from_db()
    assert (one.state, one.is_satisfied, one.closed_by_id) == (State.CLOSED, True, None)
    refuses(errors.NotNow, lambda: replying.agree(code=code, at=AT))


def test_an_answer_that_does_not_satisfy_goes_one_level_up_to_somebody_new(world: World) -> None:
    code, one = answered(world)

    replying.disagree(code=code, words="钱没有追回来，村里没人看见。", at=AT)

    one.refresh_from_db()
    assert (one.state, one.route_role, one.route_division) == (
        State.REOPENED, "county_agri", COUNTY,
    )  # fmt: skip
    assert (one.reopened_count, one.handler_id, one.is_satisfied) == (1, None, False)
    with pytest.raises(NotFound):
        queries.access_complaint(by=world.actor("town_agri_head"), ext_id=one.ext_id)
    told = Notice.objects.filter(template="voice_again").values_list("user_id", flat=True)
    assert list(told) == [world.users["county_agri"].pk]


def test_what_was_closed_opens_again_within_a_year(world: World) -> None:
    code, one = answered(world)
    replying.agree(code=code, at=AT)
    late = AT + timedelta(days=366)
    refuses(
        errors.NotNow, lambda: replying.disagree(code=code, words="又犯了，又拿钱了。", at=late)
    )

    replying.disagree(code=code, words="又犯了，又拿钱了。", at=AT + timedelta(days=30))

    one.refresh_from_db()
    assert (one.state, one.closed_at) == (State.REOPENED, None)


def test_only_the_level_above_closes_for_a_silent_writer_and_only_after_his_days(
    world: World,
) -> None:
    _, one = answered(world)
    above, later = world.actor("county_agri"), one.due_at + timedelta(minutes=1)

    def close(role: str, at: Any, words: str = LONG) -> Callable[[], object]:
        by = world.actor(role)
        return lambda: handling.close(ext_id=one.ext_id, reason=words, opener=None, by=by, at=at)

    refuses(errors.StillWaiting, close("county_agri", AT))
    refuses(errors.SameOffice, close("town_agri_head", later))
    refuses(errors.ReasonTooShort, close("county_agri", later, "好"))
    refuses(NotFound, close("platform_admin", later))
    close("county_agri", later)()

    one.refresh_from_db()
    assert (one.state, one.closed_by_id) == (State.CLOSED, above.user_id)
    assert one.is_satisfied is None


def test_steps_out_of_turn_change_nothing(world: World) -> None:
    _, one = business(world)
    head, leader = world.actor("town_agri_head"), world.actor("town_leader")

    def answer(by: Any, words: str = LONG) -> Callable[[], object]:
        return lambda: handling.answer(ext_id=one.ext_id, words=words, opener=None, by=by, at=AT)

    refuses(errors.NotNow, answer(head))
    above = world.actor("county_agri")
    refuses(errors.NotYours, lambda: handling.take(ext_id=one.ext_id, by=above, at=AT))
    handling.take(ext_id=one.ext_id, by=head, at=AT)
    refuses(errors.NotNow, lambda: handling.take(ext_id=one.ext_id, by=head, at=AT))
    refuses(errors.NotYours, answer(leader))
    refuses(errors.ReasonTooShort, answer(head, "好的"))


def test_more_time_is_given_twice_with_reasons_that_the_writer_reads(world: World) -> None:
    code, one = business(world)
    by = world.actor("town_agri_head")
    handling.take(ext_id=one.ext_id, by=by, at=AT)

    def extend() -> None:
        handling.extend(
            ext_id=one.ext_id, reason="等银行回单，还要几天。", opener=None, by=by, at=AT
        )

    extend()
    extend()
    refuses(errors.NoMoreTime, extend)

    seen = queries.followed(code=code)
    assert [step.words for step in seen.turns if step.action == "extended"] == [
        "等银行回单，还要几天。"
    ] * 2
    assert seen.complaint.extended_count == 2


def test_a_letter_that_turns_out_to_be_about_corruption_is_sealed_from_then_on(
    world: World,
) -> None:
    code, one = business(world)
    by = world.actor("town_agri_head")
    handling.take(ext_id=one.ext_id, by=by, at=AT)

    def pass_on(kind: str) -> Callable[[], object]:
        return lambda: handling.pass_on(
            ext_id=one.ext_id, kind=kind, reason="里面写到有人拿回扣。", by=by, at=AT
        )

    refuses(errors.NoSuchKind, pass_on("gossip"))
    refuses(errors.KindHandled, pass_on("business"))
    pass_on("corruption")()

    one.refresh_from_db()
    assert (one.route_role, one.sealed_letter, one.is_sealed) == (
        "town_discipline_office", "", True,
    )  # fmt: skip
    with pytest.raises(NotFound):
        queries.access_complaint(by=by, ext_id=one.ext_id)
    office = world.actor("town_discipline_office")
    seen = queries.opened(by=office, ext_id=one.ext_id, opener=letters.opener())
    assert seen.words == letters.WORDS
    assert queries.followed(code=code).words == letters.WORDS
    handling.take(ext_id=one.ext_id, by=office, at=AT)
    refuses(
        errors.NotNow,
        lambda: handling.pass_on(
            ext_id=one.ext_id, kind="business", reason="其实只是账没贴。", by=office, at=AT
        ),
    )


def test_a_sealed_letter_is_answered_with_the_office_s_key_alone(world: World) -> None:
    code, one = letters.write()
    by = world.actor("town_discipline_office")
    handling.take(ext_id=one.ext_id, by=by, at=AT)

    for opener in (None, letters.opener(letters.OUTSIDE)):
        refuses(
            errors.KeyMissing,
            lambda opener=opener: handling.answer(
                ext_id=one.ext_id, words=LONG, opener=opener, by=by, at=AT
            ),
        )
    handling.answer(ext_id=one.ext_id, words=LONG, opener=letters.opener(), by=by, at=AT)

    assert queries.followed(code=code).turns[-1].words == LONG


def test_what_is_late_climbs_past_the_barred_and_stays_at_the_last_stop(world: World) -> None:
    _, one = letters.write(kind="own_matter", accused=())
    assert handling.climb_overdue(one.due_at) == 0

    late = one.due_at + timedelta(seconds=1)
    assert handling.climb_overdue(late) == 1
    assert handling.climb_overdue(late) == 0
    one.refresh_from_db()
    assert (one.route_role, one.route_division) == ("town_civil_office", TOWN)
    for _ in range(3):
        handling.climb_overdue(one.due_at + timedelta(seconds=1))
        one.refresh_from_db()

    assert (one.route_role, one.route_division) == ("county_agri", COUNTY)
    told = set(Notice.objects.filter(template="voice_overdue").values_list("user_id", flat=True))
    assert told == {world.users["town_civil_office"].pk, world.users["county_agri"].pk}


def test_a_threat_goes_straight_to_the_level_above_once(world: World) -> None:
    code, one = letters.write()

    replying.report_threat(code=code, at=AT)
    before = rows()
    replying.report_threat(code=code, at=AT)

    assert rows() == before
    one.refresh_from_db()
    assert (one.route_role, one.state) == ("county_discipline", State.REOPENED)
    assert one.due_at == AT + timedelta(hours=24)
    assert queries.letters(by=world.actor("county_discipline"))[0].ext_id == one.ext_id
    told = set(Notice.objects.filter(template="voice_threat").values_list("user_id", flat=True))
    assert told == {
        world.users["county_discipline"].pk, world.users["second_county_discipline"].pk,
    }  # fmt: skip


def test_a_threat_about_what_lies_outside_is_not_taken_here(world: World) -> None:
    code, _ = letters.write(accused=("office:O-county_cdi", "office:O-town_cdi"))

    refuses(errors.NotNow, lambda: replying.report_threat(code=code, at=AT))


def test_who_wrote_is_shown_to_the_discipline_office_with_its_key_and_a_reason(
    world: World,
) -> None:
    _, one = letters.write(kind="business", accused=(), is_named=True)
    office, agri = world.actor("town_discipline_office"), world.actor("town_agri_head")

    def look(by: Any, opener: sealing.Opener | None, reason: str = "要当面核实发票是谁开的") -> Any:
        return handling.open_identity(ext_id=one.ext_id, reason=reason, opener=opener, by=by, at=AT)

    refuses(NotFound, lambda: look(agri, letters.opener()))
    refuses(NotFound, lambda: look(world.actor("platform_admin"), letters.opener()))
    refuses(errors.KeyMissing, lambda: look(office, None))
    refuses(errors.ReasonTooShort, lambda: look(office, letters.opener(), "看"))
    told = look(office, letters.opener())

    assert (told["name"], told["phone"]) == (letters.NAME, letters.PHONE)
    event = Event.objects.filter(kind="voice.identity.opened").get()
    assert event.actor_id == office.user_id
    assert letters.NAME not in event.change


def test_an_office_makes_its_key_itself_and_the_older_opens_what_came_before(
    world: World,
) -> None:
    _, before = letters.write()
    by = world.actor("town_discipline_office")
    words = "一句只有我们两个记得的话"

    refuses(NotFound, lambda: keys.make(passphrase=words, again=words, by=world.actor(
        "town_leader"), at=AT))  # fmt: skip
    refuses(errors.PassphraseWeak, lambda: keys.make(passphrase=words, again="别的", by=by, at=AT))
    refuses(errors.PassphraseWeak, lambda: keys.make(passphrase="短", again="短", by=by, at=AT))
    late = AT + timedelta(minutes=6)
    refuses(SecondFactorNeeded, lambda: keys.make(passphrase=words, again=words, by=by, at=late))
    text = keys.make(passphrase=words, again=words, by=by, at=AT)
    _, after = letters.write(token="N" * 20)

    mine = keys.open_file(text=text, passphrase=words, by=by)
    assert queries.opened(by=by, ext_id=after.ext_id, opener=mine).words == letters.WORDS
    assert queries.opened(by=by, ext_id=before.ext_id, opener=mine).is_shut
    assert not queries.opened(by=by, ext_id=before.ext_id, opener=letters.opener()).is_shut
    assert mine.private not in repr(mine)
    refuses(
        errors.KeyNotOpened, lambda: keys.open_file(text=text, passphrase="猜一猜看看行不行", by=by)
    )
    refuses(errors.KeyNotOpened, lambda: keys.open_file(text="{}", passphrase=words, by=by))


def send_on(one: Complaint, by: Any, office: str, **more: Any) -> Callable[[], object]:
    given = {"reason": "这件事归他们办，请他们答复。", "opener": None, **more}
    return lambda: handling.send_on(ext_id=one.ext_id, office=office, by=by, at=AT, **given)


def test_the_discipline_office_sends_a_letter_to_where_it_belongs_with_a_reason(
    world: World,
) -> None:
    code, one = letters.write(kind="petition", accused=())
    by = world.actor("town_discipline_office")
    refuses(NotFound, send_on(one, world.actor("town_leader"), "business:0"))
    refuses(NotFound, send_on(one, world.actor("platform_admin"), "business:0"))
    refuses(errors.NoSuchOffice, send_on(one, by, "petition:0"))
    refuses(errors.NoSuchOffice, send_on(one, by, "business:9"))
    refuses(errors.ReasonTooShort, send_on(one, by, "business:0", reason="转"))

    send_on(one, by, "business:0")()

    one.refresh_from_db()
    assert (one.kind, one.route_role, one.state) == (
        "business", "town_agri_head", State.DISPATCHED,
    )  # fmt: skip
    assert queries.followed(code=code).turns[-1].words == "这件事归他们办，请他们答复。"
    told = Notice.objects.filter(template="voice_arrived").values_list("user_id", flat=True)
    assert world.users["town_agri_head"].pk in told
    agri = world.actor("town_agri_head")
    handling.take(ext_id=one.ext_id, by=agri, at=AT)
    handling.answer(ext_id=one.ext_id, words=LONG, opener=None, by=agri, at=AT)
    refuses(errors.NotNow, send_on(one, by, "urgent:0"))


def test_a_letter_sent_on_still_goes_past_the_accused_and_his_office(world: World) -> None:
    _, one = letters.write(kind="petition", accused=("person:P-agency-5",))
    by = world.actor("town_discipline_office")

    found = [value for value, _ in queries.offices(one, AT)]
    assert [one for one in found if one.startswith("business")] == ["business:1"]
    refuses(errors.NoSuchOffice, send_on(one, by, "business:0"))
    _, other = letters.write(accused=(letters.SECRETARY,), token="O" * 20, kind="business")
    assert "own_matter:0" not in dict(queries.offices(other, AT))
    refuses(errors.NoSuchOffice, send_on(other, by, "own_matter:0"))


def test_what_is_sealed_is_sent_to_discipline_offices_alone(world: World) -> None:
    _, one = letters.write(accused=())
    by, county = world.actor("town_discipline_office"), world.actor("county_discipline")
    assert [value for value, _ in queries.offices(one, AT)] == ["corruption:1"]
    refuses(errors.NoSuchOffice, send_on(one, by, "business:0", opener=letters.opener()))
    refuses(errors.KeyMissing, send_on(one, by, "corruption:1"))
    WrappedKey.objects.filter(holder=letters.opener(letters.COUNTY_OFFICE).fingerprint).delete()

    send_on(one, by, "corruption:1", opener=letters.opener())()

    one.refresh_from_db()
    assert (one.route_role, one.is_sealed) == ("county_discipline", True)
    opener = letters.opener(letters.COUNTY_OFFICE)
    assert queries.opened(by=county, ext_id=one.ext_id, opener=opener).words == letters.WORDS
    _, later = letters.write(kind="business", accused=(), token="L" * 20)
    send_on(later, by, "corruption:0")()
    later.refresh_from_db()
    assert (later.is_sealed, later.sealed_letter) == (True, "")
    OfficeKey.objects.filter(role_code="county_discipline").delete()
    refuses(errors.NoKeyYet, send_on(later, by, "corruption:1", opener=letters.opener()))


def test_the_level_above_closes_with_reasons_what_was_sent_back_to_it(world: World) -> None:
    code, one = answered(world)
    replying.disagree(code=code, words="钱没有追回来，村里没人看见。", at=AT)
    above = world.actor("county_agri")

    def close(words: str = LONG) -> Callable[[], object]:
        return lambda: handling.close(ext_id=one.ext_id, reason=words, opener=None, by=above, at=AT)

    refuses(errors.NotNow, close())
    handling.take(ext_id=one.ext_id, by=above, at=AT)
    refuses(errors.ReasonTooShort, close("好"))
    close()()

    one.refresh_from_db()
    assert (one.state, one.closed_by_id) == (State.CLOSED, above.user_id)
    last = queries.followed(code=code).turns[-1]
    assert (last.action, last.words, last.office) == ("closed", LONG, "云川县 县农业农村局")
    replying.disagree(code=code, words="还是没有追回来，请再查。", at=AT)
    handling.take(ext_id=one.ext_id, by=above, at=AT)
    handling.answer(ext_id=one.ext_id, words=LONG, opener=None, by=above, at=AT)
    replying.disagree(code=code, words="答的跟上回一样，没有查。", at=AT)
    handling.take(ext_id=one.ext_id, by=above, at=AT)
    refuses(errors.NotNow, close())
