"""One alert for one thing, what joins it, and who may let it wait or call it false."""

from datetime import UTC, datetime, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.kernel import digest
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Payment
from sanzi.supervision import dossiers, errors
from sanzi.supervision.actions import alerts, nightly
from sanzi.supervision.models import Alert, Disposal
from worlds import spending
from worlds.village import AT

WHY = "已经核对发票和送货单"
NIGHT = AT + timedelta(hours=16)
DAY = timedelta(days=1)


def scan(at=NIGHT):
    return nightly.run(as_of=at, by=SYSTEM)


@pytest.fixture
def cash(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash")
    scan()
    return Alert.objects.get().ext_id


def refused(refusal, act):
    before = [list(one.objects.order_by("pk").values()) for one in (Alert, Disposal, Event, Notice)]
    with pytest.raises(refusal):
        act()
    after = [list(one.objects.order_by("pk").values()) for one in (Alert, Disposal, Event, Notice)]
    assert after == before


def test_the_same_thing_is_one_alert_and_what_is_new_joins_it(world, cash):
    first = Alert.objects.get()
    assert scan(NIGHT + DAY).opened_count == 0
    assert Disposal.objects.filter(action="facts_changed").count() == 0

    Payment.objects.update(amount_fen=61_000)
    scan(NIGHT + 2 * DAY)
    scan(NIGHT + 3 * DAY)

    alert = Alert.objects.get()
    [step] = Disposal.objects.filter(action="facts_changed")
    [row] = step.data["rows"]["payment"]
    assert row["amount_fen"] == 61_000
    assert step.data["rows_digest"] == digest.sm3_of(step.data["rows"])
    # What was frozen first is as it was.
    assert (alert.rows, alert.rows_digest) == (first.rows, first.rows_digest)
    titles = [one["title"] for one in dossiers.data_of(alert)["rows"]]
    assert [one for one in titles if one.endswith("（后来查到的）")] == [
        f"{titles[0]}（后来查到的）"
    ]


def test_another_thing_of_the_same_model_is_another_alert(world, cash):
    spending.spend(world, "K2", [(world.bodies["shop"], 70_000)], state="paid", method="cash")

    assert scan(NIGHT + DAY).opened_count == 1
    assert Alert.objects.count() == 2


@pytest.mark.parametrize("severity", ["block", "hold"])
def test_what_is_more_than_a_warning_does_not_wait(world, cash, severity):
    Alert.objects.update(severity=severity)
    office = world.actor("town_agri_head")
    alerts.take(ext_id=cash, by=office, at=NIGHT)

    refused(
        errors.OnlyWarnSnoozes,
        lambda: alerts.snooze(ext_id=cash, until=NIGHT + DAY, reason=WHY, by=office, at=NIGHT),
    )


def test_a_warning_waits_thirty_days_with_a_reason_and_the_next_level_is_told(world, cash):
    Alert.objects.update(severity="warn")
    office = world.actor("town_agri_head")

    def snooze(until=NIGHT + 30 * DAY, reason=WHY, by=office):
        alerts.snooze(ext_id=cash, until=until, reason=reason, by=by, at=NIGHT)

    refused(errors.WrongState, snooze)
    alerts.take(ext_id=cash, by=office, at=NIGHT)
    second = timedelta(seconds=1)
    refused(errors.OnlyWarnSnoozes, lambda: snooze(until=NIGHT + 30 * DAY + second))
    refused(errors.OnlyWarnSnoozes, lambda: snooze(until=NIGHT))
    refused(errors.OnlyWarnSnoozes, lambda: snooze(until=datetime(2020, 1, 1, tzinfo=UTC)))
    refused(errors.ReasonTooShort, lambda: snooze(reason="再等等"))
    refused(errors.NotYourTurn, lambda: snooze(by=world.actor("town_discipline_office")))
    refused(NotFound, lambda: snooze(by=world.actor("stone_cashier")))

    snooze()

    assert Alert.objects.get().snoozed_until == NIGHT + 30 * DAY
    assert list(
        Notice.objects.filter(template="alert_snoozed").values_list("user_id", flat=True)
    ) == [world.users["town_discipline_office"].pk]


def test_a_red_line_is_no_false_alarm_for_the_office_alone_or_together(world, cash):
    from datetime import date

    from sanzi.supervision.loop_rules import SilenceFor

    office = world.actor("town_agri_head")
    until = SilenceFor("facts", date(2027, 3, 31))
    said = {"conclusion": "false_positive", "text": WHY, "by": office, "at": NIGHT}
    refused(
        errors.OnlyDiscipline,
        lambda: alerts.conclude_together(ext_ids=[cash], silence=until, **said),
    )
    alerts.take(ext_id=cash, by=office, at=NIGHT)
    refused(errors.OnlyDiscipline, lambda: alerts.conclude(ext_id=cash, silence=until, **said))
    # A hold is the office's own to judge.
    Alert.objects.update(severity="hold")
    alerts.conclude(ext_id=cash, silence=until, **said)
    assert Alert.objects.get().conclusion == "false_positive"
