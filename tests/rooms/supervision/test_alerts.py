"""From a finding of the night to a disposed alert: routes, steps, refusals, escalation."""

from datetime import timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Kinship
from sanzi.payments.models import Payment
from sanzi.supervision import catalogue, errors, queries
from sanzi.supervision.actions import alerts, limits, nightly, precheck, release_hold
from sanzi.supervision.loop_rules import Feedback
from sanzi.supervision.models import Alert, Disposal
from worlds import loop, spending
from worlds.village import AT

WHY = "已经核对发票和送货单"
NIGHT = AT + timedelta(hours=16)


def scan(world, at=NIGHT):
    from sanzi.orgs.actors import SYSTEM

    return nightly.run(as_of=at, by=SYSTEM)


@pytest.fixture
def cash_alert(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash")
    spending.sign_all(world, "K1")
    scan(world)
    return Alert.objects.get()


@pytest.fixture
def no_source_alert(world):
    spending.spend(
        world, "K1", [(world.bodies["shop"], 60_000)], state="paid", source_kind="", source_id=""
    )
    spending.sign_all(world, "K1")
    scan(world)
    return Alert.objects.get()


def test_a_finding_opens_one_alert_for_the_office_of_its_route(world, cash_alert):
    assert (cash_alert.model_code, cash_alert.route_role) == ("payment-cash", "town_agri_head")
    assert (cash_alert.state, cash_alert.is_red_line) == ("new", True)
    assert cash_alert.rows["payment"][0]["payment_id"] == "K1-1"
    assert cash_alert.due_at > NIGHT
    assert Notice.objects.get().user_id == world.users["town_agri_head"].pk
    assert Event.objects.get().kind == "supervision.alert.opened"

    again = scan(world, NIGHT + timedelta(days=1))

    assert (again.opened_count, again.kept_count, Alert.objects.count()) == (0, 1, 1)


def test_a_draft_opens_no_alert(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], method="cash")

    assert scan(world).finding_count == 0


def test_a_finding_that_is_gone_is_marked_and_stays_open(world, cash_alert):
    order = Payment.objects.get(ext_id="K1-1").order
    order.method = "transfer"
    order.save(update_fields=["method"])

    run = scan(world, NIGHT + timedelta(days=1))

    cash_alert.refresh_from_db()
    assert (run.vanished_count, cash_alert.state) == (1, "new")
    assert cash_alert.vanished_at == NIGHT + timedelta(days=1)


def test_a_hold_released_on_the_same_facts_opens_no_alert(world):
    line = spending.budget(world, "Y1", 1)
    spending.spend(
        world, "K1", [(world.bodies["shop"], 60_000)], state="submitted", budget_line=line
    )
    precheck.run(gate="submit", case_number="K1", by=world.actor("cashier_reporter"), at=AT)
    release_hold(
        case_number="K1",
        model_code="payment-over-budget",
        finding_id="K1-1",
        reason="预算调整已经上会，下周补",
        by=world.actor("town_leader"),
        at=AT,
    )

    assert scan(world).opened_count == 0


def test_one_bad_model_does_not_stop_the_rest(world, monkeypatch):
    from dataclasses import replace

    chosen = catalogue.at_gate("nightly")
    bad = replace(chosen[0], sql="SELECT nothing FROM stg_payment")
    monkeypatch.setattr(catalogue, "at_gate", lambda _gate: [bad, *chosen[1:]])
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash")
    spending.sign_all(world, "K1")

    run = scan(world)

    assert [one["model"] for one in run.errors] == [bad.code]
    assert run.opened_count == 1


def test_the_village_gets_it_first_but_not_who_is_in_it(world):
    reporter = world.people["cashier_reporter"]
    spending.spend(
        world,
        "K1",
        [(world.bodies["shop"], 60_000)],
        state="paid",
        source_kind="",
        source_id="",
        handler=world.people["village_secretary"],
    )
    Kinship.objects.create(
        person=reporter,
        relative=world.people["village_secretary"],
        relation="spouse",
        is_statutory_kin=True,
        is_extended_kin=True,
        source="declared",
    )

    scan(world)

    alert = Alert.objects.get(model_code="payment-no-source")
    assert (alert.route_step, alert.route_role) == (1, "town_agri_head")
    with pytest.raises(NotFound):
        queries.alert(by=world.actor("village_secretary"), ext_id=alert.ext_id)


def test_an_alert_goes_from_red_over_yellow_to_green(world, cash_alert):
    office, village = world.actor("town_agri_head"), world.actor("village_secretary")
    discipline = world.actor("town_discipline_office")
    name = cash_alert.ext_id

    def colour():
        return queries.alert(by=office, ext_id=name).row.colour

    assert colour() == "red"
    alerts.take(ext_id=name, by=office, at=NIGHT)
    assert colour() == "yellow"
    alerts.ask_explanation(ext_id=name, question="为什么付了现金，钱给了谁", by=office, at=NIGHT)
    alerts.explain(ext_id=name, text="店里当天刷不了卡，收据附后", by=village, at=NIGHT)
    alerts.rectify(
        ext_id=name, plan="退回现金，改为转账", amount_fen=60_000, finish_date="2026-11-30",
        by=office, at=NIGHT,
    )  # fmt: skip
    loop.hang(name, office, NIGHT)
    done = Feedback(rectifications=("money_recovered",), money_back_fen=60_000)
    alerts.feed_back(ext_id=name, text=WHY, found=done, by=office, at=NIGHT)
    alerts.conclude(ext_id=name, conclusion="confirmed", text=WHY, by=office, at=NIGHT)
    with pytest.raises(NotFound):
        alerts.verify(ext_id=name, agrees=True, text=WHY, by=office, at=NIGHT)
    alerts.close(ext_id=name, text=WHY, by=discipline, at=NIGHT)
    assert colour() == "green"

    actions = list(Disposal.objects.order_by("id").values_list("action", flat=True))
    assert actions == [
        "opened", "taken", "asked", "explained", "rectifying", "fed_back", "concluded", "verified",
    ]  # fmt: skip
    assert Event.objects.filter(subject_id=name, kind__startswith="supervision.").count() == len(
        actions
    )
    assert queries.counts(by=office) == {("green", "block"): 1}

    alerts.reopen(ext_id=name, reason="收款人说没有收到钱", by=discipline, at=NIGHT)
    assert colour() == "yellow"


