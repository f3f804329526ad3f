"""An alert goes to the discipline office at once: as it opens, is fed back, or is confirmed."""

from datetime import date, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.kernel import clock
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Kinship
from sanzi.payments.models import Payment
from sanzi.supervision import errors, queries
from sanzi.supervision.actions import alerts, nightly
from sanzi.supervision.loop_rules import Feedback
from sanzi.supervision.models import Alert, Check, Disposal, Verdict
from worlds import loop, spending
from worlds.village import AT

WHY = "已经核对发票和送货单"
NIGHT = AT + timedelta(hours=16)
DAY = timedelta(days=1)


def scan(at=NIGHT):
    return nightly.run(as_of=at, by=SYSTEM)


def cash(world, number="K1", payee=None, at=AT):
    """Pay in cash: a red line that the town's agriculture office gets first."""
    who = payee or world.bodies["shop"]
    spending.spend(world, number, [(who, 60_000)], state="paid", method="cash", at=at)


def of(number="K1"):
    return Alert.objects.get(case_number=number, model_code="payment-cash")


def told(alert):
    return list(alert.disposals.filter(action="triggered").values_list("data", "text"))


def office(world, alert):
    """Take an alert, plan and hang the proof; return who did."""
    by = world.actor("town_agri_head")
    alerts.take(ext_id=alert.ext_id, by=by, at=NIGHT)
    alerts.rectify(
        ext_id=alert.ext_id, plan="退回现金，改为转账", amount_fen=0,
        finish_date="2026-11-30", by=by, at=NIGHT,
    )  # fmt: skip
    loop.hang(alert.ext_id, by, NIGHT)
    return by


def feed(alert, by, at=NIGHT, **found):
    alerts.feed_back(ext_id=alert.ext_id, text=WHY, found=Feedback(**found), by=by, at=at)


def confirm(alert, by, at=NIGHT):
    alerts.conclude(ext_id=alert.ext_id, conclusion="confirmed", text=WHY, by=by, at=at)


def test_an_alert_of_a_stranger_goes_its_usual_way(world):
    cash(world)
    scan()

    assert of().route_role == "town_agri_head"
    assert told(of()) == []


def test_money_for_a_cadre_goes_to_the_discipline_office_at_once(world):
    cash(world, payee=world.people["committee_member"])
    scan()

    alert = of()
    assert (alert.route_role, alert.limit_days) == ("town_discipline_office", 10)
    [(data, text)] = told(alert)
    assert data == {"triggers": ["cadre_benefits"], "from": {"role": "town_agri_head"}}
    assert text == "得好处的是村干部，或者是村干部的亲属"
    event = Event.objects.get(kind="supervision.alert.triggered")
    assert event.subject_id == alert.ext_id
    users = set(Notice.objects.filter(subject_id=alert.ext_id).values_list("user_id", flat=True))
    assert users == {world.users["town_discipline_office"].pk}


@pytest.mark.parametrize("tie", ["kin", "owner", "stranger", "left"])
def test_kin_and_owners_of_a_firm_count_strangers_and_who_left_do_not(world, tie):
    from sanzi.orgs.models import Appointment
    from worlds import village

    member = world.people["committee_member"]
    friend = village.villager(world, "张三丰")
    if tie == "kin":
        Kinship.objects.create(
            person=friend, relative=member, relation="sibling", is_statutory_kin=True,
            is_extended_kin=True, source="declared",
        )  # fmt: skip
    if tie == "left":
        Appointment.objects.filter(person=member).update(end_date=date(2026, 1, 31))
    payee = {
        "kin": friend, "stranger": friend, "owner": spending.firm("OWNED", member),
        "left": spending.firm("LEFT", member),
    }[tie]  # fmt: skip
    cash(world, payee=payee)
    scan()

    is_sent = of().route_role == "town_discipline_office"
    assert is_sent == (tie in ("kin", "owner"))
    assert bool(told(of())) == is_sent


