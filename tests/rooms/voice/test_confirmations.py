"""Asking whether a payment arrived: who is drawn, what the text says, the one answer, the alert."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model

from sanzi.audit.models import Event
from sanzi.disclosure.actions.households import Knock
from sanzi.disclosure.errors import TooManyTries
from sanzi.disclosure.models import HouseholdLook
from sanzi.notices import duties, sending
from sanzi.notices.models import Notice
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.payments.models import Payment
from sanzi.supervision import catalogue
from sanzi.supervision import queries as supervision
from sanzi.supervision.actions import alerts, nightly
from sanzi.supervision.errors import ClosedAlert
from sanzi.supervision.models import Alert
from sanzi.voice import confirmation_queries as queries
from sanzi.voice import confirmation_rules as rules
from sanzi.voice.actions import confirming
from sanzi.voice.errors import (
    AnswerMissing,
    ConfirmationAnswered,
    ConfirmationNotOpened,
    ConfirmationOver,
    ReasonTooShort,
    SumUnclear,
)
from sanzi.voice.models import Confirmation, ConfirmationRound
from worlds import confirmations as asked
from worlds import village
from worlds.village import AT, WILLOW, World

DAY = timedelta(days=1)
FIRES = ("payment-denied", "payment-silence")
FIGURES = rules.on(date(2026, 11, 12), WILLOW)
VILLAGE_AND_TOWN = (
    "cashier_reporter", "committee_member", "supervision_head", "village_secretary",
    "village_clerk", "agency_cashier", "agency_accountant", "agency_reviewer", "town_agri_head",
    "town_leader", "town_head", "county_agri", "county_finance",
)  # fmt: skip


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    closed = [catalogue.models()[code] for code in catalogue.closed_codes()]
    monkeypatch.setattr(catalogue, "at_gate", lambda _gate: closed)
    return village.build()


def knock(code: str, *, at: Any = AT, address: str = "203.0.113.9") -> Knock:
    return Knock(division_code="", name=code, address=address, at=at)


def ask(world: World, count: int = 40, number: str = "M10-20261110-0001", **more: Any) -> None:
    start = Person.objects.count() + 1
    asked.paid(world, asked.households(world, count, start=start), number, **more)
    confirming.draw_due(AT)


def drawn_households() -> set[int]:
    return set(Confirmation.objects.values_list("household_id", flat=True))


def counted(*tables: type[Model]) -> list[int]:
    return [one.objects.count() for one in (*tables, Confirmation, Event, Notice)]


@pytest.mark.parametrize(
    ("households", "chance", "month", "count"),
    [
        (1, 4, 0, 1), (1, 5, 0, 0), (14, 69, 0, 1), (14, 70, 0, 0), (15, 99, 0, 3),
        (100, 0, 0, 5), (110, 49, 0, 6), (110, 50, 0, 5), (2000, 0, 0, 30), (100, 0, 57, 3),
        (100, 0, 60, 0), (0, 0, 0, 0),
    ],
)  # fmt: skip
def test_share_floor_and_caps_say_how_many_are_asked(
    households: int, chance: int, month: int, count: int
) -> None:
    assert FIGURES.count(households, chance=chance, asked_this_month=month) == count


def test_the_nearest_place_and_the_newest_day_give_the_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    county = replace(FIGURES, division="999901000000", share_percent=10)
    newer = replace(county, valid_from_date=date(2026, 12, 1), share_percent=20)
    monkeypatch.setattr(rules, "_sets", lambda: (FIGURES, county, newer))

    assert rules.on(date(2026, 11, 30), WILLOW).share_percent == 10
    assert rules.on(date(2026, 12, 1), WILLOW).share_percent == 20
    assert rules.on(date(2026, 12, 1), "999902101201").share_percent == 5


def test_a_county_s_own_figures_come_before_the_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.yaml"
    shipped = rules.FILE.read_text("utf-8")
    path.write_text(shipped.replace("wait_hours: 24", "wait_hours: 0"), "utf-8")
    monkeypatch.setattr(rules, "_own_file", [lambda: path])
    rules._sets.cache_clear()
    assert rules.on(date(2026, 11, 30), WILLOW).wait_hours == 0

    path.write_text(shipped.replace("wait_hours: 24", "wait_hours: -1"), "utf-8")
    rules._sets.cache_clear()
    with pytest.raises(rules.BadConfirmations, match=r"own\.yaml: sets/0/wait_hours"):
        rules.on(date(2026, 11, 30), WILLOW)
    monkeypatch.undo()
    rules._sets.cache_clear()
    assert rules.on(date(2026, 11, 30), WILLOW).wait_hours == 24


def test_a_broken_file_of_figures_says_where(tmp_path: Path) -> None:
    path = tmp_path / "confirmations.yaml"
    text = rules.FILE.read_text("utf-8")
    path.write_text(text.replace("share_percent: 5", "share_percent: 500"), "utf-8")

    with pytest.raises(rules.BadConfirmations, match="sets/0/share_percent"):
        rules.read(path)

    path.write_text(text + text.split("sets:\n")[1], "utf-8")
    with pytest.raises(rules.BadConfirmations, match="one set"):
        rules.read(path)


def test_the_worker_asks_a_share_of_those_whom_the_money_reached(world: World) -> None:
    asked.paid(world, asked.households(world, 100))

    assert duties.run_now("voice.ask", AT) == 5
    assert duties.run_now("voice.ask", AT + timedelta(hours=1)) == 0

    drawn = ConfirmationRound.objects.get()
    assert (drawn.household_count, drawn.asked_count, drawn.phoneless_count) == (100, 5, 0)
    assert len(drawn_households()) == len(asked.texts()) == 5
    assert drawn.closes_at == AT + 7 * DAY


def test_nobody_can_tell_who_is_drawn_from_payment_ids_or_from_the_kept_salt(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [str(number) for number in range(100)]

    def rank(key: str, salt: str = "aa") -> str:
        return confirming.households.index("confirmation-lot", f"{salt}:{key}")

    with_key = rules.draw(keys, 10, rank)
    assert rules.draw(random.sample(keys, 100), 10, rank) == with_key
    assert rules.draw(keys, 10, lambda key: rank(key, "bb")) != with_key
    from django.conf import settings

    other = replace(settings.SANZI, index_key="77" * 32)
    monkeypatch.setattr(settings, "SANZI", other)
    assert rules.draw(keys, 10, rank) != with_key


def test_two_drawings_of_like_payments_are_not_alike(world: World) -> None:
    people = asked.households(world, 100)
    stone = asked.households(world, 100, division=village.STONE, start=200)
    asked.paid(world, people)
    asked.paid(world, stone, "M10-20261110-0002", body="stone")

    confirming.draw_due(AT)

    lines = [
        set(
            Confirmation.objects.filter(round__order__organisation=world.bodies[key]).values_list(
                "payment__line_no", flat=True
            )
        )
        for key in ("willow", "stone")
    ]
    assert lines[0] != lines[1]  # equal by chance once in 75 million
    salts = ConfirmationRound.objects.values_list("salt", flat=True)
    assert len(set(salts)) == 2


def test_who_has_no_phone_or_shares_one_with_others_is_counted_and_not_asked(world: World) -> None:
    people = asked.households(world, 60, phones=False)
    [own] = asked.households(world, 1, start=100)
    cadre = world.people["cashier_reporter"]
    for one in people[:20]:  # the cashier wrote his own phone for them
        one.sealed_phone, one.phone_index = cadre.sealed_phone, cadre.phone_index
        one.save(update_fields=["sealed_phone", "phone_index"])
    order = asked.paid(world, [*people, own])
    monthly = rules.on(date(2026, 11, 12), WILLOW)

    confirming.draw_due(AT)

    drawn = ConfirmationRound.objects.get(order=order)
    assert (drawn.household_count, drawn.phoneless_count) == (61, 60)
    assert drawn.asked_count <= monthly.floor_count
    assert drawn_households() <= {own.household_id}


def test_a_household_is_not_asked_again_within_its_days(world: World) -> None:
    people = asked.households(world, 20)
    asked.paid(world, people)
    confirming.draw_due(AT)
    first = drawn_households()
    assert len(first) == 3

    for turn in range(1, 6):
        at = AT + turn * 8 * DAY
        asked.paid(world, people, f"M10-2026111{turn}-0009", at=at - 2 * DAY)
        confirming.draw_due(at)

        drawn = ConfirmationRound.objects.latest("pk")
        assert drawn.rested_count == Confirmation.objects.count() - drawn.asked_count

    asked_so_far = list(Confirmation.objects.values_list("household_id", flat=True))
    assert len(asked_so_far) == len(set(asked_so_far))


@pytest.mark.parametrize(("days", "resting"), [(59, 3), (60, 0)])
def test_a_household_rests_sixty_days(world: World, days: int, resting: int) -> None:
    people = asked.households(world, 20)
    asked.paid(world, people)
    confirming.draw_due(AT)

    later = AT + days * DAY
    asked.paid(world, people, "M10-20270112-0001", at=later - 2 * DAY)
    confirming.draw_due(later)

    assert ConfirmationRound.objects.latest("pk").rested_count == resting


def test_a_village_is_asked_no_more_than_its_cap_in_a_month(world: World) -> None:
    for number in range(3):
        people = asked.households(world, 600, start=1 + 600 * number)
        asked.paid(world, people, f"M10-2026111{number}-0001")
    confirming.draw_due(AT)

    counts = sorted(ConfirmationRound.objects.values_list("asked_count", flat=True))
    assert counts == [0, 30, 30]


@pytest.mark.parametrize(
    ("age", "is_asked"),
    [
        (timedelta(hours=23, minutes=59), False), (timedelta(hours=24), True),
        (10 * DAY, True), (10 * DAY + timedelta(minutes=1), False),
    ],
)  # fmt: skip
def test_a_payment_is_asked_about_after_a_day_and_not_after_ten(
    world: World, age: timedelta, is_asked: bool
) -> None:
    ask(world, at=AT - age)

    assert ConfirmationRound.objects.exists() == is_asked


def test_what_the_bank_sent_back_or_paid_firms_is_not_asked_about(world: World) -> None:
    people = asked.households(world, 40)
    order = asked.paid(world, people)
    Payment.objects.filter(order=order, line_no__gt=1).update(status="RETURNED")
    Payment.objects.filter(order=order, line_no=1).update(payee_person=None, payee_kind="org")

    assert confirming.draw_due(AT) == 0
    assert not ConfirmationRound.objects.exists()


def test_the_text_says_sum_and_purpose_and_no_name_or_number(world: World) -> None:
    ask(world, purpose="三季度山林补偿")

    one = asked.texts()[0]
    person = Person.objects.get(pk=one.person_id)
    text = asked.read(one)
    assert text.startswith("柳湾村发给您家三季度山林补偿365元，您收到了吗？请在11月19日前打开")
    assert f"/q/{asked.code(one)} 回答" in text
    assert person.name not in text
    assert "0001" not in text.split("/q/")[0]
    assert (one.subject_kind, one.subject_id) == ("", "")
    assert secrets.reveal("phone", one.sealed_phone).startswith("137")


def test_a_long_number_in_a_purpose_does_not_reach_the_text(world: World) -> None:
    ask(world, purpose="补偿 13812345678")

    assert "13812345678" not in asked.read(asked.texts()[0])


def test_the_code_lies_in_the_database_as_hash_and_ciphertext_only(world: World) -> None:
    ask(world)

    one = asked.texts()[0]
    code = asked.code(one)
    kept = str(list(Confirmation.objects.values())) + str(list(Notice.objects.values()))
    assert len(code) == 12
    assert code not in kept
    assert sending._message(one).params["code"] == code


def test_no_stand_in_of_the_village_is_told_of_a_text_that_did_not_arrive(world: World) -> None:
    ask(world)

    for one in asked.texts():
        sending._fail(one, "did not arrive", AT)

    assert not Notice.objects.exclude(template=confirming.TEMPLATE).exists()


def test_a_household_answers_once(world: World) -> None:
    ask(world)
    code = asked.code(asked.texts()[0])

    typed = "-".join(code[at : at + 4].lower() for at in (0, 4, 8))
    assert queries.question(knock(typed)).amount_fen == asked.YUAN_365
    confirming.answer(knock=knock(code), said="received")
    before = counted()
    for said in ("received", "not_received"):
        with pytest.raises(ConfirmationAnswered):
            confirming.answer(knock=knock(code), said=said)

    held = Confirmation.objects.exclude(answer="").get()
    assert (held.answer, held.answered_at, held.received_fen) == ("received", AT, None)
    assert counted() == before


@pytest.mark.parametrize(
    ("said", "received", "refused"),
    [
        ("perhaps", "", AnswerMissing), ("", "", AnswerMissing), ("wrong_sum", "", SumUnclear),
        ("wrong_sum", "两百", SumUnclear), ("wrong_sum", "-5", SumUnclear),
        ("wrong_sum", "0", SumUnclear), ("wrong_sum", "365", SumUnclear),
        ("wrong_sum", "9" * 14, SumUnclear),
    ],
)  # fmt: skip
def test_a_bad_answer_changes_nothing(
    world: World, said: str, received: str, refused: type[Exception]
) -> None:
    ask(world)
    before = counted()

    with pytest.raises(refused):
        confirming.answer(knock=knock(asked.code(asked.texts()[0])), said=said, received=received)

    assert counted() == before
    assert not Confirmation.objects.exclude(answer="").exists()


def test_an_answer_counts_until_its_last_moment(world: World) -> None:
    ask(world)
    [first, second, *_] = asked.texts()

    confirming.answer(knock=knock(asked.code(first), at=AT + 7 * DAY), said="received")
    late = knock(asked.code(second), at=AT + 7 * DAY + timedelta(seconds=1))
    with pytest.raises(ConfirmationOver):
        confirming.answer(knock=late, said="received")

    assert Confirmation.objects.exclude(answer="").count() == 1


def test_who_guesses_codes_is_stopped_by_the_limit_of_his_network(world: World) -> None:
    ask(world)
    right = asked.code(asked.texts()[0])
    for number in range(30):
        with pytest.raises(ConfirmationNotOpened):
            queries.question(knock(f"AAAA{number:08d}"))

    with pytest.raises(TooManyTries):
        confirming.answer(knock=knock(right), said="received")

    assert HouseholdLook.objects.filter(was_granted=False, household=None).count() == 30
    assert not Confirmation.objects.exclude(answer="").exists()
    assert queries.question(knock(right, address="203.0.113.10")).amount_fen == asked.YUAN_365


def test_who_does_not_want_to_be_asked_is_asked_no_more(world: World) -> None:
    people = asked.households(world, 20)
    asked.paid(world, people)
    confirming.draw_due(AT)
    one = asked.texts()[0]
    confirming.answer(knock=knock(asked.code(one)), said="declined")

    later = AT + 200 * DAY
    asked.paid(world, people, "M10-20270531-0001", at=later - 2 * DAY)
    confirming.draw_due(later)

    assert ConfirmationRound.objects.latest("pk").rested_count == 1


def alert_of(world: World, said: str = "not_received", received: str = "") -> Alert:
    ask(world)
    confirming.answer(knock=knock(asked.code(asked.texts()[0])), said=said, received=received)
    nightly.run(as_of=AT + DAY, by=SYSTEM)
    return Alert.objects.get()


@pytest.mark.parametrize(
    ("said", "received", "words"),
    [
        ("not_received", "", "有一户说没有收到"),
        ("wrong_sum", "265", "有一户说只收到265.00元，相差100.00元"),
    ],
)
def test_a_no_or_a_wrong_sum_opens_an_alert_at_the_discipline_office(
    world: World, said: str, received: str, words: str
) -> None:
    alert = alert_of(world, said, received)

    assert alert.model_code == "payment-denied"
    assert words in alert.sentence
    assert (alert.route_role, alert.case_number) == ("town_discipline_office", "")
    told = Notice.objects.filter(template="alert_opened").values_list("user_id", flat=True)
    assert list(told) == [world.users["town_discipline_office"].pk]


def test_a_yes_and_no_answer_at_all_open_none(world: World) -> None:
    ask(world)
    confirming.answer(knock=knock(asked.code(asked.texts()[0])), said="received")

    nightly.run(as_of=AT + 30 * DAY, by=SYSTEM)

    assert not Alert.objects.exists()


def test_silence_far_above_what_is_usual_in_the_county_opens_an_alert(world: World) -> None:
    for number in range(3):
        ask(world, 160, f"M10-2026110{number}-0001", body="stone", at=AT - (2 + number) * DAY)
    for one in asked.texts():
        confirming.answer(knock=knock(asked.code(one)), said="received")
    later = AT + DAY
    people = asked.households(world, 100, start=5000)
    asked.paid(world, people, "M10-20261111-0009", at=later - 2 * DAY)
    confirming.draw_due(later)
    silent = ConfirmationRound.objects.latest("pk")

    nightly.run(as_of=later + 6 * DAY, by=SYSTEM)
    assert not Alert.objects.exists()
    nightly.run(as_of=later + 7 * DAY, by=SYSTEM)

    alert = Alert.objects.get()
    assert (alert.model_code, alert.finding_id) == ("payment-silence", silent.ext_id)
    assert "问了5户，到期有5户没有回答；县里平常问24户，0户不答" in alert.sentence
    behind = queries.behind(by=world.actor("town_discipline_office"), alert_ext_id=alert.ext_id)
    assert len(behind.told) == 5


def test_no_cadre_of_village_or_town_sees_the_alert_or_who_was_asked(world: World) -> None:
    alert = alert_of(world)
    one = Confirmation.objects.exclude(answer="").get()

    for role in VILLAGE_AND_TOWN:
        by = world.actor(role)
        assert supervision.alerts(by=by, only=supervision.AlertFilter(), at=AT) == []
        assert supervision.counts(by=by) == {}
        assert supervision.open_by_division(by=by) == {}
        for look in (
            lambda by=by: supervision.alert(by=by, ext_id=alert.ext_id),
            lambda by=by: queries.behind(by=by, alert_ext_id=alert.ext_id),
            lambda by=by: queries.tallies(by=by, at=AT),
            lambda by=by: confirming.open_household(
                ext_id=one.ext_id, reason="上门去核实一下情况", by=by, at=AT
            ),
        ):
            with pytest.raises(NotFound):
                look()
    chains = set(Event.objects.filter(subject_id__in=[one.ext_id, alert.ext_id]).values_list(
        "chain", flat=True))  # fmt: skip
    assert chains == {"voice", "supervision"}


def test_the_office_sees_the_household_masked_until_it_says_why(world: World) -> None:
    alert = alert_of(world)
    by = world.actor("town_discipline_office")
    [told] = queries.behind(by=by, alert_ext_id=alert.ext_id).told
    name = Confirmation.objects.get(ext_id=told.ext_id).payment.payee_name
    assert "*" in told.name
    before = counted()
    with pytest.raises(ReasonTooShort):
        confirming.open_household(ext_id=told.ext_id, reason="看看", by=by, at=AT)
    assert counted() == before

    assert (
        confirming.open_household(ext_id=told.ext_id, reason="上门当面问有没有收到", by=by, at=AT)
        == name
    )

    kept = Event.objects.get(kind="voice.confirmation.opened")
    assert (kept.actor_id, kept.subject_id) == (by.user_id, told.ext_id)


def test_a_household_without_an_alert_is_there_for_nobody(world: World) -> None:
    alert_of(world)
    quiet = Confirmation.objects.filter(answer="").first()
    assert quiet is not None

    with pytest.raises(NotFound):
        confirming.open_household(
            ext_id=quiet.ext_id, reason="上门当面问有没有收到",
            by=world.actor("town_discipline_office"), at=AT,
        )  # fmt: skip


def test_the_village_is_not_asked_to_explain_a_closed_alert(world: World) -> None:
    alert = alert_of(world)
    by = world.actor("town_discipline_office")
    alerts.take(ext_id=alert.ext_id, by=by, at=AT)
    before = counted(Alert)

    with pytest.raises(ClosedAlert):
        alerts.ask_explanation(ext_id=alert.ext_id, question="这一户为什么没有收到钱", by=by, at=AT)

    assert counted(Alert) == before


def test_counts_name_village_and_month_and_nobody(world: World) -> None:
    ask(world, 100)
    [first, second, *_] = asked.texts()
    confirming.answer(knock=knock(asked.code(first)), said="received")
    confirming.answer(knock=knock(asked.code(second)), said="wrong_sum", received="300")

    rows = queries.tallies(by=world.actor("county_discipline"), at=AT + 8 * DAY)

    assert rows == [queries.Tally("柳湾村", "2026-11", 100, 0, 5, 2, 1, 3)]