def everything(alert):
    row = Alert.objects.values().get(pk=alert.pk)
    return row, Disposal.objects.count(), Event.objects.count()


def refused(alert, refusal, act):
    before = everything(alert)
    with pytest.raises(refusal):
        act()
    assert everything(alert) == before


def test_refused_steps_change_nothing(world, cash_alert):
    name, office = cash_alert.ext_id, world.actor("town_agri_head")
    leader = world.actor("town_leader")

    refused(cash_alert, errors.NotYourTurn,
            lambda: alerts.take(ext_id=name, by=leader, at=NIGHT))  # fmt: skip
    refused(
        cash_alert,
        NotFound,
        lambda: alerts.take(ext_id=name, by=world.actor("stone_cashier"), at=NIGHT),
    )
    refused(cash_alert, errors.WrongState,
            lambda: alerts.conclude(ext_id=name, conclusion="confirmed", text=WHY,
                                    by=office, at=NIGHT))  # fmt: skip
    alerts.take(ext_id=name, by=office, at=NIGHT)
    refused(cash_alert, errors.OnlyDiscipline,
            lambda: alerts.conclude(ext_id=name, conclusion="false_positive", text=WHY,
                                    by=office, at=NIGHT))  # fmt: skip
    refused(cash_alert, errors.UnknownConclusion,
            lambda: alerts.conclude(ext_id=name, conclusion="算了", text=WHY,
                                    by=office, at=NIGHT))  # fmt: skip
    refused(cash_alert, errors.OnlyWarnSnoozes,
            lambda: alerts.snooze(ext_id=name, until=NIGHT + timedelta(days=3), reason=WHY,
                                  by=office, at=NIGHT))  # fmt: skip
    refused(
        cash_alert,
        errors.ReasonTooShort,
        lambda: alerts.feed_back(ext_id=name, text="好的", found=Feedback(), by=office, at=NIGHT),
    )


def test_the_handler_does_not_verify_his_own_work(world, cash_alert):
    Alert.objects.update(route_step=1, route_role="town_discipline_office")
    discipline = world.actor("town_discipline_office")
    alerts.take(ext_id=cash_alert.ext_id, by=discipline, at=NIGHT)
    alerts.conclude(
        ext_id=cash_alert.ext_id, conclusion="explained", text=WHY, by=discipline, at=NIGHT
    )

    refused(cash_alert, errors.SameHandler,
            lambda: alerts.close(ext_id=cash_alert.ext_id, text=WHY, by=discipline,
                                 at=NIGHT))  # fmt: skip


def test_an_overdue_alert_climbs_its_route_to_the_county(world, no_source_alert):
    roles = [no_source_alert.route_role]
    at = no_source_alert.due_at
    for _ in range(4):
        assert limits.escalate_overdue(at) == 0
        at = Alert.objects.get().due_at + timedelta(minutes=1)
        assert limits.escalate_overdue(at) == 1
        roles.append(Alert.objects.get().route_role)
        at = Alert.objects.get().due_at

    assert roles == [
        "village_secretary",
        "town_agri_head",
        "town_discipline_office",
        "county_discipline",
        "county_discipline",
    ]
    assert Event.objects.filter(kind="supervision.alert.escalated").count() == 3


def test_the_night_runs_once_after_two_o_clock(world):
    before_two = AT.replace(hour=17, minute=30)  # 01:30 in Shanghai
    assert nightly.run_when_due(before_two) == 0

    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash")
    spending.sign_all(world, "K1")
    assert nightly.run_when_due(before_two + timedelta(minutes=40)) == 1
    assert nightly.run_when_due(before_two + timedelta(minutes=50)) == 0


def test_the_list_is_narrowed_by_colour_severity_category_and_place(world, cash_alert):
    office = world.actor("county_agri")

    def names(**only):
        found = queries.alerts(by=office, only=queries.AlertFilter(**only), at=NIGHT)
        return [one.ext_id for one in found]

    here = [cash_alert.ext_id]
    assert names() == names(colour="red") == names(severity="block") == here
    assert names(category="payment") == names(division_code=cash_alert.division_code) == here
    assert names(colour="green") == names(category="labour") == names(is_overdue=True) == []
    assert (
        queries.alerts(by=world.actor("stone_cashier"), only=queries.AlertFilter(), at=NIGHT) == []
    )


def test_whom_an_alert_names_finds_it_neither_in_the_list_nor_in_the_counts(world, cash_alert):
    office = world.actor("county_agri")
    everything = queries.AlertFilter()
    assert queries.alert_count(by=office, only=everything, at=NIGHT) == 1

    cash_alert.subject_person_ext_ids = ["P-OTHER", office.person_ext_id]
    cash_alert.save(update_fields=["subject_person_ext_ids"])

    assert queries.alerts(by=office, only=everything, at=NIGHT) == []
    assert queries.alert_count(by=office, only=everything, at=NIGHT) == 0
    assert queries.counts(by=office) == {}
    with pytest.raises(NotFound):
        queries.access_alert(by=office, ext_id=cash_alert.ext_id)