def test_town_staff_in_it_is_for_the_county(world):
    cash(world, payee=world.people["town_leader"])
    scan()

    assert (of().route_role, of().limit_days) == ("county_discipline", 15)
    assert told(of())[0][0]["triggers"] == ["town_staff"]


def test_the_third_time_in_six_months_goes_up_the_second_does_not(world):
    cash(world, "K1", at=AT - 60 * DAY)
    cash(world, "K2")
    cash(world, "K3")
    scan()
    Alert.objects.filter(model_code="payment-cash").exclude(case_number="K3").update(
        state="disposed", conclusion="confirmed"
    )
    was = {"K1": NIGHT - 20 * DAY, "K2": NIGHT - 20 * DAY}

    def third_after(days, number, **more):
        for case, at in {**was, **days}.items():
            Alert.objects.filter(case_number=case).update(opened_at=at, **more)
        cash(world, number)
        scan()
        return of(number).route_role

    # Two of one day are one time.
    assert third_after({}, "L1") == "town_agri_head"
    # Six months and a day ago is too long ago.
    too_old = clock.local_date(NIGHT).replace(month=5, day=12)
    at = NIGHT - (clock.local_date(NIGHT) - too_old)
    assert third_after({"K1": at}, "L2") == "town_agri_head"
    # What was explained is no time at all.
    assert third_after({"K1": at + DAY}, "L3", conclusion="explained") == "town_agri_head"
    assert third_after({"K1": at + DAY}, "L4", conclusion="confirmed") == "town_discipline_office"
    assert told(of("L4"))[0] == (
        {"triggers": ["repeat"], "from": {"role": "town_agri_head"}},
        "同一个村、同一条规则，6个月里第3次",
    )


def test_a_red_line_after_a_talk_goes_up_after_money_back_alone_it_does_not(world):
    cash(world)
    scan()
    Alert.objects.filter(case_number="K1").update(
        state="disposed", conclusion="confirmed", opened_at=NIGHT - 20 * DAY
    )
    step = Disposal.objects.create(
        alert=of(), at=NIGHT, action="fed_back", data={"rectifications": ["money_recovered"]}
    )
    cash(world, "K2")
    scan()
    step.data = {"rectifications": ["money_recovered", "talk"]}
    step.save()
    cash(world, "K3")
    scan()

    assert of("K2").route_role == "town_agri_head"
    assert told(of("K3"))[0][0]["triggers"] == ["red_line_after_warning"]


def test_money_that_went_after_the_gate_said_no_goes_up(world):
    for number, refused_at in (("K1", AT - DAY), ("K2", AT + DAY)):
        cash(world, number)
        payment = Payment.objects.get(ext_id=f"{number}-1")
        payment.paid_at = AT
        payment.save(update_fields=["paid_at"])
        check = Check.objects.create(
            subject_kind="case", subject_id=number, gate="pay", at=refused_at,
            model_count=1, block_count=1, hold_count=0, warn_count=0,
        )  # fmt: skip
        Verdict.objects.create(
            gate_check=check, model_code="payment-cash", model_version="1", severity="block",
            finding_kind="payment", finding_id=f"{number}-1", org_ext_id="O-WILLOW",
            division_code="999901101201", figures={}, parameters={},
        )  # fmt: skip
    scan()

    assert told(of("K1"))[0][0]["triggers"] == ["red_line_after_warning"]
    assert of("K2").route_role == "town_agri_head"


