"""The loop closes: conclusions with what they need, limits, false alarms remembered, hand-over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.kernel.workdays import Calendar
from sanzi.notices.models import Channel, Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import CalendarDay, Kinship
from sanzi.payments.models import Payment
from sanzi.supervision import errors
from sanzi.supervision.actions import alerts, handovers, limits, nightly, silences
from sanzi.supervision.loop_rules import Feedback, SilenceFor
from sanzi.supervision.models import Alert, Disposal, ModelRun, Silence
from worlds import loop, spending
from worlds.village import AT

WHY = "已经核对发票和送货单"
NIGHT = AT + timedelta(hours=16)
DAY = timedelta(days=1)
UNTIL = SilenceFor("facts", date(2027, 3, 31))


def scan(at=NIGHT):
    return nightly.run(as_of=at, by=SYSTEM)


@pytest.fixture
def cash(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash")
    scan()
    return Alert.objects.get().ext_id


@pytest.fixture
def plain(world):
    """A warning that the village gets first: a payment without a source."""
    spending.spend(
        world, "K1", [(world.bodies["shop"], 60_000)], state="paid", source_kind="", source_id=""
    )
    scan()
    Alert.objects.update(severity="warn", is_red_line=False)
    return Alert.objects.get().ext_id


def everything():
    return [
        list(one.objects.order_by("pk").values())
        for one in (Alert, Disposal, Event, Silence, Notice)
    ]


def refused(refusal, act):
    before = everything()
    with pytest.raises(refusal):
        act()
    assert everything() == before


def false_alarm(world, ext_id, silence=UNTIL, at=NIGHT):
    """Take, call a false alarm and verify: as the discipline offices of town and county do."""
    town, county = world.actor("town_discipline_office"), world.actor("county_discipline")
    loop.route_to_discipline(Alert.objects.get())
    alerts.take(ext_id=ext_id, by=town, at=at)
    alerts.conclude(
        ext_id=ext_id, conclusion="false_positive", text=WHY, by=town, at=at, silence=silence
    )
    alerts.verify(ext_id=ext_id, agrees=True, text=WHY, by=county, at=at)


def test_a_fact_is_confirmed_only_after_it_was_put_right_with_evidence(world, cash):
    office = world.actor("town_agri_head")
    alerts.take(ext_id=cash, by=office, at=NIGHT)

    def confirm():
        alerts.conclude(ext_id=cash, conclusion="confirmed", text=WHY, by=office, at=NIGHT)

    def plan(day):
        alerts.rectify(
            ext_id=cash, plan="退回现金，改为转账", amount_fen=60_000, finish_date=day,
            by=office, at=NIGHT,
        )  # fmt: skip

    def feed(**found):
        alerts.feed_back(ext_id=cash, text=WHY, found=Feedback(**found), by=office, at=NIGHT)

    refused(errors.NotRectified, confirm)
    refused(errors.BadFinishDate, lambda: plan("2026-11-01"))
    refused(errors.BadFinishDate, lambda: plan(""))
    plan("2026-11-30")
    refused(errors.EvidenceNeeded, feed)
    loop.hang(cash, office, NIGHT)
    refused(errors.UnknownRectification, lambda: feed(rectifications=("算了",)))
    refused(errors.MoneyDoesNotAddUp, lambda: feed(amount_involved_fen=100, money_back_fen=60_000))
    feed(rectifications=("money_recovered",), amount_involved_fen=60_000, money_back_fen=60_000)
    confirm()
    alerts.verify(
        ext_id=cash, agrees=True, text=WHY, by=world.actor("town_discipline_office"), at=NIGHT
    )

    alert = Alert.objects.get()
    assert (alert.state, alert.conclusion) == ("disposed", "confirmed")
    assert (alert.involved_fen, alert.money_back_fen) == (60_000, 60_000)


def test_a_false_alarm_stays_silent_on_the_same_facts_and_the_night_says_so(world, cash):
    false_alarm(world, cash)

    again = scan(NIGHT + DAY)

    assert (again.opened_count, again.silenced_count) == (0, 1)
    assert Silence.objects.get().kept_silent_count == 1
    assert Alert.objects.get().state == "disposed"


def test_a_false_alarm_speaks_again_when_it_expires_or_its_facts_change(world, cash):
    false_alarm(world, cash)

    assert scan(datetime(2027, 3, 31, 12, tzinfo=UTC)).silenced_count == 1
    Payment.objects.update(amount_fen=61_000)
    changed = scan(datetime(2027, 3, 31, 13, tzinfo=UTC))
    assert (changed.silenced_count, Alert.objects.get().state) == (0, "pending")
    assert "610.00" in Alert.objects.get().sentence

    Payment.objects.update(amount_fen=60_000)
    alerts.conclude(
        ext_id=cash, conclusion="explained", text=WHY, by=world.actor("town_discipline_office"),
        at=NIGHT,
    )  # fmt: skip
    assert Disposal.objects.filter(action="reopened").count() == 1


def test_a_false_alarm_expires(world, cash):
    false_alarm(world, cash)

    after = scan(datetime(2027, 4, 1, 2, tzinfo=UTC))

    assert (after.silenced_count, Alert.objects.get(ext_id=cash).state) == (0, "pending")


def test_a_false_alarm_of_two_parties_covers_their_other_payments_not_those_of_others(world):
    over = {"state": "paid", "budget_line": spending.budget(world, "Y1", 1)}
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], **over)
    scan()
    pair = SilenceFor("parties", date(2027, 3, 31))
    false_alarm(world, Alert.objects.get().ext_id, pair)

    spending.spend(world, "K2", [(world.bodies["shop"], 70_000)], **over)
    assert (scan(NIGHT + DAY).opened_count, ModelRun.objects.latest("id").silenced_count) == (0, 2)

    spending.spend(world, "K3", [(spending.firm("OTHER"), 70_000)], **over)
    assert scan(NIGHT + 2 * DAY).opened_count == 1


def test_a_remembered_false_alarm_is_revoked_once_by_a_verifier(world, cash):
    false_alarm(world, cash)
    name, county = Silence.objects.get().ext_id, world.actor("county_discipline")

    def revoke(by=county, reason=WHY, ext_id=name):
        silences.revoke(ext_id=ext_id, reason=reason, by=by, at=NIGHT)

    refused(NotFound, lambda: revoke(by=world.actor("town_leader")))
    refused(NotFound, lambda: revoke(ext_id="FA-NONE"))
    refused(errors.ReasonTooShort, lambda: revoke(reason="不对"))
    revoke()
    refused(errors.AlreadyRevoked, revoke)
    assert Event.objects.filter(kind="supervision.silence.revoked").count() == 1
    assert scan(NIGHT + DAY).silenced_count == 0
    assert Alert.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("silence", "refusal"),
    [
        (None, errors.ExpiryNeeded),
        (SilenceFor("facts", date(2026, 11, 12)), errors.ExpiryNeeded),
        (SilenceFor("facts", date(2028, 11, 12)), errors.ExpiryNeeded),
        (SilenceFor("all", date(2027, 3, 31)), errors.UnknownScope),
        (SilenceFor("parties", date(2027, 3, 31)), errors.SilenceTooWide),
    ],
)
def test_a_false_alarm_needs_an_end_and_a_red_line_is_never_silent_for_a_pair(
    world, cash, silence, refusal
):
    Alert.objects.update(route_step=1, route_role="town_discipline_office")
    town = world.actor("town_discipline_office")
    alerts.take(ext_id=cash, by=town, at=NIGHT)

    refused(
        refusal,
        lambda: alerts.conclude(
            ext_id=cash, conclusion="false_positive", text=WHY, by=town, at=NIGHT, silence=silence
        ),
    )


def test_a_finding_gone_because_the_data_was_corrected_says_what_changed(world, cash):
    order = Payment.objects.get(ext_id="K1-1").order
    order.method = "transfer"
    order.save(update_fields=["method"])

    scan(NIGHT + DAY)

    told = Disposal.objects.get(action="vanished")
    assert told.data["cause"] == "data_corrected"
    [change] = told.data["changes"]
    assert (change["table"], change["before"], change["after"]) == ("payment", "cash", "transfer")
    assert "cash改成transfer" in told.text.replace("由", "").replace("付款方式", "")


def test_an_error_of_the_data_closes_when_the_model_finds_nothing_and_opens_when_it_is_back(
    world, cash
):
    office, town = world.actor("town_agri_head"), world.actor("town_discipline_office")
    alerts.take(ext_id=cash, by=office, at=NIGHT)
    alerts.conclude(ext_id=cash, conclusion="data_error", text=WHY, by=office, at=NIGHT)

    def agree():
        alerts.verify(ext_id=cash, agrees=True, text=WHY, by=town, at=NIGHT)

    refused(errors.StillFound, agree)
    assert nightly.recheck(ext_id=cash, by=office, at=NIGHT)
    order = Payment.objects.get(ext_id="K1-1").order
    order.method = "transfer"
    order.save(update_fields=["method"])
    assert not nightly.recheck(ext_id=cash, by=office, at=NIGHT)
    agree()
    assert Alert.objects.get().state == "disposed"
    refused(errors.WrongState, lambda: nightly.recheck(ext_id=cash, by=office, at=NIGHT))

    order.method = "cash"
    order.save(update_fields=["method"])
    scan(NIGHT + DAY)
    assert Alert.objects.get().state == "pending"


def test_the_town_leader_suspends_and_the_clock_stands_still(world, cash):
    office, leader = world.actor("town_agri_head"), world.actor("town_leader")
    alerts.take(ext_id=cash, by=office, at=NIGHT)
    due_at = Alert.objects.get().due_at

    def suspend(by=leader, ground="court", until=date(2027, 1, 8), reason=WHY):
        limits.suspend(ext_id=cash, ground=ground, until_date=until, reason=reason, by=by, at=NIGHT)

    refused(NotFound, lambda: suspend(by=office))
    refused(errors.UnknownGround, lambda: suspend(ground="tired"))
    refused(errors.BadUntil, lambda: suspend(until=date(2026, 11, 12)))
    refused(errors.BadUntil, lambda: suspend(until=date(2028, 11, 12)))
    refused(errors.ReasonTooShort, lambda: suspend(reason="等"))
    suspend()
    assert Alert.objects.get().state == "suspended"
    assert limits.escalate_overdue(due_at + DAY) == 0
    assert limits.resume_due(datetime(2027, 1, 7, 2, tzinfo=UTC)) == 0

    assert limits.resume_due(datetime(2027, 1, 8, 2, tzinfo=UTC)) == 1

    alert = Alert.objects.get()
    assert (alert.state, alert.limit_days) == ("pending", 3)
    assert alert.due_at.date() == date(2027, 1, 13)


def test_a_limit_is_longer_once_and_no_longer_than_itself(world, cash):
    leader = world.actor("town_leader")

    def extend(days=3, by=leader):
        limits.extend(ext_id=cash, days=days, reason=WHY, by=by, at=NIGHT)

    due_at = Alert.objects.get().due_at
    refused(errors.ExtensionTooLong, lambda: extend(4))
    refused(errors.ExtensionTooLong, lambda: extend(0))
    refused(NotFound, lambda: extend(by=world.actor("town_agri_head")))
    extend()
    alert = Alert.objects.get()
    assert alert.due_at > due_at
    assert alert.first_due_at == alert.due_at
    refused(errors.ExtendedOnce, lambda: extend(1))


def test_one_reminder_before_the_limit_and_one_after_it(world, cash):
    office = world.users["town_agri_head"].pk
    due_at = Alert.objects.get().due_at

    def told(template):
        return list(
            Notice.objects.filter(template=template, channel=Channel.INBOX).values_list(
                "user_id", flat=True
            )
        )

    assert limits.remind(NIGHT + DAY) == 0
    near = due_at - (due_at - NIGHT) / 5
    assert (limits.remind(near), limits.remind(near + timedelta(hours=1))) == (1, 0)
    assert told("alert_due_soon") == [office]
    assert limits.escalate_overdue(due_at + timedelta(minutes=1)) == 1
    assert limits.escalate_overdue(due_at + timedelta(minutes=2)) == 0
    assert told("alert_late") == [office]


def test_what_waits_for_the_verifier_stays_with_its_handler_when_late(world, cash):
    office = world.actor("town_agri_head")
    alerts.take(ext_id=cash, by=office, at=NIGHT)
    alerts.conclude(ext_id=cash, conclusion="explained", text=WHY, by=office, at=NIGHT)

    limits.escalate_overdue(Alert.objects.get().due_at + DAY)

    alert = Alert.objects.get()
    assert (alert.state, alert.handler_id) == ("verifying", office.user_id)


def test_a_limit_into_a_year_not_announced_is_provisional_until_it_is(world):
    CalendarDay.objects.create(day=date(2026, 10, 1), is_workday=False, is_holiday=True)
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash")
    late = datetime(2026, 12, 30, 12, tzinfo=UTC)
    scan(late)
    alert = Alert.objects.get()
    assert (alert.is_limit_provisional, alert.due_at.date()) == (True, date(2027, 1, 4))
    assert limits.settle_provisional(late) == 0

    for month, day in ((1, 1), (10, 1)):
        CalendarDay.objects.create(day=date(2027, month, day), is_workday=False, is_holiday=True)
    CalendarDay.objects.create(day=date(2027, 1, 3), is_workday=True, is_holiday=False)

    assert limits.settle_provisional(late) == 0  # 31 December, 3 and 4 January: as before
    assert not Alert.objects.get().is_limit_provisional


def test_adjusted_days_count_and_a_year_is_announced_by_its_first_of_october():
    calendar = Calendar(
        holidays=frozenset([date(2027, 1, 1), date(2027, 10, 1)]),
        extra_workdays=frozenset([date(2027, 1, 2)]),
    )
    start = datetime(2026, 12, 31, 2, tzinfo=UTC)

    assert calendar.add_workdays(start, 1).date() == date(2027, 1, 2)
    assert (calendar.is_announced(2027), calendar.is_announced(2026)) == (True, False)
    assert calendar.is_provisional(start, start + DAY)
    assert not calendar.is_provisional(start + 2 * DAY, start + 9 * DAY)
    assert calendar.workdays_between(start, start + 4 * DAY) == 2


def test_kin_of_whom_the_alert_is_about_stands_aside(world, plain):
    leader = world.people["town_leader"]
    Kinship.objects.create(
        person=leader, relative=world.people["committee_member"], relation="sibling",
        is_statutory_kin=True, is_extended_kin=True, source="declared",
    )  # fmt: skip

    refused(
        errors.KinStandsAside,
        lambda: limits.extend(
            ext_id=plain, days=1, reason=WHY, by=world.actor("town_leader"), at=NIGHT
        ),
    )


def test_an_alert_is_handed_over_with_its_dossier_and_sent_back_once(world, cash):
    office, town = world.actor("town_agri_head"), world.actor("town_discipline_office")
    leader = world.actor("town_leader")
    alerts.take(ext_id=cash, by=office, at=NIGHT)

    def over():
        handovers.hand_over(ext_id=cash, reason=WHY, by=office, at=NIGHT)

    def back():
        handovers.send_back(ext_id=cash, reason=WHY, by=town, at=NIGHT)

    refused(
        errors.HandOverFirst,
        lambda: alerts.conclude(
            ext_id=cash, conclusion="transferred", text=WHY, by=office, at=NIGHT
        ),
    )
    over()
    alert = Alert.objects.get()
    assert (alert.state, alert.route_role, alert.limit_days) == (
        "transferred", "town_discipline_office", 1,
    )  # fmt: skip
    refused(errors.WrongState, over)
    refused(errors.NotYourTurn, lambda: handovers.accept(ext_id=cash, by=office, at=NIGHT))
    refused(NotFound, lambda: handovers.dossier(ext_id=cash, by=leader, at=NIGHT))
    back()
    assert Alert.objects.get().handler_id == office.user_id
    over()
    refused(errors.SentBackOnce, back)
    handovers.accept(ext_id=cash, by=town, at=NIGHT)
    refused(errors.AlreadyThere, lambda: handovers.hand_over(
        ext_id=cash, reason=WHY, by=town, at=NIGHT))  # fmt: skip

    alerts.conclude(ext_id=cash, conclusion="transferred", text=WHY, by=town, at=NIGHT)
    assert Alert.objects.get().state == "verifying"


def test_the_dossier_holds_everything_and_its_download_is_logged(world, cash):
    from sanzi.supervision import dossiers

    office = world.actor("town_agri_head")
    alerts.take(ext_id=cash, by=office, at=NIGHT)
    loop.hang(cash, office, NIGHT, kind="found")

    data = dossiers.data_of(Alert.objects.get())
    name, made = handovers.dossier(ext_id=cash, by=office, at=NIGHT)

    assert made[:5] == b"%PDF-"
    assert name.endswith(".pdf")
    assert ["查到什么", Alert.objects.get().sentence] in data["facts"]
    assert "600.00" in data["rows"][0]["cells"][0]
    assert len(data["documents"][0][4]) == 64
    assert data["parameters"][0] == ["可以付现金的上限", "0.00元"]
    assert data["basis"]
    assert [one[2] for one in data["history"]] == ["发现", "接办"]
    assert Event.objects.filter(kind="supervision.dossier.downloaded").count() == 1