def test_what_a_feedback_tells_sends_it_up_and_who_had_it_is_told(world):
    cash(world)
    scan()
    by = office(world, of())
    before = Disposal.objects.count()
    for wrong in ({"circumstances": ("bad_mood",)}, {"person_count": -1}):
        refusal = errors.UnknownCircumstance if "circumstances" in wrong else errors.BadPersonCount
        with pytest.raises(refusal):
            feed(of(), by, **wrong)
    assert (Disposal.objects.count(), of().state) == (before, "rectifying")

    feed(of(), by, circumstances=("complainant_threatened",), person_count=2)

    alert = of()
    assert (alert.state, alert.route_role, alert.handler_id) == (
        "pending", "town_discipline_office", None,
    )  # fmt: skip
    inbox = list(Notice.objects.order_by("id").values_list("template", "user_id"))[-2:]
    assert inbox == [
        ("alert_taken_over", by.user_id),
        ("alert_triggered", world.users["town_discipline_office"].pk),
    ]
    # The village is not told in words who was threatened; the discipline office is.
    village = queries.alert(by=world.actor("village_secretary"), ext_id=alert.ext_id).history
    town = queries.alert(by=world.actor("town_discipline_office"), ext_id=alert.ext_id).history
    assert [one.text for one in village if one.action == "triggered"] == ["按规定由纪委直接办"]
    assert [one.text for one in town if one.action == "triggered"] == ["举报的人受到威胁"]
    assert all("circumstances" not in one.data for one in village)
    assert any("circumstances" in one.data for one in town)


@pytest.mark.parametrize(("people", "is_sent"), [(2, False), (3, True)])
def test_three_persons_together_go_up_two_wait_for_the_verifier(world, people, is_sent):
    cash(world)
    scan()
    feed(of(), office(world, of()), person_count=people)

    assert of().state == ("pending" if is_sent else "verifying")
    assert bool(told(of())) == is_sent


@pytest.mark.parametrize(
    ("amount_fen", "role"),
    [
        (499_999, "town_agri_head"),
        (500_000, "town_discipline_office"),
        (2_999_999, "town_discipline_office"),
        (3_000_000, "county_discipline"),
    ],
)
def test_a_confirmed_amount_goes_up_when_it_is_confirmed(world, amount_fen, role):
    cash(world)
    scan()
    by = office(world, of())
    feed(of(), by, amount_involved_fen=amount_fen)
    assert (of().state, of().route_role) == ("verifying", "town_agri_head")

    confirm(of(), by)

    alert = of()
    assert alert.route_role == role
    is_sent = role != "town_agri_head"
    assert alert.state == ("pending" if is_sent else "verifying")
    assert alert.conclusion == ("" if is_sent else "confirmed")
    if is_sent:
        upper = world.actor(role)
        alerts.take(ext_id=alert.ext_id, by=upper, at=NIGHT)
        confirm(alert, upper)
        assert (of().state, of().conclusion) == ("verifying", "confirmed")
        assert of().disposals.filter(action="triggered").count() == 1


def test_a_lawful_explanation_of_the_same_amount_stays(world):
    cash(world)
    scan()
    by = office(world, of())
    feed(of(), by, amount_involved_fen=9_000_000)

    alerts.conclude(ext_id=of().ext_id, conclusion="explained", text=WHY, by=by, at=NIGHT)

    assert (of().state, of().route_role) == ("verifying", "town_agri_head")


def test_what_is_told_when_concluding_sends_it_up_and_only_a_fact_has_circumstances(world):
    cash(world)
    scan()
    by = office(world, of())
    feed(of(), by, rectifications=("document_fixed",))
    before = Disposal.objects.count()
    for conclusion, told_of, refusal in (
        ("confirmed", alerts.Circumstances(("bad_mood",)), errors.UnknownCircumstance),
        ("confirmed", alerts.Circumstances((), -1), errors.BadPersonCount),
        ("explained", alerts.Circumstances(("false_proof",)), errors.CircumstancesContradict),
    ):
        with pytest.raises(refusal):
            alerts.conclude(
                ext_id=of().ext_id, conclusion=conclusion, text=WHY, told=told_of, by=by, at=NIGHT
            )
        assert (Disposal.objects.count(), of().conclusion) == (before, "")

    alerts.conclude(
        ext_id=of().ext_id, conclusion="confirmed", text=WHY,
        told=alerts.Circumstances(("false_proof",), 1), by=by, at=NIGHT,
    )  # fmt: skip

    assert (of().state, of().route_role) == ("pending", "town_discipline_office")
    assert told(of())[0][0]["triggers"] == ["false_proof"]
